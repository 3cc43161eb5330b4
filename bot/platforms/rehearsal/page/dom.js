/**
 * An element with attributes and children. Text always becomes text nodes, so nothing a person wrote is read as markup.
 * An attribute that is null, undefined or false is left out; one that is a function listens to that event.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

let serial = 0;

/** An id that no other element on the page has. */
export const freshId = (stem) => `${stem}-${++serial}`;

/** Say something to those who listen to the page instead of seeing it. */
export function announce(text) {
  document.getElementById("spoken").textContent = text;
}
