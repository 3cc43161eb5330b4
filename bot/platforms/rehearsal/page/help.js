// How a rehearsal is begun, told in a dialog.

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { EXAMPLE } from "./welcome.js";

/** @param {() => void} writeExample is called when a person wants the first step done for them */
export function showHelp(writeExample) {
  openDialog({
    title: "Sådan gør du",
    intro: [
      h(
        "p",
        {},
        "Her kan I leve en krise igennem. Alt sker som i Slack og Teams, men intet sendes til rigtige personer.",
      ),
      h(
        "ol",
        {},
        h("li", {}, "Vær Finn, som ikke står i planen. Skriv: ", h("span", { class: "example" }, EXAMPLE)),
        h("li", {}, "Svar på Krisebots spørgsmål. Dit varsel går nu til beredskabschefen."),
        h("li", {}, "Vær Jens på en anden skærm, og tryk ", h("strong", {}, "Jeg har den"), ". Eller lad ham tie."),
        h(
          "li",
          {},
          "Spol uret fem minutter frem, og se varslet gå videre til stedfortræderen Pia og siden borgmesteren Lars.",
        ),
        h("li", {}, "Beslut et niveau, og se krisestaben blive indkaldt i sin egen kanal."),
      ),
      h(
        "p",
        {},
        "Til en øvelse med flere deltagere: åbn siden på hver sin telefon eller computer, og vælg, hvem I er.",
      ),
    ],
    submitLabel: "Skriv Finns varsel for mig",
    cancelLabel: "Luk",
    closed: (sent) => {
      if (sent) writeExample();
    },
  });
}
