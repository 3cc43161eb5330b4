// The row of tabs: one for each screen, where only one of them has room, and a button that adds one.

import { h } from "./dom.js";
import { focusedWithin } from "./focus.js";
import { unreadMark } from "./unread.js";

/** @typedef {{ name: string, unread: number, current: boolean }} Tab */

export class Tabs {
  #area;
  #turnTo;
  #add;
  #drawn = "";

  /**
   * @param {HTMLElement} area where they are drawn
   * @param {(index: number) => void} turnTo
   * @param {() => void} add
   */
  constructor(area, turnTo, add) {
    this.#area = area;
    this.#turnTo = turnTo;
    this.#add = add;
  }

  /**
   * Draw them, if they have changed.
   * @param {readonly Tab[]} tabs
   * @param {boolean} full whether there may be no more
   */
  draw(tabs, full) {
    const state = JSON.stringify([tabs, full]);
    if (state === this.#drawn) return;
    this.#drawn = state;
    const focused = focusedWithin(this.#area)?.dataset.tab;
    this.#area.replaceChildren(...tabs.map((tab, index) => this.#tab(tab, index)), ...(full ? [] : [this.#adder()]));
    if (focused === undefined) return;
    const same = this.#area.querySelector(`[data-tab="${focused}"]`);
    if (same instanceof HTMLElement) same.focus();
  }

  /**
   * @param {Tab} tab
   * @param {number} index
   */
  #tab({ name, unread, current }, index) {
    return h(
      "button",
      {
        type: "button",
        class: "tab",
        "data-tab": index,
        "aria-current": current ? "true" : null,
        click: () => this.#turnTo(index),
      },
      h("span", { class: "name" }, name),
      unreadMark(unread),
    );
  }

  #adder() {
    return h(
      "button",
      { type: "button", class: "add", "data-tab": "add", "aria-label": "Tilføj en skærm", click: () => this.#add() },
      "+",
      h("span", { class: "wide" }, " Tilføj en skærm"),
    );
  }
}
