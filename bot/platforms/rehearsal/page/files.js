import { announce, freshId, h } from "./dom.js";

/** The pictures and files that a person is about to send: a button to choose them by, and a list to regret them in. */
export class Files {
  #chosen = [];
  #input;
  #button;

  constructor() {
    const id = freshId("files");
    this.#input = h("input", { type: "file", multiple: true, id, hidden: true, change: () => this.#add() });
    this.#button = h(
      "button",
      { type: "button", class: "button attach", "aria-label": "Vedhæft billede eller fil", title: "Vedhæft billede eller fil", click: () => this.#input.click() },
      h("span", { "aria-hidden": "true" }, "📎"),
    );
    this.controls = [this.#input, this.#button];
    this.list = h("ul", { class: "files chosen", "aria-label": "Det, du er ved at sende", hidden: true });
  }

  get empty() {
    return this.#chosen.length === 0;
  }

  /** As the server takes them. A file that can't be read, since it was moved meanwhile, says so. */
  async read() {
    return Promise.all(this.#chosen.map(async (file) => ({ name: file.name, type: file.type, data: await base64(file) })));
  }

  clear() {
    this.#chosen = [];
    this.#draw();
  }

  #add() {
    const files = [...this.#input.files];
    this.#chosen.push(...files);
    this.#input.value = "";
    this.#draw();
    if (files.length) announce(`Vedhæftet: ${files.map(({ name }) => name).join(", ")}.`);
    this.#button.focus();
  }

  #remove(file) {
    this.#chosen = this.#chosen.filter((each) => each !== file);
    this.#draw();
    announce(`${file.name} sendes ikke med.`);
    this.#button.focus();
  }

  #draw() {
    this.list.hidden = this.empty;
    this.list.replaceChildren(
      ...this.#chosen.map((file) =>
        h("li", {}, file.name, " ", h("button", { type: "button", class: "quiet", "aria-label": `Fjern ${file.name}`, click: () => this.#remove(file) }, "✕")),
      ),
    );
  }
}

function base64(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => failed(new Error(`${file.name} kan ikke læses. Vælg den igen.`)));
    reader.readAsDataURL(file);
  });
}
