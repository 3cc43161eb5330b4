// Everything one person can see, kept up to date.

/** @import { Message, Place } from "./contract.d.ts" */

import * as api from "./api.js";
import { Emitter } from "./emitter.js";
import { Seen } from "./seen.js";

/** Milliseconds. */
const RETRY_AFTER = 3000;

/**
 * A message, and the `seq` that it came with first: where it stands among those of the same time.
 * @typedef {Message & { first: number }} Held
 */

/**
 * Tells "change" when there is news, "link" when the server is lost or found, and "clock" when somebody wound it.
 * @extends {Emitter<{ change: undefined, link: undefined, clock: string }>}
 */
export class Feed extends Emitter {
  /** @type {Place[]} */
  places = [];
  linked = true;
  loaded = false;
  #person;
  #seen;
  /** @type {Map<string, Held>} */
  #messages = new Map();
  #last = 0;
  #again = false;
  /** @type {Promise<void> | null} */
  #pulling = null;
  /** @type {EventSource | null} */
  #stream = null;
  /** @type {number | undefined} */
  #retry;

  /** @param {string} person */
  constructor(person) {
    super();
    this.#person = person;
    this.#seen = new Seen(person);
  }

  /** Listen to the server, unless it is listened to already. */
  start() {
    if (this.#stream) return;
    const stream = api.stream(this.#person);
    this.#stream = stream;
    stream.addEventListener("open", () => {
      this.#link(true);
      this.pull();
    });
    stream.addEventListener("changed", (event) => {
      if (JSON.parse(event.data).seq > this.#last) this.pull();
    });
    stream.addEventListener("clock", (event) => this.emit("clock", JSON.parse(event.data).now));
    stream.addEventListener("error", () => {
      this.#link(false);
      if (this.#stream?.readyState === EventSource.CLOSED) this.#later(() => this.#restart());
    });
  }

  stop() {
    clearTimeout(this.#retry);
    this.#stream?.close();
    this.#stream = null;
  }

  /** Fetch what is new. Calls that come while one is under way are answered by one more after it. */
  pull() {
    this.#again = true;
    this.#pulling ??= this.#drain();
    return this.#pulling;
  }

  /**
   * Find a place's messages, the oldest first.
   * @param {string} place
   */
  inPlace(place) {
    return [...this.#messages.values()]
      .filter((message) => message.in === place)
      .sort((a, b) => a.at.localeCompare(b.at) || a.first - b.first);
  }

  /** @param {string} place */
  unread(place) {
    const seen = this.#seen.in(place);
    return this.inPlace(place).filter((message) => message.seq > seen && message.from !== this.#person).length;
  }

  unreadInAll() {
    return this.places.reduce((sum, { id }) => sum + this.unread(id), 0);
  }

  /** @param {string} place all of whose messages are before the person's eyes */
  markSeen(place) {
    this.#seen.mark(place, Math.max(0, ...this.inPlace(place).map(({ seq }) => seq)));
  }

  async #drain() {
    try {
      while (this.#again) {
        this.#again = false;
        await this.#fetch();
      }
    } catch {
      this.#link(false);
      this.#later(() => this.pull());
    } finally {
      this.#pulling = null;
    }
  }

  async #fetch() {
    const { places } = await api.places(this.#person);
    const known = new Set(this.places.map(({ id }) => id));
    const joined = places.some(({ id }) => !known.has(id));
    const first = this.#last === 0;
    // A place just joined may hold messages older than the last one we saw.
    const news = await api.messages(this.#person, joined ? 0 : this.#last);
    this.places = places;
    this.loaded = true;
    for (const message of news) this.#keep(message);
    if (first) this.#seen.forgetBeyond(this.#last);
    this.#link(true);
    this.emit("change");
  }

  /** @param {Message} message */
  #keep(message) {
    this.#last = Math.max(this.#last, message.seq);
    const held = this.#messages.get(message.id);
    if (held && held.seq >= message.seq) return;
    this.#messages.set(message.id, { ...message, first: held?.first ?? message.seq });
  }

  #restart() {
    this.stop();
    this.start();
    this.pull();
  }

  /** @param {() => void} act */
  #later(act) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(act, RETRY_AFTER);
  }

  /** @param {boolean} up */
  #link(up) {
    if (this.linked === up) return;
    this.linked = up;
    this.emit("link");
  }
}
