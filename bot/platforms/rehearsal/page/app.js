import * as api from "./api.js";
import { Clock } from "./clock.js";
import { h } from "./dom.js";
import { openDialog } from "./form.js";
import { Pane, unreadMark } from "./pane.js";
import { useZone } from "./times.js";

// A browser allows six connections to one server, and each screen holds one open.
const MOST_PANES = 3;
const SIDE_BY_SIDE = matchMedia("(min-width: 56rem)");
const HINT = "/krise varsel vand i kælderen på Birkehøj, og viadukten i Hedehusene er lukket";

const screens = document.getElementById("screens");
const tabs = document.getElementById("tabs");
const link = document.getElementById("link");

let people = [];
let employee = "finn";
let panes = [];
let current = 0;
let clock;

function person(id) {
  const name = id.charAt(0).toUpperCase() + id.slice(1);
  return people.find((each) => each.id === id) ?? { id, name, title: "Medarbejder", unit: "", in_plan: false };
}

function makePane(id) {
  const pane = new Pane(person(id), people, HINT);
  pane.addEventListener("person", ({ detail }) => replacePane(pane, detail));
  pane.addEventListener("close", () => closePane(pane));
  pane.addEventListener("news", drawTabs);
  pane.addEventListener("link", drawLink);
  pane.addEventListener("clock", ({ detail }) => clock.set(detail));
  return pane;
}

function addPane(id) {
  const pane = makePane(id);
  panes.push(pane);
  current = panes.length - 1;
  screens.append(pane.element);
  arrange();
  return pane;
}

function replacePane(old, id) {
  const pane = makePane(id);
  panes[panes.indexOf(old)] = pane;
  old.element.replaceWith(pane.element);
  old.stop();
  arrange();
  pane.element.querySelector("select").focus();
}

function closePane(pane) {
  panes = panes.filter((each) => each !== pane);
  current = Math.min(current, panes.length - 1);
  pane.stop();
  arrange();
  panes[current].focusComposer();
}

/** Who comes next when a screen is added: those whom a warning reaches, in the plan's order. */
function next() {
  const taken = new Set(panes.map((pane) => pane.person.id));
  return [employee, ...people.map(({ id }) => id)].find((id) => !taken.has(id)) ?? employee;
}

function arrange() {
  panes.forEach((pane, index) => pane.show(SIDE_BY_SIDE.matches || index === current));
  screens.dataset.count = panes.length;
  const address = new URL(location);
  address.searchParams.set("som", panes.map((pane) => pane.person.id).join(","));
  history.replaceState(null, "", address.href.replaceAll("%2C", ","));
  drawTabs();
  drawLink();
}

function drawTabs() {
  const unread = panes.map((pane) => pane.feed.unreadInAll());
  const total = unread.reduce((sum, each) => sum + each, 0);
  document.title = `${total ? `(${total}) ` : ""}Øvelseschat – krisebot`;
  const state = JSON.stringify([current, SIDE_BY_SIDE.matches, panes.map((pane, index) => [pane.person.id, unread[index]])]);
  if (state === tabs.dataset.drawn) return;
  tabs.dataset.drawn = state;
  const focused = tabs.contains(document.activeElement) ? document.activeElement.dataset.tab : null;
  tabs.replaceChildren(
    ...panes.map((pane, index) =>
      h(
        "button",
        { type: "button", class: "tab", "data-tab": index, "aria-current": index === current ? "true" : null, click: () => turnTo(index) },
        h("span", { class: "name" }, pane.person.name),
        unreadMark(unread[index]),
      ),
    ),
    panes.length < MOST_PANES
      ? h("button", { type: "button", class: "add", "data-tab": "add", "aria-label": "Tilføj en skærm", click: () => addPane(next()).element.querySelector("select").focus() }, "+", h("span", { class: "wide" }, " Tilføj en skærm"))
      : "",
  );
  if (focused !== null) tabs.querySelector(`[data-tab="${focused}"]`)?.focus();
}

function turnTo(index) {
  current = index;
  arrange();
}

function drawLink() {
  const down = panes.some((pane) => !pane.feed.linked);
  link.hidden = !down;
  link.textContent = down ? "Forbindelsen er afbrudt. Prøver igen …" : "";
}

function showHelp() {
  openDialog({
    title: "Sådan gør du",
    intro: [
      h("p", {}, "Her kan I leve en krise igennem. Alt sker som i Slack og Teams, men intet sendes til rigtige personer."),
      h(
        "ol",
        {},
        h("li", {}, "Vær Finn, som ikke står i planen. Skriv: ", h("span", { class: "example" }, HINT)),
        h("li", {}, "Svar på Krisebots spørgsmål. Dit varsel går nu til beredskabschefen."),
        h("li", {}, "Vær Jens på en anden skærm, og tryk ", h("strong", {}, "Jeg har den"), ". Eller lad ham tie."),
        h("li", {}, "Spol uret fem minutter frem, og se varslet gå videre til stedfortræderen Pia og siden borgmesteren Lars."),
        h("li", {}, "Beslut et niveau, og se krisestaben blive indkaldt i sin egen kanal."),
      ),
      h("p", {}, "Til en øvelse med flere deltagere: åbn siden på hver sin telefon eller computer, og vælg, hvem I er."),
    ],
    submitLabel: "Skriv Finns varsel for mig",
    cancelLabel: "Luk",
    closed: (sent) => sent && fillInWarning(),
  });
}

function fillInWarning() {
  const found = panes.findIndex((pane) => pane.person.id === employee);
  if (found >= 0) turnTo(found);
  else if (panes.length < MOST_PANES) addPane(employee);
  else replacePane(panes[current], employee);
  panes.find((pane) => pane.person.id === employee).fillIn("dm", HINT);
}

/** A page that nobody looks at keeps only its first screen's connection, so that other tabs have some left. */
function rest() {
  panes.forEach((pane, index) => {
    if (document.hidden && index > 0) pane.feed.stop();
    else pane.feed.start();
  });
  if (!document.hidden) panes.forEach((pane) => pane.feed.pull());
}

async function open() {
  clock = new Clock(document.getElementById("clock"), () => Promise.all(panes.map((pane) => pane.feed.pull())));
  document.getElementById("help").addEventListener("click", showHelp);
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    panes[current]?.focusComposer();
  });
  SIDE_BY_SIDE.addEventListener("change", arrange);
  document.addEventListener("visibilitychange", rest);

  const answer = await api.people();
  useZone(answer.zone);
  people = answer.people;
  employee = answer.me_hint;
  await clock.start();

  const asked = new URLSearchParams(location.search).get("som")?.split(",").filter(Boolean);
  const first = people.find((each) => each.in_plan && each.id !== employee);
  const wanted = asked?.length ? asked : [employee, first?.id].filter(Boolean);
  for (const id of wanted.slice(0, MOST_PANES)) addPane(id);
  turnTo(0);
}

async function openOrTryAgain() {
  try {
    await open();
  } catch (refusal) {
    link.textContent = refusal.message;
    link.hidden = false;
    const again = h("button", { type: "button", class: "button", click: () => location.reload() }, "Prøv igen");
    link.append(" ", again);
  }
}

openOrTryAgain();
