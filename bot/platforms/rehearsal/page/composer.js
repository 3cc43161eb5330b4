// The field that a person writes in, with what stands around it.

/** @import { Upload } from "./contract.d.ts" */

import { freshId, h } from "./dom.js";
import { Files } from "./files.js";
import { ErrorLine } from "./refusal.js";

/** On the chip, and what it writes. */
const SUGGESTIONS = [
  { label: "/krise", text: "/krise" },
  { label: "varsel …", text: "/krise varsel " },
  { label: "status", text: "/krise status" },
  { label: "hvem", text: "/krise hvem" },
  { label: "log …", text: "/krise log " },
];

/** What is half written in a place stays there, while its person is in another. */
export class Composer {
  #say;
  #place;
  /** What is half written in the other places. @type {Map<string, string>} */
  #typed = new Map();
  #saying = false;
  /** What Enter was pressed on while something else was still on its way. @type {{ place: string, text: string } | null} */
  #next = null;
  #files = new Files();
  #id = freshId("box");
  #error = new ErrorLine(`${this.#id}-error`);
  #label = h("label", { for: this.#id, class: "visually-hidden" });
  #box = h("textarea", {
    id: this.#id,
    rows: 1,
    enterkeyhint: "send",
    autocomplete: "off",
    "aria-describedby": `${this.#id}-error ${this.#id}-keys`,
    input: () => this.#fit(),
    keydown: (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    },
  });
  #chips = h(
    "div",
    { class: "chips", role: "group", "aria-label": "Forslag til, hvad du kan skrive" },
    ...SUGGESTIONS.map(({ label, text }) =>
      h("button", { type: "button", class: "chip", click: () => this.fillIn(text) }, label),
    ),
  );
  #sendButton = h("button", { type: "submit", class: "button primary" }, "Send");
  element = h(
    "form",
    {
      class: "composer",
      submit: (event) => {
        event.preventDefault();
        this.#send();
      },
    },
    this.#chips,
    this.#error.element,
    this.#files.list,
    h("div", { class: "line" }, this.#label, this.#box, ...this.#files.controls, this.#sendButton),
    h("p", { class: "visually-hidden", id: `${this.#id}-keys` }, "Enter sender. Shift og Enter giver en ny linje."),
  );

  /**
   * @param {string} place where it writes from the start
   * @param {(place: string, text: string, files: Upload[]) => Promise<void>} say settles when the server has taken it, or
   *   throws why not
   */
  constructor(place, say) {
    this.#place = place;
    this.#say = say;
  }

  /**
   * Say what it is for.
   * @param {string} label for those who listen
   * @param {string} placeholder
   */
  name(label, placeholder) {
    this.#label.textContent = label;
    this.#box.placeholder = placeholder;
  }

  focus() {
    this.#box.focus();
  }

  /**
   * Write in another place.
   * @param {string} place
   */
  moveTo(place) {
    this.#typed.set(this.#place, this.#box.value);
    this.#place = place;
    this.#write(this.#typed.get(place) ?? "");
    this.#error.hide();
  }

  /**
   * Put a text ready to be sent, for the person to press Enter.
   * @param {string} text
   */
  fillIn(text) {
    this.#write(text);
    this.#box.focus();
    this.#box.setSelectionRange(text.length, text.length);
  }

  async #send() {
    const text = this.#box.value;
    const place = this.#place;
    if (this.#saying) {
      this.#next = { place, text };
      return;
    }
    if (!text.trim() && this.#files.empty) return;
    this.#saying = true;
    this.#error.hide();
    this.#sendButton.ariaDisabled = "true";
    try {
      await this.#say(place, text, await this.#files.read());
      this.#files.clear();
      this.#clear(place, text);
    } catch (refusal) {
      this.#next = null;
      this.#error.show(refusal);
    } finally {
      this.#saying = false;
      this.#sendButton.ariaDisabled = "false";
    }
    // A second Enter on the same words finds the field empty; what has been typed on since is not sent.
    const next = this.#next;
    this.#next = null;
    if (next?.text.trim() && next.place === this.#place && next.text === this.#box.value) await this.#send();
  }

  /**
   * Clear what was sent, and not what has been typed since.
   * @param {string} place
   * @param {string} sent
   */
  #clear(place, sent) {
    if (place !== this.#place) {
      if (this.#typed.get(place) === sent) this.#typed.delete(place);
    } else if (this.#box.value === sent) {
      this.#write("");
    }
  }

  /** @param {string} text */
  #write(text) {
    this.#box.value = text;
    this.#fit();
  }

  /** Make the field as high as its text, and show suggestions only where nothing else is being written. */
  #fit() {
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight + 2}px`;
    const written = this.#box.value.trim();
    this.#chips.hidden = written !== "" && !"/krise".startsWith(written);
  }
}
