// Where the keyboard is, so that it is still there when what it stood in has been drawn anew.

/**
 * @typedef {object} Focus
 * @property {HTMLElement} element
 * @property {[number | null, number | null] | null} selection from where to where text is selected, in a field
 */

/**
 * Find what has focus within an area; null when nothing has, or the area itself.
 * @param {Element} area
 */
export function focusedWithin(area) {
  const element = document.activeElement;
  return element instanceof HTMLElement && element !== area && area.contains(element) ? element : null;
}

/**
 * Tell what has focus within an area, and what is selected there.
 * @param {Element} area
 * @returns {Focus | null}
 */
export function rememberFocus(area) {
  const element = focusedWithin(area);
  if (!element) return null;
  return { element, selection: isText(element) ? [element.selectionStart, element.selectionEnd] : null };
}

/**
 * Give focus back to what had it; when that is gone, to the area, so that nobody is thrown to the page's top.
 * @param {HTMLElement} area
 * @param {Focus | null} focus
 */
export function restoreFocus(area, focus) {
  if (!focus || focus.element.isConnected) return;
  const same = focusKey(area, focus.element.dataset.key);
  const [start, end] = focus.selection ?? [null, null];
  if (same && isText(same) && start !== null) same.setSelectionRange(start, end);
}

/**
 * Focus what has that `data-key` within an area; when there is none, the area.
 * @param {HTMLElement} area
 * @param {string | undefined} key
 */
export function focusKey(area, key) {
  const same = [...area.querySelectorAll("[data-key]")].find(
    (each) => each instanceof HTMLElement && each.dataset.key === key,
  );
  const found = same instanceof HTMLElement ? same : null;
  (found ?? area).focus({ preventScroll: true });
  return found;
}

/** @param {HTMLElement} element */
const isText = (element) => element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
