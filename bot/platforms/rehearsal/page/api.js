// The server's JSON door: one function for each thing that may be asked of it.

/** @import { Field, Introduction, Message, Place, Upload, Values } from "./contract.d.ts" */

import { join } from "./join.js";
import { Refusal } from "./refusal.js";

const UNREACHED =
  "Der er ingen forbindelse til serveren lige nu. Det, du har skrevet, står her stadig. Prøv igen om lidt.";
const UNKNOWN = "Det lykkedes ikke. Det, du har skrevet, står her stadig. Prøv igen om lidt.";

/**
 * Ask, and ask again when the join code has been given.
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<any>} the answer's JSON; whoever calls says its type
 * @throws {Refusal}
 */
async function request(path, options = {}) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", credentials: "same-origin", ...options });
  } catch {
    throw new Refusal(UNREACHED);
  }
  if (answer.status === 401) {
    await join();
    return request(path, options);
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(body.error ?? UNKNOWN, answer.status);
  return body;
}

/**
 * @param {string} path
 * @param {Record<string, unknown>} body
 */
const post = (path, body) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** @param {string} person */
const of = (person) => `for=${encodeURIComponent(person)}`;

/** @returns {Promise<Introduction>} */
export const people = () => request("/rehearsal/people");

/**
 * @param {string} person
 * @returns {Promise<{ places: Place[] }>}
 */
export const places = (person) => request(`/rehearsal/places?${of(person)}`);

/**
 * @param {string} person
 * @param {number} after the `seq` of the newest message that is here already
 * @returns {Promise<Message[]>}
 */
export const messages = (person, after) => request(`/rehearsal/messages?${of(person)}&after=${after}`);

/**
 * Listen for "changed", that there is news for a person, and "clock", that somebody wound it.
 * @param {string} person
 */
export const stream = (person) => new EventSource(`/rehearsal/stream?${of(person)}`);

/**
 * @param {string} person
 * @param {string} place
 * @param {string} text
 * @param {Upload[]} files
 * @param {string} answers the id of the message that it is written as an answer to; empty where it is none
 * @returns {Promise<{ seq: number }>}
 */
export const say = (person, place, text, files, answers = "") =>
  post("/rehearsal/say", { as: person, in: place, text, files, answers });

/**
 * @param {string} person
 * @param {string} message its id
 * @param {string} button its label
 * @param {Values} values
 * @returns {Promise<{ seq: number }>}
 */
export const press = (person, message, button, values) =>
  post("/rehearsal/press", { as: person, message, button, values });

/**
 * Ask what a message will be in the log, for a person to mend.
 * @param {string} person
 * @param {string} message its id
 * @returns {Promise<{ fields: Field[] }>}
 */
export const fieldsToSave = (person, message) =>
  request(`/rehearsal/save?${of(person)}&message=${encodeURIComponent(message)}`);

/**
 * Save a message in the log.
 * @param {string} person
 * @param {string} message its id
 * @param {Values} values
 * @returns {Promise<{ seq: number }>}
 */
export const save = (person, message, values) => post("/rehearsal/save", { as: person, message, values });

/** @returns {Promise<{ now: string }>} */
export const clock = () => request("/rehearsal/clock");

/**
 * Wind the clock; answered when everything that fell due has happened.
 * @param {string} duration as "5m", "2h" or "1d"
 * @returns {Promise<{ now: string }>}
 */
export const advance = (duration) => post("/rehearsal/clock", { advance: duration });
