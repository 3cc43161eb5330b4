"""Groups of people by one name: "alle centerchefer", "staben", "Sundhed, Børn". The plan's own units, none
forgotten."""

from __future__ import annotations

import re

from sqlalchemy import select

from handlers.core.context import Context
from storage.letters import fold
from storage.plan.sections import Centre
from storage.rows.reporting import CentreNotice

# The groups that it is decided for what they may know.
GROUPS = ("centerchefer", "kontaktpersoner", "støttefunktioner", "direktionen", "alle")


async def persons(turn: Context, text: str) -> tuple[list[str], list[str]]:
    """Find everybody that a list of names and groups means, and the names that mean nobody.

    Args:
        text: "alle centerchefer", "kontaktpersoner", "staben", "sekretariatet", "direktionen", "støttefunktioner",
            "alle", persons, roles and centres; parted by commas or "og".

    Returns:
        persons, each once; and the names that nobody, or more than one, is called.
    """
    found: list[str] = []
    unknown: list[str] = []
    for name in re.split(r"(?:(?<!\s)\s++)?+,\s*+|(?<!\s)\s++og\s++", text.strip()):
        if not name:
            continue
        group = await _group(turn, fold(name))
        if group is None:
            named = turn.named(name)
            if len(named) != 1:
                unknown.append(name)
            group = named if len(named) == 1 else []
        found += group
    return list(dict.fromkeys(found)), unknown


async def group(turn: Context, name: str) -> list[str]:
    """Return everybody in the group of that name; nobody when there is no such group."""
    return await _group(turn, fold(name)) or []


async def contact_of(turn: Context, centre: Centre) -> str:
    """Return whom a centre is asked through: the contact that was named in this crisis, the plan's, or the chief."""
    named = await turn.db.scalar(
        select(CentreNotice.contact).where(
            CentreNotice.crisis_id == turn.the_crisis.id, CentreNotice.centre == centre.name
        )
    )
    return named or centre.contact or centre.chief


async def _group(turn: Context, name: str) -> list[str] | None:
    plan = turn.rules
    name = re.sub(r"^(alle|hele)\s+", "", name) if name != "alle" else name
    chiefs = [centre.chief for centre in plan.centres]
    contacts = [centre.contact or centre.chief for centre in plan.centres]
    secretariat = plan.secretariat_roles()
    support = [function.contact for function in plan.support_functions]
    match name:
        case "centerchefer" | "centercheferne" | "chefforum":
            return chiefs
        case "kontaktpersoner" | "kontaktpersonerne" | "kontakter" | "centre" | "centrene":
            return contacts
        case "staben" | "krisestaben" | "stab":
            return await turn.members("framing", "operational")
        case "sekretariatet" | "krisesekretariatet" | "sekretariat":
            return secretariat
        case "stoettefunktioner" | "stoettefunktionerne":
            return support
        case "direktion" | "direktionen":
            return plan.board()
        case "alle":
            return [*await turn.members(), *chiefs, *contacts, *secretariat, *support]
        case _:
            return None
