"""What stands on the wall board: read out of the rows up to the grade that its link was made for. Plan §5; §7, overblik."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.pages import board_charts
from handlers.core import clearance
from handlers.core.context import Context
from handlers.core.language import cpr, times_shown
from handlers.staff import summoning
from storage.case import export
from storage.grades import Grade, within
from storage.rows.log import VERIFICATION_IN_WORDS, LogEntry, LogState
from storage.rows.log import exported as line_of
from storage.rows.measures import STATUS_IN_WORDS
from storage.rows.reporting import CentreNotice

PARTS = (
    "intents",
    "alerts",
    "members",
    "measures",
    "assistance_requests",
    "offers",
    "resources",
    "meetings",
    "pictures",
    "indicators",
    "pings",
    "decisions",
    "public_messages",
    "media_findings",
    "questions",
    "information_needs",
    "outages",
)
# What fits on a page that is read from the other end of the room.
LINES, IN_A_LIST, IN_THE_STAFF, CENTRES, TRENDS = 6, 4, 9, 15, 3
CLOSED = ("done", "cancelled")
ANSWERED = ("met", "forwarded", "refused")
LIGHTS = {
    "green": ("●", "grøn"),
    "yellow": ("▲", "gul"),
    "red": ("■", "rød"),
    "unclear": ("?", "uklart svar"),
    "silent": ("○", "intet svar"),
}
# Least to worst: what is first seen is what somebody must do something about.
WORST = ("green", "silent", "unclear", "yellow", "red")
STAFFS = {"framing": "rammesættende", "operational": "operativ"}


@dataclass(frozen=True)
class Item:
    """A line in one of the board's lists.

    Args:
        text: what it says.
        mark: what stands before it: a number.
        note: said after it, quieter.
        late: its time is over.
        more: how many there are besides, in the line that says no more than that.
    """

    text: str
    mark: str = ""
    note: str = ""
    late: bool = False
    more: int = 0


@dataclass(frozen=True)
class Board:
    """The board as its template draws it; the fields are named as in bot/pages/board/pages.html."""

    heading: str
    level: str
    level_class: str
    grade: str
    shown_at: str
    situation: Sequence[str]
    intent: str = ""
    clocks: Sequence[Mapping[str, Any]] = ()
    facts: Sequence[Mapping[str, str]] = ()
    log: Sequence[Mapping[str, str]] = ()
    lights: Sequence[Mapping[str, Any]] = ()
    charts: Sequence[Mapping[str, Any]] = ()
    solved: Sequence[Item] = ()
    decided: Sequence[Item] = ()
    awaited: Sequence[Item] = ()
    members: Sequence[Item] = ()
    coming: Sequence[Item] = ()
    unanswered: Sequence[Item] = ()
    requests: Sequence[Item] = ()
    offers: Sequence[Item] = ()
    resources: Sequence[Item] = field(default_factory=tuple)
    press: Sequence[Item] = ()
    unknown: Sequence[Item] = ()
    stopped: Sequence[Item] = ()


async def of(turn: Context, grade: Grade) -> Board:
    """Read the board of the turn's crisis.

    Args:
        grade: the highest that it shows.
    """
    crisis = turn.the_crisis
    told = await export.excerpt(turn.db, crisis, grade, *PARTS)
    staff = within("staff", grade)
    solved, awaited = _measures(turn, told)
    chief = (await turn.chiefs())[:1] if crisis.level == 2 else []
    meeting = _next_meeting(turn, told)
    picture = next((each for each in reversed(told["pictures"]) if each["published_at"]), None)
    summoned = await summoning.summonses(turn) if staff else []
    # Who has said when they come is in the staff from then on, and is seen to be missing until then.
    on_the_way = {each.person for each in summoned if each.answer == "coming" and each.eta and each.eta > turn.now}
    return Board(
        heading=f"{'ØVELSE – ' if crisis.exercise else ''}Nr. {crisis.number}: {_clean(crisis.title)}",
        level={1: "Niveau 1", 2: "Niveau 2"}.get(crisis.level or 0, "Intet niveau")
        if crisis.state != "closed"
        else "Afblæst",
        level_class={1: "one", 2: "two"}.get(crisis.level or 0, "none"),
        grade=turn.rules.grade_name(grade),
        shown_at=turn.clock(turn.now),
        situation=_situation(turn, told, picture),
        intent=_clean(told["intents"][-1]["text"]) if told["intents"] else "",
        clocks=_clocks(turn),
        facts=(
            {"name": "Krisestabschef", "text": turn.name(chief[0]) if chief else "ikke udpeget", "note": ""},
            {
                "name": "Næste møde",
                "text": turn.clock(_at(meeting["at"])) if meeting else "intet indkaldt",
                "note": _clean(meeting["place"] or "") if meeting else "",
            },
            {
                "name": "Situationsbillede",
                "text": f"udgave {picture['version']}" if picture else "ikke udsendt",
                "note": turn.clock(_at(picture["published_at"])) if picture else "",
            },
        ),
        log=await _log(turn, grade),
        lights=await _lights(turn, told) if staff else (),
        charts=await _charts(turn, told, grade),
        solved=solved,
        decided=_newest(
            Item(_clean(row["text"]), f"{row['number']}.", turn.clock(_at(row["at"])))
            for row in told["decisions"]
            if row["state"] == "decided"
        ),
        awaited=awaited,
        members=_newest(
            (
                Item(turn.name(row["person"]), note=STAFFS.get(row["staff"], ""))
                for row in told["members"]
                if row["until"] is None and row["staff"] in STAFFS and row["person"] not in on_the_way
            ),
            fit=IN_THE_STAFF,
        ),
        coming=_newest(
            Item(turn.name(each.person), note=f"ventes {turn.clock(each.eta)}" if each.eta else "kommer")
            for each in summoned
            if each.answer == "coming" and (each.person in on_the_way or not _is_member(told, each.person))
        ),
        unanswered=_newest(
            Item(turn.name(each.person), note=f"spurgt {turn.clock(each.sent_at)}")
            for each in summoned
            if each.answer is None
        ),
        requests=_newest(
            Item(_clean(row["text"]), f"B{row['number']}", f"{_ago(turn, row['created_at'])}")
            for row in told["assistance_requests"]
            if row["state"] not in ANSWERED
        ),
        offers=_newest(
            Item(
                _clean(row["text"]),
                f"TB{row['number']}",
                f"{row['centre'] or turn.name(row['offerer'])}, {_ago(turn, row['created_at'])}",
            )
            for row in told["offers"]
            if row["state"] == "new"
        ),
        resources=_newest(
            Item(
                _clean(f"{row['quantity']} {row['name']}"),
                note=f"ventes {turn.clock(_at(row['expected_at'])) if row['expected_at'] else ''}".rstrip()
                if row["incoming"]
                else "",
            )
            for row in told["resources"]
            if not row["gone_at"]
        ),
        press=_press(turn, told),
        unknown=_unknown(turn, told),
        stopped=_some(
            [
                Item(
                    row["function"],
                    note=f"nede siden {turn.clock(_at(row['since']))}, "
                    + _by_then(turn, row["until"], "højst til", "måtte højst være det til"),
                    late=_at(row["until"]) < turn.now,
                )
                for row in sorted(told["outages"], key=lambda row: row["until"])
                if row["state"] == "running"
            ]
        ),
    )


def _is_member(told: Mapping[str, Any], person: str) -> bool:
    return any(row["person"] == person and row["until"] is None for row in told["members"])


def _situation(turn: Context, told: Mapping[str, Any], picture: Mapping[str, Any] | None) -> list[str]:
    """Return the situation in two lines: as the newest published picture has it, else as it was warned of."""
    if picture is not None:
        said = "\n".join(each["text"] for each in picture["sections"][:2])
    else:
        said = "\n".join(each["text"] for each in told["alerts"])
    lines = [_clean(line).lstrip("• ") for line in said.splitlines() if line.strip()]
    return list(dict.fromkeys(lines))[:2] or [_clean(turn.the_crisis.title)]


def _clocks(turn: Context) -> list[dict[str, Any]]:
    crisis = turn.the_crisis
    if crisis.level != 2 or crisis.established_due is None or crisis.sustain_until is None:
        return []
    if crisis.state == "closed":
        return [_moment("Afblæst", turn.clock(crisis.deactivated_at), "")]
    if crisis.established_at:
        note = "inden fristen" if crisis.established_at <= crisis.established_due else "efter fristen"
        first = _moment("Fuldt etableret", turn.clock(crisis.established_at), note)
    elif turn.now <= crisis.established_due:
        first = _clock(turn, "Til fuldt etableret", crisis.established_due, is_due=True)
    else:
        first = _clock(turn, "Etablering er forsinket", crisis.established_due, is_due=True)
    if turn.now <= crisis.sustain_until:
        return [first, _clock(turn, "Skal kunne køre i", crisis.sustain_until)]
    # The plan's three days are over, which nobody is late with.
    return [first, {**_clock(turn, "Har kørt i", crisis.decided_at or crisis.created_at), "note": "tre døgn er gået"}]


def _moment(name: str, text: str, note: str) -> dict[str, Any]:
    return {"name": name, "at": None, "text": text, "note": note, "is_due": False, "late": False}


def _clock(turn: Context, name: str, at: datetime, *, is_due: bool = False) -> dict[str, Any]:
    """Return a clock that shows how long there is to a time, or how long ago it was.

    Args:
        is_due: whether something should be done by then.
    """
    return {
        "name": name,
        "at": at.timestamp(),
        "text": times_shown.span(abs(at - turn.now)),
        "note": f"til {turn.clock(at)}" if at > turn.now else f"fristen var {turn.clock(at)}",
        "is_due": is_due,
        "late": is_due and at < turn.now,
    }


def _measures(turn: Context, told: Mapping[str, Any]) -> tuple[list[Item], list[Item]]:
    """Return what is solved, newest first, and what is awaited, soonest first."""
    rows = [row for row in told["measures"] if row["number"]]
    solved = [row for row in rows if row["status"] == "done"]
    going = [row for row in rows if row["status"] not in CLOSED]
    going.sort(key=lambda row: (not row["urgent"], row["due_at"] is None, row["due_at"] or "", row["number"]))

    def item(row: Mapping[str, Any]) -> Item:
        due = _at(row["due_at"]) if row["due_at"] else None
        late = due is not None and due < turn.now
        when = f"{'⚠ fristen var' if late else 'frist'} {turn.clock(due)}, " if due else ""
        how = STATUS_IN_WORDS[row["status"]]
        return Item(
            _clean(row["title"]),
            f"T{row['number']}",
            f"{when}{turn.name(row['owner'])}, {how}{', haster' if row['urgent'] else ''}",
            late=late,
        )

    solved_items = [
        Item(_clean(row["title"]), f"T{row['number']}", turn.clock(_at(row["changed_at"]))) for row in solved
    ]
    return _some(solved_items[::-1]), _some([item(row) for row in going])


def _next_meeting(turn: Context, told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    ahead = [
        row for row in told["meetings"] if row["state"] == "called" and _at(row["at"]) >= turn.now - timedelta(hours=1)
    ]
    return min(ahead, key=lambda row: row["at"], default=None)


async def _log(turn: Context, grade: Grade) -> list[dict[str, str]]:
    """Return the newest lines of what was told, newest first, as they stand now."""
    found = await turn.db.execute(
        select(LogEntry, LogState)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(
            LogEntry.crisis_id == turn.the_crisis.id,
            LogEntry.kind.in_(("information", "saved", "report", "alert", "decision", "intent", "correction")),
            LogState.corrected_by.is_(None),
            clearance.up_to(grade),
        )
        .order_by(LogEntry.no.desc())
        .limit(LINES)
    )
    return [
        {
            "no": str(entry.no),
            "at": turn.clock(_at(line_of(entry)["event_time"])),
            "state": state.verification,
            "sign": "✔" if state.verification == "confirmed" else "?",
            "state_text": VERIFICATION_IN_WORDS[state.verification],
            "text": _clean(entry.summary),
        }
        for entry, state in found
    ]


async def _lights(turn: Context, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each centre's light: the worst of its newest answers, and how old that is; last how many there are besides."""
    newest: dict[str, list[Mapping[str, Any]]] = {}
    for ping in told["pings"]:
        by_centre: dict[str, list[Mapping[str, Any]]] = {}
        for answer in ping["answers"]:
            by_centre.setdefault(answer["centre"] or turn.name(answer["person"]), []).append(
                {**answer, "asked_at": ping["asked_at"]}
            )
        newest |= by_centre
    notices = {
        row.centre: row
        for row in await turn.db.scalars(select(CentreNotice).where(CentreNotice.crisis_id == turn.the_crisis.id))
    }
    names = list(dict.fromkeys([*(centre.name for centre in turn.rules.centres), *newest]))
    lights = []
    for name in names:
        answers = newest.get(name)
        if answers:
            worst = max(answers, key=lambda each: WORST.index(each["reading"]))
            sign, text = LIGHTS[worst["reading"]]
            age = _ago(turn, worst["answered_at"] or worst["asked_at"])
            lights.append({"name": name, "state": worst["reading"], "sign": sign, "text": text, "age": age})
            continue
        notice = notices.get(name)
        text, age = "ikke underrettet", ""
        if notice is not None and notice.informed_at:
            text, age = "underrettet", _ago(turn, notice.informed_at.isoformat())
        elif notice is not None:
            text, age = "besked sendt", _ago(turn, notice.notified_at.isoformat())
        lights.append({"name": name, "state": "silent", "sign": "○", "text": text, "age": age})
    lights.sort(key=lambda each: -WORST.index(each["state"]))
    if len(lights) <= CENTRES:
        return lights
    return [*lights[: CENTRES - 1], {"more": len(lights) - CENTRES + 1}]


async def _charts(turn: Context, told: Mapping[str, Any], grade: Grade) -> list[dict[str, Any]]:
    """Return the timeline, and the figures that have gone somewhere."""
    at = await turn.db.scalars(
        select(LogEntry.recorded_time)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(LogEntry.crisis_id == turn.the_crisis.id, clearance.up_to(grade))
    )
    hours = Counter(each.replace(minute=0, second=0, microsecond=0) for each in at)
    charts = list[dict[str, Any]]()
    if hours:
        first, last = min(hours), max(hours)
        span = int((last - first).total_seconds() // 3600) + 1
        every = [first + timedelta(hours=number) for number in range(span)]
        charts.append(
            {
                "svg": board_charts.timeline([(hour, hours[hour]) for hour in every], turn.zone),
                "text": f"Linjer i loggen, time for time: {sum(hours.values())} i alt",
            }
        )
    for indicator in told["indicators"]:
        points = [(_at(count["at"]), float(count["value"])) for count in indicator["points"]]
        if len(points) > 1 and len(charts) <= TRENDS:
            charts.append(
                {
                    "svg": board_charts.trend(points, turn.zone),
                    "text": f"{_clean(indicator['name'])}: nu {points[-1][1]:g}, {turn.clock(points[-1][0])}",
                }
            )
    return charts


def _unknown(turn: Context, told: Mapping[str, Any]) -> list[Item]:
    """Return what the staff still has to know, soonest first."""
    rows = sorted(
        (row for row in told["information_needs"] if row["state"] == "open"),
        key=lambda row: (row["due_at"], row["number"]),
    )
    return _some(
        [
            Item(
                _clean(row["text"]),
                f"OB{row['number']}",
                f"{turn.name(row['owner'])}, {_by_then(turn, row['due_at'], 'senest', 'skulle vides')}",
                late=_at(row["due_at"]) < turn.now,
            )
            for row in rows
        ]
    )


def _press(turn: Context, told: Mapping[str, Any]) -> list[Item]:
    """Return what has been said to the public, what the media say, and who has asked and waits."""
    sent = [
        Item(
            _clean(" – ".join(filter(None, [row["nature"] or row["extent"], row["advice"]]))),
            note=f"udsendt {turn.clock(_at(row['published_at']))}",
        )
        for row in told["public_messages"]
        if row["published_at"]
    ]
    found = [
        Item(_clean(row["text"]), note=f"{row['medium']} {turn.clock(_at(row['found_at']))}")
        for row in told["media_findings"]
    ]
    asked = [
        Item(_clean(row["text"]), f"Sp. {row['number']}", f"venter på svar, {_ago(turn, row['asked_at'])}")
        for row in told["questions"]
        if row["external"] and not row["answer"]
    ]
    return _some([*asked[::-1], *sent[::-1], *found[::-1]])


def _newest(items: Iterable[Item], fit: int = IN_A_LIST) -> list[Item]:
    return _some(list(items)[::-1], fit)


def _some(items: list[Item], fit: int = IN_A_LIST) -> list[Item]:
    """Return as many as fit, and how many there are besides."""
    more = len(items) - fit
    return [*items[:fit], *([Item("", more=more)] if more > 0 else [])]


def _by_then(turn: Context, due: str, ahead: str, past: str) -> str:
    """Return by when, and in a sign and words that it is over: red alone is not seen by all, and not on paper."""
    late = _at(due) < turn.now
    return f"{f'⚠ {past}' if late else ahead} {turn.clock(_at(due))}"


def _ago(turn: Context, at: str) -> str:
    """Return how old something is, to the minute: a board that counts seconds is sent anew to every screen each second."""
    age = turn.now - _at(at)
    return f"for {times_shown.span(age)} siden" if age >= timedelta(minutes=1) else "lige nu"


def _at(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _clean(text: str) -> str:
    """Return somebody's words as a screen on a wall may show them: no CPR number stands there."""
    return cpr.without(text)
