// Events of our own, with a type for what each one tells.

/**
 * Something that tells others what has happened to it.
 * @template {Record<string, unknown>} Events what each event tells, by the event's name; undefined when it is the news
 */
export class Emitter {
  #target = new EventTarget();

  /**
   * Hear of each event of that name.
   * @template {keyof Events & string} Name
   * @param {Name} name
   * @param {(told: Events[Name]) => void} hear
   */
  on(name, hear) {
    this.#target.addEventListener(name, (event) => hear(/** @type {CustomEvent<Events[Name]>} */ (event).detail));
  }

  /**
   * Tell everybody who listens.
   * @template {keyof Events & string} Name
   * @param {Name} name
   * @param {Events[Name] extends undefined ? [] : [Events[Name]]} told
   */
  emit(name, ...told) {
    this.#target.dispatchEvent(new CustomEvent(name, { detail: told[0] }));
  }
}
