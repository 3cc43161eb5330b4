"""The reading half of a turn: who asks, of which crisis, by which plan. Rights and clearance stand on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.core.card import NO, YES, Card, in_exercise
from handlers.core.incoming import Incoming
from handlers.core.language import owners, times_shown
from storage.case import redaction
from storage.case.at_hand import at_hand
from storage.letters import fold
from storage.plan.model import Plan
from storage.plan.persons import SECRETARIAT_ROLES, SERVING_ROLES
from storage.plan.reach import Way
from storage.rows.alert import Alert
from storage.rows.base import Base
from storage.rows.crisis import Crisis
from storage.rows.reporting import CentreNotice
from storage.rows.staff import OUTSIDE, Member
from storage.rows.traffic import Inbox, Message, StaffChannel, StaffRecipient

Word = TypeVar("Word", bound=str)
R = TypeVar("R", bound=Base)

URGENT, ORDINARY, ROUTINE = 0, 1, 2


# So long there is between two routine messages to one person; what comes meanwhile is told of in one.
QUIET = timedelta(minutes=15)


# Crises that somebody is asked to choose among, at most.
HANDFUL = 8
# The digits of our own numbers for messages, at most: a longer one is nobody's.
LONGEST_NUMBER = 18


class Context:
    """The reading half of a turn: what can be asked, and nothing that changes anything.

    Args:
        db: the turn's transaction.
        now: UTC; the same for the whole turn.
        plan: today's plan.
        incoming: what a person did, or None when a timer fell due.
        crisis: which crisis it is about, where that is known.
        due: when the timer should have gone off, UTC.
        strangers: names of employees who are not in the plan.
        ways: the ways to reach people that are in use.
    """

    def __init__(
        self,
        db: AsyncSession,
        now: datetime,
        plan: Plan,
        *,
        incoming: Incoming | None = None,
        crisis: Crisis | None = None,
        due: datetime | None = None,
        strangers: Mapping[str, str] | None = None,
        ways: Sequence[Way] = (),
    ) -> None:
        self.db = db
        self.now = now
        # When what the turn answers reached us: what is written down of it bears that time, however long it waited.
        self.received = min(incoming.received_at, now) if incoming else now
        # When the words that are read were written, where they were kept and somebody presses on them now; None: they came with
        # the input.
        self.written_at: datetime | None = None
        self.plan = plan
        self.incoming = incoming
        self.due = due
        self.ways = ways
        self._strangers = strangers or {}
        self._crisis = crisis
        self._exercise = crisis is not None and crisis.exercise
        self._secrets: redaction.Secrets | None = None
        self.inbox_id: int | None = None
        self.trace: str | None = None  # what the turn came of, as krisebot's own log calls it
        self._watched: set[str] = set()
        self._rooms: dict[tuple[str, str], StaffChannel | None] = {}
        self._going: list[int] | None = None  # the crises that are not over, where that was looked for

    def as_seen_by(self, person: str) -> Context:
        """Give the same context with somebody else as its sender, certain to be them: for asking what they may."""
        incoming = replace(self.the_incoming, sender=person, certain=True) if self.incoming else None
        return self._beside(incoming, self._crisis, exercise=self._exercise)

    def about(self, crisis: Crisis | None) -> Context:
        """Give the same context in a crisis: for looking into it, without the turn becoming about it."""
        return self._beside(self.incoming, crisis, exercise=self._exercise if crisis is None else crisis.exercise)

    def _beside(self, incoming: Incoming | None, crisis: Crisis | None, *, exercise: bool) -> Context:
        other = Context(
            self.db,
            self.now,
            self.plan,
            incoming=incoming,
            crisis=crisis,
            strangers=self._strangers,
            ways=self.ways,
        )
        other._exercise, other.written_at = exercise, self.written_at
        return other

    @property
    def crisis(self) -> Crisis | None:
        """The crisis the turn is about, or None. A turn alone can come to be about another."""
        return self._crisis

    @property
    def exercise(self) -> bool:
        """Whether what is said and begun here belongs to an exercise; what began in one stays in it."""
        return self._exercise

    @property
    def the_crisis(self) -> Crisis:
        """The crisis, where the router has already made sure that there is one."""
        if self._crisis is None:
            raise LookupError("this turn has no crisis")
        return self._crisis

    @cached_property
    def rules(self) -> Plan:
        """The plan that counts: the crisis' own, frozen when it began, with today's numbers; else today's."""
        return Plan.thawed(self._crisis.plan, self.plan, self._crisis.holders) if self._crisis else self.plan

    @property
    def the_incoming(self) -> Incoming:
        """The input that this turn handles, where it is known that there is one and no timer."""
        if self.incoming is None:
            raise LookupError("nothing came in: a timer fell due")
        return self.incoming

    def value(self, field: str) -> str:
        """Return the free text that was filled in, trimmed; empty when nothing was."""
        return self.the_incoming.values.get(field, "").strip()

    def chosen(self, field: str, among: Iterable[Word]) -> Word | None:
        """Return what was chosen of some words; None where it is none of them.

        Args:
            field: the form's field.
            among: the words that may come back: what a platform sends is not to be trusted.
        """
        value = self.value(field)
        return next((each for each in among if each == value), None)

    def number(self, field: str) -> int | None:
        """Return the row's number that a choice among some came back as; None where it is no number.

        Args:
            field: the form's field.
        """
        value = self.value(field)
        return int(value) if value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER else None

    def yes(self, field: str) -> bool | None:
        """Return whether a choice of `card.YES` and `card.NO` was yes; None where it is neither.

        Args:
            field: the form's field.
        """
        value = self.chosen(field, (YES, NO))
        return None if value is None else value == YES

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times are written in."""
        return self.plan.timezone

    @property
    def sender(self) -> str:
        """The person whose turn it is, or "krisebot" for a timer's."""
        return self.incoming.sender if self.incoming else "krisebot"

    def name(self, person: str) -> str:
        """Return a person's name, for others to read."""
        known = self.rules.persons.get(person)
        if known:
            return known.name
        if person.startswith(OUTSIDE):
            return person.removeprefix(OUTSIDE)
        if self.incoming and person == self.incoming.sender and self.incoming.sender_name:
            return self.incoming.sender_name
        return self._strangers.get(person) or person.partition(":")[2].capitalize() or person

    def names(self, persons: Iterable[str]) -> str:
        """Join the names of several persons: "Anne Holm, Ole Bach og Sara Nygaard"."""
        every = [self.name(person) for person in persons]
        return " og ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)

    def phone(self, person: str) -> str:
        """Return the number to ring a person on today, or words that say there is none."""
        known = self.plan.persons.get(person) or self.rules.persons.get(person)
        return (known.number if known else None) or "intet nummer"

    async def is_outside(self, person: str) -> bool:
        """Whether somebody belongs to another organisation, by what came in from them last: they get no number of ours."""
        if person in self.plan.persons or person == "krisebot":
            return False
        if self.incoming is not None and self.incoming.sender == person:
            return self.incoming.outside
        newest = select(Inbox.body).where(Inbox.sender == person, Inbox.state == "done").order_by(Inbox.id.desc())
        body: dict[str, Any] | None = await self.db.scalar(newest.limit(1))
        return body is not None and Incoming.from_json(body).outside

    def chat(self, platform: str) -> str:
        """Name a platform as people call it."""
        return next((way.title for way in self.ways if way.name == platform), platform.capitalize())

    def reached_at(self, person: str, platform: str) -> str:
        """Tell where to reach somebody now: their number, else the chat that they wrote in.

        Args:
            person: who.
            platform: where they wrote last.
        """
        number = self.phone(person)
        return (
            number
            if any(each.isdigit() for each in number)
            else f"skriv til {self.name(person)} i {self.chat(platform)}"
        )

    def dated(self, at: datetime | None) -> str:
        """Write a time that was read out of words, back to whoever wrote them: "tors. 2/7 kl. 14:02", today too."""
        return times_shown.dated(at, self.zone, self.now) if at is not None else "–"

    def clock(self, at: datetime | None) -> str:
        """Write a time as people read it: "kl. 14:02", with the day where it isn't today."""
        if at is None:
            return "–"
        read = times_shown.short(at, self.zone, self.now)
        return read if "kl." in read else f"kl. {read}"

    def link(self, path: str) -> str:
        """Write the address of a page of krisebot's own; empty where the plan doesn't say what our address is, since
        half an address leads nowhere.

        Args:
            path: "/tavle/…".
        """
        return f"{self.plan.server}{path}" if self.plan.server else ""

    async def open_crises(self) -> list[Crisis]:
        """Return the crises that are not over: decided ones first, then warnings; oldest first.

        A real one goes before an exercise, which is found only where there is none, or where it is asked for.
        """
        found = await self.db.scalars(
            select(Crisis).where(Crisis.state.in_(["active", "warned"])).order_by(Crisis.state, Crisis.number)
        )
        going = list(found)
        self._going = [crisis.id for crisis in going]
        alike = [crisis for crisis in going if crisis.exercise == self.exercise]
        return alike or ([] if self.exercise else going)

    async def others_run(self) -> bool:
        """Whether another crisis than the turn's is not over: then an answer has to say which it is about."""
        if self._going is None:
            await self.open_crises()
        return any(each != self.the_crisis.id for each in self._going or ())

    async def chiefs(self) -> list[str]:
        """Return who has the staff chief's right: whoever was named, with a deputy; else, and before any crisis, the
        mayor and deputies (plan §5)."""
        crisis = self.crisis
        if crisis is not None and crisis.chief:
            deputy = crisis.holders.get("krisestabschefens stedfortræder")
            return [crisis.chief, deputy] if deputy else [crisis.chief]
        mayor = self.rules.holder("borgmester")
        return [person for person in [mayor, *self.rules.deputies("borgmester")] if person]

    def whom(self, text: str) -> owners.Named:
        """Find whom a text gives something to; see `owners.named`. The staff's chief is whoever it is now."""
        return owners.named(self.rules, text, self._chief_now(), self._mentioned())

    def asked(self, text: str) -> owners.Named:
        """Find whom a question is put to; see `owners.asked`."""
        return owners.asked(self.rules, text, self._chief_now(), self._mentioned())

    def _mentioned(self) -> tuple[str, ...]:
        return self.incoming.mentioned if self.incoming else ()

    def named(self, name: str) -> list[str]:
        """Find those whom a name means, as `Plan.named` does: whoever has a role in this crisis, and "krisestabschefen" is its
        chief; a person whom the plan has got since it began is known too."""
        said, chief = name.strip().lstrip("@ "), self._chief_now()
        if chief is not None and fold(said) in owners.CHIEF:
            return [chief]
        return self.rules.named(said) or self.plan.named(said)

    def _chief_now(self) -> str | None:
        return (self.crisis.chief or self.rules.holder("borgmester")) if self.crisis else None

    async def members(self, *staffs: str) -> list[str]:
        """Return who is in the staff now, or beside it; without names of staffs, all of them. Those from outside can't
        be reached. Without a crisis there is no staff."""
        if self.crisis is None:
            return []
        known = await at_hand(self.db, self.crisis.id)
        found = dict.fromkeys(person for person, staff in known.members if not staffs or staff in staffs)
        return [person for person in found if not person.startswith(OUTSIDE)]

    async def took_part(self) -> list[str]:
        """Return everybody who has been in the staff or beside it, who warned, who decided, and who was told for a centre;
        those from outside can't be reached."""
        crisis = self.the_crisis
        members = select(Member.person).where(Member.crisis_id == crisis.id).order_by(Member.id)
        warned = select(Alert.person).where(Alert.crisis_id == crisis.id).order_by(Alert.id)
        found = [*await self.db.scalars(warned), crisis.decided_by, *await self.db.scalars(members)]
        told = select(CentreNotice).where(CentreNotice.crisis_id == crisis.id).order_by(CentreNotice.id)
        for each in await self.db.scalars(told):
            found += [each.chief, each.asked, each.contact]
        return list(dict.fromkeys(person for person in found if person and not person.startswith(OUTSIDE)))

    async def took_part_in(self) -> list[Crisis]:
        """Return the crises that are over and that the sender took part in, the newest first: a handful, since a list
        is read on a phone."""
        sender = self.sender
        took = or_(
            Crisis.decided_by == sender,
            Crisis.id.in_(select(Member.crisis_id).where(Member.person == sender)),
            Crisis.id.in_(select(Alert.crisis_id).where(Alert.person == sender)),
            Crisis.id.in_(
                select(CentreNotice.crisis_id).where(
                    or_(CentreNotice.chief == sender, CentreNotice.asked == sender, CentreNotice.contact == sender)
                )
            ),
        )
        over = select(Crisis).where(Crisis.state == "closed", Crisis.exercise == self.exercise, took)
        return list(await self.db.scalars(over.order_by(Crisis.number.desc()).limit(HANDFUL)))

    async def involved(self) -> set[str]:
        """Return the staff and those who serve it, deputies among them, with the centres' chiefs and contacts."""
        persons = set(await self.members())
        for centre in self.rules.centres:
            persons.update(person for person in (centre.chief, centre.contact, centre.deputy) if person)
        for role in (*SECRETARIAT_ROLES, *SERVING_ROLES):
            persons.update((*self.rules.holders(role), *self.rules.deputies(role)))
        return persons

    async def quiet_until(self, person: str) -> datetime | None:
        """Return until when a person is sent nothing that can wait, UTC; None when it may be said now."""
        last = await self.db.scalar(
            select(func.max(Message.created_at)).where(
                Message.recipient == person,
                Message.urgency == ROUTINE,
                Message.held.is_(False),
                Message.bundle.is_(None),
            )
        )
        return last + QUIET if last is not None and last + QUIET > self.now else None

    def drawn(self, card: Card) -> Card:
        """Mark the card as an exercise's when the crisis is one: it says so before anything else."""
        return in_exercise(card) if self.exercise else card

    async def here(self) -> str:
        """Return where an answer is given: in the staff's channel when it was asked there for all to see, else to whoever
        asked alone."""
        incoming = self.the_incoming
        room = await self.room_of(incoming)
        in_staff = room is not None and self._crisis is not None and room.crisis_id == self._crisis.id
        in_staff = in_staff and not incoming.hidden
        return self.staff if in_staff else incoming.sender

    async def secrets(self) -> redaction.Secrets:
        """Return the log lines that are confidential: their numbers and words, and who knows these; see
        `storage.case.redaction`."""
        if self._secrets is None:
            known = await at_hand(self.db, self.the_crisis.id)
            self._secrets = await redaction.secrets(self.db, self.the_crisis) if known.secret else redaction.NOTHING
        return self._secrets

    async def pressed(self) -> Message | None:
        """Find the message whose button was pressed, where it was shown to whoever pressed it: anybody can write a number."""
        incoming = self.incoming
        number = incoming.message if incoming is not None and incoming.kind == "press" else ""
        if incoming is None or not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
            return None
        standing = await self.db.get(Message, int(number))
        return standing if standing is not None and await self._was_shown(standing, incoming) else None

    async def of_crisis(self, kind: type[R], number: int) -> R | None:
        """Return a row of the turn's crisis; None where there is none, or it is another's.

        Args:
            kind: of row, which belongs to a crisis.
            number: its id.
        """
        row = await self.db.get(kind, number)
        return row if row is not None and getattr(row, "crisis_id", None) == self.the_crisis.id else None

    async def standing(self, begins: str) -> list[Message]:
        """Return every card about one thing, wherever it stands: of that key, or below it.

        Args:
            begins: the part that their keys share, "measure/7/" or "budskab/7": never 70's.
        """
        below = Message.key.startswith(f"{begins.removesuffix('/')}/", autoescape=True)
        return list(
            await self.db.scalars(select(Message).where(or_(Message.key == begins, below)).order_by(Message.id))
        )

    async def answered(self) -> Message | None:
        """Find the message of ours that the input was written as an answer to, where it was shown to the sender."""
        incoming = self.incoming
        number = incoming.answers_to if incoming is not None else ""
        if incoming is None or not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
            return None
        standing = await self.db.get(Message, int(number))
        return standing if standing is not None and await self._was_shown(standing, incoming) else None

    async def _was_shown(self, message: Message, incoming: Incoming) -> bool:
        """Whether a message was written to the sender, or to the staff that the sender is in or pressed it in the
        channel of."""
        if not isinstance(message.recipient, StaffRecipient):
            return message.recipient == incoming.sender
        staff = message.recipient.crisis
        room = await self.room_of(incoming)
        if room is not None and room.crisis_id == staff:
            return True
        inside = select(Member.id).where(
            Member.crisis_id == staff, Member.person == incoming.sender, Member.until.is_(None)
        )
        return await self.db.scalar(inside.limit(1)) is not None

    @property
    def staff(self) -> str:
        """The crisis staff's channel, as a recipient."""
        return StaffRecipient.of(self.the_crisis.id)

    async def room_of(self, incoming: Incoming) -> StaffChannel | None:
        """Return the staff channel that something was said in."""
        if incoming.place == "dm":
            return None
        where = (incoming.platform, incoming.conversation)
        if where not in self._rooms:
            here = (StaffChannel.platform == incoming.platform, StaffChannel.address == incoming.conversation)
            self._rooms[where] = await self.db.scalar(select(StaffChannel).where(*here))
        return self._rooms[where]
