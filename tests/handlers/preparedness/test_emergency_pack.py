"""The emergency pack: what is there on paper when the chat is down, and what was written on paper meanwhile."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator

import aiohttp
import pikepdf
import pytest
from sqlalchemy import select

from storage.plan import loading
from storage.rows.log import Stored
from storage.rows.preparedness import EmergencyPack
from tests.bot.platforms.fallback.test_reserve import EXAMPLE, Mailbox, mailbox
from tests.databases import SQLite
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage
from tests.stage.stage import SUMMER_AFTERNOON, Stage

__all__ = ["mailbox"]

stage = after(cloudburst)


async def fetched(stage: Stage, name: str) -> tuple[int, bytes]:
    """What the newest link to a pack that a person was given leads to."""
    (link,) = re.findall(r"/eksport/noedpakke/[\w-]+", "\n".join(await stage[name].reads()))[-1:] or [
        "/eksport/noedpakke/intet"
    ]
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{link}") as answer:
        return answer.status, await answer.read()


def sizes(content: bytes) -> list[tuple[int, int]]:
    """The pages of a PDF, in millimetres."""
    with pikepdf.open(io.BytesIO(content)) as read:
        boxes = [[float(side) * 25.4 / 72 for side in page.mediabox] for page in read.pages]
        return [(round(box[2]), round(box[3])) for box in boxes]


@in_slack
async def test_the_secretariat_has_the_pack_before_any_crisis_behind_a_link_that_runs_out(open_stage: Stage) -> None:
    """D06 R309: with the restricted telephone list in it; nobody may ask for it who may not have that."""
    kim, mads = open_stage["kim"], open_stage["mads"]
    await mads.commands("nødpakke")
    assert await mads.sees("Det kan kun")
    assert (await fetched(open_stage, "mads"))[0] == 404
    await kim.commands("nødpakke")
    status, content = await fetched(open_stage, "kim")
    assert (status, set(sizes(content))) == (200, {(210, 297)})
    assert len(sizes(content)) > 2
    await open_stage.forward(minutes=61)
    assert (await fetched(open_stage, "kim"))[0] == 404


@in_teams
async def test_a_pack_that_was_asked_for_in_a_channel_is_given_to_whoever_asked_alone(stage: Stage) -> None:
    """T30: more people read the channel than may have the numbers."""
    await stage["kim"].commands("nødpakke", "stab")
    assert (await fetched(stage, "kim"))[0] == 200
    assert (await fetched(stage, "mads"))[0] == 404


@in_one_chat
async def test_what_was_written_on_paper_is_typed_in_with_its_time_and_never_twice(stage: Stage) -> None:
    """D06: the line has the time that stands on the paper; the same number again is the same line."""
    kim = stage["kim"]
    await kim.commands("log ! papir 7 kl 14.00: 40 cm vand i Fløng")
    line = (await stage.log("information"))[-1]
    assert line["summary"] == "kl 14.00: 40 cm vand i Fløng (skrevet på papir kl. 14.00, P7)"
    assert (line["event_time"][11:16], line["verification"], line["refs"]) == (
        "12:00",
        "confirmed",
        {"paper": 7, "message": "paper:7"},
    )
    before = len(await stage.part("log"))
    await kim.commands("log P7 kl 14.00: 40 cm vand i Fløng")
    assert len(await stage.part("log")) == before
    assert await kim.sees(f"P7 er allerede skrevet ind: det er nr. {line['no']}.")
    await kim.commands("log papir 8: broen er lukket")
    assert (await stage.log("information"))[-1]["refs"]["paper"] == 8


@in_one_chat
async def test_words_that_begin_like_a_number_on_paper_are_a_line_like_any_other(stage: Stage) -> None:
    """D06: "p-pladsen", "papirerne" and "P4 Trafik melder …" are no numbers on paper."""
    for said in ("p-pladsen er under vand", "papirerne er hentet", "P4 Trafik melder kø på Roskildevej"):
        await stage["kim"].commands(f"log {said}")
        line = (await stage.log("information"))[-1]
        assert (line["summary"], line["refs"]) == (said, {})


@pytest.fixture
async def with_mail(sqlite: SQLite, mailbox: tuple[Mailbox, int]) -> AsyncIterator[SlackStage]:
    """Slack, with a mail server beside it, and a plan that wants the pack mailed."""
    _, port = mailbox
    plan = EXAMPLE.replace(
        "mail: null", f'mail: "mailto://127.0.0.1:{port}?from=krisebot@htk.example&to={{mail}}&mode=insecure"'
    ).replace("nødpakke: {mail: nej}", "nødpakke: {mail: ja}")
    async with SlackStage(sqlite.migrated(), SUMMER_AFTERNOON, loading.parse(plan, "planen")) as stage:
        yield stage


@pytest.mark.long
async def test_the_pack_is_mailed_at_each_phase_and_when_it_is_new_at_most_weekly(
    with_mail: SlackStage, mailbox: tuple[Mailbox, int]
) -> None:
    """D06 R309: to the chief and the secretariat, as a PDF; made every night, and not sent again unchanged."""
    stage, (box, _) = with_mail, mailbox

    def packs() -> list[str]:
        return [mail["to"] for mail in box.mails if "noedpakke.pdf" in str(mail)]

    await stage.forward(days=1)
    readers = sorted(set(packs()))
    assert {"lars@htk.example", "kim@htk.example"} <= set(readers)
    assert sorted(packs()) == readers
    await stage.forward(days=8)
    assert sorted(packs()) == readers
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage.forward(minutes=32)
    assert sorted(packs()) == sorted([*readers, *readers])
    await stage["kim"].presses("Fuldt etableret")
    await stage.forward(minutes=1)
    assert len(packs()) == 3 * len(readers)


@pytest.mark.long
async def test_an_exercise_mails_nobody_a_pack(with_mail: SlackStage, mailbox: tuple[Mailbox, int]) -> None:
    """D06: an exercise's pack would be taken for the real one."""
    stage, (box, _) = with_mail, mailbox
    await stage["jens"].commands("øvelse aktiver 2 skybrud")
    await stage.forward(minutes=5)
    assert not [mail for mail in box.mails if "noedpakke.pdf" in str(mail)]


@in_one_chat
async def test_a_night_that_changed_nothing_draws_nothing_and_keeps_the_pack(open_stage: Stage) -> None:
    """D06: the newest pack is always there, and old ones take no room."""
    await open_stage.forward(days=5)
    async with open_stage.database.reading() as db:
        rows = list(await db.scalars(select(EmergencyPack).order_by(EmergencyPack.id)))
        kept = list(await db.scalars(select(Stored.sha256)))
    assert [row.state for row in rows] == ["ready"] * len(rows)
    assert len(rows) >= 5
    assert {row.made_at for row in rows} == {rows[0].made_at}
    assert kept == [rows[-1].sha256]
