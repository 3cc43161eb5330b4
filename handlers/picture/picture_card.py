"""The cards of the situation picture: its head, its ten headings, the forms that it is written in. Bilag 3."""

from __future__ import annotations

import re

from sqlalchemy import select

from handlers.core.card import Button, Card, Family, Field, quote
from handlers.core.context import Context
from handlers.core.language import times_shown
from handlers.core.turn import Turn
from handlers.log import paper_links
from handlers.measures import intent
from handlers.picture import health_plan, indicators, picture_texts
from handlers.picture.picture_texts import new_lines
from storage.rows.picture import HEADINGS, NATIONAL, PLAN, STAFF, Picture
from storage.rows.traffic import Message

# So much of each section stands on the card; the whole of it in its form, the export and the log.
ON_CARD = 220
# In the form: a section, and the revision that its field was opened on; an older release's form doesn't say that.
SECTION = Family("s{}_{}")
OLDER_SECTION = Family("s{}")
PARTS = ((1, 3), (4, 5), (6, 7), (8, 10))


async def card(turn: Context, row: Picture) -> Card:
    """Draw a version as it stands, with what can be done about it."""
    published = await picture_texts.newest(turn, "published")
    old = await picture_texts.before(turn, row)
    about = {"crisis": turn.the_crisis.id, "picture": row.id}
    count = Button("Nyt tal", "indicators.new", {"crisis": about["crisis"]}, form=indicators.FORM, form_title="Nyt tal")
    compare = (Button("Forskel", "picture.compare", about),) if old else ()
    if row.state == "published":
        head, ends = _published(turn, row), (*compare, count, paper_links.button(row.crisis_id, "picture", row.version))
    else:
        head = f"*Situationsbillede*, kladde til udgave {row.version}.\n" + (
            f"Udgave {published.version} er {age(turn, published)} gammel."
            if published
            else "❗ Intet situationsbillede er godkendt endnu."
        )
        ends = (
            Button("Hent fra log", "picture.refresh", about),
            *compare,
            count,
            Button("Godkend", "picture.approve", {**about, "revision": row.revision}, style="primary"),
        )
    changed = await changes(turn, row)
    intended = await intent.newest(turn)
    meant = f"*Hensigt:* {quote(intended.text)}" if intended else ""
    noted = [head, meant, await health_plan.line(turn), "✎ er ændret siden udgaven før." if changed else ""]
    return Card(
        "\n".join(line for line in noted if line),
        facts=facts(turn, row, set(changed)),
        buttons=(*await _write(turn, row, about), *ends),
    )


async def redraw(turn: Turn, row: Picture) -> None:
    """Show the version as it stands to everybody who has it on the screen; `billede` draws it under that key."""
    drawn = await card(turn, row)
    pressed = await turn.pressed()
    begins = key(turn, row, "")
    standing = await turn.db.execute(
        select(Message.key, Message.recipient).where(
            Message.crisis_id == row.crisis_id, Message.key.startswith(begins, autoescape=True)
        )
    )
    for name, recipient in standing.all():
        if pressed is None or pressed.key != name:
            await turn.say(recipient, drawn, key=name)


def key(turn: Context, row: Picture, person: str) -> str:
    """Name a person's card of a version."""
    return f"crisis/{turn.the_crisis.id}/picture/{row.id}/{person}"


def age(turn: Context, row: Picture) -> str:
    """Tell how long ago it was published: "3 t 10 min"."""
    return times_shown.span(turn.now - (row.published_at or row.written_at))


def _published(turn: Context, row: Picture) -> str:
    return (
        f"*Situationsbillede, udgave {row.version}*: {age(turn, row)} gammelt.\n"
        f"Udfærdigelsestidspunkt: {times_shown.weekday(row.published_at or row.written_at, turn.zone)}. "
        f"Godkendt af: {turn.name(row.approved_by or '')}."
    )


def facts(turn: Context, row: Picture, changed: set[int]) -> tuple[tuple[str, str], ...]:
    """Return the ten headings, each with as much as a phone has room for.

    Args:
        row: the version.
        changed: the numbers of the sections to mark as changed.
    """
    return tuple(
        (f"{number}. {heading}{' ✎' if number in changed else ''}", _short(section(turn, row, number)))
        for number, heading in enumerate(HEADINGS, 1)
    )


def section(turn: Context, row: Picture, number: int) -> str:
    """Return what stands under a heading; the fifth begins with three levels that are three different things."""
    text = str(row.sections.get(str(number), ""))
    if number != 5:
        return text
    level = row.levels.get("plan", turn.the_crisis.level)
    levels = [
        f"Beredskabsplanens niveau: {PLAN.get(level or 0, 'ikke besluttet')}",
        f"Nationalt beredskab: {row.levels.get('national') or 'ikke angivet'}",
        f"Stabens beredskab: {row.levels.get('staff') or 'ikke angivet'}",
    ]
    return "\n".join([*levels, text] if text else levels)


async def changes(turn: Context, row: Picture) -> dict[int, str]:
    """Return what is new (+) and what is gone (−) in each section since the version before."""
    old = await picture_texts.before(turn, row)
    if old is None:
        return {}
    found = {}
    for number in range(1, len(HEADINGS) + 1):
        was, now = section(turn, old, number), section(turn, row, number)
        lines = [f"+ {line}" for line in new_lines(was, now)] + [f"− {line}" for line in new_lines(now, was)]
        if was != now:
            found[number] = "\n".join(lines) or "✎"
    return found


async def difference(turn: Context, row: Picture) -> Card:
    """Draw the changes since the version before."""
    changed = await changes(turn, row)
    return Card(
        f"*Udgave {row.version} mod udgave {row.version - 1}*: "
        + (f"{len(changed)} af {len(HEADINGS)} punkter er ændret." if changed else "intet er ændret."),
        facts=tuple((f"{number}. {HEADINGS[number - 1]}", _short(text, 600)) for number, text in changed.items()),
    )


# A heading among the lines stands before the first of its own.
HEADED = re.compile(r": · (?:• )?")


def _short(text: str, longest: int = ON_CARD) -> str:
    line = HEADED.sub(": ", " · ".join(text.split("\n")))
    return quote(line if len(line) <= longest else line[: longest - 1] + "…") or "–"


async def _write(turn: Context, row: Picture, about: dict[str, int]) -> list[Button]:
    revisions = await picture_texts.revisions(turn)
    return [
        Button(
            f"Skriv {first}–{last}",
            "picture.write",
            {**about, "first": first, "last": last},
            form=tuple(field for number in range(first, last + 1) for field in _fields(row, number, revisions)),
            form_title=f"Situationsbillede {first}–{last}",
        )
        for first, last in PARTS
    ]


def _fields(row: Picture, number: int, revisions: dict[int, int]) -> list[Field]:
    """Return the form's fields for a section: its own, which carries the revision that it shows, so that a late one is
    known as late."""
    visible, rest = picture_texts.shown(str(row.sections.get(str(number), "")))
    more = " (begyndelsen; resten står fast)" if rest else ""
    own = Field(
        SECTION.of(number, revisions.get(number, 0)), f"{number}. {HEADINGS[number - 1]}{more}", "long", value=visible
    )
    if number == 4:
        return [Field("threat_source", "4. Kilde og dato (efterretningstjenesterne)"), own]
    if number == 5:
        return [
            _level("national", "5. Nationalt: almindeligt, forhøjet, alarm", NATIONAL, row),
            _level("staff", "5. Stabens: dagligt til fuldt etableret", STAFF, row),
            own,
        ]
    return [own]


def _level(name: str, label: str, scale: tuple[str, ...], row: Picture) -> Field:
    chosen = str(row.levels.get(name, ""))
    return Field(name, label, "choice", value=chosen, choices=tuple((each, each) for each in scale))
