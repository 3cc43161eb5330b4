"""Whoever may not is carried on to somebody who may, and sees first what waits for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

import handlers
from handlers.core import rights, running
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox
from tests import source
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)

# What says who may and refuses nobody, with the reason.
SAYS_WHO_MAY = {
    "measures.measures.propose": "the proposal is sent, to persons who are named",
    "staff.chief_proposed.keep_back": "the proposal is sent, to persons who are named",
    "crisis.stand_down_proposals._offer_proposal": "a proposal is offered, to persons who are named",
    "crisis.status.who": "who is who: the names stand beside",
    "core.running.refuse": "the refusal",
    "core.taking_up.refuse_all_but_writer": "whose question it is, by name; it stands before them",
    "measures.measure_steps.change": "what is missing is a registration: who can is named, and asked by a button",
    "alert.contacts.ring": "numbers that are left out of an answer: who can is named, and asked by a button",
    "log.line_words.granted": "the line is saved, and stays as it may be: who can is named, and it has its own button",
}
SOUNDS = re.compile(
    r"\b[Dd]et kan kun\b|\bKun\b.{0,80}\bkan\b|\bkan kun (?!kun)|\b(?:udpeges|rettes|skrives|lægges|etableres|besvares) (?:kun )?af\b"
)


def _said() -> Iterator[tuple[str, str]]:
    """Every function of ours that puts words together, with its words; a right's holders stand there as "Kun … kan"."""
    root = Path(handlers.__file__).parent
    for path in source.modules("handlers"):
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        for each in ast.walk(source.parsed(path)):
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                for part in ast.walk(ast.Module(each.body[ast.get_docstring(each) is not None :], [])):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{module}.{each.name}", part.value
                    elif (
                        isinstance(part, ast.Attribute)
                        and part.attr == "holders"
                        and isinstance(part.value, ast.Attribute)
                        and isinstance(part.value.value, ast.Name)
                        and part.value.value.id == "rights"
                    ):
                        yield f"{module}.{each.name}", "Kun dem kan"


def test_nobody_is_refused_a_right_by_words_that_are_written_by_hand() -> None:
    """D12: `running.refuse` refuses, and names who may; what else says who may has a reason, and is still there."""
    assert {where for where, words in _said() if SOUNDS.search(words)} == set(SAYS_WHO_MAY)


@in_one_chat
async def test_a_refusal_names_who_may_and_puts_it_to_them(stage: Stage) -> None:
    """D12: whoever may not is not sent away: one press, and somebody who may has the words."""
    await stage["mads"].commands("rolle krisestabschef Anne")
    assert await stage["mads"].sees("Det kan kun")
    (label,) = [each for each in await stage["mads"].buttons() if each.startswith("Spørg ")]
    asked = {person.name: id for id, person in stage.bot.plan.persons.items()}[label.removeprefix("Spørg ")]
    await stage["mads"].presses(label)
    assert await stage[asked].sees("Mads Rosen spørger, om du vil")
    await stage[asked].presses("Gør det")
    assert (await stage.export())["crisis"]["chief"] == "anne"
    assert await stage["mads"].sees("har gjort det")


@in_one_chat
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("rolle krisestabschef", "ser på det. Intet er ændret endnu: »rolle krisestabschef«"),
        ("rolle krisestabschef Xerxes", "ser på det. Intet er ændret endnu"),
        ("ringeliste", "ser på det. Intet er ændret endnu"),
        ("rolle krisestabschef Anne", "har gjort det: »rolle krisestabschef Anne«"),
    ],
)
async def test_whoever_put_it_to_them_reads_whether_it_was_done(stage: Stage, words: str, told: str) -> None:
    """D12: "tager sig af det" was said of what krisebot had only asked back about."""
    await stage["mads"].commands(words)
    (label,) = [each for each in await stage["mads"].buttons() if each.startswith("Spørg ")]
    asked = {person.name: id for id, person in stage.bot.plan.persons.items()}[label.removeprefix("Spørg ")]
    await stage["mads"].presses(label)
    await stage[asked].presses("Gør det")
    assert await stage["mads"].sees(f"{label.removeprefix('Spørg ')} {told}")


@in_one_chat
async def test_nobody_else_gets_a_right_by_being_asked(stage: Stage) -> None:
    """D12: the right is looked into anew when it is used."""
    await stage["mads"].commands("rolle krisestabschef Anne")
    (label,) = [each for each in await stage["mads"].buttons() if each.startswith("Spørg ")]
    await stage["mads"].presses(label)
    assert (await stage.export())["crisis"]["chief"] is None


@in_one_chat
async def test_what_waits_for_me_comes_first_on_the_menu(stage: Stage) -> None:
    """R131 R196: a summons that is unanswered stands before all else, with its button."""
    await stage["anne"].commands("hjælp")
    menu = (await stage["anne"].reads())[-1]
    assert "Venter på dig" in menu
    assert await stage["anne"].has("Kommer")
    await stage["anne"].presses("Kommer")
    await stage["anne"].commands("hjælp")
    assert "Venter på dig" not in (await stage["anne"].reads())[-1]


@in_slack
async def test_every_refusal_names_who_may_and_offers_to_ask_them(stage: Stage) -> None:
    """D12: whatever was refused, by a verb or by a button; what is proposed instead needs no asking."""
    for words in (
        "møde i morgen 10 stabsrummet",
        "rolle logfører Mads",
        "eksport",
        "nødpakke",
        "ind Rune",
        "sag 26/1234",
        "ordre spær vejen @Line",
        "logistik Rune Teknik",
        "vagt 1 Kim 22-06",
        "hensigt hold vejene åbne",
    ):
        await stage["mads"].commands(words)
        said = (await stage["mads"].reads())[-1]
        assert "Det kan kun" in said, words
        named = [person.name for person in stage.plan.persons.values() if person.name in said]
        assert named, (words, said)
        buttons = await stage["mads"].buttons()
        assert any(f"Spørg {name}" in buttons for name in named), words


@in_one_chat
async def test_whoever_may_only_propose_is_told_who_decides(stage: Stage) -> None:
    """D12: the proposal names whom it goes to."""
    for words in ("afblæs", "nedskaler"):
        await stage["finn"].commands(words)
        said = (await stage["finn"].reads())[-1]
        assert "Lars Vinther og Mette Skov" in said, words
        assert await stage["finn"].has("Send forslag"), words


@in_one_chat
async def test_whoever_was_refused_by_a_button_puts_it_to_somebody_who_may_with_what_they_filled_in(
    stage: Stage,
) -> None:
    """D12: which button, on which card, and their own words; it is done by whoever may, and by nobody before."""
    await stage["kim"].commands("log ? vand på Hovedgaden", "stab")
    await stage["mads"].presses("Ret", text="vand på Vestergade")
    assert await stage["mads"].sees("Det kan kun den, der skrev linjen")
    await stage["mads"].presses("Spørg Kim Dahl")
    assert await stage["mads"].sees("Kim Dahl er spurgt: »Ret« på")
    assert await stage["kim"].sees("Mads Rosen spørger, om du vil:* »Ret« på")
    assert await stage["kim"].sees("»vand på Vestergade«")
    assert await stage.log("correction") == []
    await stage["kim"].presses("Gør det", text="vand på Vestergade")
    (line,) = await stage.log("correction")
    assert (line["summary"], line["recorder"]) == ("vand på Vestergade", "kim")
    assert await stage["mads"].sees("Kim Dahl har gjort det: »Ret« på")
    assert not await stage["kim"].has("Gør det")


@in_teams
async def test_what_is_refused_in_part_of_a_line_is_put_to_somebody_who_may(stage: Stage) -> None:
    """D12 R186: the line is kept as it may be, and its keeper confirms it; it is written once."""
    await stage["mads"].commands("log ! pumpen er leveret")
    (label,) = [each for each in await stage["mads"].buttons() if each.startswith("Spørg ")]
    assert f"Bekræfte kan kun {rights.log_keeper.holders}" in (await stage["mads"].reads())[-1]
    asked = {person.name: id for id, person in stage.bot.plan.persons.items()}[label.removeprefix("Spørg ")]
    await stage["mads"].presses(label)
    assert label not in await stage["mads"].buttons()
    assert await stage["mads"].sees(f"{label.removeprefix('Spørg ')} er spurgt.")
    assert await stage[asked].sees("Mads Rosen spørger, om du vil bekræfte")
    await stage[asked].presses("Bekræft")
    written = [line for line in await stage.part("log") if line["summary"] == "pumpen er leveret"]
    assert len(written) == 1
    assert (await stage.part("log_state"))[str(written[0]["no"])]["verification"] == "confirmed"


@in_one_chat
async def test_whoever_is_away_is_not_the_one_to_ask(stage: Stage) -> None:
    """D12 R007: who is here is named first, and asked."""
    await stage["lars"].commands("fravær til i morgen")
    await stage["mads"].commands("hensigt hold vejene åbne")
    assert "stedfortræder: Mette Skov" in (await stage["mads"].reads())[-1]
    assert await stage["mads"].has("Spørg Mette Skov")


@in_one_chat
async def test_where_nobody_may_now_whoever_runs_the_staff_is_asked(stage: Stage) -> None:
    """D12: nobody is left with a role that nobody has."""
    async with stage.database.turn() as db:
        crisis = (await db.scalars(select(Crisis))).one()
        now = stage.clock.now()
        asked = Incoming("a", "command", "rehearsal", "mads", "dm", "dm:mads", now, text="telefonkonference")
        inbox = Inbox(key="a", body=asked.to_json(), received_at=now, due_at=now, state="done")
        db.add(inbox)
        await db.flush()
        turn = Turn(db, now, stage.plan, incoming=asked, crisis=crisis)
        turn.inbox_id = inbox.id
        await running.refuse(turn, rights.of_row("de, der er indkaldt", []))
    await stage.settle()
    assert "de, der er indkaldt, og det er ingen lige nu. Spørg Lars Vinther." in (await stage["mads"].reads())[-1]
    await stage["mads"].presses("Spørg Lars Vinther")
    assert await stage["lars"].sees("»telefonkonference«")


@in_one_chat
async def test_whoever_is_not_shown_something_puts_it_to_the_chief_by_name(stage: Stage) -> None:
    """R215 D12: who can share it is named, and asked to; nothing of it is shown by that."""
    await stage["lars"].commands("t spær vejen @Mads kl 18")
    await stage["gitte"].commands("t 1")
    said = (await stage["gitte"].reads())[-1]
    assert said.startswith(
        "T1 vises ikke her: graden er Stab. Lars Vinther leder krisestaben og kan beslutte at dele det"
    )
    await stage["gitte"].presses("Spørg Lars Vinther")
    assert await stage["lars"].sees("Gitte Krag spørger, om du vil dele:* »t 1«")
    assert not await stage["gitte"].sees("spær vejen")


@in_one_chat
async def test_whoever_asked_for_an_order_is_not_told_that_a_draft_is_one(stage: Stage) -> None:
    """R119: "har gjort det" was said of what nobody had issued, and no receiver was named in."""
    await stage["finn"].commands("ordre to pumper til Birkehøj")
    (ask,) = [label for label in await stage["finn"].buttons() if label.startswith("Spørg ")]
    await stage["finn"].presses(ask)
    await stage["lars"].presses("Gør det")
    assert await stage["finn"].sees("har skrevet en kladde. Intet er sendt endnu")
    assert not await stage["finn"].sees("har gjort det")
