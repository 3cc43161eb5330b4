import { h } from "./dom.js";
import { openDialog } from "./form.js";

let asking = null;

/** Ask for the join code, once however many requests wait for it; settles when the server has taken it. */
export function join() {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

function ask() {
  return new Promise((joined) => {
    openDialog({
      title: "Adgangskode",
      intro: [h("p", {}, "Øvelsen er for inviterede. Adgangskoden får du af den, der leder øvelsen.")],
      fields: [{ id: "code", label: "Adgangskode", kind: "secret", required: true }],
      submitLabel: "Fortsæt",
      cancellable: false,
      async submit({ code }) {
        const answer = await fetch("/rehearsal/join", {
          method: "POST",
          credentials: "same-origin",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ code: code.trim() }),
        }).catch(() => null);
        if (answer === null) throw new Error("Der er ingen forbindelse til serveren lige nu. Prøv igen om lidt.");
        if (!answer.ok) {
          const { error } = await answer.json().catch(() => ({}));
          throw new Error(error ?? "Adgangskoden passer ikke. Se efter, om du har skrevet den rigtigt.");
        }
        joined();
      },
    });
  });
}
