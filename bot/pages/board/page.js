// The wall board: what stands on it comes by itself, the pages turn, the clocks run, and a lost connection is told.
// @ts-check

const TURN = 20_000;
const SILENCE = 25_000;
// As in page.css: here one page stands and the others turn.
const WALL = matchMedia("(min-width: 900px)");

const board = /** @type {HTMLElement} */ (document.getElementById("board"));
const lost = /** @type {HTMLElement} */ (document.getElementById("lost"));
const turning = /** @type {HTMLElement} */ (document.getElementById("turning"));
const shown = /** @type {HTMLElement} */ (document.getElementById("shown"));
const look = /** @type {HTMLElement} */ (document.getElementById("look"));

let page = 0;
let heard = new Date();
// Seconds that this screen's clock is ahead of krisebot's.
let ahead = Date.now() / 1000 - Number(document.body.dataset.now);

function turn(step = 1) {
  const pages = board.querySelectorAll(".page:not(.first)");
  if (pages.length === 0) {
    return;
  }
  page = (page + step + pages.length) % pages.length;
  pages.forEach((each, number) => {
    each.classList.toggle("turned", number === page);
  });
  turning.textContent = `Side ${page + 1} af ${pages.length}`;
  fit();
}

/** Leave out what is below the edge of a screen that does not scroll, and say how many were left out. */
function fit() {
  const turned = board.querySelector(".turned");
  for (const list of turned?.querySelectorAll("ul, ol") ?? []) {
    list.querySelector(".besides")?.remove();
    const lines = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("li")]);
    for (const line of lines) {
      line.classList.remove("left-out");
    }
    const edge = board.getBoundingClientRect().bottom;
    const below = () => [...list.children].some((each) => each.getBoundingClientRect().bottom > edge);
    if (!WALL.matches || !below()) {
      continue;
    }
    const besides = document.createElement("li");
    besides.className = "rest besides";
    list.append(besides);
    // How many a line stands for: the one that says that there are more stands for those.
    let left = 0;
    for (const line of lines.reverse()) {
      line.classList.add("left-out");
      left += Number(line.dataset.more ?? 1);
      besides.textContent = `og ${left} til`;
      if (!below()) {
        break;
      }
    }
  }
}

function tick() {
  for (const clock of board.querySelectorAll("[data-at]")) {
    const left = Math.round(Number(clock.getAttribute("data-at")) - (Date.now() / 1000 - ahead));
    const span = Math.abs(left);
    const hours = Math.floor(span / 3600);
    const minutes = String(Math.floor((span % 3600) / 60)).padStart(2, "0");
    clock.textContent = `${hours}:${minutes}`;
    clock.parentElement?.classList.toggle("late", left < 0 && clock.hasAttribute("data-due"));
  }
  if (Date.now() - heard.getTime() > SILENCE) {
    tell();
  }
}

function tell() {
  const since = heard.toLocaleTimeString("da-DK", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  lost.textContent = `⚠ Ingen forbindelse siden ${since}. Det, der står her, er fra før. Prøver igen …`;
  lost.hidden = false;
}

function heardFrom() {
  heard = new Date();
  lost.hidden = true;
}

function listen() {
  const live = new EventSource(document.body.dataset.live ?? "");
  live.addEventListener("board", (event) => {
    heardFrom();
    const told = JSON.parse(event.data);
    ahead = Date.now() / 1000 - told.now;
    if (told.pages !== undefined) {
      board.innerHTML = told.pages;
      shown.textContent = told.at;
      turn(0);
      tick();
    }
  });
  live.addEventListener("over", () => {
    live.close();
    location.reload();
  });
  live.addEventListener("error", () => {
    tell();
    if (live.readyState === EventSource.CLOSED) {
      // A proxy that answered with something else: the browser gives up, and we don't.
      setTimeout(listen, 5_000);
    }
  });
}

look.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = root.dataset.look ?? (dark ? "dark" : "light");
  root.dataset.look = now === "dark" ? "light" : "dark";
});
document.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") {
    turn(1);
  } else if (event.key === "ArrowLeft") {
    turn(-1);
  }
});
new ResizeObserver(fit).observe(board);
setInterval(turn, TURN);
setInterval(tick, 1_000);
turn(0);
tick();
listen();
