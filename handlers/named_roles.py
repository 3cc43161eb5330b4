"""`rolle`: who has which role in this crisis, the chief's first of all. Plan §5 (R054, R058, R130, R145, R147)."""

from __future__ import annotations

import re

from handlers import coordination_state as coordination
from handlers import liaison_officer, rights, roster
from handlers.card import Card, quote
from handlers.registry import verb
from handlers.roster import CHIEF, DEPUTY, NOT_BY_SHIFT
from handlers.turn import URGENT, Turn
from handlers.words import fold
from storage.plan import Roles

EXAMPLE = "*/krise rolle krisestabschef Anne, stedfortræder Sara*"
COORDINATOR = "tovholder"
CALLED = {"chef": CHIEF, "stabschef": CHIEF, "chef for krisestaben": CHIEF}


@verb(
    "rolle",
    "stedfortræder",
    help="rolle krisestabschef Anne, stedfortræder Sara – hvem har hvilken rolle i denne krise",
    who=rights.meets,
    crisis=True,
)
async def role(turn: Turn, text: str) -> None:
    """One or several in one breath; what hangs on the role follows at once."""
    named: list[tuple[str, str]] = []
    before = ""
    for part in [each for each in re.split(r"\s*,\s*", text.strip()) if each]:
        found = _read(turn, part, before)
        if found is None:
            await turn.answer(
                Card(
                    f'Jeg kan ikke læse "{quote(part, 200)}" som en rolle og en person. Intet er ændret. Skriv fx {EXAMPLE}. '
                    f"Roller: {', '.join(_nameable(turn))}."
                )
            )
            return
        before = found[0]
        named.append(found)
    if not named:
        rows = tuple(
            (each.capitalize(), turn.name(has)) for each in roster.roles(turn) if (has := roster.holder(turn, each))
        )
        gaps = [each for each in (DEPUTY, *roster.roles(turn)) if not roster.holder(turn, each)]
        missing = f"\n❗ Mangler: {', '.join(gaps)}." if gaps else ""
        await turn.answer(Card(f"*Roller i krisen.* Skriv fx {EXAMPLE}.{missing}", facts=rows))
        return
    for wanted, person in named:
        was = roster.holder(turn, wanted)
        if was == person:
            continue
        await roster.appoint(turn, wanted, person)
        after = f" (før {turn.name(was)})" if was else ""
        await turn.notify(
            dict.fromkeys([person, turn.staff]),
            Card(f"*{turn.name(person)}* er {wanted} for krise nr. {turn.the_crisis.number}{after}."),
            kind="notice",
            summary=f"Udpeget: {turn.name(person)} er {wanted}{after}",
            urgency=URGENT,
        )
        if wanted == coordination.OFFICER:
            await liaison_officer.named(turn, person)
    said = "; ".join(f"{wanted}: {turn.name(person)}" for wanted, person in named)
    leads = any(_leads(turn, person) for wanted, person in named if wanted == COORDINATOR)
    hint = (
        "\nTovholderen bør være en person, der almindeligvis har ledelsesansvar."
        if COORDINATOR in dict(named) and not leads
        else ""
    )
    await turn.answer(Card(f"Udpeget – {said}.{hint}"))


def reads(turn: Turn, text: str) -> bool:
    """Whether a text names a role and a person: "krisestabschef Anne"."""
    return _read(turn, text.split(",")[0].strip(), "") is not None


def _read(turn: Turn, text: str, before: str) -> tuple[str, str] | None:
    """ "krisestabschef Anne", "referent @Eva"; "stedfortræder Sara" is the chief's."""
    parts = text.split()
    for count in range(min(3, len(parts) - 1), 0, -1):
        said = fold(" ".join(parts[:count]))
        known = {fold(each): each for each in _nameable(turn)} | {fold(each): CHIEF for each in CALLED}
        wanted = DEPUTY if said == "stedfortraeder" else known.get(said)
        persons = turn.plan.named(" ".join(parts[count:]).lstrip("@"))
        if wanted and len(persons) == 1:
            return wanted, persons[0]
    return None


def _leads(turn: Turn, person: str) -> bool:
    """Whether the plan knows somebody as a leader (R147); a hint, and nothing hangs on it."""
    known = turn.rules.person(person)
    title = (known.title or "").casefold() if known else ""
    chief = any(person in (centre.chief, centre.deputy) for centre in turn.rules.centres)
    return chief or person in turn.rules.board() or any(word in title for word in ("chef", "leder", "direktør"))


def _nameable(turn: Turn) -> list[str]:
    """Every role that somebody can be given: those that are manned, and those that the plan leaves to the crisis."""
    every = [str(field.alias) for field in Roles.model_fields.values()]
    return list(dict.fromkeys([DEPUTY, *roster.roles(turn), *(each for each in every if each not in NOT_BY_SHIFT)]))
