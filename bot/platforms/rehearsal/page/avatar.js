// The round sign beside a name.

import { h } from "./dom.js";

/** Who Krisebot is among the senders of messages. */
export const BOT = "krisebot";

const HUES = 6;

/**
 * Draw a person's letters on a colour that is always theirs, or Krisebot's sign.
 * @param {string} id
 * @param {string} name
 */
export function avatar(id, name) {
  return h("span", { class: "avatar", "data-hue": hue(id), "aria-hidden": "true" }, letters(id, name));
}

/**
 * @param {string} id
 * @param {string} name
 */
function letters(id, name) {
  if (id === BOT) return "K";
  const [first = "", second = ""] = name.split(/\s+/).map((word) => word[0]);
  return `${first}${second}`.toUpperCase();
}

/** @param {string} id */
function hue(id) {
  if (id === BOT) return "bot";
  return [...id].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % HUES;
}
