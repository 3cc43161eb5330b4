// How far a person has read, which this browser remembers between visits. One that refuses to keep anything just forgets.

/** The newest message that one person has seen in each place, by its `seq`. */
export class Seen {
  #key;
  /** @type {Record<string, number>} */
  #newest;

  /** @param {string} person */
  constructor(person) {
    this.#key = `krisebot.seen.${person}`;
    this.#newest = recall(this.#key);
  }

  /** @param {string} place */
  in(place) {
    return this.#newest[place] ?? 0;
  }

  /**
   * @param {string} place
   * @param {number} seq
   */
  mark(place, seq) {
    if (seq <= this.in(place)) return;
    this.#newest[place] = seq;
    remember(this.#key, this.#newest);
  }

  /**
   * Forget what was seen in another database: it has messages that this one hasn't come to.
   * @param {number} last the newest message that there is
   */
  forgetBeyond(last) {
    if (Math.max(0, ...Object.values(this.#newest)) > last) this.#newest = {};
  }
}

/**
 * @param {string} key
 * @returns {Record<string, number>}
 */
function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") ?? {};
  } catch {
    return {};
  }
}

/**
 * @param {string} key
 * @param {Record<string, number>} value
 */
function remember(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // It is forgotten, then.
  }
}
