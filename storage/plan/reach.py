"""Reach: checks whether everybody in the plan can be reached, for `kontakt` in the chat and for `krisebot doctor`. Plan
§5."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.plan import accounts
from storage.plan.danish_numbers import looks_like_a_landline
from storage.plan.model import Plan
from storage.rows.alert import ContactCheck
from storage.rows.traffic import Address

Level = Literal["fault", "warning"]

# What the rows remember a telephone under that gets no SMS.
OPTED_OUT = "opted_out"

# Whoever has been asked has so long before it is said that they were silent.
PATIENCE = timedelta(days=3)


@dataclass(frozen=True)
class Way:
    """A way to reach people that this krisebot has been given.

    Args:
        name: as the plan and the rows call it.
        title: as people call it.
        reserve: SMS or mail: for when the chat doesn't answer.
        aloud: a call: for what hastes alone, and only when nothing quieter was answered.
        everybody: whoever is in the plan is there, without an id.
        danish: names of rooms there may have æ, ø and å.
        directory: a person's id there is found by their mail address.
        first: Danish, what to do for somebody who has to be heard from before they can be written to for certain;
            empty where there is no such thing.
    """

    name: str
    title: str
    reserve: bool = False
    aloud: bool = False
    everybody: bool = False
    first: str = ""
    danish: bool = False
    directory: bool = False


@dataclass(frozen=True)
class Finding:
    """A thing to mend before the night it is needed.

    Args:
        level: "fault" when the person can't be reached at all.
        what: Danish, without the person's name.
        mend: Danish, what to do.
    """

    level: Level
    what: str
    mend: str


@dataclass(frozen=True)
class Known:
    """What the rows remember of how persons have been reached.

    Args:
        heard: (person, platform), and when they were last heard from there, UTC.
        silent: those who haven't answered the last contact test, and when they were asked, UTC.
        confirmed: those who have answered one, and when they last did, UTC.
        changed: those whose last answer was that the plan is wrong about them, and what they said, verbatim.
        opted_out: those who get no SMS, by the gateway's own word, and on which number.
        looked_for: (person, platform) that were looked for by mail address, and what was wrong, Danish; else nothing.
    """

    heard: Mapping[tuple[str, str], datetime | None]
    silent: Mapping[str, datetime]
    confirmed: Mapping[str, datetime]
    changed: Mapping[str, str]
    looked_for: Mapping[tuple[str, str], str] = field(default_factory=dict)
    opted_out: Mapping[str, str] = field(default_factory=dict)


async def known(db: AsyncSession, now: datetime) -> Known:
    """Read what the rows remember of everybody, UTC `now`."""
    addresses = list(await db.scalars(select(Address)))
    heard = {(row.person, row.platform): row.heard_at for row in addresses}
    opted_out = {row.person: row.reference[OPTED_OUT] for row in addresses if OPTED_OUT in row.reference}
    silent: dict[str, datetime] = {}
    confirmed: dict[str, datetime] = {}
    changed: dict[str, str] = {}
    for row in await db.scalars(select(ContactCheck).order_by(ContactCheck.asked_at, ContactCheck.id)):
        if row.answered_at is None and now - row.asked_at >= PATIENCE:
            silent[row.person] = row.asked_at
        elif row.answered_at is not None:
            silent.pop(row.person, None)
            changed.pop(row.person, None)
            confirmed[row.person] = row.answered_at
            if row.words:
                changed[row.person] = row.words
    return Known(heard, silent, confirmed, changed, await accounts.faults(db), opted_out)


def findings(plan: Plan, person: str, ways: Sequence[Way], known: Known) -> list[Finding]:
    """Return what is missing before a person can be reached for certain; nothing when all is well.

    Args:
        plan: today's.
        person: somebody in it.
        ways: those in use.
        known: what the rows remember.
    """
    return [
        *_chat(plan, person, ways, known),
        *_number(plan, person),
        *_sms(plan, person, ways, known),
        *_answered(person, known),
    ]


def list_of(ways: Collection[Way], plan: Plan, person: str) -> list[Way]:
    """Return the ways that the plan has an address for."""
    here = plan.persons[person]
    return [way for way in ways if way.everybody or here.address(way.name)]


def _chat(plan: Plan, person: str, ways: Sequence[Way], known: Known) -> Iterator[Finding]:
    chats = [way for way in ways if not way.reserve]
    if not chats:
        return
    here = list_of(ways, plan, person)
    titles = " eller ".join(way.name for way in chats)
    lost = [way for way in chats if way.directory and way not in here and plan.persons[person].mail]
    for way in lost:
        if fault := known.looked_for.get((person, way.name)):
            yield Finding(
                "warning" if here else "fault",
                f"er ikke fundet i {way.title}: {fault}",
                f"Ret »mail«, eller skriv personens {way.name} i planen",
            )
        elif (person, way.name) not in known.looked_for:
            yield Finding("warning", f"er ikke slået op i {way.title} endnu", "Det sker, når Krisebot kører")
    if len(lost) == len(chats):
        return
    if not here:
        yield Finding("fault", "kan ikke nås", f"Skriv personens {titles} i planen")
    elif all(way.reserve for way in here):
        only = " og ".join(way.title for way in here)
        yield Finding("warning", f"kan kun nås på {only}", f"Skriv personens {titles} i planen")
    for way in here:
        if way.first and (person, way.name) not in known.heard:
            yield Finding("warning", f"har ikke skrevet til Krisebot i {way.title} endnu", way.first)


def _number(plan: Plan, person: str) -> Iterator[Finding]:
    """Yield a finding for a person without a number that can be used: they can't be rung up when nothing else
    answers."""
    here = plan.persons[person]
    number = here.mobile
    if number is None and here.landline is not None:
        yield Finding("warning", "har kun fastnet og får ingen sms", "Skriv »mobil« i planen, hvis der er en")
    elif number is None:
        yield Finding("warning", "har intet telefonnummer", "Skriv »mobil« i planen")
    elif number.startswith("+45") and not re.fullmatch(r"\+45[2-9][0-9]{7}", number):
        yield Finding("warning", f"har nummeret {number}, som ikke er et dansk nummer", "Ret »mobil« i planen")
    elif looks_like_a_landline(number):
        what = f"har nummeret {here.number}, som ligner et, der ingen sms får"
        yield Finding("warning", what, "Er det fastnet, så skriv »fastnet« i planen og ikke »mobil«")
    elif not re.fullmatch(r"\+[0-9]{8,15}", number):
        yield Finding("warning", f"har nummeret {number}, som ikke kan få sms", "Skriv det med landekode i planen")


def _sms(plan: Plan, person: str, ways: Sequence[Way], known: Known) -> Iterator[Finding]:
    """Yield a finding for somebody whom the gateway sends no SMS: a fault where they have no other way."""
    number = plan.persons[person].mobile
    if number is None or known.opted_out.get(person) != number or all(way.name != "sms" for way in ways):
        return
    others = [way for way in list_of(ways, plan, person) if way.name != "sms"]
    yield Finding(
        "warning" if others else "fault",
        f"er afmeldt sms hos gatewayen ({number})",
        "Få det ophævet hos gatewayen, eller lad personen sende en sms til Krisebot",
    )


def _answered(person: str, known: Known) -> Iterator[Finding]:
    if person in known.silent:
        yield Finding(
            "warning", f"svarede ikke på kontakttesten den {known.silent[person]:%d.%m.%Y}", "Ring, og ret planen"
        )
    if person in known.changed:
        yield Finding("warning", f"har meldt en rettelse: »{known.changed[person]}«", "Ret planen")
