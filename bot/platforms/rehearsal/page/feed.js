import * as api from "./api.js";
import { recall, remember } from "./memory.js";

const RETRY_AFTER = 3000;

/** Everything one person can see, kept up to date. Dispatches "change", "link" and "clock". */
export class Feed extends EventTarget {
  places = [];
  messages = new Map();
  linked = true;
  loaded = false;
  #last = 0;
  #again = false;
  #pulling = null;
  #stream = null;
  #retry = null;
  #seen;

  constructor(person) {
    super();
    this.person = person;
    this.#seen = recall(`seen.${person}`, {});
  }

  start() {
    if (this.#stream) return;
    this.#stream = api.stream(this.person);
    this.#stream.addEventListener("open", () => {
      this.#link(true);
      this.pull();
    });
    this.#stream.addEventListener("changed", (event) => {
      if (JSON.parse(event.data).seq > this.#last) this.pull();
    });
    this.#stream.addEventListener("clock", (event) => {
      this.dispatchEvent(new CustomEvent("clock", { detail: JSON.parse(event.data).now }));
    });
    this.#stream.addEventListener("error", () => {
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

  inPlace(place) {
    return [...this.messages.values()]
      .filter((message) => message.in === place)
      .sort((a, b) => a.at.localeCompare(b.at) || a.first - b.first);
  }

  unread(place) {
    const seen = this.#seen[place] ?? 0;
    return this.inPlace(place).filter((message) => message.seq > seen && message.from !== this.person).length;
  }

  unreadInAll() {
    return this.places.reduce((sum, { id }) => sum + this.unread(id), 0);
  }

  markSeen(place) {
    const newest = Math.max(0, ...this.inPlace(place).map(({ seq }) => seq));
    if (newest <= (this.#seen[place] ?? 0)) return;
    this.#seen[place] = newest;
    remember(`seen.${this.person}`, this.#seen);
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
    const { places } = await api.places(this.person);
    const known = new Set(this.places.map(({ id }) => id));
    const joined = places.some(({ id }) => !known.has(id));
    const first = this.#last === 0;
    // A place just joined may hold messages older than the last one we saw.
    const news = await api.messages(this.person, joined ? 0 : this.#last);
    this.places = places;
    this.loaded = true;
    for (const message of news) this.#keep(message);
    if (first) this.#forgetAnotherDatabase();
    this.#link(true);
    this.dispatchEvent(new Event("change"));
  }

  #keep(message) {
    this.#last = Math.max(this.#last, message.seq);
    const held = this.messages.get(message.id);
    if (held && held.seq >= message.seq) return;
    this.messages.set(message.id, { ...message, at: message.at ?? "", first: held?.first ?? message.seq });
  }

  #forgetAnotherDatabase() {
    if (Math.max(0, ...Object.values(this.#seen)) > this.#last) this.#seen = {};
  }

  #restart() {
    this.stop();
    this.start();
    this.pull();
  }

  #later(act) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(act, RETRY_AFTER);
  }

  #link(up) {
    if (this.linked === up) return;
    this.linked = up;
    this.dispatchEvent(new Event("link"));
  }
}
