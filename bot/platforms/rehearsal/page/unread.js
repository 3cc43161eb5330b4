// How many messages somebody hasn't seen.

import { h } from "./dom.js";

/**
 * Draw a count: in words for those who listen, in a mark for those who look; nothing when all is read.
 * @param {number} count
 */
export function unreadMark(count) {
  if (!count) return null;
  return h(
    "span",
    { class: "unread" },
    String(count),
    h("span", { class: "visually-hidden" }, count === 1 ? " ny besked" : " nye beskeder"),
  );
}
