// The rehearsal's clock, and the buttons that wind it forward.

/** @import { Step } from "./clock-dialog.js" */

import * as api from "./api.js";
import { askHowFar, STEPS } from "./clock-dialog.js";
import { announce, h } from "./dom.js";
import { wordsOf } from "./refusal.js";
import { dayText, hourMinute, hourMinuteSecond, shortDayText, zoneMark } from "./times.js";

export class Clock {
  /** Milliseconds from this machine's time to the rehearsal's. */
  #ahead = 0;
  #winding = false;
  #area;
  #wound;
  #day = h("span", { class: "day-name" });
  #shortDay = h("span", { class: "day-name short" });
  #time = h("span", { class: "time" });
  #now = h("time", { class: "now" }, this.#day, this.#shortDay, this.#time);
  #state = h("span", { class: "state", role: "status" });

  /**
   * @param {HTMLElement} area where it is drawn
   * @param {() => Promise<unknown>} wound is called when the clock has been wound and everything due has happened
   */
  constructor(area, wound) {
    this.#area = area;
    this.#wound = wound;
    area.append(this.#now, this.#steps(), this.#state);
    setInterval(() => this.#show(), 1000);
  }

  /** Ask the server what time it is. */
  async start() {
    this.set((await api.clock()).now);
  }

  /** @param {string} now in ISO 8601 */
  set(now) {
    this.#ahead = new Date(now).getTime() - Date.now();
    this.#show();
  }

  #steps() {
    const ask = () => askHowFar({ press: (step) => this.#press(step), wind: (step) => this.#wind(step) });
    return h(
      "div",
      { class: "steps", role: "group", "aria-label": "Spol tiden frem" },
      ...STEPS.map((step) =>
        h(
          "button",
          {
            type: "button",
            class: "step preset",
            "aria-label": `Spol ${step.words} frem`,
            click: () => this.#press(step),
          },
          step.label,
        ),
      ),
      h(
        "button",
        {
          type: "button",
          class: "step other",
          "aria-haspopup": "dialog",
          "aria-label": "Spol tiden frem, vælg selv hvor meget",
          click: ask,
        },
        h("span", { class: "wide" }, "Andet …"),
        h("span", { class: "narrow" }, "Spol frem"),
      ),
    );
  }

  #show() {
    const now = new Date(Date.now() + this.#ahead);
    put(this.#day, dayText(now));
    put(this.#shortDay, shortDayText(now));
    put(this.#time, [hourMinuteSecond(now), zoneMark(now)].filter(Boolean).join(" "));
    this.#now.dateTime = now.toISOString();
  }

  /** @param {Pick<Step, "duration" | "words">} step */
  async #wind({ duration, words }) {
    if (this.#winding) return;
    this.#winding = true;
    this.#area.setAttribute("aria-busy", "true");
    this.#state.textContent = `Spoler ${words} frem …`;
    try {
      const { now } = await api.advance(duration);
      this.set(now);
      await this.#wound();
      announce(`Klokken er nu ${hourMinute(new Date(now))}, ${dayText(new Date(now))}.`);
    } finally {
      this.#winding = false;
      this.#area.removeAttribute("aria-busy");
      this.#state.textContent = "";
    }
  }

  /**
   * Wind, and say beside the clock what goes wrong.
   * @param {Step} step
   */
  async #press(step) {
    try {
      await this.#wind(step);
    } catch (refusal) {
      this.#state.textContent = wordsOf(refusal);
    }
  }
}

/**
 * Change a text only when it has become another.
 * @param {HTMLElement} element
 * @param {string} text
 */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
