"""`billede`, the operational picture: "løbende opstille og ajourføre det samlede situationsbillede", in the ten
headings of Bilag 3. Plan §7.

A draft is written on by several at once, approved by the chief, published, and then stays as it was.
"""

from __future__ import annotations

from handlers.core import quiet, rights, withheld
from handlers.core.card import Card
from handlers.core.context import URGENT, Context
from handlers.core.events import Regraded, on
from handlers.core.language import times_shown
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.picture import development, draft, picture_card, picture_texts, sections
from storage.rows.picture import HEADINGS, Picture
from storage.rows.staff import PICTURE

# Whoever has been reminded so often of a first picture that is still missing knows it.
TOLD_ENOUGH = 2


@verb(
    "billede",
    "b",
    "situationsbillede",
    "sitrep",
    help="billede – situationsbilledet: skriv, godkend, og se hvor gammelt det er",
    who=rights.staff,
    crisis=True,
    afterwards=True,
    named="number",
    wordless=True,
)
async def picture(turn: Turn, text: str) -> None:
    """Show the draft that is written on, or the newest published picture with its age."""
    if await withheld.refuse_whole(turn, PICTURE):
        return
    newest = await picture_texts.newest(turn)
    row = newest if newest and newest.state == "published" else await draft.bring_up_to_date(turn)
    await turn.answer(await picture_card.card(turn, row), key=picture_card.key(turn, row, turn.sender), again=True)


async def begin(turn: Turn) -> None:
    """Make a first version at activation, "tidligst muligt", and set the timer that reminds until it is approved."""
    crisis = turn.the_crisis
    if await picture_texts.newest(turn, "published") is not None:
        return
    await draft.bring_up_to_date(turn)
    due = (crisis.decided_at or turn.now) + turn.rules.deadlines.situation_picture
    await turn.at(max(due, turn.now), "picture.missing", _clock(turn))


@timer("picture.missing", level_two=True)
async def missing(turn: Turn, told: int = 0) -> None:
    """Remind the secretariat and the chief, with the draft at hand, until a first version is published.

    Whoever has been told twice knows it: then it comes ever more seldom, by day, and to the deputy.
    """
    crisis = turn.the_crisis
    if crisis.state != "active" or crisis.level != 2 or await picture_texts.newest(turn, "published") is not None:
        return
    card = await picture_card.card(turn, await draft.bring_up_to_date(turn))
    await turn.notify(
        dict.fromkeys(
            [
                *_asked([*turn.rules.holders("sekretær"), *turn.rules.deputies("sekretær")], told),
                *_asked(await turn.chiefs(), told),
            ]
        ),
        Card(
            f"*1. udgave af situationsbilledet mangler at blive godkendt.*\n{card.text}",
            card.facts,
            card.fields,
            card.buttons,
        ),
        kind="reminder",
        summary="Mindet om situationsbilledets 1. udgave",
        at_night=told < TOLD_ENOUGH,
    )
    pause = turn.rules.deadlines.situation_picture
    due = turn.now + pause if told + 1 < TOLD_ENOUGH else await quiet.again(turn, pause, told)
    await turn.at(due, "picture.missing", _clock(turn), told=told + 1)


def _asked(in_order: list[str], told: int) -> list[str]:
    """Return whom of a role's persons is reminded: whoever has it, and the deputy when that one has been told enough."""
    return in_order[1:2] or in_order[:1] if told >= TOLD_ENOUGH else in_order[:1]


@action("picture.compare", who=rights.staff)
async def compare(turn: Turn, picture: int) -> None:
    """Show what has changed since the version before."""
    row = await turn.of_crisis(Picture, picture)
    if row is not None and not await withheld.refuse_whole(turn, PICTURE):
        await turn.answer(await picture_card.difference(turn, row))


@action("picture.approve", who=rights.chief, decides=True)
async def approve(turn: Turn, picture: int, revision: int) -> None:
    """Approve and publish a version, by `Godkend`; it stays as it is from now on."""
    row = await sections.opened_or_tell(turn, picture)
    if row is None:
        return
    if row.state != "draft":
        await turn.answer(Card("Den udgave er allerede godkendt. Skriv */krise billede* for at se, hvordan det står."))
        return
    if row.revision != revision:
        await turn.replace(await picture_card.card(turn, row))
        await turn.answer(Card("Kladden er ændret, siden kortet blev vist. Se den igennem, og tryk Godkend igen."))
        return
    if row.version == 1 and not sections.health_is_told(row):
        await sections.ask_health(turn, row)
        return
    await _publish(turn, row)


async def _publish(turn: Turn, row: Picture) -> None:
    row.state, row.approved_by, row.published_at = "published", turn.sender, turn.now
    row.levels = {**row.levels, "plan": turn.the_crisis.level}
    by = await rights.signed(turn, turn.sender)
    whole = "\n".join(
        f"{number}. {heading}: {picture_card.section(turn, row, number)}" for number, heading in enumerate(HEADINGS, 1)
    )
    entry = await turn.log(
        f"Situationsbillede, udgave {row.version}, godkendt af {by}\n{whole}",
        kind="picture",
        sender=turn.sender,
        receiver="krisestaben",
        verification="confirmed",
        refs={"picture": row.version, "state": "published"},
    )
    row.log_no = entry.no
    await turn.db.flush()
    await turn.cancel(_clock(turn))
    await turn.replace(
        Card(f"✅ Situationsbillede, udgave {row.version}, er godkendt {turn.clock(turn.now)} (log nr. {entry.no}).")
    )
    await picture_card.redraw(turn, row)
    changed = await picture_card.changes(turn, row)
    new = f"\n✎ Nyt siden udgave {row.version - 1}: {', '.join(str(number) for number in changed)}." if changed else ""
    await turn.say(
        turn.staff,
        Card(
            f"*Situationsbillede, udgave {row.version}*\nUdfærdigelsestidspunkt: {times_shown.weekday(turn.now, turn.zone)}. "
            f"Godkendt af: {by}.{new}",
            facts=picture_card.facts(turn, row, set(changed)),
        ),
        key=f"picture/{row.id}/published",
        urgency=URGENT,
    )
    await development.ask(turn)


def _clock(turn: Context) -> str:
    return f"crisis/{turn.the_crisis.id}/picture"


@on(Regraded)
async def follow_grade(turn: Turn, event: Regraded) -> None:
    """Draw the draft anew when lines of the log that it is made of have another grade."""
    if await picture_texts.newest(turn, "draft") is not None:
        await picture_card.redraw(turn, await draft.bring_up_to_date(turn))
