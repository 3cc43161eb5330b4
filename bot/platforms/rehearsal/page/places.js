// The list of places that a person can be in: direct messages and channels.

/** @import { Person, Place } from "./contract.d.ts" */

import { freshId, h } from "./dom.js";
import { focusedWithin } from "./focus.js";
import { unreadMark } from "./unread.js";

/** One's own conversation with Krisebot, which is always there. */
export const DIRECT = "dm";

export class Places {
  #open;
  #drawn = "";

  /**
   * @param {Person} person
   * @param {(place: string) => void} open a place was chosen
   */
  constructor(person, open) {
    this.#open = open;
    this.element = h("nav", { class: "places", "aria-label": `Steder for ${person.name}` });
  }

  /**
   * Draw the list, if it has changed.
   * @param {readonly (Place & { unread: number })[]} places
   * @param {string} current
   * @returns {boolean} whether it had
   */
  draw(places, current) {
    const state = JSON.stringify([current, places]);
    if (state === this.#drawn) return false;
    this.#drawn = state;
    const focused = focusedWithin(this.element)?.dataset.place;
    const groups = [
      { name: "Direkte beskeder", inside: places.filter(({ id }) => id === DIRECT) },
      { name: "Kanaler", inside: places.filter(({ id }) => id !== DIRECT) },
    ];
    const buttons = new Map(places.map((place) => [place.id, this.#button(place, place.id === current)]));
    this.element.replaceChildren(
      ...groups
        .filter(({ inside }) => inside.length)
        .map(({ name, inside }) => {
          const id = freshId("group");
          const items = inside.map((place) => h("li", {}, buttons.get(place.id)));
          return h("div", {}, h("p", { id }, name), h("ul", { "aria-labelledby": id }, ...items));
        }),
    );
    if (focused !== undefined) buttons.get(focused)?.focus();
    return true;
  }

  /**
   * @param {Place & { unread: number }} place
   * @param {boolean} current
   */
  #button({ id, title, unread }, current) {
    return h(
      "button",
      { type: "button", "data-place": id, "aria-current": current ? "true" : null, click: () => this.#open(id) },
      h("span", { class: "name" }, title),
      unreadMark(unread),
    );
  }
}
