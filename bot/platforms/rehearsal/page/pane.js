// One person's screen: who it is, their places, the messages of one of them, and a composer.

/** @import { Person } from "./contract.d.ts" */
/** @import { Deeds } from "./message.js" */

import * as api from "./api.js";
import { avatar } from "./avatar.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { freshId, h } from "./dom.js";
import { Emitter } from "./emitter.js";
import { Feed } from "./feed.js";
import { personPicker } from "./person-picker.js";
import { DIRECT, Places } from "./places.js";
import { Refusal } from "./refusal.js";
import { EXAMPLE, nothingYet, welcome } from "./welcome.js";

const NOT_FOUND = 404;

/**
 * Tells "person", somebody else's id, when another is chosen; "close"; "news" when something has come; "link" when the
 * server is lost or found; and "clock" when somebody wound it.
 * @extends {Emitter<{ person: string, close: undefined, news: undefined, link: undefined, clock: string }>}
 */
export class Pane extends Emitter {
  #place = DIRECT;
  #shown = true;
  #picker;
  #places;
  #title = h("h2");
  #conversation;
  #composer;

  /**
   * @param {Person} person
   * @param {readonly Person[]} people who else it can be
   */
  constructor(person, people) {
    super();
    this.person = person;
    this.feed = new Feed(person.id);
    this.#picker = personPicker(freshId("person"), person, people, (id) => this.emit("person", id));
    this.#places = new Places(person, (place) => this.#open(place));
    this.#conversation = new Conversation(person, this.#deeds);
    this.#composer = new Composer(DIRECT, async (place, text, files) => {
      await api.say(person.id, place, text, files);
      this.#conversation.toBottom();
      this.feed.pull();
    });
    this.element = this.#draw();
    this.feed.on("change", () => this.#changed());
    this.feed.on("link", () => this.emit("link"));
    this.feed.on("clock", (now) => this.emit("clock", now));
    this.feed.start();
    this.feed.pull();
  }

  /** Take the screen away. */
  stop() {
    this.feed.stop();
    this.element.remove();
  }

  /** @param {boolean} shown whether a person is looking at this pane; only then do its messages count as read */
  show(shown) {
    this.#shown = shown;
    this.element.toggleAttribute("data-behind", !shown);
    if (shown) this.#changed();
  }

  focusPicker() {
    this.#picker.focus();
  }

  focusComposer() {
    this.#composer.focus();
  }

  /** Put the example ready to be sent to Krisebot. */
  writeExample() {
    this.#open(DIRECT);
    this.#composer.fillIn(EXAMPLE);
  }

  #draw() {
    const { id, name } = this.person;
    const whoAmI = h(
      "div",
      { class: "who-am-i" },
      avatar(id, name),
      h("label", { for: this.#picker.id, class: "visually-hidden" }, "Hvem er du på denne skærm?"),
      this.#picker,
      h(
        "button",
        {
          type: "button",
          class: "quiet close",
          "aria-label": `Luk skærmen for ${name}`,
          click: () => this.emit("close"),
        },
        "✕",
      ),
    );
    const talk = h("div", { class: "talk" }, this.#title, this.#conversation.element, this.#composer.element);
    return h(
      "section",
      { class: "pane", "aria-label": `Skærm for ${name}` },
      h("div", { class: "inside" }, whoAmI, this.#places.element, talk),
    );
  }

  /** @type {Deeds} */
  #deeds = {
    press: async (message, button, values) => {
      try {
        await api.press(this.person.id, message, button, values);
      } catch (refusal) {
        if (!(refusal instanceof Refusal) || refusal.status !== NOT_FOUND) throw refusal;
        throw new Error("Knappen gælder ikke længere: beskeden er ændret siden. Se, hvad der står nu.");
      } finally {
        this.feed.pull();
      }
    },
    fieldsToSave: async (message) => (await api.fieldsToSave(this.person.id, message)).fields,
    askForGuide: async (message) => {
      await api.say(this.person.id, this.#place, "/krise vejledning", [], message);
      this.feed.pull();
    },
    save: async (message, values) => {
      await api.save(this.person.id, message, values);
      this.feed.pull();
    },
  };

  #changed() {
    if (!this.feed.loaded) return;
    if (!this.feed.places.some(({ id }) => id === this.#place)) {
      this.#open(DIRECT);
      return;
    }
    if (this.#shown && !document.hidden) this.feed.markSeen(this.#place);
    const places = this.feed.places.map((place) => ({ ...place, unread: this.feed.unread(place.id) }));
    if (this.#places.draw(places, this.#place)) this.#nameThePlace();
    this.#conversation.draw(this.feed.inPlace(this.#place), () => this.#emptyPlace());
    this.emit("news");
  }

  /** @param {string} place */
  #open(place) {
    if (place === this.#place) return;
    this.#place = place;
    this.#composer.moveTo(place);
    this.#conversation.turnTo(() => this.#changed());
  }

  #nameThePlace() {
    const { name } = this.person;
    const title = this.feed.places.find(({ id }) => id === this.#place)?.title ?? "";
    this.#title.textContent = title;
    this.#conversation.name(`Beskeder i ${title}, set af ${name}`);
    this.#composer.name(
      `Skriv som ${name} i ${title}`,
      this.#place === DIRECT ? "Skriv til Krisebot" : `Skriv i ${title}`,
    );
  }

  #emptyPlace() {
    return this.#place === DIRECT ? welcome(this.person, () => this.writeExample()) : nothingYet();
  }
}
