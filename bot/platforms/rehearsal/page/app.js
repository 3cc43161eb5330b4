// The rehearsal chat's page, from the first line that runs: its clock, its help, and the screens that its address asks for.

import * as api from "./api.js";
import { Clock } from "./clock.js";
import { byId, h } from "./dom.js";
import { showHelp } from "./help.js";
import { wordsOf } from "./refusal.js";
import { Screens } from "./screens.js";
import { useZone } from "./times.js";

async function open() {
  const screens = new Screens();
  const clock = new Clock(byId("clock"), () => screens.pull());
  screens.on("clock", (now) => clock.set(now));
  byId("help").addEventListener("click", () => showHelp(() => screens.writeExample()));
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    screens.focusComposer();
  });

  const { people, me_hint: employee, zone } = await api.people();
  useZone(zone);
  await clock.start();
  const asked = new URLSearchParams(location.search).get("som") ?? "";
  screens.open(people, employee, asked.split(",").filter(Boolean));
}

async function openOrSayWhyNot() {
  try {
    await open();
  } catch (refusal) {
    const again = h("button", { type: "button", class: "button", click: () => location.reload() }, "Prøv igen");
    const link = byId("link");
    link.replaceChildren(wordsOf(refusal), " ", again);
    link.hidden = false;
  }
}

openOrSayWhyNot();
