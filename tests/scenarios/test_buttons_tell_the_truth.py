"""After S1's first hour every button that anybody still sees is pressed: each does something, and none is too late."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.rows.log import LogEntry
from storage.rows.traffic import Delivery, Message, StaffRecipient
from tests.scenarios.test_cloudburst import activated
from tests.stage import forged
from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after, follows
from tests.stage.stage import Stage


@follows(activated)
async def the_first_hour(stage: Stage) -> None:
    """What S1 tells of, from 14:08:03 to 15:00, with what the staff is used for beside it."""
    acts = (
        ("14:08:03", "anne", "aktivér 2 skybrud", "generelt"),
        ("14:09", "lars", "ok", ""),
        ("14:10", "ole", "er på ferie i Grækenland, tag Sara", ""),
        ("14:20", "kim", "l ? DMI siger 60 mm frem til kl 18", "stab"),
        ("14:21", "kim", "l ! viadukten Hovedgaden spærret af politiet", "stab"),
        ("14:40", "hanne", "vi mangler 4 mand på Birkehøj", ""),
        ("14:45", "kim", "rolle krisestabschef Anne, stedfortræder Sara", "dm"),
        ("14:46", "tina", "tiltag pumpe til Birkehøj @Mads kl 18", "dm"),
        ("14:47", "tina", "ping alle hvordan står det til? svar 20", "dm"),
        ("14:48", "kim", "punkt nødbolig til 12 beboere frist i morgen 12", "dm"),
        ("14:49", "hanne", "melding plejecenter Birkehøj er uden strøm", "dm"),
        ("14:50", "anne", "ordre spær Hovedgaden @Mads kl 16", "dm"),
    )
    for at, person, words, place in acts:
        await stage.at(at)
        await (stage[person].commands(words, place) if place else stage[person].says(words))
        if at == "14:10":
            await stage["rune"].presses("Mit center er underrettet")
        if at == "14:21":
            await stage["mads"].says("der er 12 beboere i stuen på Birkehøj der skal flyttes", "stab")
            await stage["tina"].saves("der er 12 beboere")
        if at == "14:40":
            await stage["hanne"].presses("Send")
    await stage.at("15:00")


stage = after(the_first_hour)

# What is filled in, by the kind of field; of a choice, the first.
FILLED_IN = {"persons": "Line Brix", "time": "kl 20", "been": "kl 14", "text": "26/{}", "long": "vandet stiger {}"}
# What ends what the others are about is pressed when they have been.
ENDS = re.compile(r"stand_down|trial|transition|exercises|framing\.end|meetings\.end|convening")
TOO_LATE = re.compile(r"længere|allerede|afgjort|er lukket|ikke åben|er slut\b|ikke mere|i forvejen", re.IGNORECASE)


async def cards(stage: Stage) -> dict[int, Any]:
    async with stage.database.reading() as db:
        return {row.id: row for row in await db.scalars(select(Message).order_by(Message.id))}


async def lines(stage: Stage) -> int:
    async with stage.database.reading() as db:
        return await db.scalar(select(func.count()).select_from(LogEntry)) or 0


@follows(activated)
async def an_hour_of_silence(stage: Stage) -> None:
    """Nobody answers anything for an hour and a half: what was asked has been asked again, and of others."""
    await stage["tina"].commands("ping alle hvordan står det til? svar 20")
    await stage["anne"].commands("ordre spær Hovedgaden @Mads kl 15")
    await stage["finn"].commands("varsel brand på Torstorp Skole")
    await stage.at("15:40")


silent = after(an_hour_of_silence)


async def untrue(stage: Stage, rounds: int = 2, platform: str = "rehearsal") -> list[str]:
    """Press every button that is left, and then those of what came of it; tell which were too late or did nothing."""
    found, seen = list[str](), set[int]()
    for _ in range(rounds):
        shown = {number: row for number, row in (await cards(stage)).items() if number not in seen}
        seen |= shown.keys()
        buttons = [(number, button) for number, row in shown.items() for button in row.card["buttons"]]
        for number, button in sorted(buttons, key=lambda each: ENDS.search(each[1]["do"]) is not None):
            before = await cards(stage)
            card = before[number]
            if button not in card.card["buttons"]:
                continue
            person = "kim" if isinstance(card.recipient, StaffRecipient) else card.recipient
            fields = [*button["form"], *card.card["fields"]]
            values = {
                field["id"]: field["choices"][0][0] if field["choices"] else FILLED_IN[field["kind"]].format(number)
                for field in fields
            }
            written = await lines(stage)
            key = f"press/{number}/{button['label']}"
            await forged.press(stage, person, button["do"], button["args"], number, key, values, platform)
            await stage.bot.engine.turns.drain()
            now = await cards(stage)
            changed = [
                row
                for key, row in now.items()
                if key not in before or (row.card, row.held) != (before[key].card, before[key].held)
            ]
            answers = [row.card["text"] for row in changed if row.id not in before and row.recipient == person]
            late = any(TOO_LATE.search(text) for text in answers)
            if late or not (changed or await lines(stage) > written):
                found.append(f"{person}: [{button['label']}] {button['do']} on {card.card['text'][:80]!r}: {answers}")
    return found


@pytest.mark.long
@in_one_chat
async def test_no_button_that_is_left_does_nothing_or_comes_too_late(stage: Stage) -> None:
    """R005, requirement 3.1.7: "Buttons tell the truth": what no longer does anything is no longer there."""
    stage.looked_over = False
    assert "\n".join(await untrue(stage)) == ""


@pytest.mark.long
@in_one_chat
async def test_nor_after_an_hour_in_which_nobody_answered(silent: Stage) -> None:
    """R005: the first question beside its reminder, and what was asked of others instead."""
    silent.looked_over = False
    assert "\n".join(await untrue(silent)) == ""


async def not_as_written(stage: Stage) -> dict[str, str]:
    """Whoever sees other buttons on their platform than their cards, and their staffs', have by now, and which."""
    own, staffs = dict[str, Counter[str]](), dict[str, Counter[str]]()
    async with stage.database.reading() as db:
        # What is still held back, or bundled, stands nowhere.
        sent = set(await db.scalars(select(Delivery.message_id).where(Delivery.sent_at.is_not(None))))
    for row in (await cards(stage)).values():
        labels = [button["label"] for button in row.card["buttons"]] if row.id in sent else []
        if isinstance(row.recipient, StaffRecipient):
            staffs.setdefault(row.recipient, Counter()).update(labels)
        elif row.recipient in stage.plan.persons:
            own.setdefault(row.recipient, Counter()).update(labels)
    found = dict[str, str]()
    for person, ought in own.items():
        there = Counter(await stage[person].buttons())
        # Who is in a staff reads its channel too; the other staffs' they do not.
        in_these = [among for many in range(len(staffs) + 1) for among in combinations(staffs.values(), many)]
        if there not in [sum(among, ought) for among in in_these]:
            found[person] = f"there: {dict(there - ought)}; not there: {dict(ought - there)}"
    return found


@pytest.mark.long
@in_slack
async def test_what_people_see_on_their_platform_is_what_their_cards_have_and_nothing_else(stage: Stage) -> None:
    """R005, requirement 3.1.7: a button that was taken off stands nowhere, once all that is left has been pressed too."""
    stage.looked_over = False
    assert await not_as_written(stage) == {}
    (platform,) = await stage.rooms()
    await untrue(stage, rounds=1, platform=platform)
    await stage.settle()
    assert await not_as_written(stage) == {}
