import { join } from "./join.js";

/** The server, or the way to it, said no. `message` is Danish and may be shown as it is. */
export class Refusal extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

const UNREACHED = "Der er ingen forbindelse til serveren lige nu. Det, du har skrevet, står her stadig. Prøv igen om lidt.";
const UNKNOWN = "Det lykkedes ikke. Det, du har skrevet, står her stadig. Prøv igen om lidt.";

async function request(path, options = {}) {
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

const post = (path, body) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

const of = (person) => `for=${encodeURIComponent(person)}`;

export const people = () => request("/rehearsal/people");
export const places = (person) => request(`/rehearsal/places?${of(person)}`);
export const messages = (person, after) => request(`/rehearsal/messages?${of(person)}&after=${after}`);
export const stream = (person) => new EventSource(`/rehearsal/stream?${of(person)}`);
export const say = (as, place, text, files = []) => post("/rehearsal/say", { as, in: place, text, files });
export const press = (as, message, button, values, version) =>
  post("/rehearsal/press", { as, message, button, values, version });
export const saving = (person, message) => request(`/rehearsal/save?${of(person)}&message=${encodeURIComponent(message)}`);
export const save = (as, message, values) => post("/rehearsal/save", { as, message, values });
export const clock = () => request("/rehearsal/clock");
export const advance = (duration) => post("/rehearsal/clock", { advance: duration });
