import { freshId, h } from "./dom.js";

const HINTS = {
  time: "For eksempel kl 14.30, om 30 min eller i morgen 8",
  persons: "Navne eller roller med komma imellem",
};

/** One labelled field. Its control carries the field's id as its name, and what it held from the start. */
export function drawField(field) {
  const id = freshId("field");
  const hint = HINTS[field.kind] ? h("span", { class: "hint", id: `${id}-hint` }, HINTS[field.kind]) : null;
  const fault = h("span", { class: "fault", id: `${id}-fault`, hidden: true });
  const control = drawControl(field, {
    id,
    name: field.id,
    "data-key": `field:${field.id}`,
    "aria-describedby": [hint && hint.id, fault.id].filter(Boolean).join(" "),
    "aria-required": field.required ? "true" : null,
  });
  control.value = field.value ?? "";
  control.dataset.initial = control.value;
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, field.label, field.required ? h("span", { class: "hint" }, " (skal udfyldes)") : null),
    hint,
    control,
    fault,
  );
}

function drawControl(field, attributes) {
  if (field.kind === "long") return h("textarea", { rows: 3, ...attributes });
  if (field.kind === "choice") {
    const chosen = field.choices.some(([value]) => value === field.value);
    const none = chosen && field.required ? [] : [h("option", { value: "" }, "Vælg …")];
    return h("select", attributes, ...none, ...field.choices.map(([value, label]) => h("option", { value }, label)));
  }
  const type = field.kind === "secret" ? "password" : "text";
  return h("input", { type, autocomplete: field.kind === "secret" ? "current-password" : "off", ...attributes });
}

const controls = (area) => [...area.querySelectorAll("[name]")];

/** Everything filled in within an area, by field id. */
export const readValues = (area) => Object.fromEntries(controls(area).map((control) => [control.name, control.value]));

/** Only what a person has changed since the fields were drawn. */
export const readTyped = (area) =>
  Object.fromEntries(
    controls(area)
      .filter((control) => control.value !== control.dataset.initial)
      .map((control) => [control.name, control.value]),
  );

/** Put typed values back into fields that were drawn anew; one that is gone is passed over. */
export function putBack(area, typed) {
  for (const control of controls(area)) {
    if (control.name in typed) control.value = typed[control.name];
  }
}

/** Show what is missing beside each field and go to the first; true when nothing is. */
function complete(area, fields) {
  const missing = controls(area).filter((control) => {
    const field = fields.find(({ id }) => id === control.name);
    const empty = field.required && !control.value.trim();
    const fault = document.getElementById(`${control.id}-fault`);
    fault.textContent = empty ? `Mangler: ${field.label}` : "";
    fault.hidden = !empty;
    control.setAttribute("aria-invalid", String(empty));
    return empty;
  });
  missing[0]?.focus();
  return missing.length === 0;
}

/**
 * Ask for fields in a dialog. `submit(values)` may throw an Error whose message is shown; the dialog then stays open
 * with all that was typed. `closed(sent, typed)` is told how it ended, and what was changed but not sent, so that it can
 * come back another time.
 */
export function openDialog({
  title,
  caption = "",
  intro = [],
  fields = [],
  typed = {},
  submitLabel = "Send",
  style = "primary",
  cancelLabel = "Fortryd",
  cancellable = true,
  submit = async () => {},
  closed = () => {},
}) {
  const heading = freshId("dialog");
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const send = h("button", { type: "submit", class: `button ${style}` }, submitLabel);
  const cancel = cancellable ? h("button", { type: "button", class: "button", click: () => dialog.close() }, cancelLabel) : null;
  const area = h("div", { class: "fields" }, fields.map(drawField));
  const form = h(
    "form",
    { novalidate: true },
    h("h2", { id: heading }, title),
    caption ? h("p", { class: "hint" }, caption) : null,
    intro,
    area,
    error,
    h("div", { class: "buttons" }, send, cancel),
  );
  const dialog = h("dialog", { "aria-labelledby": heading }, form);
  let sent = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.ariaDisabled === "true" || !complete(area, fields)) return;
    send.ariaDisabled = "true";
    error.hidden = true;
    try {
      await submit(readValues(area));
      sent = true;
      dialog.close();
    } catch (refusal) {
      error.textContent = refusal.message;
      error.hidden = false;
    } finally {
      send.ariaDisabled = "false";
    }
  });
  dialog.addEventListener("cancel", (event) => {
    if (!cancellable) event.preventDefault();
  });
  dialog.addEventListener("close", () => {
    const typedNow = readTyped(area);
    dialog.remove();
    closed(sent, sent ? {} : typedNow);
  });

  putBack(area, typed);
  document.body.append(dialog);
  dialog.showModal();
  controls(area)[0]?.focus();
  return dialog;
}
