"""The wall board's pages: who may see them, and what they cost with many looking on."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from sqlalchemy import event

from handlers.crisis import wall_board
from tests.handlers.picture.test_picture import fields
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import RehearsalStage, log_of

stage = after(cloudburst)
VIEWERS = 40


async def link(stage: RehearsalStage, words: str = "") -> str:
    """The newest link that the secretary was given."""
    await stage["kim"].commands(f"tavle {words}")
    links: list[str] = re.findall(r"/tavle/[\w-]+", "\n".join(await stage["kim"].reads()))
    return links[-1]


async def news(live: aiohttp.ClientResponse, said: str) -> dict[str, Any]:
    """The next board that says so."""
    while True:
        line = (await live.content.readline()).decode()
        assert line, "the stream has ended"
        if line.startswith("data:"):
            told: dict[str, Any] = json.loads(line.removeprefix("data:"))
            if said in told.get("pages", ""):
                return told


def lists(page: str) -> dict[str, str]:
    """What stands below each of the board's headings, without its markup."""
    parts = re.split(r"<h2>([^<]*)</h2>", page)
    return {
        heading: " ".join(re.sub(r"<[^>]*>", " ", text).split())
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.mark.long
@in_one_chat
async def test_the_board_has_what_the_staff_looks_for_each_under_its_heading(stage: RehearsalStage) -> None:
    """R056 R149 R204 R256: who sits, who comes and when, who has not answered; solved, decided, awaited; requests and offers,
    resources, press; the newest of the log with whether it is confirmed; each centre with how old its light is."""
    kim, lars = stage["kim"], stage["lars"]
    await stage["anne"].presses("Kommer")
    await stage["sara"].says("kommer om 20 min")
    await kim.commands("log ! broen over Spangå er spærret")
    await kim.commands("log ? gaslugt på Birkehøj")
    await lars.commands("beslut skolerne lukker")
    await kim.commands("t pumpe til Birkehøj @Mads kl 18")
    await kim.commands("t sandsække til Hedehusene @Rune")
    await stage["rune"].commands("T2 udført")
    await stage["hanne"].commands("bistand 4 mand til Birkehøj")
    await stage["line"].commands("tilbud 2 pædagoger fra kl 17")
    await kim.commands("ressource 2 pumper i Hedehusene")
    await stage["bo"].commands("spm TV2: hvor mange er evakueret?")
    await stage["hanne"].commands("ping svar rød ingen varme")
    await stage.forward(minutes=10)
    path = await link(stage)
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{path}") as answer:
        said = lists(await answer.text())
    for heading, words in (
        ("I staben", "Anne Holm"),
        ("På vej", "Sara Nygaard ventes kl. 14:20"),
        ("Ikke svaret", "Siv Lau spurgt kl. 14:00"),
        ("Løst", "T2 sandsække til Hedehusene"),
        ("Besluttet", "1. skolerne lukker"),
        ("Afventer", "T1 pumpe til Birkehøj frist kl. 18:00, Mads Rosen"),
        ("Anmodninger", "B1 4 mand til Birkehøj for 10 min siden"),
        ("Tilbud", "TB1 2 pædagoger fra kl 17 Børn, for 10 min siden"),
        ("Ressourcer", "2 pumper"),
        ("Presse", "hvor mange er evakueret?"),
        ("Log", "✔ bekræftet broen over Spangå er spærret"),
        ("Log", "? ubekræftet gaslugt på Birkehøj"),
        ("Centre og enheder", "for 10 min siden"),
    ):
        assert words in said[heading], (heading, said[heading])
    assert "Sara Nygaard" not in said["I staben"]


def first_page(page: str) -> dict[str, list[str]]:
    """What stands on page one by its heading: each time with what is said below it."""
    first = re.sub(r"\s+", " ", page.partition("</section>")[0])
    facts = re.findall(r"<dt>([^<]*)</dt><dd[^>]*>([^<]*)</dd><dd class=\"note\">([^<]*)</dd>", first)
    situation = first.partition("<h2>Situationen</h2>")[2].partition("</div>")[0]
    return {"Situationen": re.findall(r"<p>([^<]*)</p>", situation)} | {name: [*said] for name, *said in facts}


@pytest.mark.long
@in_one_chat
async def test_page_one_has_the_situation_in_two_lines_who_leads_and_when_and_where_the_next_meeting_is(
    stage: RehearsalStage,
) -> None:
    """R056 R204 R256: as it was warned of, and from its publication on as the picture has it; who leads now, and the
    meeting as it was moved."""
    kim, lars = stage["kim"], stage["lars"]
    path = await link(stage)

    async def shown() -> dict[str, list[str]]:
        async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{path}") as answer:
            return first_page(await answer.text())

    said = await shown()
    assert said["Situationen"] == ["skybrud, kloak står op i Hedehusene"]
    assert said["Krisestabschef"] == ["Lars Vinther", ""]
    assert said["Næste møde"] == ["intet indkaldt", ""]
    await lars.commands("rolle krisestabschef Anne, stedfortræder Ole")
    await kim.commands("møde kl 16 rådhuset")
    assert (await shown())["Krisestabschef"] == ["Anne Holm", ""]
    assert (await shown())["Næste møde"] == ["kl. 16:00", "rådhuset"]
    await kim.commands("billede")
    texts = {"s1": "Vand i Hedehusene", "s2": "40 cm i kælderen på Birkehøj\nSundhed: ingen kendte", "s3": "Fløng"}
    await kim.fills_in("Skriv 1–3", **await fields(stage, **texts))
    assert (await shown())["Situationen"] == ["skybrud, kloak står op i Hedehusene"], "a draft is nobody's yet"
    await stage["anne"].commands("billede")
    await stage["anne"].presses("Godkend")
    assert (await shown())["Situationen"] == ["Vand i Hedehusene", "40 cm i kælderen på Birkehøj"]
    assert (await shown())["Situationsbillede"][0] == "udgave 1"


@in_one_chat
async def test_a_link_that_is_withdrawn_says_which_and_that_the_others_go_on(stage: RehearsalStage) -> None:
    """R204: "Tavlen viser intet mere", it said, of the one in the staff's room too."""
    room, lobby = await link(stage), await link(stage, "åben")
    await stage["kim"].presses("Træk link 2 tilbage")
    assert await stage["kim"].sees("Link 2 er trukket tilbage. De skærme, der havde det, viser intet mere.")
    assert not await stage["kim"].sees("Tavlen viser intet mere")
    async with aiohttp.ClientSession() as client:
        for path, status in ((room, 200), (lobby, 410)):
            async with client.get(stage.address + path) as answer:
                assert answer.status == status


@in_one_chat
async def test_what_is_late_is_said_to_be_so_in_words_and_not_by_red_alone(stage: RehearsalStage) -> None:
    """R204 R256: a measure, what should have been known, and what has stood still for longer than it may."""
    kim = stage["kim"]
    await kim.commands("t pumpe til Birkehøj @Mads kl 15")
    await kim.commands("oplysningsbehov hvor mange er uden strøm @Mads kl 15")
    await stage["hanne"].commands("kritisk nødkald nede")
    path = await link(stage)
    async with aiohttp.ClientSession() as client:
        async with client.get(f"{stage.address}{path}") as answer:
            assert "⚠" not in (await answer.text())
        await stage.forward(hours=2)
        async with client.get(f"{stage.address}{path}") as answer:
            said = lists(await answer.text())
    assert "⚠ fristen var kl. 15:00" in said["Afventer"]
    assert "⚠ skulle vides kl. 15:00" in said["Skal vides"]
    assert "⚠ måtte højst være det til kl. 15:00" in said["Kritiske funktioner, der er nede"]


@in_one_chat
async def test_a_board_on_which_nothing_happens_is_not_sent_anew_each_second(stage: RehearsalStage) -> None:
    """R204: how old something is, is told to the minute; seconds had every screen drawn again for a minute."""
    path = await link(stage)
    async with aiohttp.ClientSession() as client:
        async with client.get(f"{stage.address}{path}") as answer:
            before = lists(await answer.text())
        await stage.forward(seconds=3)
        async with client.get(f"{stage.address}{path}") as answer:
            after_it = lists(await answer.text())
    assert "lige nu" in before["Centre og enheder"]
    # The countdowns go on by themselves on the screen.
    del before["Situationen"], after_it["Situationen"]
    assert after_it == before


@in_one_chat
async def test_a_line_that_was_put_right_stands_as_it_is_now(stage: RehearsalStage) -> None:
    """R187 R204: what was wrong left the board, and what is right was not on it."""
    kim = stage["kim"]
    await kim.commands("log ! 30 beboere er flyttet")
    await kim.commands(f"ret {log_of(await stage.export(), 'information')[-1]['no']} 13 beboere er flyttet")
    path = await link(stage)
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{path}") as answer:
        said = lists(await answer.text())["Log"]
    assert "13 beboere er flyttet" in said
    assert "30 beboere" not in said


@in_one_chat
async def test_a_staff_of_nine_is_named_to_the_last_of_them(stage: RehearsalStage) -> None:
    """R056 R204: who sits in the staff; five of nine were "og 5 til"."""
    for person in ("anne", "sara", "siv", "nils"):
        await stage[person].presses("Kommer")
    path = await link(stage)
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{path}") as answer:
        said = lists(await answer.text())
    for name in ("Lars Vinther", "Anne Holm", "Ole Bach", "Sara Nygaard", "Siv Lau"):
        assert name in said["I staben"] + said["På vej"], said
    assert " til" not in said["I staben"]


@in_one_chat
async def test_a_figure_that_is_counted_again_is_a_picture_on_the_board(stage: RehearsalStage) -> None:
    """R149 R204: with what it is now in words beside it; a board with one was not drawn at all."""
    for count in (41, 51):
        await stage["kim"].commands(f"indikator ramte borgere {count}")
        await stage.forward(minutes=10)
    path = await link(stage)
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{path}") as answer:
        page = await answer.text()
    assert answer.status == 200
    assert "ramte borgere: nu 51, kl. 14:10" in page
    # Its way, and the timeline.
    assert page.count("<svg") == 2
    assert len(re.findall(r"<path [^>]*d=\"M[^\"]*L", page)) == 1


@pytest.mark.long
@in_one_chat
async def test_a_log_line_costs_no_more_with_forty_screens_than_one_look_does(stage: RehearsalStage) -> None:
    """R204: the board is read once for all who may see the same, and each is sent it."""
    path = await link(stage)
    asked = 0

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client, AsyncExitStack() as open_ones:
        screens = [
            await open_ones.enter_async_context(client.get(f"{stage.address}{path}/live")) for _ in range(VIEWERS)
        ]
        await asyncio.gather(*(news(screen, "skybrud") for screen in screens))
        await stage["kim"].commands("log ! broen over Spangå er spærret")
        event.listen(stage.database.engine.sync_engine, "before_cursor_execute", count)
        told = await asyncio.gather(*(news(screen, "broen over Spangå") for screen in screens))
        event.remove(stage.database.engine.sync_engine, "before_cursor_execute", count)
    assert len({each["pages"] for each in told}) == 1
    # The line's own statements, and a look or two: none that each screen asks.
    assert asked <= VIEWERS + 20, asked


@in_one_chat
async def test_a_link_given_while_another_screen_looks_on_opens_at_once(stage: RehearsalStage) -> None:
    """R204: which links are open is kept for a second; a newer one is looked for."""
    first, second = await link(stage), ""
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{first}/live") as one:
        await news(one, "skybrud")
        second = await link(stage, "stab")
        assert second != first
        third = await link(stage)
        for path in (second, third):
            async with client.get(f"{stage.address}{path}/live") as live:
                assert "skybrud" in (await news(live, "skybrud"))["pages"]


@pytest.mark.long
@in_one_chat
async def test_a_screen_that_is_open_closes_when_its_link_is_withdrawn(stage: RehearsalStage) -> None:
    """R204: and what is over says what to do, and shows nothing."""
    path = await link(stage)
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{path}/live") as live:
        await news(live, "skybrud")
        await stage["kim"].presses("Træk linket tilbage")
        rest = (await live.content.read()).decode()
    assert "event: over" in rest.splitlines()
    assert "skybrud" not in rest
    async with stage.client.get(stage.address + path) as gone:
        page = await gone.text()
    assert (gone.status, "Tavlen er lukket" in page, "skybrud" in page) == (410, True, False)


@pytest.mark.long
@in_one_chat
async def test_a_screen_that_is_open_closes_when_its_link_has_run_out(stage: RehearsalStage) -> None:
    """R204: nobody had to press anything; the screen is told, shows no more, and its page says what to do."""
    path = await link(stage)
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{path}/live") as live:
        await news(live, "skybrud")
        # No timer is due meanwhile as far as the screen knows: only the clock ends its link.
        stage.clock.set(stage.clock.now() + wall_board.LIFE)
        rest = (await live.content.read()).decode()
    assert "event: over" in rest.splitlines()
    async with stage.client.get(stage.address + path) as gone:
        page = await gone.text()
    assert (gone.status, "Tavlen er lukket" in page, "/krise tavle" in page, "skybrud" in page) == (
        410,
        True,
        True,
        False,
    )


@in_one_chat
async def test_a_board_needs_nothing_from_elsewhere_and_is_kept_nowhere(stage: RehearsalStage) -> None:
    """R204: its own style and script, no other place's; no copy in a proxy or a browser."""
    async with stage.client.get(stage.address + await link(stage)) as answer:
        page, headers = await answer.text(), answer.headers
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == ["/tavle/-/page.css", "/tavle/-/page.js"]
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for path in ("/tavle/-/page.css", "/tavle/-/page.js"):
        async with stage.client.get(stage.address + path) as file:
            assert file.status == 200
    async with stage.client.get(f"{stage.address}/tavle/-/pages.html") as none:
        assert none.status == 404


@in_one_chat
async def test_the_screens_clocks_run_by_krisebots_time_also_where_it_is_wound(stage: RehearsalStage) -> None:
    """R204 R071: a screen whose own clock is another, or a rehearsal that is wound to next winter, counts down rightly."""
    path = await link(stage)
    await stage.forward(minutes=30)
    async with aiohttp.ClientSession() as client:
        page = await (await client.get(stage.address + path)).text()
        async with client.get(f"{stage.address}{path}/live") as live:
            told = await news(live, "skybrud")
    at = stage.clock.now().timestamp()
    (begins,) = re.findall(r'data-now="([^"]+)"', page)
    assert [float(begins), told["now"]] == pytest.approx([at, at])


@pytest.mark.long
@in_one_chat
async def test_a_staff_that_is_not_established_in_time_is_late_and_one_that_has_run_for_three_days_is_not(
    stage: RehearsalStage,
) -> None:
    """R071 R072: two hours are to be kept; three days are what it must be able to."""

    async def clocks() -> list[str]:
        path = await link(stage)
        async with aiohttp.ClientSession() as client:
            page = await (await client.get(stage.address + path)).text()
        found: list[str] = re.findall(r'<div class="(clock[^"]*)"><dt>([^<]+)', page)
        return [": ".join(each) for each in found]

    assert await clocks() == ["clock: Til fuldt etableret", "clock: Skal kunne køre i"]
    await stage.forward(hours=3)
    assert await clocks() == ["clock late: Etablering er forsinket", "clock: Skal kunne køre i"]
    await stage.forward(hours=70)
    assert await clocks() == ["clock late: Etablering er forsinket", "clock: Har kørt i"]
