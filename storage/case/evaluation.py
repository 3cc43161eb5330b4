"""The figures of an evaluation, counted from the export: how long each step took, and held against the plan. Plan §3,
Planens afprøvning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from storage.plan.sections import Deadlines, Escalation
from storage.rows.traffic import StaffRecipient, recipient_of

Told = Mapping[str, Any]

# The parts of the export that are read.
PARTS = (
    "alerts",
    "escalation",
    "notifications",
    "centre_notices",
    "pictures",
    "meetings",
    "developments",
    "information_needs",
    "outages",
    "improvements",
    "evaluations",
)


@dataclass(frozen=True)
class Figure:
    """How long a step took.

    Args:
        name: the step, Danish.
        took: None where it has not been done.
        limit: the plan's; None where it says nothing.
    """

    name: str
    took: timedelta | None
    limit: timedelta | None = None

    @property
    def met(self) -> bool | None:
        """Whether the plan's limit was kept; None where it has none."""
        return None if self.limit is None else self.took is not None and self.took <= self.limit


@dataclass(frozen=True)
class Answered:
    """How those of a role answered the summons.

    Args:
        role: Danish.
        asked: how many were summoned.
        answered: how many answered.
        typical: how long the median took; None where nobody answered.
        slowest: how long the last took.
    """

    role: str
    asked: int
    answered: int
    typical: timedelta | None
    slowest: timedelta | None


@dataclass(frozen=True)
class Silent:
    """A person who was summoned and did not answer.

    Args:
        person: who.
        ways: by which ways they were tried.
    """

    person: str
    ways: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """All of an evaluation's figures."""

    steps: tuple[Figure, ...]
    answers: tuple[Answered, ...]
    silent: tuple[Silent, ...]
    messages: tuple[tuple[str, int], ...]
    expectations: tuple[tuple[str, bool], ...]


def figures(told: Told, limits: Deadlines, chain: Escalation, role_of: Callable[[str], str]) -> Figures:
    """Count an evaluation's figures.

    Args:
        told: the export's document, or the parts of it in `PARTS` and the crisis; an older one may lack some.
        limits: the plan's deadlines, as they were when the crisis began.
        chain: the plan's, for how soon it is to be decided.
        role_of: a person's role, Danish; empty for none.
    """
    summoned = _summoned(told)
    steps = tuple(_steps(told, limits, chain))
    return Figures(
        steps=steps,
        answers=tuple(_answers(summoned, role_of)),
        silent=tuple(Silent(person, ways) for person, (_, answered, ways) in summoned.items() if answered is None),
        messages=tuple(
            Counter(
                role_of(row["to"]) or "andre" for row in told.get("notifications") or [] if row["sent_at"]
            ).most_common()
        ),
        expectations=tuple(_expectations(told, steps)),
    )


def _steps(told: Told, limits: Deadlines, chain: Escalation) -> list[Figure]:
    crisis = told["crisis"]
    warned = _first(row.get("received_at") or row["at"] for row in told.get("alerts") or [])
    contact = _first(row["answered_at"] for row in told.get("escalation") or [] if row["result"] == "contact")
    decided = _at(crisis["decided_at"])
    found = []
    if warned is not None and told.get("escalation"):
        found.append(Figure("Fra varsel til kontakt", _between(warned, contact)))
    if warned is not None and decided is not None and decided >= warned:
        limit = chain.decide_within if contact is not None else None
        begins = contact if contact is not None and contact <= decided else warned
        name = "Fra kontakt til beslutning" if begins == contact else "Fra varsel til beslutning"
        found.append(Figure(name, _between(begins, decided), limit))
    if decided is None:
        return found
    notices = told.get("centre_notices") or []
    if notices:
        informed = [at for row in notices if (at := _at(row["informed_at"])) is not None]
        # The last of them: until then somebody does not know.
        last = max(informed) if len(informed) == len(notices) else None
        found.append(Figure("Til alle centre er underrettet", _between(decided, last), limits.centre_informed))
    if crisis["established_due"]:
        found.append(
            Figure("Til fuldt etableret", _between(decided, _at(crisis["established_at"])), limits.fully_established)
        )
        published = _first(row["published_at"] for row in told.get("pictures") or [])
        found.append(Figure("Til første situationsbillede", _between(decided, published), limits.situation_picture))
    for meeting in told.get("meetings") or []:
        ended = _at(meeting["ended_at"])
        if ended is not None:
            sent = _first(each["sent_at"] for each in meeting["minutes"])
            found.append(
                Figure(f"Fra møde {meeting['number']} til udsendt referat", _between(ended, sent), limits.minutes[1])
            )
    return found


def _summoned(told: Told) -> dict[str, tuple[datetime, datetime | None, tuple[str, ...]]]:
    """Return who was summoned: when, when they answered, and by which ways."""
    found: dict[str, tuple[datetime, datetime | None, tuple[str, ...]]] = {}
    for row in told.get("notifications") or []:
        sent, answered = _at(row["sent_at"]), _at(row["answered_at"])
        # The staff's channel, which is told of them all, is nobody who answers.
        if row["kind"] != "summons" or sent is None or isinstance(recipient_of(row["to"]), StaffRecipient):
            continue
        first, had, ways = found.get(row["to"], (sent, answered, ()))
        way = (row["channel"],) if row["channel"] and row["channel"] not in ways else ()
        found[row["to"]] = (min(first, sent), had or answered, (*ways, *way))
    return found


def _answers(
    summoned: Mapping[str, tuple[datetime, datetime | None, tuple[str, ...]]], role_of: Callable[[str], str]
) -> list[Answered]:
    by_role: dict[str, list[timedelta | None]] = {}
    for person, (sent, answered, _) in summoned.items():
        took = max(answered - sent, timedelta(0)) if answered is not None else None
        by_role.setdefault(role_of(person) or "andre", []).append(took)
    found = []
    for role, every in by_role.items():
        known = sorted(each for each in every if each is not None)
        typical = timedelta(seconds=median(each.total_seconds() for each in known)) if known else None
        found.append(Answered(role, len(every), len(known), typical, known[-1] if known else None))
    return found


def _expectations(told: Told, steps: Sequence[Figure]) -> list[tuple[str, bool]]:
    """Return what the plan and the staff expected, and whether it came so."""
    found = [(each.name, each.met) for each in steps if each.met is not None]
    found += [
        (f"OB{row['number']}: {row['text']}", row["state"] == "answered" and (row["closed_at"] or "") <= row["due_at"])
        for row in told.get("information_needs") or []
        if row["state"] != "dropped"
    ]
    found += [
        (
            f"{row['function']} højst nede til det, planen tillader",
            row["state"] == "ended" and row["ended_at"] <= row["until"],
        )
        for row in told.get("outages") or []
        if row["state"] != "mistaken"
    ]
    found += [
        (f"Udviklingen på {row['hours']} timer gik som det sandsynlige", row["outcome"] == "likely")
        for row in told.get("developments") or []
        if row["outcome"]
    ]
    return [(name, bool(met)) for name, met in found]


def _at(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _first(written: Any) -> datetime | None:
    return min((datetime.fromisoformat(each) for each in written if each), default=None)


def _between(begins: datetime, ends: datetime | None) -> timedelta | None:
    return max(ends - begins, timedelta(0)) if ends is not None else None
