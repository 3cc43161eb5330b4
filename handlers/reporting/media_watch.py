"""The media watch: what the media say of the crisis, and what is done about what is wrong. Plan §7, Iværksættelse af
medieovervågning; §8, medieanalyse.

"hurtigst muligt efter aktiveringen af krisestaben iværksætte systematisk overvågning af udvalgte medier".
"""

from __future__ import annotations

import re

from handlers.core import rights
from handlers.core.card import NO, YES, Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import tasks
from storage.letters import fold
from storage.rows.measures import Task
from storage.rows.numbers import next_number
from storage.rows.reporting import Correction, MediaFinding

LINK = re.compile(r"https?://\S+")
WRONG = re.compile(r"^\s*fejl\b[:,]?\s*", re.IGNORECASE)

# What becomes of what is wrong.
CORRECTIONS = {
    "open": "❗ ikke rettet",
    "asked": "mediet er bedt om at rette",
    "corrected": "rettet",
    "dropped": "rettes ikke",
}
STEPS = {"asked": "Mediet er kontaktet", "corrected": "Omtalen er rettet", "dropped": "Omtalen rettes ikke"}


async def begin(turn: Turn) -> None:
    """Give communication the task of watching the media that the plan chooses, at the activation."""
    await tasks.add(
        turn,
        f"Iværksæt systematisk medieovervågning: {', '.join(turn.rules.media)}. Skriv omtalen til Krisebot med »overvågning medie«",
        role="kommunikation",
        owner=turn.rules.holder("kommunikation"),
        tell=True,
    )


def button(turn: Context) -> Button:
    """Make the button that opens the form."""
    media = tuple((each, each.capitalize() if each.islower() else each) for each in turn.rules.media)
    return Button(
        "Medieomtale",
        "media_watch.add",
        {"crisis": turn.the_crisis.id},
        form=(
            *((Field("medium", "Medie", "choice", choices=media),) if media else ()),
            Field("text", "Hvad bliver der sagt?", "long", required=True),
            Field("link", "Link"),
            Field("wrong", "Er det forkert?", "choice", value=NO, choices=((NO, "Nej"), (YES, "Ja, det skal rettes"))),
        ),
        form_title="Medieomtale",
    )


@action("media_watch.add", who=rights.staff)
async def add(turn: Turn) -> None:
    """Write down a finding from the form."""
    if turn.value("text"):
        await _record(
            turn,
            turn.chosen("medium", turn.rules.media),
            turn.value("text"),
            turn.value("link") or None,
            wrong=turn.yes("wrong") is True,
        )


@verb(
    "medieomtale",
    "presseomtale",
    help="medieomtale TV 2: 200 er evakueret https://… – det, medierne skriver; »fejl« først, når det er forkert",
    who=rights.staff,
    crisis=True,
    begins="with words",
)
async def mentioned(turn: Turn, text: str) -> None:
    """Write down a finding in the media, or offer the form."""
    await typed(turn, text)


async def typed(turn: Turn, text: str) -> None:
    """Write down a finding in one breath, "fejl TV 2: 200 evakueret https://…": the medium in front when it is one of
    the plan's, the link wherever it stands."""
    wrong = bool(WRONG.match(text))
    text = WRONG.sub("", text).strip()
    if not text:
        await turn.answer(Card("Hvad er der skrevet eller sagt, og hvor?", buttons=(button(turn),)))
        return
    link = LINK.search(text)
    medium = next((each for each in turn.rules.media if _begins_with(text, each)), None)
    await _record(turn, medium, text, link[0] if link else None, wrong=wrong)


def _begins_with(text: str, medium: str) -> bool:
    """Whether a text begins with a medium's name: any of "X (Twitter)" or "radio/netradio", and no longer word."""
    names = [re.escape(fold(name.strip(" )"))) for name in re.split(r"[/(]", medium)]
    return bool(re.match(rf"(?:{'|'.join(names)})(?![^\W\d_])", fold(text)))


async def _record(turn: Turn, medium: str | None, text: str, link: str | None, *, wrong: bool) -> None:
    """Log a finding, with its link."""
    number = await next_number(turn.db, MediaFinding.number, MediaFinding.crisis_id == turn.the_crisis.id)
    where = f" ({medium})" if medium else ""
    shown = f" {link}" if link and link not in text else ""
    entry = await turn.log(
        f"Medieomtale {number}{where}: {text}{shown}",
        kind="media",
        sender=medium or "",
        direction="in",
        refs={"finding": number, "medium": medium, "link": link, "wrong": wrong},
    )
    row = MediaFinding(
        crisis_id=turn.the_crisis.id,
        number=number,
        medium=medium,
        text=text,
        link=link,
        wrong=False,
        found_by=turn.sender,
        found_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    if wrong:
        await _follow_up(turn, row)
    await turn.answer(_card(turn, row))


async def _follow_up(turn: Turn, row: MediaFinding) -> None:
    """Give communication the task of having wrong coverage corrected: "aktivt at sikre, at mediernes omtale af krisen
    og dens forløb er korrekt"."""
    row.wrong, row.correction = True, "open"
    owner = turn.rules.holder("kommunikation")
    task = await tasks.add(
        turn, f"Få medieomtale {row.number} rettet: {row.text[:200]}", role="kommunikation", owner=owner
    )
    row.task = task.id
    await turn.db.flush()
    if owner and owner != turn.sender:
        await turn.say(owner, _card(turn, row), kind="notice")


@action("media_watch.wrong", who=rights.staff)
async def wrong(turn: Turn, finding: int) -> None:
    """Mark a finding as wrong after it was written down, by `Omtalen er forkert`."""
    row = await _standing(turn, finding)
    if row is not None and not row.wrong:
        await turn.log(
            f"Medieomtale {row.number} er forkert",
            kind="media",
            sender=turn.sender,
            refs={"finding": row.number, "about": row.log_no},
        )
        await _follow_up(turn, row)
        await turn.replace(_card(turn, row))


@action("media_watch.corrected", who=rights.communication)
async def corrected(turn: Turn, finding: int, to: Correction) -> None:
    """Write down how far a correction is; done or let be ends the task."""
    row = await _standing(turn, finding)
    if row is None or to not in STEPS or row.correction == to:
        return
    row.correction, row.changed_by, row.changed_at = to, turn.sender, turn.now
    row.note = turn.value("note") or row.note
    said = f" – {turn.value('note')}" if turn.value("note") else ""
    await turn.log(
        f"Medieomtale {row.number}: {CORRECTIONS[to]}{said}",
        kind="media",
        sender=turn.sender,
        verification="confirmed",
        refs={"finding": row.number, "correction": to, "about": row.log_no},
    )
    task = await turn.db.get(Task, row.task) if row.task else None
    if task is not None and to != "asked":
        await tasks.finish(turn, task)
    await turn.replace(_card(turn, row))


def _card(turn: Context, row: MediaFinding) -> Card:
    about = {"crisis": row.crisis_id, "finding": row.id}
    note = (Field("note", "Hvad er gjort? (kan udelades)", "long"),)
    facts = [("Medie", row.medium)] if row.medium else []
    facts += [("Link", quote(row.link, 500))] if row.link else []
    if row.wrong:
        facts.append(
            ("Rettelse", CORRECTIONS[row.correction or "open"] + (f" – {quote(row.note, 300)}" if row.note else ""))
        )
    buttons: tuple[Button, ...] = ()
    if not row.wrong:
        buttons = (Button("Omtalen er forkert", "media_watch.wrong", about),)
    elif row.correction in ("open", "asked"):
        buttons = tuple(
            Button(label, "media_watch.corrected", {**about, "to": to}, form=note, form_title=label)
            for to, label in STEPS.items()
            if to != row.correction
        )
    return Card(
        f"*Medieomtale {row.number}* er i loggen som nr. {row.log_no}:\n»{quote(row.text, 1500)}«",
        facts=tuple(facts),
        buttons=buttons,
    )


async def _standing(turn: Context, finding: int) -> MediaFinding | None:
    return await turn.of_crisis(MediaFinding, finding)
