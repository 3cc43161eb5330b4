// How far the clock can be wound: by a button for each common step, or by a dialog that asks.

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";

/**
 * How far: on a button, as the server takes it, and in words.
 * @typedef {{ label: string, duration: string, words: string }} Step
 */

/** @type {readonly Step[]} */
export const STEPS = [
  { label: "+1 min", duration: "1m", words: "1 minut" },
  { label: "+5 min", duration: "5m", words: "5 minutter" },
  { label: "+30 min", duration: "30m", words: "30 minutter" },
  { label: "+2 timer", duration: "2h", words: "2 timer" },
];
/** @type {[string, string][]} */
const UNITS = [
  ["m", "minutter"],
  ["h", "timer"],
  ["d", "døgn"],
];

/**
 * Ask how far.
 * @param {object} ways
 * @param {(step: Step) => void} ways.press one of the buttons was pressed, and the dialog is closed
 * @param {(step: Omit<Step, "label">) => Promise<void>} ways.wind something else was asked for; what it throws is shown
 */
export function askHowFar({ press, wind }) {
  const presets = h(
    "div",
    { class: "buttons presets" },
    ...STEPS.map((step) =>
      h(
        "button",
        {
          type: "button",
          class: "button",
          "aria-label": `Spol ${step.words} frem`,
          click: () => {
            dialog.close();
            press(step);
          },
        },
        step.label,
      ),
    ),
  );
  const dialog = openDialog({
    title: "Spol tiden frem",
    intro: [
      h("p", {}, "Alt, hvad der skulle ske imens, sker nu: påmindelser, frister, og at næste person bliver kontaktet."),
      presets,
    ],
    fields: [
      { id: "count", label: "Hvor meget?", kind: "text", required: true, value: "10" },
      {
        id: "unit",
        label: "Minutter, timer eller døgn",
        kind: "choice",
        required: true,
        value: "m",
        choices: UNITS,
      },
    ],
    submitLabel: "Spol frem",
    submit: async ({ count = "", unit = "" }) => {
      const number = count.trim();
      if (!/^[1-9]\d{0,3}$/.test(number)) throw new Error("Skriv et helt tal, for eksempel 10.");
      const name = UNITS.find(([value]) => value === unit)?.[1] ?? unit;
      await wind({ duration: `${number}${unit}`, words: `${number} ${name}` });
    },
  });
}
