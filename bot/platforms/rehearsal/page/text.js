// A message's text, drawn.

import { h } from "./dom.js";

/** Words that can be tapped, with where they lead. @typedef {Readonly<Record<string, string>>} Links */

/**
 * Draw paragraphs, which a blank line parts.
 * @param {string} text
 * @param {boolean} markup whether `*…*` is bold, as where Krisebot wrote it
 * @param {Links} [links]
 */
export function paragraphs(text, markup, links = {}) {
  if (!text.trim()) return [];
  return text
    .trim()
    .split(/\n{2,}/)
    .map((each) => h("p", {}, ...(markup ? withBold(each, links) : withLinks(each, links))));
}

/**
 * Draw the words with links where they lead somewhere.
 * @param {string} text
 * @param {Links} links
 */
export function withLinks(text, links) {
  const words = Object.keys(links).sort((one, other) => other.length - one.length);
  if (words.length === 0) return [text];
  const any = new RegExp(`(?<!\\w)(${words.map(escaped).join("|")})(?!\\w)`, "u");
  return text.split(any).map((piece, index) => (index % 2 ? link(piece, links[piece] ?? "") : piece));
}

/**
 * @param {string} text
 * @param {Links} links
 */
const withBold = (text, links) =>
  text
    .split(/\*([^*\n]+)\*/)
    .flatMap((piece, index) => (index % 2 ? bold(withLinks(piece, links)) : withLinks(piece, links)))
    .filter((piece) => piece !== "");

/**
 * @param {(string | HTMLElement)[]} drawn
 * @returns {(string | HTMLElement)[]}
 */
const bold = (drawn) => [h("strong", {}, ...drawn)];

/**
 * @param {string} words
 * @param {string} address
 */
const link = (words, address) =>
  h("a", { href: address, ...(address.startsWith("http") ? { target: "_blank", rel: "noreferrer" } : {}) }, words);

/** @param {string} words */
const escaped = (words) => words.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
