// Who a screen belongs to, and the list to choose somebody else from.

/** @import { Person } from "./contract.d.ts" */

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";

const SOMEBODY_ELSE = "?";
const FIRST_NAME = /^[a-zæøå][a-zæøå0-9-]{0,30}$/;

/**
 * Draw the list.
 * @param {string} id for the label that belongs to it
 * @param {Person} person who is chosen
 * @param {readonly Person[]} people who can be; and anybody else, by name
 * @param {(id: string) => void} choose
 */
export function personPicker(id, person, people, choose) {
  const known = people.some((each) => each.id === person.id);
  const outside = people.filter((each) => !each.in_plan);
  const inPlan = people.filter((each) => each.in_plan);
  /** @param {Person} each */
  const option = (each) =>
    h(
      "option",
      { value: each.id, selected: each.id === person.id },
      [each.name, each.title, each.unit].filter(Boolean).join(" · "),
    );
  const select = h(
    "select",
    { id, change: () => changed() },
    h(
      "optgroup",
      { label: "Medarbejdere uden for planen" },
      ...outside.map(option),
      known ? null : option(person),
      h("option", { value: SOMEBODY_ELSE }, "En anden medarbejder …"),
    ),
    h("optgroup", { label: "I beredskabsplanen" }, ...inPlan.map(option)),
  );
  const changed = () => {
    if (select.value !== SOMEBODY_ELSE) {
      choose(select.value);
      return;
    }
    select.value = person.id;
    askForName(choose);
  };
  return select;
}

/** @param {(id: string) => void} choose */
function askForName(choose) {
  openDialog({
    title: "En anden medarbejder",
    intro: [h("p", {}, "Alle ansatte må varsle, også dem, der ikke står i planen.")],
    fields: [{ id: "name", label: "Fornavn", kind: "text", required: true }],
    submitLabel: "Vær denne person",
    submit: async ({ name = "" }) => {
      const id = name.trim().toLowerCase();
      if (!FIRST_NAME.test(id)) throw new Error("Skriv ét navn med bogstaver, for eksempel Maja.");
      choose(id);
    },
  });
}
