import * as api from "./api.js";
import { freshId, h } from "./dom.js";
import { Feed } from "./feed.js";
import { Files } from "./files.js";
import { openDialog } from "./form.js";
import { MessageView, avatar } from "./message.js";
import { dayText } from "./times.js";

const SUGGESTIONS = [
  ["/krise", "/krise"],
  ["varsel …", "/krise varsel "],
  ["status", "/krise status"],
  ["hvem", "/krise hvem"],
  ["log …", "/krise log "],
];
const NEAR_BOTTOM = 80;
const SOMEBODY_ELSE = "?";

/** One person's screen: places, messages and a composer. Dispatches "person", "close", "news", "link" and "clock". */
export class Pane extends EventTarget {
  place = "dm";
  #views = new Map();
  #typed = new Map();
  #saying = false;
  #files = new Files();
  #shown = true;
  #box;

  constructor(person, people, hint) {
    super();
    this.person = person;
    this.people = people;
    this.hint = hint;
    this.feed = new Feed(person.id);
    this.element = this.#draw();
    this.feed.addEventListener("change", () => this.#changed());
    this.feed.addEventListener("link", () => this.dispatchEvent(new Event("link")));
    this.feed.addEventListener("clock", ({ detail }) => this.dispatchEvent(new CustomEvent("clock", { detail })));
    this.feed.start();
    this.feed.pull();
  }

  stop() {
    this.feed.stop();
    this.element.remove();
  }

  /** Whether a person is looking at this pane; only then do its messages count as read. */
  show(shown) {
    this.#shown = shown;
    this.element.toggleAttribute("data-behind", !shown);
    if (shown) this.#changed();
  }

  focusComposer() {
    this.#box.focus();
  }

  /** Put a text ready to be sent in a place, for the person to press Enter. */
  fillIn(place, text) {
    this.#open(place);
    this.#box.value = text;
    this.#grow();
    this.#box.focus();
    this.#box.setSelectionRange(text.length, text.length);
  }

  #draw() {
    this.places = h("nav", { class: "places", "aria-label": `Steder for ${this.person.name}` });
    this.title = h("h2", {});
    this.log = h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", scroll: () => this.#scrolled() });
    this.down = h("button", { type: "button", class: "down", hidden: true, click: () => this.#toBottom() }, "Nye beskeder nedenfor ↓");
    return h(
      "section",
      { class: "pane", "aria-label": `Skærm for ${this.person.name}` },
      h("div", { class: "inside" }, this.#whoAmI(), this.places, h("div", { class: "talk" }, this.title, h("div", { class: "reading" }, this.log, this.down), this.#composer())),
    );
  }

  #whoAmI() {
    const picker = freshId("person");
    const close = () => this.dispatchEvent(new Event("close"));
    return h(
      "div",
      { class: "who-am-i" },
      avatar(this.person.id, this.person.name),
      h("label", { for: picker, class: "visually-hidden" }, "Hvem er du på denne skærm?"),
      this.#picker(picker),
      h("button", { type: "button", class: "quiet close", "aria-label": `Luk skærmen for ${this.person.name}`, click: close }, "✕"),
    );
  }

  #picker(id) {
    const option = ({ id, name, title, unit }) => h("option", { value: id, selected: id === this.person.id }, [name, title, unit].filter(Boolean).join(" · "));
    const known = this.people.some((each) => each.id === this.person.id);
    const others = this.people.filter((each) => !each.in_plan);
    return h(
      "select",
      { id, change: ({ target }) => this.#pick(target) },
      h("optgroup", { label: "Medarbejdere uden for planen" }, ...others.map(option), known ? null : option(this.person), h("option", { value: SOMEBODY_ELSE }, "En anden medarbejder …")),
      h("optgroup", { label: "I beredskabsplanen" }, ...this.people.filter((each) => each.in_plan).map(option)),
    );
  }

  #pick(select) {
    if (select.value !== SOMEBODY_ELSE) {
      this.dispatchEvent(new CustomEvent("person", { detail: select.value }));
      return;
    }
    select.value = this.person.id;
    openDialog({
      title: "En anden medarbejder",
      intro: [h("p", {}, "Alle ansatte må varsle, også dem, der ikke står i planen.")],
      fields: [{ id: "name", label: "Fornavn", kind: "text", required: true }],
      submitLabel: "Vær denne person",
      submit: async ({ name }) => {
        const word = name.trim().toLowerCase();
        if (!/^[a-zæøå][a-zæøå0-9-]{0,30}$/.test(word)) throw new Error("Skriv ét navn med bogstaver, for eksempel Maja.");
        this.dispatchEvent(new CustomEvent("person", { detail: word }));
      },
    });
  }

  #composer() {
    const box = freshId("box");
    this.error = h("p", { class: "error", role: "alert", id: `${box}-error`, hidden: true });
    this.#box = h("textarea", {
      id: box,
      rows: 1,
      enterkeyhint: "send",
      autocomplete: "off",
      "aria-describedby": `${box}-error ${box}-keys`,
      input: () => this.#grow(),
      keydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#say();
      },
    });
    this.label = h("label", { for: box, class: "visually-hidden" });
    this.chips = h(
      "div",
      { class: "chips", role: "group", "aria-label": "Forslag til, hvad du kan skrive" },
      ...SUGGESTIONS.map(([label, text]) => h("button", { type: "button", class: "chip", click: () => this.fillIn(this.place, text) }, label)),
    );
    this.sendButton = h("button", { type: "submit", class: "button primary" }, "Send");
    return h(
      "form",
      {
        class: "composer",
        submit: (event) => {
          event.preventDefault();
          this.#say();
        },
      },
      this.chips,
      this.error,
      this.#files.list,
      h("div", { class: "line" }, this.label, this.#box, ...this.#files.controls, this.sendButton),
      h("p", { class: "visually-hidden", id: `${box}-keys` }, "Enter sender. Shift og Enter giver en ny linje."),
    );
  }

  async #say() {
    const text = this.#box.value;
    const place = this.place;
    if ((!text.trim() && this.#files.empty) || this.#saying) return;
    this.#saying = true;
    this.error.hidden = true;
    this.sendButton.ariaDisabled = "true";
    try {
      await api.say(this.person.id, place, text, await this.#files.read());
      this.#files.clear();
      this.#sent(place, text);
      this.feed.pull();
    } catch (refusal) {
      this.error.textContent = refusal.message;
      this.error.hidden = false;
    } finally {
      this.#saying = false;
      this.sendButton.ariaDisabled = "false";
    }
  }

  /** Only what was sent is cleared: not what has been typed since. */
  #sent(place, text) {
    if (place !== this.place) {
      if (this.#typed.get(place) === text) this.#typed.delete(place);
    } else if (this.#box.value === text) {
      this.#box.value = "";
      this.#grow();
    }
    this.#toBottom();
  }

  async #press(message, button, values, version) {
    try {
      await api.press(this.person.id, message, button, values, version);
    } catch (refusal) {
      this.feed.pull();
      if (refusal.status !== 404) throw refusal;
      throw new Error("Knappen gælder ikke længere: beskeden er ændret siden. Se, hvad der står nu.");
    }
    this.feed.pull();
  }

  #saving = {
    ask: (message) => api.saving(this.person.id, message),
    send: async (message, values) => {
      await api.save(this.person.id, message, values);
      this.feed.pull();
    },
  };

  #changed() {
    if (!this.feed.loaded) return;
    if (!this.feed.places.some(({ id }) => id === this.place)) {
      this.#open("dm");
      return;
    }
    this.#read();
    this.#drawPlaces();
    this.#drawLog();
    this.dispatchEvent(new Event("news"));
  }

  #open(place) {
    if (place === this.place) return;
    this.#typed.set(this.place, this.#box.value);
    this.place = place;
    this.#box.value = this.#typed.get(place) ?? "";
    this.#grow();
    this.error.hidden = true;
    this.#views.clear();
    this.log.setAttribute("aria-busy", "true");
    this.log.replaceChildren();
    this.#changed();
    this.#toBottom();
    this.log.removeAttribute("aria-busy");
  }

  #read() {
    if (this.#shown && !document.hidden) this.feed.markSeen(this.place);
  }

  #drawPlaces() {
    const groups = [
      ["Direkte beskeder", this.feed.places.filter(({ id }) => id === "dm")],
      ["Kanaler", this.feed.places.filter(({ id }) => id !== "dm")],
    ];
    const state = JSON.stringify([this.place, this.feed.places.map(({ id, title }) => [id, title, this.feed.unread(id)])]);
    if (state === this.drawnPlaces) return;
    this.drawnPlaces = state;
    const focused = this.places.contains(document.activeElement) ? document.activeElement.dataset.place : null;
    this.places.replaceChildren(
      ...groups
        .filter(([, places]) => places.length)
        .map(([name, places]) => {
          const id = freshId("group");
          return h("div", {}, h("p", { id }, name), h("ul", { "aria-labelledby": id }, ...places.map((place) => h("li", {}, this.#placeButton(place)))));
        }),
    );
    if (focused) [...this.places.querySelectorAll("button")].find(({ dataset }) => dataset.place === focused)?.focus();
    const title = this.feed.places.find(({ id }) => id === this.place)?.title ?? "";
    this.title.textContent = title;
    this.log.setAttribute("aria-label", `Beskeder i ${title}, set af ${this.person.name}`);
    this.label.textContent = `Skriv som ${this.person.name} i ${title}`;
    this.#box.placeholder = this.place === "dm" ? "Skriv til Krisebot" : `Skriv i ${title}`;
  }

  #placeButton({ id, title }) {
    return h(
      "button",
      { type: "button", "data-place": id, "aria-current": id === this.place ? "true" : null, click: () => this.#open(id) },
      h("span", { class: "name" }, title),
      unreadMark(this.feed.unread(id)),
    );
  }

  #drawLog() {
    const stick = this.#atBottom();
    const messages = this.feed.inPlace(this.place);
    const before = this.#views.size;
    const wanted = messages.length ? this.#rows(messages) : [this.#empty()];
    wanted.forEach((element, index) => {
      if (this.log.children[index] !== element) this.log.insertBefore(element, this.log.children[index] ?? null);
    });
    while (this.log.children.length > wanted.length) this.log.lastElementChild.remove();
    if (stick) this.#toBottom();
    else if (this.#views.size > before) this.down.hidden = false;
  }

  /** The elements the log shall hold, in order, the same ones as last time for what was there then. */
  #rows(messages) {
    const rows = [];
    let day = "";
    let previous = null;
    for (const message of messages) {
      const today = message.at ? dayText(new Date(message.at)) : "";
      if (today !== day) rows.push(this.#view(`day:${today}`, () => new DayView(today)).element);
      const view = this.#view(message.id, () => new MessageView(message, this.person, (...press) => this.#press(...press), this.#saving));
      if (view.message !== message) view.update(message);
      view.element.classList.toggle("follows", today === day && previous?.from === message.from && previous.at.slice(0, 16) === message.at.slice(0, 16));
      rows.push(view.element);
      day = today;
      previous = message;
    }
    return rows;
  }

  #view(key, make) {
    if (!this.#views.has(key)) this.#views.set(key, make());
    return this.#views.get(key);
  }

  #empty() {
    return this.#view("empty", () => ({ element: this.place === "dm" ? this.#welcome() : h("div", { class: "empty" }, h("p", {}, "Her er ikke skrevet noget endnu.")) })).element;
  }

  #welcome() {
    const first = this.person.name.split(" ")[0];
    if (this.person.in_plan) {
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
      h("p", { class: "example" }, this.hint),
      h("button", { type: "button", class: "button primary", click: () => this.fillIn("dm", this.hint) }, "Skriv det for mig"),
    );
  }

  #atBottom() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM;
  }

  #toBottom() {
    this.log.scrollTop = this.log.scrollHeight;
    this.down.hidden = true;
  }

  #scrolled() {
    if (this.#atBottom()) this.down.hidden = true;
  }

  #grow() {
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight + 2}px`;
    this.chips.hidden = this.#box.value.trim() !== "" && !"/krise".startsWith(this.#box.value.trim());
  }
}

class DayView {
  constructor(day) {
    this.element = h("p", { class: "day" }, h("span", {}, day));
  }
}

/** A count in words for those who listen, in a mark for those who look; nothing when all is read. */
export function unreadMark(count) {
  if (!count) return null;
  return h("span", { class: "unread" }, String(count), h("span", { class: "visually-hidden" }, count === 1 ? " ny besked" : " nye beskeder"));
}
