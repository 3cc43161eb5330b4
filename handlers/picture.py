"""`billede`: "løbende opstille og ajourføre det samlede situationsbillede", in the ten headings of Bilag 3. Plan §7.

A draft is written on by several at once, approved by the chief, published, and then stays as it was.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers import picture_draft, rights, times
from handlers.card import Button, Card, Field, quote
from handlers.picture_draft import NO_THREAT, NONE_KNOWN
from handlers.registry import action, timer, verb
from handlers.turn import URGENT, Turn
from storage.parts.pictures import HEADINGS, Picture

NATIONAL = ("almindeligt beredskab", "forhøjet beredskab", "alarmberedskab")
STAFF = (
    "dagligt beredskab",
    "let forhøjet beredskab",
    "forhøjet beredskab",
    "markant forhøjet beredskab",
    "fuldt etableret beredskab",
)
PLAN = {1: "niveau 1", 2: "niveau 2"}
# So much of each section stands on the card; the whole of it in its form, the export and the log.
ON_CARD = 220
# These write themselves, until somebody has written in them.
FILLED = ("1", "2", "6", "7")
PARTS = ((1, 3), (4, 5), (6, 7), (8, 10))


@verb(
    "billede",
    "b",
    "situationsbillede",
    "sitrep",
    help="billede – situationsbilledet: skriv, godkend, og se hvor gammelt det er",
    who=rights.staff,
    crisis=True,
)
async def picture(turn: Turn, text: str) -> None:
    """The draft that is written on, or the newest published one with its age."""
    await turn.answer(await _card(turn, await _draft(turn)), key=_key(turn))


async def begin(turn: Turn) -> None:
    """At activation: a first version "tidligst muligt", and a nag until it is approved (R180)."""
    await turn.at(
        turn.now + turn.rules.deadlines.situation_picture, "picture.missing", f"crisis/{turn.the_crisis.id}/picture"
    )


@timer("picture.missing")
async def missing(turn: Turn) -> None:
    """The secretariat and the chief are reminded, with the draft at hand, until a first version is published."""
    crisis = turn.the_crisis
    if crisis.state != "active" or crisis.level != 2 or await _published(turn) is not None:
        return
    row = await _draft(turn)
    card = await _card(turn, row)
    await turn.notify(
        dict.fromkeys([*turn.rules.holders("sekretær"), *(await turn.chiefs())[:1]]),
        Card(
            f"*1. udgave af situationsbilledet mangler at blive godkendt.*\n{card.text}",
            card.facts,
            card.fields,
            card.buttons,
        ),
        kind="reminder",
        summary="Mindet om situationsbilledets 1. udgave",
    )
    await begin(turn)


async def _newest(turn: Turn) -> Picture | None:
    found: Picture | None = await turn.db.scalar(
        select(Picture).where(Picture.crisis_id == turn.the_crisis.id).order_by(Picture.version.desc()).limit(1)
    )
    return found


async def _published(turn: Turn) -> Picture | None:
    found: Picture | None = await turn.db.scalar(
        select(Picture)
        .where(Picture.crisis_id == turn.the_crisis.id, Picture.state == "published")
        .order_by(Picture.version.desc())
        .limit(1)
    )
    return found


async def _draft(turn: Turn) -> Picture:
    """The version that is written on: the first is filled by itself, a later one begins as the last with what is new."""
    newest = await _newest(turn)
    filled = await picture_draft.sections(turn)
    if newest is not None and newest.state == "draft":
        by_itself = {
            number: text for number, text in filled.items() if number in FILLED and number not in newest.writers
        }
        if {**newest.sections, **by_itself} != newest.sections:
            newest.sections = {**newest.sections, **by_itself}
            await turn.db.flush()
        return newest
    sections = {**newest.sections, "6": filled["6"], "7": filled["7"]} if newest else filled
    row = Picture(
        crisis_id=turn.the_crisis.id,
        version=(newest.version if newest else 0) + 1,
        sections=sections,
        writers=dict(newest.writers) if newest else {},
        levels=dict(newest.levels) if newest else {},
        written_at=turn.now,
    )
    turn.db.add(row)
    await turn.db.flush()
    return row


async def _card(turn: Turn, row: Picture) -> Card:
    published = await _published(turn)
    age = (
        f"Godkendt udgave {published.version} er {times.span(turn.now - (published.published_at or turn.now))} gammel."
        if published
        else "❗ Intet situationsbillede er godkendt endnu."
    )
    shown = published if row.state == "published" else row
    old = published.sections if published and published.version != row.version else {}
    facts = tuple(
        (
            f"{number}. {heading}{' ✎' if old and old.get(str(number)) != row.sections.get(str(number)) else ''}",
            _short(_section(turn, shown or row, number)),
        )
        for number, heading in enumerate(HEADINGS, 1)
    )
    about = {"crisis": turn.the_crisis.id, "picture": row.id}
    return Card(
        f"*Situationsbillede*, kladde til udgave {row.version}. {age}"
        + ("\n✎ er ændret siden den godkendte udgave." if old else ""),
        facts=facts,
        buttons=(
            *(
                Button(
                    f"Skriv {first}–{last}",
                    "picture.write",
                    {**about, "first": first, "last": last},
                    form=_form(row, first, last),
                    form_title=f"Situationsbillede {first}–{last}",
                )
                for first, last in PARTS
            ),
            Button("Hent fra log", "picture.refresh", about),
            Button("Godkend", "picture.approve", {**about, "written": row.written_at.isoformat()}, style="primary"),
        ),
    )


def _short(text: str) -> str:
    line = " · ".join(text.split("\n"))
    return quote(line if len(line) <= ON_CARD else line[: ON_CARD - 1] + "…") or "–"


def _section(turn: Turn, row: Picture, number: int) -> str:
    text = str(row.sections.get(str(number), ""))
    if number != 5:
        return text
    levels = [
        f"Planens niveau: {PLAN.get(turn.the_crisis.level or 0, 'ikke besluttet')}",
        f"Nationalt: {row.levels.get('national') or 'ikke angivet'}",
        f"Stabens: {row.levels.get('staff') or 'ikke angivet'}",
    ]
    return "\n".join([*levels, text] if text else levels)


def _form(row: Picture, first: int, last: int) -> tuple[Field, ...]:
    fields: list[Field] = []
    for number in range(first, last + 1):
        if number == 5:
            fields += [
                Field(
                    "national",
                    "5a. Almindeligt, forhøjet eller alarm",
                    "choice",
                    value=row.levels.get("national", ""),
                    choices=tuple((each, each) for each in NATIONAL),
                ),
                Field(
                    "staff",
                    "5b. Dagligt til fuldt etableret",
                    "choice",
                    value=row.levels.get("staff", ""),
                    choices=tuple((each, each) for each in STAFF),
                ),
            ]
        if number == 4:
            fields.append(Field("threat_source", "4. Kilde og dato (efterretningstjenesterne)"))
        fields.append(
            Field(
                f"s{number}", f"{number}. {HEADINGS[number - 1]}", "long", value=str(row.sections.get(str(number), ""))
            )
        )
    return tuple(fields)


@action("picture.write", who=rights.staff)
async def write(turn: Turn, picture: int, first: int, last: int) -> None:
    """Sections as they were filled in. Where somebody else wrote meanwhile, both texts stay (R201)."""
    opened = await turn.db.get(Picture, picture)
    if opened is None or opened.crisis_id != turn.the_crisis.id:
        return
    row = await _draft(turn)
    sections, writers, changed = dict(row.sections), dict(row.writers), []
    seen = await _seen(turn, first, last)
    for number in range(first, last + 1):
        key = str(number)
        if f"s{number}" not in turn.the_incoming.values:
            continue
        typed = turn.value(f"s{number}")
        if number == 4 and typed not in ("", NO_THREAT, sections.get("4")):
            source = turn.value("threat_source")
            if not source:
                await turn.answer(
                    Card(
                        "Trusselsvurderingen fastsættes af efterretningstjenesterne: skriv kilde og dato. Din tekst er ikke "
                        f"lagt ind:\n»{quote(typed, 1500)}«"
                    )
                )
                continue
            typed = f"{typed} (kilde: {source})"
        stands = str(sections.get(key, ""))
        if typed == stands or typed == seen.get(key, stands):
            continue
        clash = stands != seen.get(key, stands) and stands and writers.get(key) != turn.sender
        sections[key] = f"{stands}\n– {turn.name(turn.sender)}: {typed}" if clash else typed
        writers[key] = turn.sender
        changed.append(f"{number}. {HEADINGS[number - 1]}: {typed}")
    levels = {name: turn.value(name) for name in ("national", "staff") if turn.value(name)}
    if levels and {**row.levels, **levels} != row.levels:
        row.levels = {**row.levels, **levels}
        changed.append(f"5. Beredskabsniveau: {', '.join(levels.values())}")
    if changed:
        row.sections, row.writers, row.written_at = sections, writers, turn.now
        await turn.db.flush()
        await turn.log(
            f"Situationsbillede, kladde til udgave {row.version}: {'; '.join(changed)}",
            kind="picture",
            sender=turn.sender,
            refs={"picture": row.version},
        )
    await turn.replace(await _card(turn, row))


async def _seen(turn: Turn, first: int, last: int) -> dict[str, str]:
    """What stood in the form when it was opened: as the card that was pressed last drew it."""
    pressed = await turn.pressed()
    button = Card.from_json(pressed.card).button(f"Skriv {first}–{last}") if pressed else None
    return {field.id[1:]: field.value for field in button.form if field.id.startswith("s")} if button else {}


@action("picture.refresh", who=rights.staff)
async def refresh(turn: Turn, picture: int) -> None:
    """What the log, the measures and the resources say now, in the sections that they write."""
    row = await _draft(turn)
    filled = await picture_draft.sections(turn)
    news = await picture_draft.happened(turn)
    known = str(row.sections.get("2", ""))
    fresh = "\n".join(line for line in news.split("\n") if line and line not in known)
    row.sections = {
        **row.sections,
        "2": f"{known}\n{fresh}".strip() if fresh else known,
        "6": filled["6"],
        "7": filled["7"],
    }
    row.written_at = turn.now
    await turn.db.flush()
    await turn.replace(await _card(turn, row))


@action("picture.approve", who=rights.chief)
async def approve(turn: Turn, picture: int, written: str) -> None:
    """`Godkend`, by the chief: published, and it stays as it is from now on."""
    row = await turn.db.get(Picture, picture)
    if row is None or row.crisis_id != turn.the_crisis.id or row.state != "draft":
        await turn.answer(Card("Den udgave er allerede godkendt. Skriv */krise billede* for at se, hvordan det står."))
        return
    if row.written_at.isoformat() != written:
        await turn.replace(await _card(turn, row))
        await turn.answer(Card("Kladden er ændret, siden kortet blev vist. Se den igennem, og tryk Godkend igen."))
        return
    if row.version == 1 and NONE_KNOWN in str(row.sections.get("2", "")):
        await turn.answer(
            Card(
                "Skriv om de sundhedsmæssige konsekvenser under 2 først – »Sundhed: ingen kendte« er nok. Intet er godkendt."
            )
        )
        return
    row.state, row.approved_by, row.published_at = "published", turn.sender, turn.now
    whole = "\n".join(
        f"{number}. {heading}: {_section(turn, row, number)}" for number, heading in enumerate(HEADINGS, 1)
    )
    entry = await turn.log(
        f"Situationsbillede, udgave {row.version}, godkendt af {turn.name(turn.sender)}\n{whole}",
        kind="picture",
        sender=turn.sender,
        receiver="krisestaben",
        direction="internal",
        verification="confirmed",
        refs={"picture": row.version, "state": "published"},
    )
    row.log_no = entry.no
    await turn.db.flush()
    await turn.cancel(f"crisis/{turn.the_crisis.id}/picture")
    await turn.replace(
        Card(f"✅ Situationsbillede, udgave {row.version}, er godkendt {turn.clock(turn.now)} (log nr. {entry.no}).")
    )
    await turn.say(
        turn.staff,
        Card(
            f"*Situationsbillede, udgave {row.version}*, udfærdiget {turn.clock(turn.now)}, godkendt af {turn.name(turn.sender)}",
            facts=tuple(
                (f"{number}. {heading}", _short(_section(turn, row, number)))
                for number, heading in enumerate(HEADINGS, 1)
            ),
        ),
        key=f"picture/{row.id}/published",
        urgency=URGENT,
    )


def _key(turn: Turn) -> str:
    return f"crisis/{turn.the_crisis.id}/picture/{turn.sender}"
