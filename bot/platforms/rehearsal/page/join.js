// The join code, which a rehearsal that others can reach asks for.

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";

/** @type {Promise<void> | null} */
let asking = null;

/** Ask for the join code, once however many requests wait for it; settles when the server has taken it. */
export function join() {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

/** @returns {Promise<void>} */
function ask() {
  return new Promise((joined) => {
    openDialog({
      title: "Adgangskode",
      intro: [h("p", {}, "Øvelsen er for inviterede. Adgangskoden får du af den, der leder øvelsen.")],
      fields: [{ id: "code", label: "Adgangskode", kind: "secret", required: true }],
      submitLabel: "Fortsæt",
      cancellable: false,
      async submit({ code = "" }) {
        await send(code.trim());
        joined();
      },
    });
  });
}

/**
 * @param {string} code
 * @throws {Error} when it isn't taken
 */
async function send(code) {
  const answer = await fetch("/rehearsal/join", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  }).catch(() => null);
  if (answer === null) throw new Error("Der er ingen forbindelse til serveren lige nu. Prøv igen om lidt.");
  if (!answer.ok) {
    const { error } = await answer.json().catch(() => ({}));
    throw new Error(error ?? "Adgangskoden passer ikke. Se efter, om du har skrevet den rigtigt.");
  }
}
