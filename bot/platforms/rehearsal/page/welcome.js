// What stands in a place where nothing has been said yet.

/** @import { Person } from "./contract.d.ts" */

import { h } from "./dom.js";

/** A warning to begin a rehearsal by. */
export const EXAMPLE = "/krise varsel vand i kælderen på Birkehøj, og viadukten i Hedehusene er lukket";

/** Tell that a channel is empty. */
export const nothingYet = () => h("div", { class: "empty" }, h("p", {}, "Her er ikke skrevet noget endnu."));

/**
 * Tell a person what to do first.
 * @param {Person} person
 * @param {() => void} writeExample
 */
export function welcome(person, writeExample) {
  const [first] = person.name.split(" ");
  if (person.in_plan) {
    return h(
      "div",
      { class: "empty" },
      h("p", {}, h("strong", {}, `Her får ${first} besked fra Krisebot.`)),
      h("p", {}, "Skriv /krise for at se, hvad du kan gøre nu, eller vent på, at nogen varsler."),
    );
  }
  return h(
    "div",
    { class: "empty" },
    h("p", {}, h("strong", {}, `Du er ${first} og har set noget, der kan blive til en krise.`)),
    h("p", {}, "Alle ansatte må varsle. Prøv at sende denne:"),
    h("p", { class: "example" }, EXAMPLE),
    h("button", { type: "button", class: "button primary", click: writeExample }, "Skriv det for mig"),
  );
}
