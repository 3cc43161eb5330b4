// A message's text, drawn.

import { h } from "./dom.js";

/**
 * Draw paragraphs, which a blank line parts.
 * @param {string} text
 * @param {boolean} markup whether `*…*` is bold, as where Krisebot wrote it
 */
export function paragraphs(text, markup) {
  if (!text.trim()) return [];
  return text
    .trim()
    .split(/\n{2,}/)
    .map((each) => h("p", {}, ...(markup ? withBold(each) : [each])));
}

/** @param {string} text */
const withBold = (text) =>
  text
    .split(/\*([^*\n]+)\*/)
    .map((piece, index) => (index % 2 ? h("strong", {}, piece) : piece))
    .filter((piece) => piece !== "");
