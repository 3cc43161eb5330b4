// The screens of those who rehearse: side by side where there is room, one at a time behind tabs where there isn't.

/** @import { Person } from "./contract.d.ts" */

import { byId } from "./dom.js";
import { Emitter } from "./emitter.js";
import { Pane } from "./pane.js";
import { Tabs } from "./tabs.js";

// A browser allows six connections to one server, and each screen holds one open.
const MOST_PANES = 3;
const SIDE_BY_SIDE = matchMedia("(min-width: 56rem)");

/**
 * Tells "clock" when somebody wound it.
 * @extends {Emitter<{ clock: string }>}
 */
export class Screens extends Emitter {
  #area = byId("screens");
  #link = byId("link");
  #tabs = new Tabs(
    byId("tabs"),
    (index) => this.#turnTo(index),
    () => this.#add(this.#next()).focusPicker(),
  );
  /** @type {readonly Person[]} */
  #people = [];
  /** Whoever warns in the example, and is not in the plan. */
  #employee = "finn";
  /** @type {Pane[]} */
  #panes = [];
  #current = 0;

  constructor() {
    super();
    SIDE_BY_SIDE.addEventListener("change", () => this.#arrange());
    document.addEventListener("visibilitychange", () => this.#rest());
  }

  /**
   * Open the first screens.
   * @param {readonly Person[]} people whom the plan has
   * @param {string} employee
   * @param {readonly string[]} asked whose screens the address asks for; the employee's and one more when it doesn't
   */
  open(people, employee, asked) {
    this.#people = people;
    this.#employee = employee;
    const first = people.find((each) => each.in_plan && each.id !== employee);
    const wanted = asked.length ? asked : [employee, ...(first ? [first.id] : [])];
    for (const id of wanted.slice(0, MOST_PANES)) this.#add(id);
    this.#turnTo(0);
  }

  /** Fetch what is new on every screen. */
  pull() {
    return Promise.all(this.#panes.map((pane) => pane.feed.pull()));
  }

  focusComposer() {
    this.#panes[this.#current]?.focusComposer();
  }

  /** Put the example ready to be sent, on the employee's screen. */
  writeExample() {
    this.#screenOf(this.#employee).writeExample();
  }

  /**
   * Turn to somebody's screen: a new one if there is room, or else in place of the one that is looked at.
   * @param {string} id
   */
  #screenOf(id) {
    const found = this.#panes.findIndex((pane) => pane.person.id === id);
    const pane = this.#panes[found];
    if (pane) {
      this.#turnTo(found);
      return pane;
    }
    const current = this.#panes[this.#current];
    return current && this.#panes.length >= MOST_PANES ? this.#replace(current, id) : this.#add(id);
  }

  /** @param {string} id */
  #make(id) {
    const pane = new Pane(this.#person(id), this.#people);
    pane.on("person", (chosen) => this.#replace(pane, chosen).focusPicker());
    pane.on("close", () => this.#close(pane));
    pane.on("news", () => this.#drawTabs());
    pane.on("link", () => this.#drawLink());
    pane.on("clock", (now) => this.emit("clock", now));
    return pane;
  }

  /**
   * @param {string} id
   * @returns {Person}
   */
  #person(id) {
    const name = id.charAt(0).toUpperCase() + id.slice(1);
    const stranger = { id, name, title: "Medarbejder", unit: "", in_plan: false };
    return this.#people.find((each) => each.id === id) ?? stranger;
  }

  /** @param {string} id */
  #add(id) {
    const pane = this.#make(id);
    this.#panes.push(pane);
    this.#current = this.#panes.length - 1;
    this.#area.append(pane.element);
    this.#arrange();
    return pane;
  }

  /**
   * @param {Pane} old
   * @param {string} id
   */
  #replace(old, id) {
    const pane = this.#make(id);
    this.#panes[this.#panes.indexOf(old)] = pane;
    old.element.replaceWith(pane.element);
    old.stop();
    this.#arrange();
    return pane;
  }

  /** @param {Pane} pane */
  #close(pane) {
    this.#panes = this.#panes.filter((each) => each !== pane);
    this.#current = Math.min(this.#current, this.#panes.length - 1);
    pane.stop();
    this.#arrange();
    this.focusComposer();
  }

  /** Find who comes next when a screen is added: those whom a warning reaches, in the plan's order. */
  #next() {
    const taken = new Set(this.#panes.map((pane) => pane.person.id));
    return [this.#employee, ...this.#people.map(({ id }) => id)].find((id) => !taken.has(id)) ?? this.#employee;
  }

  /** @param {number} index */
  #turnTo(index) {
    this.#current = index;
    this.#arrange();
  }

  /** Show those that there is room for, and keep the address such that it opens the same ones. */
  #arrange() {
    for (const [index, pane] of this.#panes.entries()) pane.show(SIDE_BY_SIDE.matches || index === this.#current);
    this.#area.dataset.count = String(this.#panes.length);
    const address = new URL(location.href);
    address.searchParams.set("som", this.#panes.map((pane) => pane.person.id).join(","));
    history.replaceState(null, "", address.href.replaceAll("%2C", ","));
    this.#drawTabs();
    this.#drawLink();
  }

  #drawTabs() {
    const tabs = this.#panes.map(({ person, feed }, index) => ({
      name: person.name,
      unread: feed.unreadInAll(),
      current: index === this.#current,
    }));
    const unread = tabs.reduce((sum, tab) => sum + tab.unread, 0);
    document.title = `${unread ? `(${unread}) ` : ""}Øvelseschat – krisebot`;
    this.#tabs.draw(tabs, tabs.length >= MOST_PANES);
  }

  #drawLink() {
    const down = this.#panes.some((pane) => !pane.feed.linked);
    this.#link.hidden = !down;
    this.#link.textContent = down ? "Forbindelsen er afbrudt. Prøver igen …" : "";
  }

  /** A page that nobody looks at keeps only its first screen's connection, so that other tabs have some left. */
  #rest() {
    for (const [index, { feed }] of this.#panes.entries()) {
      if (document.hidden && index > 0) feed.stop();
      else feed.start();
    }
    if (!document.hidden) this.pull();
  }
}
