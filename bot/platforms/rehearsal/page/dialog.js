// A dialog that tells or asks, and keeps what was typed until it has been taken.

/** @import { Values } from "./contract.d.ts" */
/** @import { Child } from "./dom.js" */
/** @import { Asked } from "./fields.js" */

import { freshId, h } from "./dom.js";
import { controlsIn, drawFields, readTyped, readValues, showMissing } from "./fields.js";
import { ErrorLine } from "./refusal.js";

/**
 * Ask for fields in a dialog.
 * @param {object} asked
 * @param {string} asked.title
 * @param {string} [asked.caption] a softer line below the title
 * @param {Child[]} [asked.intro] what stands above the fields
 * @param {readonly Asked[]} [asked.fields]
 * @param {Values} [asked.typed] what was typed the last time and not sent
 * @param {string} [asked.submitLabel]
 * @param {"primary" | "danger"} [asked.style]
 * @param {string} [asked.cancelLabel]
 * @param {boolean} [asked.cancellable]
 * @param {(values: Values) => Promise<void>} [asked.submit] may throw an Error whose message is shown; the dialog then
 *   stays open with all that was typed
 * @param {(sent: boolean, typed: Values) => void} [asked.closed] is told how it ended, and what was changed but not sent,
 *   so that it can come back another time
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
  const error = new ErrorLine();
  const send = h("button", { type: "submit", class: `button ${style}` }, submitLabel);
  const cancel = cancellable
    ? h("button", { type: "button", class: "button", click: () => dialog.close() }, cancelLabel)
    : null;
  const area = h("div", { class: "fields" }, drawFields(fields, typed));
  const form = h(
    "form",
    { novalidate: true },
    h("h2", { id: heading }, title),
    caption ? h("p", { class: "hint" }, caption) : null,
    intro,
    area,
    error.element,
    h("div", { class: "buttons" }, send, cancel),
  );
  const dialog = h("dialog", { "aria-labelledby": heading }, form);
  let sent = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.ariaDisabled === "true" || showMissing(area, fields)) return;
    send.ariaDisabled = "true";
    error.hide();
    try {
      await submit(readValues(area));
      sent = true;
      dialog.close();
    } catch (refusal) {
      error.show(refusal);
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

  document.body.append(dialog);
  dialog.showModal();
  controlsIn(area)[0]?.focus();
  return dialog;
}
