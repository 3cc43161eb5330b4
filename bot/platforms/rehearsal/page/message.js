import { h } from "./dom.js";
import { drawField, openDialog, putBack, readTyped, readValues } from "./form.js";
import { hourMinute } from "./times.js";

export const BOT = "krisebot";
const SAVE = "Gem i log";

/** One message on the screen. It stays the same element while its content is edited, so focus and typing survive. */
export class MessageView {
  #drawn = {};
  #drafts = new Map();
  #pressing = null;
  #me;
  #press;
  #saving;
  #save = h("button", { type: "button", class: "save", "data-key": "save", "aria-haspopup": "dialog", click: () => this.#askToSave() }, SAVE);
  #parts = {
    head: h("div", { class: "head" }),
    text: h("div", { class: "text" }),
    files: h("ul", { class: "files", "aria-label": "Bilag" }),
    facts: h("dl", { class: "facts" }),
    fields: h("div", { class: "fields" }),
    buttons: h("div", { class: "buttons" }),
  };
  #error = h("p", { class: "error", role: "alert", hidden: true });

  /**
   * `me` is {id, name}; `press(message, label, values)` settles when the server has taken it, or throws why not.
   * `saving` is {ask(message), send(message, values)}: the fields that `Gem i log` asks for, and the saving itself.
   */
  constructor(message, me, press, saving) {
    this.#me = me;
    this.#press = press;
    this.#saving = saving;
    const mine = message.from === me.id;
    const who = message.from_name ?? message.from;
    this.element = h(
      "article",
      { class: `message${mine ? " mine" : ""}${message.from === BOT ? " bot" : ""}`, tabindex: "-1" },
      mine ? null : avatar(message.from, who),
      h("div", { class: "bubble" }, ...Object.values(this.#parts), this.#error),
      this.#save,
    );
    this.update(message);
  }

  update(message) {
    this.message = message;
    const card = message.card ?? plain(message);
    const focus = this.#focus();
    const who = message.from === this.#me.id ? "Dig" : (message.from_name ?? message.from);
    const at = message.at ? hourMinute(new Date(message.at)) : "";
    const edited = (message.version ?? 1) > 1;

    this.element.setAttribute("aria-label", `${who} ${at}`);
    this.#save.setAttribute("aria-label", `${SAVE}: ${who} ${at}`);
    this.#draw("head", [who, at, edited, message.only_you], () => [
      h("span", { class: "who" }, who),
      h("time", { datetime: message.at }, at),
      edited ? h("span", {}, "opdateret") : null,
      message.only_you ? h("span", { class: "private" }, "Kun synlig for dig") : null,
    ]);
    this.#draw("text", message.text, (text) => paragraphs(text, message.from === BOT));
    this.#draw("files", message.files ?? [], (files) => files.map(({ name, size }) => h("li", {}, `${name} (${size})`)));
    this.#draw("facts", card.facts, (facts) => facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    this.#draw("fields", card.fields, (fields) => fields.map(drawField), readTyped, putBack);
    this.#draw("buttons", card.buttons, (buttons) => buttons.map((button) => this.#button(button)));
    this.#refocus(focus);
  }

  /** Draw one part if it has changed, carrying over what `keep` reads from the old one. */
  #draw(part, data, build, keep = () => null, restore = () => {}) {
    const now = JSON.stringify(data);
    if (this.#drawn[part] === now) return;
    this.#drawn[part] = now;
    const area = this.#parts[part];
    const kept = keep(area);
    area.replaceChildren(...build(data).filter(Boolean));
    area.hidden = area.childElementCount === 0;
    restore(area, kept);
  }

  #button(button) {
    const act = () => (button.form?.length ? this.#ask(button) : this.#send(button));
    return h(
      "button",
      {
        type: "button",
        class: `button ${button.style ?? "normal"}`,
        "data-key": `button:${button.label}`,
        "aria-haspopup": button.form?.length ? "dialog" : null,
        click: act,
      },
      button.label,
    );
  }

  #ask(button) {
    const version = this.message.version;
    openDialog({
      title: button.form_title || button.label,
      caption: `Du udfylder som ${this.#me.name}.`,
      intro: [h("div", { class: "about" }, paragraphs(this.message.text.split("\n")[0], this.message.from === BOT))],
      fields: button.form,
      typed: this.#drafts.get(button.label),
      submitLabel: button.label,
      style: button.style === "danger" ? "danger" : "primary",
      submit: (values) => this.#press(this.message.id, button.label, { ...this.#values(), ...values }, version),
      closed: (_sent, typed) => {
        this.#drafts.set(button.label, typed);
        this.#refocus({ gone: true, key: `button:${button.label}` });
      },
    });
  }

  /** The message as it will stand in the log, for whoever saves it to mend. */
  async #askToSave() {
    if (this.#pressing === this.message.version) return;
    await this.#trying(async () => {
      const { fields } = await this.#saving.ask(this.message.id);
      openDialog({
        title: SAVE,
        caption: `Du gemmer som ${this.#me.name}. Skrevet af ${this.element.getAttribute("aria-label").replace(/^Dig /, "dig ")}.`,
        fields,
        typed: this.#drafts.get(SAVE),
        submitLabel: SAVE,
        submit: (values) => this.#saving.send(this.message.id, values),
        closed: (_sent, typed) => {
          this.#drafts.set(SAVE, typed);
          this.#save.focus({ preventScroll: true });
        },
      });
    });
  }

  async #send(button) {
    if (this.#pressing === this.message.version) return;
    await this.#trying(async () => {
      await this.#press(this.message.id, button.label, this.#values(), this.message.version);
      for (const control of this.#parts.fields.querySelectorAll("[name]")) control.dataset.initial = control.value;
    });
  }

  /**
   * One thing at a time, for as long as the message stands as it did: what it has become meanwhile is a new question, and
   * its answer is not kept waiting for the last one's. What goes wrong is said on the message itself.
   */
  async #trying(act) {
    const version = this.message.version;
    this.#pressing = version;
    this.#error.hidden = true;
    this.element.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch (refusal) {
      this.#error.textContent = refusal.message;
      this.#error.hidden = false;
    } finally {
      if (this.#pressing === version) {
        this.#pressing = null;
        this.element.removeAttribute("aria-busy");
      }
    }
  }

  #values() {
    return readValues(this.#parts.fields);
  }

  #focus() {
    const element = document.activeElement;
    if (!this.element.contains(element) || element === this.element) return null;
    const selection = "selectionStart" in element ? [element.selectionStart, element.selectionEnd] : null;
    return { element, key: element.dataset.key, selection };
  }

  /** Give focus back to what had it; when that is gone, to the message, so that nobody is thrown to the page's top. */
  #refocus(focus) {
    if (!focus || focus.element?.isConnected) return;
    const same = [...this.element.querySelectorAll("[data-key]")].find(({ dataset }) => dataset.key === focus.key);
    (same ?? this.element).focus({ preventScroll: true });
    if (same && focus.selection && focus.selection[0] !== null) same.setSelectionRange(...focus.selection);
  }
}

/** A message that came without the card's extras, as the contract's plain JSON has it. */
function plain(message) {
  return {
    facts: [],
    fields: (message.fields ?? []).map((field) => ({ kind: "text", value: "", choices: [], ...field })),
    buttons: (message.buttons ?? []).map((label) => ({ label, style: "normal", form: [] })),
  };
}

function paragraphs(text, markup) {
  if (!text.trim()) return [];
  return text
    .trim()
    .split(/\n{2,}/)
    .map((each) => h("p", {}, ...(markup ? bold(each) : [each])));
}

const bold = (text) =>
  text.split(/\*([^*\n]+)\*/).map((piece, index) => (index % 2 ? h("strong", {}, piece) : piece)).filter((piece) => piece !== "");

export function avatar(id, name) {
  const letters = id === BOT ? "K" : name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  const hue = id === BOT ? "bot" : [...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
  return h("span", { class: "avatar", "data-hue": hue, "aria-hidden": "true" }, letters);
}
