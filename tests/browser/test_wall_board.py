"""The wall board on the screens that it is looked at on: whole, live, and honest when the connection is lost."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.rehearsal import NARROW_PHONE, PHONE, Program

pytestmark = pytest.mark.browser

FULL_HD, FOUR_K, LAPTOP = (1920, 1080), (3840, 2160), (1366, 768)
# The first, and those that are turned.
PAGES = 8
LONG_WORDS = "hvilke plejecentre kan køre på nødstrøm, hvor længe, og hvem efterser brændstoffet og generatorerne på hvert af dem"
LOST = re.compile("Ingen forbindelse siden")


def posted(krisebot: Program, what: str, **body: Any) -> Any:
    """What the rehearsal chat's door answers."""
    request = urllib.request.Request(
        f"{krisebot.address}/rehearsal/{what}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def says(krisebot: Program, person: str, text: str, place: str = "dm") -> None:
    """Somebody writes in the rehearsal chat."""
    posted(krisebot, "say", **{"as": person, "in": place, "text": f"/krise {text}"})


def read(krisebot: Program, person: str) -> str:
    """All that somebody sees in the rehearsal chat."""
    with urllib.request.urlopen(f"{krisebot.address}/rehearsal/messages?for={person}&after=0") as answer:
        return "\n".join(message["text"] for message in json.load(answer))


def link(krisebot: Program, words: str = "") -> str:
    """The link that the secretary is given."""
    says(krisebot, "kim", f"tavle {words}")
    links: list[str] = re.findall(r"/tavle/[\w-]+", read(krisebot, "kim"))
    return links[-1]


@pytest.fixture
def crisis(krisebot: Program) -> Program:
    """A cloudburst with something of everything in it."""
    says(krisebot, "jens", "aktiver 2 skybrud, kloak står op i Hedehusene")
    says(krisebot, "lars", "hensigt ingen kommer til skade, og plejehjemmet kan blive, hvor det er")
    for line in ("! Hovedgaden er spærret af politiet", "? 40 cm vand i kælderen på Birkehøj", "? to veje er lukket"):
        says(krisebot, "kim", f"log {line}")
    for line in ("pumpe til Birkehøj @Mads kl 23", "sandsække til Hedehusene @Rune haster", "telefonhotline @Bo"):
        says(krisebot, "kim", f"t {line}")
    says(krisebot, "hanne", "bistand 4 mand til Birkehøj nu")
    says(krisebot, "line", "tilbud 2 pædagoger fra kl 17, som kan hjælpe i evakueringscenteret i Hedehusene")
    for count in (41, 51):
        says(krisebot, "kim", f"indikator ramte borgere {count}")
    says(krisebot, "kim", "ressource 2 pumper i Hedehusene")
    says(krisebot, "kim", "møde i morgen kl 10 stabsrummet")
    # What must be known, by whom and when; and what stands still: in few words, in many, and in one that never ends.
    for wanted in ("hvor mange er uden strøm @Mads kl 23", f"{LONG_WORDS} @Hanne kl 23", f"{'x' * 90} @Rune kl 23"):
        says(krisebot, "kim", f"oplysningsbehov {wanted}")
    for function in ("nødkald", "omsorgssystem", "drikkevand", "hjemmepleje"):
        says(krisebot, "hanne", f"kritisk {function} nede")
    return krisebot


def screen(browser: Browser, krisebot: Program, path: str, size: tuple[int, int], **how: Any) -> Page:
    """The board on a screen of a size."""
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}, **how).new_page()
    page.goto(krisebot.address + path)
    return page


def shown(page: Page) -> int:
    """How many of the board's pages are seen, read at once: the board is drawn anew when there is news."""
    seen: int = page.evaluate("[...document.querySelectorAll('.page')].filter(each => each.checkVisibility()).length")
    return seen


def turned_to(page: Page) -> list[int]:
    """Which of the board's pages are seen, by their number."""
    seen: list[int] = page.evaluate(
        "[...document.querySelectorAll('.page')].flatMap((each, number) => each.checkVisibility() ? [number] : [])"
    )
    return seen


def test_the_other_pages_turn_every_twenty_seconds_beside_page_one(browser: Browser, crisis: Program) -> None:
    """R204 R256: whoever looks up sees what was decided without touching the screen; page one stands."""
    page = browser.new_context(viewport={"width": FULL_HD[0], "height": FULL_HD[1]}).new_page()
    page.clock.install()
    page.goto(crisis.address + link(crisis))
    seen = [turned_to(page)]
    for _ in range(PAGES - 2):
        # The browser's own clock; what passes meanwhile is some hundredths.
        page.clock.run_for(15_000)
        assert turned_to(page) == seen[-1]
        page.clock.run_for(5_000)
        seen.append(turned_to(page))
    assert seen == [[0, other] for other in range(1, PAGES)]


def test_a_centres_light_is_told_by_a_sign_and_words_too(browser: Browser, crisis: Program) -> None:
    """R149 R204: no meaning by colour alone; on paper, and to whoever sees no red, it is the same."""
    says(crisis, "hanne", "ping svar rød ingen varme")
    page = screen(browser, crisis, link(crisis), FULL_HD)
    lights = page.locator(".lights li").all_text_contents()
    assert len(lights) > 1
    for light in lights:
        assert re.search(r"[●▲■○✔]|\S \w+", light), light
    colours = page.evaluate(
        "[...document.querySelectorAll('.lights li')].map(each => [each.className, each.querySelector('span').textContent.trim()])"
    )
    by_class: dict[str, set[str]] = {}
    for kind, said in colours:
        by_class.setdefault(kind, set()).add(said.split()[0])
    assert all(by_class.values())
    signs = list(by_class.values())
    assert all(one.isdisjoint(other) for number, one in enumerate(signs) for other in signs[number + 1 :])


@pytest.mark.parametrize("size", [FULL_HD, FOUR_K, LAPTOP])
def test_page_one_is_whole_on_a_screen_on_the_wall_and_its_letters_are_read_from_afar(
    browser: Browser, crisis: Program, size: tuple[int, int], tmp_path: Path
) -> None:
    """R204 R256: situation, intent, clocks, level, chief and next meeting; nothing runs off the bottom."""
    page = screen(browser, crisis, link(crisis), size)
    first = page.locator(".page.first")
    for said in ("Niveau 2", "skybrud", "ingen kommer til skade", "Til fuldt etableret", "Skal kunne køre i"):
        expect(first).to_contain_text(said)
    expect(first).to_contain_text("Krisestabschef")
    expect(first).to_contain_text("Næste møde")
    for each in range(PAGES):
        # Read at once: the board is drawn anew when there is news, and what was found before that is gone.
        first_ends, tall, wide = page.evaluate(
            "[document.querySelector('.page.first').getBoundingClientRect().bottom, "
            "document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
        )
        assert tall <= size[1], each
        assert wide <= size[0], each
        assert 0 < first_ends <= size[1], each
        page.keyboard.press("ArrowRight")
    least = 32 * size[1] / 1080
    letters = page.evaluate(
        "Math.min(...[...document.querySelectorAll('main *')].filter(each => each.checkVisibility() && !each.closest('svg') && "
        "[...each.childNodes].some(child => child.nodeType === 3 && child.data.trim())).map(each => parseFloat(getComputedStyle(each).fontSize)))"
    )
    assert letters >= round(least) - 1


@pytest.mark.parametrize("size", [PHONE, NARROW_PHONE])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_on_a_phone_all_pages_follow_each_other_and_nothing_is_wider_than_it(
    browser: Browser, crisis: Program, size: tuple[int, int], scheme: str
) -> None:
    """R256: in the dark and in the light."""
    page = screen(browser, crisis, link(crisis), size, color_scheme=scheme)
    expect(page.locator(".page")).to_have_count(PAGES)
    assert shown(page) == PAGES
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_new_line_comes_by_itself_and_a_lost_connection_is_told_until_it_is_back(
    browser: Browser, crisis: Program
) -> None:
    """R204: no reload; since when, in words and in red; it comes back by itself."""
    page = screen(browser, crisis, link(crisis), FULL_HD)
    page.evaluate("window.loaded = 'once'")
    says(crisis, "kim", "log ! broen er åben igen")
    expect(page.locator(".log")).to_contain_text("broen er åben igen")
    expect(page.locator("#lost")).to_be_hidden()
    crisis.stop()
    expect(page.locator("#lost")).to_contain_text(LOST)
    red, green, blue = map(
        int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.getElementById('lost')).backgroundColor"))[:3]
    )
    assert red > 2 * max(green, blue)
    crisis.start()
    expect(page.locator("#lost")).to_be_hidden()
    says(crisis, "kim", "log ! og nu er den lukket")
    expect(page.locator(".log")).to_contain_text("og nu er den lukket")
    assert page.evaluate("window.loaded") == "once"


def test_a_link_that_is_withdrawn_closes_the_screens_that_are_open_and_no_other(
    browser: Browser, crisis: Program
) -> None:
    """R204: several at once, each with its grade."""
    open_, staffs = link(crisis, "åben"), link(crisis)
    lobby, room = screen(browser, crisis, open_, FULL_HD), screen(browser, crisis, staffs, FULL_HD)
    expect(room.locator("main")).to_contain_text("40 cm vand")
    expect(lobby.locator("main")).not_to_contain_text("40 cm vand")
    expect(lobby.locator("footer")).to_contain_text("Viser: Åben")
    messages = json.loads(urllib.request.urlopen(f"{crisis.address}/rehearsal/messages?for=kim&after=0").read())
    card = next(each for each in reversed(messages) if any("Træk link" in label for label in each["buttons"]))
    posted(crisis, "press", **{"as": "kim", "message": card["id"], "button": "Træk link 1 tilbage"})
    expect(lobby.locator("h1")).to_have_text("Tavlen er lukket")
    expect(room.locator("main")).to_contain_text("40 cm vand")


@pytest.mark.parametrize("size", [FULL_HD, FOUR_K, PHONE])
def test_what_must_be_known_and_what_stands_still_is_on_the_board_and_goes_when_it_is_over(
    browser: Browser, crisis: Program, size: tuple[int, int]
) -> None:
    """R256: who must find out what and when, what is down since when and how long it may be; long words break."""
    page = screen(browser, crisis, link(crisis), size)
    known = page.locator(".page[aria-label='Viden og drift']")
    for said in ("hvor mange er uden strøm", "OB1", "Mads Rosen, senest", "Nødkald", "nede siden kl.", "højst til"):
        expect(known).to_contain_text(said)
    # Whoever has it, and by when, stands there however many words it takes to ask.
    notes = page.evaluate(
        """[...document.querySelectorAll(".page[aria-label='Viden og drift'] li small")].map(note => [note.textContent,
            note.getBoundingClientRect().bottom - note.closest("div").getBoundingClientRect().bottom,
            note.getBoundingClientRect().bottom - note.parentElement.getBoundingClientRect().bottom])"""
    )
    assert notes
    for note, beyond_its_frame, beyond_its_line in notes:
        assert beyond_its_frame <= 0, note
        assert beyond_its_line <= 1, note
    says(crisis, "hanne", "kritisk nødkald kører igen")
    expect(known).not_to_contain_text("Nødkald")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_board_has_no_barrier_that_axe_finds(browser: Browser, crisis: Program, scheme: str) -> None:
    """R256: contrast, names, order; no meaning by colour alone."""
    page = screen(browser, crisis, link(crisis), FULL_HD, color_scheme=scheme, bypass_csp=True)
    axe = Path(__file__).parents[1] / "page" / "node_modules" / "axe-core" / "axe.min.js"
    page.add_script_tag(content=axe.read_text("utf-8"))
    for _ in range(PAGES):
        found = page.evaluate("axe.run()")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
        page.keyboard.press("ArrowRight")


def test_the_board_prints_every_page_in_black_on_white(browser: Browser, crisis: Program, tmp_path: Path) -> None:
    """R256: what was turned away on the screen is on paper."""
    page = screen(browser, crisis, link(crisis), FULL_HD)
    page.emulate_media(media="print")
    assert shown(page) == PAGES
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_hours_that_are_left_are_krisebots_own_where_its_clock_is_another_than_the_screens(
    browser: Browser, crisis: Program
) -> None:
    """R204: the rehearsal chat, where the clock is wound; the first look is right, before anything more is heard."""
    posted(crisis, "clock", advance="5h")
    page = screen(browser, crisis, link(crisis), FULL_HD)
    clock = page.locator("[data-at]").last
    expect(clock).to_contain_text(re.compile(r"^6[67]:"))
    says(crisis, "kim", "log ! vejen er åben igen")
    expect(page.get_by_text("vejen er åben igen").first).to_be_visible()
    expect(clock).to_contain_text(re.compile(r"^6[67]:"))


@pytest.mark.parametrize("size", [FULL_HD, FOUR_K])
def test_no_column_is_below_the_edge_of_the_screen_where_nobody_sees_it(
    browser: Browser, crisis: Program, size: tuple[int, int]
) -> None:
    """R204 R256: the press is the fourth column of its page; the screen does not scroll, so it was never seen."""
    page = screen(browser, crisis, link(crisis), size)
    for area in ("a", "b"):
        for count in (3, 8):
            says(crisis, "kim", f"indikator evakuerede i område {area} {count}")
    says(crisis, "lars", f"hensigt {'borgerne ved altid, hvor de kan få hjælp, ' * 7}".strip(", "))
    for each in range(PAGES):
        tops = page.evaluate(
            "[...document.querySelectorAll('.columns > div')].filter(each => each.checkVisibility())"
            ".map(each => Math.round(each.getBoundingClientRect().top))"
        )
        assert len(set(tops)) <= 1, (each, tops)
        charts = page.evaluate(
            "[...document.querySelectorAll('.charts svg')].filter(each => each.checkVisibility())"
            ".map(each => each.getBoundingClientRect().bottom)"
        )
        assert all(0 < bottom <= size[1] for bottom in charts), (each, charts)
        page.keyboard.press("ArrowRight")


def test_the_charts_numbers_do_not_stand_on_each_other(browser: Browser, crisis: Program) -> None:
    """R149 R204: a picture that is read from the other end of the room."""
    page = screen(browser, crisis, link(crisis), PHONE)
    on_each_other = page.evaluate(
        """[...document.querySelectorAll('.charts .axis')].flatMap(axis => {
            const told = [...axis.querySelectorAll('text')].filter(each => each.textContent).map(each => each.getBoundingClientRect());
            return told.flatMap((one, number) => told.slice(number + 1).filter(other =>
                one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom));
        }).length"""
    )
    assert page.locator(".charts svg").count() > 1
    assert on_each_other == 0


@pytest.mark.parametrize("words", ["", "borgerne ved altid, hvor de kan få hjælp, " * 7], ids=["short", "long"])
def test_what_a_screen_has_no_room_for_is_counted_and_no_line_is_cut_at_its_edge(
    browser: Browser, crisis: Program, words: str
) -> None:
    """R204 R256: under an intent of many lines, and under the line that the connection is lost."""
    for each in range(9):
        says(crisis, "kim", f"t {LONG_WORDS} nummer {each} @Mads kl 23")
        says(
            crisis, "hanne", f"bistand {each + 2} mand til Birkehøj, og pumper, sandsække, lys og varme til dem alle nu"
        )
        says(crisis, "kim", f"log ! {LONG_WORDS} ({each})")
    if words:
        says(crisis, "lars", f"hensigt {words.strip(', ')}")
    page = screen(browser, crisis, link(crisis), FULL_HD)
    waiting = page.locator("[aria-label=Opgaver] > div:last-child li")
    counted = page.locator("[aria-label=Opgaver] > div:last-child .rest:not(.left-out)")
    said = []
    for lost in (False, True):
        if lost:
            page.evaluate("tell()")
            expect(page.get_by_text(LOST)).to_be_visible()
        for _ in range(PAGES):
            # What a lost line takes of the screen is fitted in when it has been drawn.
            page.wait_for_function(
                """() => [...document.querySelectorAll('.turned li')].filter(each => each.checkVisibility())
                .every(each => each.getBoundingClientRect().bottom <= document.getElementById('board').getBoundingClientRect().bottom)"""
            )
            if waiting.first.is_visible():
                seen = page.evaluate(
                    "[...document.querySelectorAll('[aria-label=Opgaver] > div:last-child li:not(.rest)')].filter(each => each.checkVisibility()).length"
                )
                said.append((seen, counted.inner_text()))
            page.keyboard.press("ArrowRight")
    # All that waits is seen or counted.
    waits = 9 + 3
    assert said
    for seen, told in said:
        assert (seen > 0, told) == (True, f"og {waits - seen} til"), said
