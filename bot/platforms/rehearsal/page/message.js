// One message on the screen, with its card and what can be done to it.

/** @import { Button, Card, Field, Message, Person, Values } from "./contract.d.ts" */

import { avatar, BOT } from "./avatar.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { drawFields, readTyped, readValues, settle } from "./fields.js";
import { focusKey, rememberFocus, restoreFocus } from "./focus.js";
import { ErrorLine } from "./refusal.js";
import { paragraphs, withLinks } from "./text.js";
import { hourMinute } from "./times.js";

/**
 * What a message asks of the server; each settles when the server has taken it, or throws why not.
 * @typedef {object} Deeds
 * @property {(message: string, button: string, values: Values) => Promise<void>} press
 * @property {(message: string) => Promise<Field[]>} fieldsToSave
 * @property {(message: string, values: Values) => Promise<void>} save
 * @property {(message: string) => Promise<void>} askForGuide
 */

const SAVE = "Gem i log";
const GUIDE = "Vejledning";
/** @type {Card} */
const NO_CARD = { facts: [], fields: [], buttons: [] };

/** It stays the same element while its content is edited, so focus and typing survive. */
export class MessageView {
  #me;
  #deeds;
  /** What each part was drawn from last, as JSON. @type {Map<HTMLElement, string>} */
  #drawn = new Map();
  /** What was typed in a dialog and not sent, by the dialog's button. @type {Map<string, Values>} */
  #drafts = new Map();
  /** The version that something is being done to. @type {number | null} */
  #busy = null;
  #parts = {
    head: h("div", { class: "head" }),
    text: h("div", { class: "text" }),
    files: h("ul", { class: "files", "aria-label": "Bilag" }),
    facts: h("dl", { class: "facts" }),
    fields: h("div", { class: "fields" }),
    buttons: h("div", { class: "buttons" }),
  };
  #error = new ErrorLine();
  #save = h(
    "button",
    { type: "button", class: "save", "data-key": "save", "aria-haspopup": "dialog", click: () => this.#askToSave() },
    SAVE,
  );
  #guide = h("button", { type: "button", class: "save", "data-key": "guide", click: () => this.#askForGuide() }, GUIDE);

  /**
   * @param {Message} message
   * @param {Person} me whose screen it is on
   * @param {Deeds} deeds
   */
  constructor(message, me, deeds) {
    this.message = message;
    this.#me = me;
    this.#deeds = deeds;
    const mine = message.from === me.id;
    this.element = h(
      "article",
      { class: `message${mine ? " mine" : ""}${message.from === BOT ? " bot" : ""}`, tabindex: "-1" },
      mine ? null : avatar(message.from, message.from_name),
      h("div", { class: "bubble" }, ...Object.values(this.#parts), this.#error.element),
      h("div", { class: "beside" }, this.#guide, this.#save),
    );
    this.update(message);
  }

  /** @param {Message} message what it has become */
  update(message) {
    this.message = message;
    const { facts, fields, buttons } = message.card ?? NO_CARD;
    const focus = rememberFocus(this.element);
    const who = message.from === this.#me.id ? "Dig" : message.from_name;
    const at = hourMinute(new Date(message.at));
    const edited = message.version > 1;

    this.element.setAttribute("aria-label", `${who} ${at}`);
    this.#save.setAttribute("aria-label", `${SAVE}: ${who} ${at}`);
    this.#guide.setAttribute("aria-label", `${GUIDE}: ${who} ${at}`);
    this.#guide.hidden = buttons.length === 0;
    this.#draw(this.#parts.head, [who, at, edited], () => [
      h("span", { class: "who" }, who),
      h("time", { datetime: message.at }, at),
      edited ? h("span", {}, "opdateret") : null,
    ]);
    const links = message.links;
    this.#draw(this.#parts.text, [message.text, links], () => paragraphs(message.text, message.from === BOT, links));
    this.#draw(this.#parts.files, message.files, () =>
      message.files.map(({ name, size }) => h("li", {}, `${name} (${size})`)),
    );
    this.#draw(this.#parts.facts, [facts, links], () =>
      facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, ...withLinks(value, links)))),
    );
    this.#draw(this.#parts.fields, fields, () => drawFields(fields, readTyped(this.#parts.fields)));
    this.#draw(this.#parts.buttons, buttons, () => this.#buttons(buttons));
    restoreFocus(this.element, focus);
  }

  /**
   * Draw one part, if it has changed.
   * @param {HTMLElement} part
   * @param {unknown} data what it is drawn from
   * @param {() => (Node | null)[]} build
   */
  #draw(part, data, build) {
    const now = JSON.stringify(data);
    if (this.#drawn.get(part) === now) return;
    this.#drawn.set(part, now);
    part.replaceChildren(...build().filter((child) => child !== null));
    part.hidden = part.childElementCount === 0;
  }

  /** @param {readonly Button[]} buttons */
  #buttons(buttons) {
    const folded = buttons.filter((button) => button.folded).map((button) => this.#button(button));
    const menu = folded.length > 0 ? h("details", { class: "more" }, h("summary", {}, "Mere"), ...folded) : null;
    return [...buttons.filter((button) => !button.folded).map((button) => this.#button(button)), menu];
  }

  /** @param {Button} button */
  #button(button) {
    const asks = button.form.length > 0 || button.confirm !== "";
    return h(
      "button",
      {
        type: "button",
        class: `button ${button.style}`,
        "data-key": `button:${button.label}`,
        "aria-haspopup": asks ? "dialog" : null,
        click: () => (asks ? this.#ask(button) : this.#press(button)),
      },
      button.label,
    );
  }

  /**
   * Ask for what the button wants to know, in a dialog.
   * @param {Button} button
   */
  #ask(button) {
    const [firstLine = ""] = this.message.text.split("\n");
    openDialog({
      title: button.form_title || button.label,
      caption: `Du udfylder som ${this.#me.name}.`,
      intro: [h("div", { class: "about" }, paragraphs(button.confirm || firstLine, this.message.from === BOT))],
      fields: button.form,
      typed: this.#drafts.get(button.label) ?? {},
      submitLabel: button.form.length > 0 ? button.submit : button.label,
      style: button.style === "danger" ? "danger" : "primary",
      submit: (values) => this.#deeds.press(this.message.id, button.label, { ...this.#values(), ...values }),
      closed: (_sent, typed) => {
        this.#drafts.set(button.label, typed);
        focusKey(this.element, `button:${button.label}`);
      },
    });
  }

  /** Show the message as it will stand in the log, for whoever saves it to mend. */
  async #askToSave() {
    await this.#oneAtATime(async () => {
      const fields = await this.#deeds.fieldsToSave(this.message.id);
      const said = this.element.getAttribute("aria-label") ?? "";
      openDialog({
        title: SAVE,
        caption: `Du gemmer som ${this.#me.name}. Skrevet af ${said.replace(/^Dig /, "dig ")}.`,
        fields,
        typed: this.#drafts.get(SAVE) ?? {},
        submitLabel: SAVE,
        submit: (values) => this.#deeds.save(this.message.id, values),
        closed: (_sent, typed) => {
          this.#drafts.set(SAVE, typed);
          this.#save.focus({ preventScroll: true });
        },
      });
    });
  }

  /** Ask what the card's buttons do; it is told to whoever asks, alone. */
  async #askForGuide() {
    await this.#oneAtATime(() => this.#deeds.askForGuide(this.message.id));
  }

  /** @param {Button} button */
  async #press(button) {
    await this.#oneAtATime(async () => {
      await this.#deeds.press(this.message.id, button.label, this.#values());
      settle(this.#parts.fields);
    });
  }

  /**
   * Do one thing at a time, for as long as the message stands as it did: what it has become meanwhile is a new question,
   * and its answer is not kept waiting for the last one's. What goes wrong is said on the message itself.
   * @param {() => Promise<void>} act
   */
  async #oneAtATime(act) {
    const version = this.message.version;
    if (this.#busy === version) return;
    this.#busy = version;
    this.#error.hide();
    this.element.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch (refusal) {
      this.#error.show(refusal);
    } finally {
      if (this.#busy === version) {
        this.#busy = null;
        this.element.removeAttribute("aria-busy");
      }
    }
  }

  #values() {
    return readValues(this.#parts.fields);
  }
}
