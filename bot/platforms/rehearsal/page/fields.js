// Fields that a person fills in, drawn from what they ask for and read again.

/** @import { Field, Values } from "./contract.d.ts" */

import { freshId, h } from "./dom.js";

/**
 * A field of the server's, or one of the page's own, which may be secret and leaves out what it doesn't need.
 * @typedef {Pick<Field, "id" | "label" | "required"> & Partial<Pick<Field, "value" | "choices">> & { kind: Field["kind"] | "secret" }} Asked
 */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** @type {Partial<Record<Asked["kind"], string>>} */
const HINTS = {
  time: "For eksempel kl 14.30, om 30 min eller i morgen 8",
  persons: "Navne eller roller med komma imellem",
};

/**
 * Draw labelled fields. Each control carries its field's id as its name, and what it held from the start.
 * @param {readonly Asked[]} fields
 * @param {Values} typed what a person had typed when they were drawn last; what is for a field that is gone is passed over
 */
export const drawFields = (fields, typed = {}) => fields.map((field) => drawField(field, typed[field.id]));

/**
 * @param {Asked} field
 * @param {string} [typed]
 */
function drawField(field, typed) {
  const id = freshId("field");
  const words = HINTS[field.kind];
  const hint = words ? h("span", { class: "hint", id: `${id}-hint` }, words) : null;
  const fault = h("span", { class: "fault", id: faultOf(id), hidden: true });
  const control = drawControl(field, {
    id,
    name: field.id,
    "data-key": `field:${field.id}`,
    "aria-describedby": [hint?.id, fault.id].filter(Boolean).join(" "),
    "aria-required": field.required ? "true" : null,
  });
  control.value = field.value ?? "";
  control.dataset.initial = control.value;
  if (typed !== undefined) control.value = typed;
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, field.label, field.required ? h("span", { class: "hint" }, " (skal udfyldes)") : null),
    hint,
    control,
    fault,
  );
}

/**
 * @param {Asked} field
 * @param {import("./dom.js").Attributes} attributes
 * @returns {Control}
 */
function drawControl(field, attributes) {
  if (field.kind === "long") return h("textarea", { rows: 3, ...attributes });
  if (field.kind === "choice") {
    const choices = field.choices ?? [];
    const chosen = choices.some(([value]) => value === field.value);
    const none = chosen && field.required ? [] : [h("option", { value: "" }, "Vælg …")];
    return h("select", attributes, ...none, ...choices.map(([value, label]) => h("option", { value }, label)));
  }
  const type = field.kind === "secret" ? "password" : "text";
  return h("input", { type, autocomplete: field.kind === "secret" ? "current-password" : "off", ...attributes });
}

/**
 * Find the fields' controls within an area, in their order.
 * @param {Element} area
 */
export const controlsIn = (area) =>
  [...area.querySelectorAll("[name]")].filter(
    (each) =>
      each instanceof HTMLInputElement || each instanceof HTMLSelectElement || each instanceof HTMLTextAreaElement,
  );

/**
 * Read everything filled in within an area.
 * @param {Element} area
 * @returns {Values}
 */
export const readValues = (area) => valuesOf(controlsIn(area));

/**
 * Read only what a person has changed since the fields were drawn, or since `settle`.
 * @param {Element} area
 * @returns {Values}
 */
export const readTyped = (area) =>
  valuesOf(controlsIn(area).filter((control) => control.value !== control.dataset.initial));

/**
 * Take what stands in the fields for what they held from the start: it has been sent.
 * @param {Element} area
 */
export function settle(area) {
  for (const control of controlsIn(area)) control.dataset.initial = control.value;
}

/**
 * Show what is missing beside each field and go to the first; true when something is.
 * @param {Element} area
 * @param {readonly Asked[]} fields
 */
export function showMissing(area, fields) {
  const missing = controlsIn(area).filter((control) => {
    const field = fields.find(({ id }) => id === control.name);
    const empty = field?.required === true && !control.value.trim();
    const fault = area.querySelector(`#${faultOf(control.id)}`);
    if (fault instanceof HTMLElement) {
      fault.textContent = empty ? `Mangler: ${field.label}` : "";
      fault.hidden = !empty;
    }
    control.setAttribute("aria-invalid", String(empty));
    return empty;
  });
  missing[0]?.focus();
  return missing.length > 0;
}

/** @param {readonly Control[]} controls */
const valuesOf = (controls) => Object.fromEntries(controls.map((control) => [control.name, control.value]));

/** @param {string} id a control's */
const faultOf = (id) => `${id}-fault`;
