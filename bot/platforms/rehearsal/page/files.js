// The pictures and files that a person is about to send.

/** @import { Upload } from "./contract.d.ts" */

import { announce, freshId, h } from "./dom.js";

/** A button to choose files by, and a list to regret them in. */
export class Files {
  /** @type {File[]} */
  #chosen = [];
  #input = h("input", {
    type: "file",
    multiple: true,
    id: freshId("files"),
    hidden: true,
    change: () => this.#add(),
  });
  #button = h(
    "button",
    {
      type: "button",
      class: "button attach",
      "aria-label": "Vedhæft billede eller fil",
      title: "Vedhæft billede eller fil",
      click: () => this.#input.click(),
    },
    h("span", { "aria-hidden": "true" }, "📎"),
  );
  controls = [this.#input, this.#button];
  list = h("ul", { class: "files chosen", "aria-label": "Det, du er ved at sende", hidden: true });

  get empty() {
    return this.#chosen.length === 0;
  }

  /**
   * Read them, as the server takes them.
   * @returns {Promise<Upload[]>}
   * @throws {Error} when one can't be read, since it was moved meanwhile
   */
  async read() {
    return Promise.all(
      this.#chosen.map(async (file) => ({ name: file.name, type: file.type, data: await base64(file) })),
    );
  }

  clear() {
    this.#chosen = [];
    this.#draw();
  }

  #add() {
    const files = [...(this.#input.files ?? [])];
    this.#chosen.push(...files);
    this.#input.value = "";
    this.#draw();
    if (files.length) announce(`Vedhæftet: ${files.map(({ name }) => name).join(", ")}.`);
    this.#button.focus();
  }

  /** @param {File} file */
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
        h(
          "li",
          {},
          file.name,
          " ",
          h(
            "button",
            {
              type: "button",
              class: "quiet",
              "aria-label": `Fjern ${file.name}`,
              click: () => this.#remove(file),
            },
            "✕",
          ),
        ),
      ),
    );
  }
}

/**
 * @param {File} file
 * @returns {Promise<string>}
 */
function base64(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const url = String(reader.result);
      done(url.slice(url.indexOf(",") + 1));
    });
    reader.addEventListener("error", () => failed(new Error(`${file.name} kan ikke læses. Vælg den igen.`)));
    reader.readAsDataURL(file);
  });
}
