"""`melding`, a report to the staff: "begivenhed, som ikke kan afvente regelmæssig rapportering". Plan §7 and Bilag 3,
Meldinger.

Open to every unit at any time; only what happened is asked for, the rest of Bilag 3 may follow.
"""

from __future__ import annotations

import re
from datetime import datetime

from handlers.core import clearance, enclosures, events, form_values, in_charge, running, written_times
from handlers.core.card import DANGER, Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.events import Told
from handlers.core.language import needs
from handlers.core.language.urgency_words import hastens
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.reporting import handover, information_needs
from storage.rows.numbers import next_number
from storage.rows.reporting import Report, ReportKind

FORM = (
    Field("text", "Hvad er der sket?", "long", required=True),
    Field("happened", "Tidspunkt for hændelsen", "been", loose=True),
    Field("where", "Hvor er det sket?"),
    Field("situation", "Hvordan er situationen?", "long"),
    Field("done", "Hvad er der iværksat?", "long"),
    Field("approved_by", "Godkendt af"),
    Field("urgent", "Haster det?", "choice", choices=(("nej", "Nej"), ("ja", "Ja, chefen skal have det nu"))),
)
HEADINGS = {
    "happened": "Tidspunkt",
    "where": "Hvor",
    "situation": "Situationen",
    "done": "Iværksat",
    "approved_by": "Godkendt af",
}
# "HASTER: …" in front, or "… haster!" at the end: "afleveres direkte til krisestaben".
URGENTLY = re.compile(
    r"^\s*+haster\b\s*+[:!,.–-]*+\s*+|(?<![\s,.–-])[\s,.–-]++(?:det )?haster\s*+[.!]*+\s*+$", re.IGNORECASE
)


@verb(
    "melding",
    "m",
    "rapport",
    "meld",
    help="melding <hvad er der sket> – til krisestaben, fra enhver enhed; HASTER foran går til chefen",
    crisis=True,
)
async def report(turn: Turn, text: str) -> None:
    """Send a report to the staff at once, in one breath or through the form."""
    if text.strip():
        await _send(turn, text.strip(), {}, written_times.parse_begun(turn, text), urgent=hastens(text))
        return
    await turn.answer(
        Card(
            "Hvad er der sket? Kun det er nødvendigt; resten hjælper.\n"
            f"Virker chatten ikke: {reached_at(turn) or 'ring til krisestaben'}.",
            buttons=(
                Button(
                    "Skriv melding", "report.send", {}, style="primary", submit="Send", form=FORM, form_title="Melding"
                ),
            ),
        )
    )


@action("report.send", begins=True)
async def send(turn: Turn) -> None:
    """Send a report from the form of Bilag 3. Anybody may."""
    text = turn.value("text")
    if not text:
        await turn.answer(Card("Skriv, hvad der er sket. Resten kan udelades."))
        return
    urgent = turn.yes("urgent") or hastens(text)
    happened = form_values.been_or_words(turn, "happened")
    await _send(turn, text, {name: turn.value(name) for name in HEADINGS}, happened, urgent=urgent)


async def _send(turn: Turn, text: str, more: dict[str, str], happened: datetime | None = None, *, urgent: bool) -> None:
    lines = [text, *(f"{HEADINGS[name]}: {value}" for name, value in more.items() if value)]
    row = await keep(
        turn,
        "report",
        "\n".join(lines),
        what=text,
        happened=happened,
        urgent=urgent,
        where=more.get("where") or needs.place(turn.rules, text) or None,
        situation=more.get("situation") or None,
        done=more.get("done") or None,
        approved_by=more.get("approved_by") or None,
    )
    approved = row.approved_by or "ikke godkendt"
    attached = await enclosures.line(turn, row.log_no)
    own, answers = await information_needs.close_answered(turn, row)
    told = await in_charge.tell(
        turn,
        Card(
            f"*{'⚠️ HASTER – melding' if urgent else 'Melding'} fra {turn.name(turn.sender)}* "
            f"(log nr. {row.log_no}, ubekræftet, {quote(approved, 100)}):\n»{quote(chr(10).join(lines), 1500)}«{attached}",
            buttons=(Button("Bekræft", "log.confirm", {"no": row.log_no, "crisis": turn.the_crisis.id}), *answers),
        ),
        urgency=URGENT,
    )
    to_chief = ""
    # What few may know is not to be read in the staff's channel. At level 1 there is no staff, and so no chief of it: those who
    # run it have the report already.
    few = await clearance.grades_of(turn, [row]) == [clearance.CONFIDENTIAL]
    if (urgent or few) and turn.the_crisis.level == 2:
        chief = await handover.hand_over(turn, row)
        to_chief = f" {turn.name(chief)} har fået den direkte." if chief else ""
    has_it = (
        f"Tak. {in_charge.in_words(turn, told)} har din melding (log nr. {row.log_no})."
        if told
        else f"Din melding er gemt (log nr. {row.log_no}), men ingen har den endnu. Ring selv."
    )
    rest = () if any(more.values()) else (_complete(row),)
    await turn.answer(Card(f"{has_it}{to_chief} {DANGER}{attached}", buttons=(*own, *rest)))


def _complete(row: Report) -> Button:
    """Make the button for what Bilag 3 asks beside what happened, to whoever reported in one breath."""
    form = (
        Field("where", "Hvor er det sket?", value=row.where or ""),
        Field("situation", "Hvordan er situationen?", "long"),
        Field("done", "Hvad er der iværksat?", "long"),
        Field("approved_by", "Godkendt af"),
    )
    about = {"report": row.id, "crisis": row.crisis_id}
    return Button("Skriv resten", "report.complete", about, submit="Send", form=form, form_title="Resten af meldingen")


@action("report.complete")
async def complete(turn: Turn, report: int) -> None:
    """Add what a report lacked, its approval among it, by whoever sent it: the staff reads it beside what happened."""
    row = await turn.of_crisis(Report, report)
    if row is None or await running.refuse_all_but(turn, "den, der sendte meldingen", [row.sender]):
        return
    told = {
        "where": turn.value("where"),
        "situation": turn.value("situation"),
        "done": turn.value("done"),
        "approved_by": turn.value("approved_by"),
    }
    added = {name: words for name, words in told.items() if words and words != getattr(row, name)}
    if not added:
        await turn.answer(Card("Skriv det, du ved. Intet er ændret."))
        return
    for name, words in added.items():
        setattr(row, name, words)
    rest = "\n".join(f"{HEADINGS[name]}: {words}" for name, words in added.items())
    entry = await turn.log(
        f"Til meldingen i nr. {row.log_no}: {rest}",
        kind=row.kind,
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        refs={"about": row.log_no},
    )
    has_it = await in_charge.tell(
        turn,
        Card(
            f"*Mere til meldingen* i log nr. {row.log_no} fra {turn.name(turn.sender)} (log nr. {entry.no}, ubekræftet):\n"
            f"»{quote(rest, 1500)}«"
        ),
    )
    persons = in_charge.in_words(turn, has_it) if has_it else "Loggen"
    await turn.replace(Card(f"Tak. {persons} har resten (log nr. {entry.no}). {DANGER}"))


async def keep(
    turn: Turn,
    kind: ReportKind,
    whole: str,
    *,
    what: str,
    happened: datetime | None,
    urgent: bool = False,
    **more: str | None,
) -> Report:
    """Keep a report and write its line in the log.

    Args:
        kind: how it came.
        whole: every word of it, for the log.
        what: what happened.
        happened: when, UTC; None for "as it was sent".
        urgent: it breaks through to the chief.
        more: the other columns of `storage.rows.reporting.Report`.
    """
    incoming = turn.the_incoming
    if incoming.kind == "forward" and incoming.author:
        whole += f"\nSkrevet af: {turn.name(incoming.author)}"
    entry = await turn.log(
        whole,
        kind=kind,
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        event_time=happened or incoming.said_at or incoming.received_at,
    )
    crisis = turn.the_crisis.id
    row = Report(
        crisis_id=crisis,
        number=await next_number(turn.db, Report.number, Report.crisis_id == crisis),
        kind=kind,
        sender=turn.sender,
        happened_at=happened,
        what=what,
        urgent=urgent,
        written_at=turn.now,
        log_no=entry.no,
        **more,
    )
    turn.db.add(row)
    await turn.db.flush()
    at = happened or incoming.said_at or turn.received
    await events.tell(turn, Told("\n".join(filter(None, [what, more.get("situation")])), entry.no, at))
    return row


def reached_at(turn: Context) -> str:
    """Tell where the staff is reached beside the chat: the telephone and the mailbox that are watched (plan §7)."""
    watched = turn.plan.monitoring
    mail = [watch.address for watch in watched if watch.kind == "postkasse"]
    phone = [watch.address for watch in watched if watch.kind == "telefon"]
    return " eller ".join([*(f"ring {number}" for number in phone[:1]), *(f"skriv til {box}" for box in mail[-1:])])
