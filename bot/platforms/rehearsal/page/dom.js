// Elements made by code, and the few things that the page asks of its document.

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {string | number | boolean | null | undefined} Value */
/** @typedef {"autocomplete" | "class" | "datetime" | "enterkeyhint" | "for" | "hidden" | "href" | "id" | "label" | "multiple" | "name" | "novalidate" | "rel" | "role" | "rows" | "selected" | "tabindex" | "target" | "title" | "type" | "value" | `aria-${string}` | `data-${string}`} Attribute */
/** @typedef {{ [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void }} Listeners */
/** @typedef {{ [Name in Attribute]?: Value } & Listeners} Attributes */

/**
 * Make an element. Text always becomes text nodes, so nothing a person wrote is read as markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes one that is null, undefined or false is left out; a function listens to the event it is
 *   named by
 * @param {...(Child | Child[])} children one that is null, undefined or false is left out
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

let serial = 0;

/**
 * Make an id that no other element on the page has.
 * @param {string} stem
 */
export const freshId = (stem) => `${stem}-${++serial}`;

/**
 * Find an element that index.html has.
 * @param {string} id
 * @throws {Error} when it has none of that id
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}

/**
 * Say something to those who listen to the page instead of seeing it.
 * @param {string} text
 */
export function announce(text) {
  byId("spoken").textContent = text;
}
