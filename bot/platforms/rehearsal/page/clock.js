import * as api from "./api.js";
import { announce, h } from "./dom.js";
import { openDialog } from "./form.js";
import { dayText, hourMinute, hourMinuteSecond, shortDayText, zoneMark } from "./times.js";

const STEPS = [
  ["+1 min", "1m", "1 minut"],
  ["+5 min", "5m", "5 minutter"],
  ["+30 min", "30m", "30 minutter"],
  ["+2 timer", "2h", "2 timer"],
];
const UNITS = [
  ["m", "minutter"],
  ["h", "timer"],
  ["d", "døgn"],
];

/** The rehearsal's clock, and the buttons that wind it forward. `wound()` is called when everything due has happened. */
export class Clock {
  #ahead = 0;
  #winding = false;
  #day = h("span", { class: "day-name" });
  #shortDay = h("span", { class: "day-name short" });
  #time = h("span", { class: "time" });
  #state = h("span", { class: "state", role: "status" });

  constructor(area, wound) {
    this.wound = wound;
    this.area = area;
    this.steps = h(
      "div",
      { class: "steps", role: "group", "aria-label": "Spol tiden frem" },
      ...STEPS.map(([label, duration, words]) =>
        h("button", { type: "button", class: "step preset", "aria-label": `Spol ${words} frem`, click: () => this.#press(duration, words) }, label),
      ),
      h("button", { type: "button", class: "step other", "aria-haspopup": "dialog", "aria-label": "Spol tiden frem, vælg selv hvor meget", click: () => this.#ask() }, h("span", { class: "wide" }, "Andet …"), h("span", { class: "narrow" }, "Spol frem")),
    );
    area.append(h("time", { class: "now" }, this.#day, this.#shortDay, this.#time), this.steps, this.#state);
    setInterval(() => this.#show(), 1000);
  }

  async start() {
    this.set((await api.clock()).now);
  }

  set(now) {
    this.#ahead = new Date(now).getTime() - Date.now();
    this.#show();
  }

  #now() {
    return new Date(Date.now() + this.#ahead);
  }

  #show() {
    const now = this.#now();
    put(this.#day, dayText(now));
    put(this.#shortDay, shortDayText(now));
    put(this.#time, [hourMinuteSecond(now), zoneMark(now)].filter(Boolean).join(" "));
    this.area.querySelector("time").dateTime = now.toISOString();
  }

  async #wind(duration, words) {
    if (this.#winding) return;
    this.#winding = true;
    this.area.setAttribute("aria-busy", "true");
    this.#state.textContent = `Spoler ${words} frem …`;
    try {
      const { now } = await api.advance(duration);
      this.set(now);
      await this.wound();
      announce(`Klokken er nu ${hourMinute(new Date(now))}, ${dayText(new Date(now))}.`);
    } finally {
      this.#winding = false;
      this.area.removeAttribute("aria-busy");
      this.#state.textContent = "";
    }
  }

  async #press(duration, words) {
    try {
      await this.#wind(duration, words);
    } catch (refusal) {
      this.#state.textContent = refusal.message;
    }
  }

  #ask() {
    const presets = h(
      "div",
      { class: "buttons presets" },
      ...STEPS.map(([label, duration, words]) =>
        h(
          "button",
          {
            type: "button",
            class: "button",
            "aria-label": `Spol ${words} frem`,
            click: () => {
              dialog.close();
              this.#press(duration, words);
            },
          },
          label,
        ),
      ),
    );
    const dialog = openDialog({
      title: "Spol tiden frem",
      intro: [h("p", {}, "Alt, hvad der skulle ske imens, sker nu: påmindelser, frister, og at næste person bliver kontaktet."), presets],
      fields: [
        { id: "count", label: "Hvor meget?", kind: "text", required: true, value: "10" },
        { id: "unit", label: "Minutter, timer eller døgn", kind: "choice", required: true, value: "m", choices: UNITS },
      ],
      submitLabel: "Spol frem",
      submit: async ({ count, unit }) => {
        if (!/^[1-9]\d{0,3}$/.test(count.trim())) throw new Error("Skriv et helt tal, for eksempel 10.");
        await this.#wind(`${count.trim()}${unit}`, `${count.trim()} ${UNITS.find(([value]) => value === unit)[1]}`);
      },
    });
  }
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
