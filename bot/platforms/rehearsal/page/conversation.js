// A place's messages, the newest at the bottom.

/** @import { Person } from "./contract.d.ts" */
/** @import { Held } from "./feed.js" */
/** @import { Deeds } from "./message.js" */

import { h } from "./dom.js";
import { MessageView } from "./message.js";
import { dayText } from "./times.js";

/** Whoever is at most so many pixels from the bottom follows what comes. */
const NEAR_BOTTOM = 80;

export class Conversation {
  #person;
  #deeds;
  /** What is on the screen, by the message's id. @type {Map<string, MessageView>} */
  #views = new Map();
  /** The lines between days, by the day's text. @type {Map<string, HTMLElement>} */
  #days = new Map();
  /** @type {HTMLElement | null} */
  #empty = null;
  #log = h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", scroll: () => this.#scrolled() });
  #down = h(
    "button",
    { type: "button", class: "down", hidden: true, click: () => this.toBottom() },
    "Nye beskeder nedenfor ↓",
  );
  element = h("div", { class: "reading" }, this.#log, this.#down);

  /**
   * @param {Person} person whose screen it is on
   * @param {Deeds} deeds
   */
  constructor(person, deeds) {
    this.#person = person;
    this.#deeds = deeds;
  }

  /**
   * Say whose messages they are, to those who listen.
   * @param {string} label
   */
  name(label) {
    this.#log.setAttribute("aria-label", label);
  }

  /**
   * Show another place, from its bottom, without reading all of it aloud.
   * @param {() => void} draw draws it
   */
  turnTo(draw) {
    this.#views.clear();
    this.#days.clear();
    this.#empty = null;
    this.#log.setAttribute("aria-busy", "true");
    this.#log.replaceChildren();
    draw();
    this.toBottom();
    this.#log.removeAttribute("aria-busy");
  }

  /**
   * Draw what is new. Whoever reads at the bottom stays there; others are told that there is more below.
   * @param {readonly Held[]} messages
   * @param {() => HTMLElement} whenEmpty draws what stands there when there are none
   */
  draw(messages, whenEmpty) {
    const atBottom = this.#atBottom();
    const before = this.#views.size;
    const wanted = messages.length ? this.#rows(messages) : [this.#nothing(whenEmpty)];
    wanted.forEach((element, index) => {
      const there = this.#log.children[index] ?? null;
      if (there !== element) this.#log.insertBefore(element, there);
    });
    while (this.#log.children.length > wanted.length) this.#log.lastElementChild?.remove();
    if (atBottom) this.toBottom();
    else if (this.#views.size > before) this.#down.hidden = false;
  }

  toBottom() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#down.hidden = true;
  }

  /**
   * Find the elements the log shall hold, in order, the same ones as last time for what was there then.
   * @param {readonly Held[]} messages
   */
  #rows(messages) {
    /** @type {HTMLElement[]} */
    const rows = [];
    let day = "";
    /** @type {Held | null} */
    let previous = null;
    for (const message of messages) {
      const today = dayText(new Date(message.at));
      if (today !== day) rows.push(this.#day(today));
      const { element } = this.#view(message);
      element.classList.toggle("follows", today === day && previous !== null && follows(message, previous));
      rows.push(element);
      day = today;
      previous = message;
    }
    return rows;
  }

  /** @param {Held} message */
  #view(message) {
    const held = this.#views.get(message.id);
    if (held && held.message !== message) held.update(message);
    const view = held ?? new MessageView(message, this.#person, this.#deeds);
    this.#views.set(message.id, view);
    return view;
  }

  /** @param {string} text */
  #day(text) {
    const line = this.#days.get(text) ?? h("p", { class: "day" }, h("span", {}, text));
    this.#days.set(text, line);
    return line;
  }

  /** @param {() => HTMLElement} draw */
  #nothing(draw) {
    this.#empty ??= draw();
    return this.#empty;
  }

  #atBottom() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_BOTTOM;
  }

  #scrolled() {
    if (this.#atBottom()) this.#down.hidden = true;
  }
}

/**
 * Tell whether a message is one more from the same person in the same minute.
 * @param {Held} message
 * @param {Held} previous
 */
const follows = (message, previous) =>
  message.from === previous.from && message.at.slice(0, 16) === previous.at.slice(0, 16);
