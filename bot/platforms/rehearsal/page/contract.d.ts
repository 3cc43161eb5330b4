// The JSON that the page and the server's rehearsal door (bot/platforms/rehearsal.py) give each other, as types: no browser reads this.

/** What is said when the page opens. `me_hint` is whoever the first screen is; `zone` a time zone's IANA name. */
export interface Introduction {
  me_hint: string;
  people: Person[];
  zone: string;
}

export interface Person {
  id: string;
  name: string;
  title: string;
  unit: string;
  in_plan: boolean;
}

/** "dm", one's own conversation with Krisebot, or a channel. */
export interface Place {
  id: string;
  title: string;
}

/**
 * `id` stays when a message is edited; `seq` and `version` grow. `in` is a place's id, `at` a time in ISO 8601. `links` are
 * the words in its text and facts that can be tapped, with where they lead.
 */
export interface Message {
  id: string;
  seq: number;
  in: string;
  from: string;
  from_name: string;
  text: string;
  at: string;
  version: number;
  files: Attachment[];
  links: Record<string, string>;
  card: Card | null;
}

/** `size` is in words: "4 kB". */
export interface Attachment {
  name: string;
  size: string;
}

/** What Krisebot's messages have beside their text. A fact is a name and its value. */
export interface Card {
  facts: [string, string][];
  fields: Field[];
  buttons: Button[];
}

/**
 * Without a form, the press itself is sent; with one, its fields are asked for first, and `submit` sends them. `confirm` is
 * asked before it is sent; a folded one stands in the menu.
 */
export interface Button {
  label: string;
  style: "normal" | "primary" | "danger";
  form: Field[];
  form_title: string;
  submit: string;
  confirm: string;
  folded: boolean;
}

/** A choice is a value and its label. */
export interface Field {
  id: string;
  label: string;
  kind: "text" | "long" | "choice" | "time" | "persons";
  required: boolean;
  value: string;
  choices: [string, string][];
}

/** What was filled in, by the fields' ids. */
export type Values = Record<string, string>;

/** A file on its way to the server; `data` is base64. */
export interface Upload {
  name: string;
  type: string;
  data: string;
}
