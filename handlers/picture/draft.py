"""The draft of the situation picture: what it says by itself, out of the warning, the log, the measures and the
requests. Plan §7."""

from __future__ import annotations

import re

from sqlalchemy import func, or_, select

from handlers.core import clearance
from handlers.core.context import Context
from handlers.core.turn import Turn
from handlers.log import newest
from handlers.measures import (
    assistance,
    assistance_card,
    expenses,
    measure_card,
    measure_steps,
    resource_card,
    resources,
)
from handlers.meetings import partner_measures
from handlers.picture import indicators, picture_texts
from handlers.picture.picture_texts import MACHINE
from handlers.staff import support
from storage.case import redaction
from storage.rows import log as log_rows
from storage.rows.alert import Alert
from storage.rows.log import VERIFICATION_IN_WORDS, Attachment, LogEntry, LogKind, LogState, Verification, verifications
from storage.rows.measures import ANSWERED
from storage.rows.picture import Contribution, Picture
from storage.rows.reporting import Ping, PingAnswer

NEWEST = 8
ASKED = 300
ANSWERS = 12
# What comes in. Centres' answers are given to the picture by whoever asked (see `contribute`).
KINDS: tuple[LogKind, ...] = ("information", "saved", "report", "correction")
# These write themselves, until somebody has written in them.
FILLED = (1, 2, 6, 7, 10)
# How a picture's name ends, where the platform doesn't say what it is.
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff")
NO_THREAT = "Ingen modtaget"
NOT_ASSESSED = "Sundhed: ikke vurderet"
MARK = re.compile(r"\(nr\. (\d+), (?:u?bekræftet)\)")


async def bring_up_to_date(turn: Turn) -> Picture:
    """Bring the version that is written on up to date: the first fills itself, a later one begins as the last one
    ended."""
    last = await picture_texts.newest(turn)
    if last is not None and last.state == "draft":
        row = last
    else:
        row = Picture(
            crisis_id=turn.the_crisis.id,
            version=last.version + 1 if last else 1,
            sections=dict(last.sections) if last else {},
            writers=dict(last.writers) if last else {},
            levels={name: level for name, level in last.levels.items() if name != "plan"} if last else {},
            revision=0,
            written_at=turn.now,
        )
        turn.db.add(row)
        await turn.db.flush()
    filled = await sections(turn) if last is None else await _filled(turn)
    written = {int(number) for number in row.writers}
    marked = await _marked(turn, {number: str(row.sections.get(str(number), "")) for number in range(1, 11)})
    for number, text in {**marked, **{each: text for each, text in filled.items() if each not in written}}.items():
        if text != str(row.sections.get(str(number), "")):
            await picture_texts.put(turn, row, number, text, MACHINE)
    return row


async def contribute(turn: Turn, section: int, text: str, source_log_no: int) -> None:
    """Add a line to the draft: what a centre answered. It keeps the log entry's mark; giving it twice is once.

    Args:
        section: the heading's number in Bilag 3, 1 to 10.
        text: as it was said.
        source_log_no: the log entry where it stands.
    """
    crisis = turn.the_crisis
    known = await turn.db.scalar(
        select(Contribution.id).where(
            Contribution.crisis_id == crisis.id,
            Contribution.section == section,
            Contribution.log_no == source_log_no,
        )
    )
    if known is not None:
        return
    turn.db.add(Contribution(crisis_id=crisis.id, section=section, text=text, log_no=source_log_no, at=turn.now))
    await turn.db.flush()
    row = await bring_up_to_date(turn)
    if section in FILLED and str(section) not in row.writers:
        return
    line = (await _contributed(turn, section))[-1:]
    stands = str(row.sections.get(str(section), ""))
    await picture_texts.put(turn, row, section, "\n".join(filter(None, [stands, *line])), MACHINE)


async def news(turn: Context) -> dict[int, str]:
    """Return what fills the sections by itself, as it stands now."""
    return await _filled(turn)


async def sections(turn: Context) -> dict[int, str]:
    """Write the ten headings as far as is known; what is unconfirmed says so."""
    return {**dict.fromkeys(range(1, 11), ""), 4: NO_THREAT, **await _filled(turn)}


async def _filled(turn: Context) -> dict[int, str]:
    crisis = turn.the_crisis
    alerts = await turn.db.scalars(select(Alert).where(Alert.crisis_id == crisis.id).order_by(Alert.id).limit(3))
    told = [f"{alert.text} ({turn.name(alert.person)}, {turn.clock(alert.at)}, ubekræftet)" for alert in alerts]
    parts = {
        1: [crisis.title, *told],
        2: [
            *await happened(turn),
            *await _silence(turn),
            "Tilskadekomne: ikke kendt",
            "Berørte: ikke kendt",
            "Materielle skader: ikke kendt",
            NOT_ASSESSED,
        ],
        6: await measures(turn),
        7: await resource_use(turn),
        10: [*support.maps(turn), *await illustrations(turn)],
    }
    return {number: "\n".join([*lines, *await _contributed(turn, number)]) for number, lines in parts.items()}


async def _silence(turn: Context) -> list[str]:
    """Return which centres have not answered the newest ping that they were asked and whose time is up: silence is no good news
    (plan §2), and what another centre was asked since is no answer of theirs."""
    found = await turn.db.execute(
        select(Ping, PingAnswer)
        .join(PingAnswer, PingAnswer.ping == Ping.id)
        .where(Ping.crisis_id == turn.the_crisis.id, Ping.due_at <= turn.now)
        .order_by(Ping.id.desc(), PingAnswer.id)
        .limit(ASKED)
    )
    newest: dict[str, tuple[Ping, bool]] = {}
    for ping, row in found:
        newest.setdefault(row.centre or turn.name(row.person), (ping, row.answered_at is None))
    silent: dict[int, tuple[Ping, list[str]]] = {}
    for name, (ping, waits) in newest.items():
        if waits:
            silent.setdefault(ping.id, (ping, []))[1].append(name)
    return [
        f"Intet svar på spørgsmålet {turn.clock(ping.asked_at)}: {', '.join(names)}" for ping, names in silent.values()
    ]


async def happened(turn: Context) -> list[str]:
    """Return the newest of what came in, each with whether it is confirmed; the log may be as long as it likes."""
    found = await newest.of_kinds(turn, KINDS, clearance.SHARED, NEWEST, LogState.corrected_by.is_(None))
    return [_line(entry.summary, entry.no, state.verification) for entry, state in reversed(found) if _tells(entry)]


def _tells(entry: LogEntry) -> bool:
    """Return whether a line tells what happened; of the corrections those alone that say what another should have said."""
    refs = log_rows.exported(entry)["refs"] if entry.kind == "correction" else {"corrects": entry.no}
    return "corrects" in refs and "undoes" not in refs


async def illustrations(turn: Context) -> list[str]:
    """Return the newest pictures and maps that came with the log's lines; on paper they stand where their line is named."""
    rows = await turn.db.execute(
        select(Attachment.name, LogEntry.summary, LogEntry.no, LogState.verification)
        .join(LogEntry, (LogEntry.crisis_id == Attachment.crisis_id) & (LogEntry.no == Attachment.log_no))
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(
            Attachment.crisis_id == turn.the_crisis.id,
            Attachment.state.in_(("wanted", "kept")),
            or_(
                Attachment.content_type.startswith("image/"),
                *(func.lower(Attachment.name).endswith(each) for each in PICTURES),
            ),
            clearance.up_to(clearance.SHARED),
            LogState.corrected_by.is_(None),
        )
        .order_by(Attachment.id.desc())
        .limit(NEWEST)
    )
    every = [_line(f"{name}: {summary}", no, verification) for name, summary, no, verification in rows]
    return list(reversed(every))


async def measures(turn: Context) -> list[str]:
    """Return the measures that are going, a line each, and what partners have set going themselves."""
    rows, _ = await clearance.visible_rows(turn, await measure_steps.of_crisis(turn), turn.staff)
    others = await partner_measures.lines(turn, turn.staff)
    return [
        *([f"• T{row.number}: {measure_card.line(turn, row)}" for row in rows] or ["Ingen endnu"]),
        *(["Samarbejdspartneres egne tiltag:", *others] if others else []),
    ]


async def resource_use(turn: Context) -> list[str]:
    """Return what is put in, what is expected and has not come, what more is needed, and the numbers that are followed."""
    used, _ = await clearance.visible_rows(turn, await resources.of_crisis(turn), turn.staff)
    asked, _ = await clearance.visible_rows(turn, await assistance.of_crisis(turn), turn.staff)
    put_in = [
        f"• {row.quantity} {row.name}{f' – {row.task}' if row.task else ''}"
        for row in used
        if not resource_card.is_expected(row)
    ]
    expected = [f"• {resource_card.in_short(turn, row)}" for row in used if resource_card.is_expected(row)]
    needed = [f"• B{row.number}: {assistance_card.line(turn, row)}" for row in asked if row.state not in ANSWERED]
    counted, spent = await indicators.lines(turn), await expenses.total(turn)
    return [
        "Indsat:",
        *(put_in or ["• ikke oplyst"]),
        *(["Ventes, ikke indsat endnu:", *expected] if expected else []),
        "Behov for yderligere:",
        *(needed or ["• ingen anmodninger venter"]),
        *([f"Udgifter: {spent}"] if spent else []),
        *(["Indikatorer:", *(f"• {line}" for line in counted)] if counted else []),
    ]


async def _contributed(turn: Context, section: int) -> list[str]:
    """Return the newest lines that were given to a section; one that has been corrected in the log is left out."""
    found = await turn.db.execute(
        select(Contribution, LogState.verification)
        .join(LogState, (LogState.crisis_id == Contribution.crisis_id) & (LogState.no == Contribution.log_no))
        .where(
            Contribution.crisis_id == turn.the_crisis.id,
            Contribution.section == section,
            LogState.corrected_by.is_(None),
            clearance.up_to(clearance.SHARED),
        )
        .order_by(Contribution.id.desc())
        .limit(ANSWERS)
    )
    return [_line(row.text, row.log_no, verification) for row, verification in reversed(list(found))]


def _line(text: str, no: int, verification: Verification) -> str:
    return f"• {' '.join(text.split())[:300]} (nr. {no}, {VERIFICATION_IN_WORDS[verification]})"


async def _marked(turn: Context, texts: dict[int, str]) -> dict[int, str]:
    """Mark what the texts take from the log as it stands there now, and remove what is confidential."""
    left_out = f"({turn.rules.grade_name(clearance.CONFIDENTIAL)})"
    texts = redaction.without(texts, await turn.secrets(), left_out)
    numbers = {int(no) for text in texts.values() for no in MARK.findall(text)}
    if not numbers:
        return texts
    stands = await verifications(turn.db, turn.the_crisis, numbers)
    above = {str(no) for no in await clearance.hidden(turn, numbers, clearance.SHARED)}

    def mark(said: re.Match[str]) -> str:
        verification = stands.get(int(said[1]))
        return f"(nr. {said[1]}, {VERIFICATION_IN_WORDS[verification]})" if verification else said[0]

    def kept(text: str) -> str:
        return "\n".join(line for line in text.split("\n") if not above & set(MARK.findall(line)))

    return {number: MARK.sub(mark, kept(text)) for number, text in texts.items()}
