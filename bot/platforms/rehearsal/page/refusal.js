// What goes wrong, in words that may be shown to a person as they are.

import { h } from "./dom.js";

/** The server, or the way to it, said no. */
export class Refusal extends Error {
  /**
   * @param {string} message in Danish
   * @param {number} status the answer's HTTP status; 0 when none came
   */
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/** A line beside a control that says what went wrong there, for as long as it is so. */
export class ErrorLine {
  /** @param {string} [id] what the control names it by */
  constructor(id) {
    this.element = h("p", { class: "error", role: "alert", id, hidden: true });
  }

  /** @param {unknown} error */
  show(error) {
    this.element.textContent = wordsOf(error);
    this.element.hidden = false;
  }

  hide() {
    this.element.hidden = true;
  }
}

/**
 * Tell what an error says.
 * @param {unknown} error whatever was thrown
 */
export const wordsOf = (error) => (error instanceof Error ? error.message : String(error));
