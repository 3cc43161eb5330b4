"""One turn: an input or a timer is handled in one transaction, with everything that follows from it.

A turn reads and writes rows and says what shall be said. Nothing leaves the house before it has committed.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers import attachments, clearance, times
from handlers.card import Card, in_exercise
from handlers.incoming import Incoming
from storage import log, redaction
from storage.parts.externals import PREFIX
from storage.plan import Plan
from storage.reach import Way
from storage.tables import Address, Alert, Crisis, LogEntry, Member, Message, Room, Timer

URGENT, ORDINARY, ROUTINE = 0, 1, 2

# The kinds of message that are notices in their own right: they are logged and shown with how they fared.
NOTICES = frozenset({"alert", "summons", "notice", "reminder", "broadcast", "order"})

# So long there is between two routine messages to one person; what comes meanwhile is told of in one (D14).
QUIET = timedelta(minutes=15)

# Later than this, a reminder says that it is late.
PUNCTUAL = timedelta(minutes=1)


class Turn:
    """What a handler works with.

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
        self.plan = plan
        self.incoming = incoming
        self.due = due
        self.ways = ways
        self._strangers = strangers or {}
        self._crisis = crisis
        # Whether what is said and begun here belongs to an exercise; what began in one stays in it (D10).
        self.exercise = crisis is not None and crisis.exercise
        self._secrets: redaction.Secrets | None = None
        self.inbox_id: int | None = None
        self.trace: str | None = None  # what the turn came of, as krisebot's own log calls it
        self._watched: set[str] = set()

    # --- who and what ---

    @property
    def crisis(self) -> Crisis | None:
        """The crisis the turn is about, or None."""
        return self._crisis

    @crisis.setter
    def crisis(self, crisis: Crisis | None) -> None:
        self._crisis = crisis
        if crisis is not None:
            self.exercise = crisis.exercise
        self._secrets = None
        self.__dict__.pop("rules", None)

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
        """What a person did, where it is known that it was one."""
        if self.incoming is None:
            raise LookupError("nothing came in: a timer fell due")
        return self.incoming

    def value(self, field: str) -> str:
        """What was filled in, trimmed; empty when nothing was."""
        return self.the_incoming.values.get(field, "").strip()

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times are written in."""
        return self.plan.timezone

    @property
    def sender(self) -> str:
        """Whose turn it is: a person, or "krisebot" for a timer's."""
        return self.incoming.sender if self.incoming else "krisebot"

    def name(self, person: str) -> str:
        """A person's name, for others to read."""
        known = self.rules.persons.get(person)
        if known:
            return known.name
        if person.startswith(PREFIX):
            return person.removeprefix(PREFIX)
        if self.incoming and person == self.incoming.sender and self.incoming.sender_name:
            return self.incoming.sender_name
        return self._strangers.get(person) or person.partition(":")[2].capitalize() or person

    def names(self, persons: Iterable[str]) -> str:
        """Several names in one breath: "Anne Holm, Ole Bach og Sara Nygaard"."""
        every = [self.name(person) for person in persons]
        return " og ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)

    def phone(self, person: str) -> str:
        """The number to ring a person on today, or words that say there is none."""
        known = self.plan.persons.get(person) or self.rules.persons.get(person)
        number = known.mobile if known else None
        return re.sub(r"(?<=\d)(?=(\d\d)+$)", " ", number) if number else "intet nummer"

    def clock(self, at: datetime | None) -> str:
        """A time as people read it: "kl. 14:02", with the day where it isn't today."""
        if at is None:
            return "–"
        read = times.short(at, self.zone, self.now)
        return read if "kl." in read else f"kl. {read}"

    def link(self, path: str) -> str:
        """A page of krisebot's own, as people read it: whole where the plan says what our address is.

        Args:
            path: "/tavle/…".
        """
        return f"{self.plan.server}{path}" if self.plan.server else f"{path} på Krisebots adresse"

    async def open_crises(self) -> list[Crisis]:
        """Those that go on: decided ones first, then warnings; oldest first.

        A real one goes before an exercise, which is found only where there is none, or where it is asked for (D10).
        """
        found = await self.db.scalars(
            select(Crisis).where(Crisis.state.in_(["active", "warned"])).order_by(Crisis.state, Crisis.number)
        )
        going = list(found)
        alike = [crisis for crisis in going if crisis.exercise == self.exercise]
        return alike or ([] if self.exercise else going)

    async def chiefs(self) -> list[str]:
        """Who has the staff chief's right: whoever was named, with a deputy; else the mayor and deputies (plan §5)."""
        crisis = self.the_crisis
        if crisis.chief:
            deputy = crisis.holders.get("krisestabschefens stedfortræder")
            return [crisis.chief, deputy] if deputy else [crisis.chief]
        mayor = self.rules.holder("borgmester")
        return [person for person in [mayor, *self.rules.deputies("borgmester")] if person]

    async def members(self, *staffs: str) -> list[str]:
        """Who is in the staff now, or beside it; without names of staffs, all of them. Those from outside we don't reach."""
        query = select(Member.person).where(Member.crisis_id == self.the_crisis.id, Member.until.is_(None))
        if staffs:
            query = query.where(Member.staff.in_(staffs))
        found = list(dict.fromkeys((await self.db.scalars(query.order_by(Member.id))).all()))
        return [person for person in found if not person.startswith(PREFIX)]

    async def took_part(self) -> list[str]:
        """Everybody who has been in the staff or beside it, who warned and who decided; those from outside we don't reach."""
        crisis = self.the_crisis
        members = select(Member.person).where(Member.crisis_id == crisis.id).order_by(Member.id)
        warned = select(Alert.person).where(Alert.crisis_id == crisis.id).order_by(Alert.id)
        found = [*await self.db.scalars(warned), crisis.decided_by, *await self.db.scalars(members)]
        return list(dict.fromkeys(person for person in found if person and not person.startswith(PREFIX)))

    async def involved(self) -> set[str]:
        """The staff and those who serve it, with the centres' chiefs and contacts."""
        persons = set(await self.members())
        for centre in self.rules.centres:
            persons.update(person for person in (centre.chief, centre.contact, centre.deputy) if person)
        for role in ("sekretær", "logfører", "referent", "tovholder", "kommunikation"):
            persons.update(self.rules.holders(role))
        return persons

    # --- what follows from it ---

    async def log(self, summary: str, **how: Any) -> LogEntry:
        """Add a line to the crisis' log; see `storage.log.append` for what may be said of it.

        What is written down of an input gets the pictures and files that came along with it. One that repeats a
        confidential line's words is as confidential.
        """
        how.setdefault("recorder", self.sender)
        regraded = how.get("kind") == "grade"
        self._forget_secrets(regraded)
        if await clearance.repeats(self, summary, how.get("refs")):
            how["grade"] = clearance.CONFIDENTIAL
        self._forget_secrets(regraded or how.get("grade") == clearance.CONFIDENTIAL)
        entry = await log.append(self.db, self.the_crisis, summary=summary, recorded_time=self.now, **how)
        if how.get("direction") == "in" and self.incoming is not None:
            await attachments.take(self, entry, self.incoming, self.inbox_id)
        return entry

    def _forget_secrets(self, changed: bool) -> None:
        """Ask anew for what is confidential: always where something is, since what repeats it may have been written."""
        if changed or (self._secrets is not None and self._secrets.lines):
            self._secrets = None

    async def say(
        self,
        recipient: str,
        card: Card,
        *,
        key: str | None = None,
        kind: str = "card",
        urgency: int = ORDINARY,
        everywhere: bool = False,
        platform: str | None = None,
    ) -> Message:
        """Put a message in the outbox, as its recipient may see it.

        Args:
            recipient: a person, or `staff` for the crisis staff's channel.
            card: what is said.
            key: the message's name; saying it again under the same key changes it where it stands. None: a new one.
            kind: one of `NOTICES`, or "card" or "reply".
            urgency: URGENT goes before ORDINARY goes before ROUTINE; a person's ROUTINE ones are bundled.
            everywhere: by every way the person has at once, as an escalation does.
            platform: the way to prefer, where it answers something that came that way.
        """
        card = await clearance.fit(self, card, recipient)
        if key is not None:
            standing = await self.db.scalar(select(Message).where(Message.key == key))
            if standing is not None:
                drawn = self.drawn(card).to_json()
                if drawn != standing.card:
                    standing.card = drawn
                    standing.version += 1
                    standing.edited_at, standing.trace = self.now, self.trace
                return standing
        routine = urgency == ROUTINE and not recipient.startswith("staff:")
        quiet = await self.quiet_until(recipient) if routine else None
        message = Message(
            key=key or f"{self._source}/{secrets.token_hex(8)}",
            crisis_id=self._crisis.id if self._crisis else None,
            recipient=recipient,
            kind=kind,
            card=self.drawn(card).to_json(),
            urgency=urgency,
            everywhere=everywhere,
            platform=platform,
            held=quiet is not None,
            created_at=self.now,
            trace=self.trace,
        )
        self.db.add(message)
        wait, watch = (
            self.plan.channel_order.wait(urgent=urgency == URGENT),
            f"other_ways/{urgency}/{self.now.isoformat()}",
        )
        if wait is not None and kind in NOTICES and not recipient.startswith("staff:") and watch not in self._watched:
            # One timer for all that a turn says.
            self._watched.add(watch)
            await self.at(self.now + wait, "other_ways.waited", watch, said=self.now.isoformat(), urgency=urgency)
        if quiet is not None:
            number = self._crisis.number if self._crisis else 0
            await self.at(quiet, "reminders.bundle", f"reminders/{number}/{recipient}", person=recipient)
        return message

    async def quiet_until(self, person: str) -> datetime | None:
        """Until when a person has had enough of what does not haste, UTC; None when it may be said now (D14)."""
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
        """The card as it is shown: an exercise's says so before anything else (R245)."""
        return in_exercise(card) if self.exercise else card

    async def notify(
        self,
        recipients: Iterable[str],
        card: Card,
        *,
        kind: str,
        summary: str,
        key: str | None = None,
        urgency: int = ORDINARY,
        everywhere: bool = False,
    ) -> list[Message]:
        """Tell several persons the same thing, each where they are, and write one line in the log that it was done.

        Args:
            summary: what the log line says, without the names.
            key: names the messages, so that they can be changed later; the recipient is added to it.
        """
        everyone = list(dict.fromkeys(recipients))
        if not everyone:
            return []
        if self.due and self.now - self.due > PUNCTUAL:
            card = replace(card, text=f"{card.text}\n(Forsinket: skulle være sendt {self.clock(self.due)}.)")
        said = [
            await self.say(
                person,
                card,
                key=f"{key}/{person}" if key else None,
                kind=kind,
                urgency=urgency,
                everywhere=everywhere,
            )
            for person in everyone
        ]
        if self._crisis:
            await self.log(
                summary,
                kind=kind,
                sender="krisebot",
                receiver=", ".join(everyone),
                direction="out",
                recorder="krisebot",
                verification="confirmed",
            )
        return said

    async def answer(self, card: Card, *, key: str | None = None) -> Message:
        """Answer whoever asked, where they asked."""
        return await self.say(await self.here(), card, key=key, kind="reply", platform=self.the_incoming.platform)

    async def here(self) -> str:
        """Where an answer is given: in the staff's channel when it was asked there, else to whoever asked alone."""
        incoming = self.the_incoming
        room = await self.room_of(incoming)
        in_staff = room is not None and self._crisis is not None and room.crisis_id == self._crisis.id
        return self.staff if in_staff else incoming.sender

    async def secrets(self) -> redaction.Secrets:
        """The log lines that are confidential: their numbers and words, and who knows these; see `storage.redaction`."""
        if self._secrets is None:
            self._secrets = await redaction.secrets(self.db, self.the_crisis)
        return self._secrets

    async def replace(self, card: Card) -> None:
        """Change the card whose button was pressed, where it stands; say it anew when there is none."""
        standing = await self.pressed()
        if standing is None:
            await self.answer(card)
        else:
            await self.say(standing.recipient, card, key=standing.key)

    async def pressed(self) -> Message | None:
        """The message whose button was pressed."""
        number = self.incoming.message if self.incoming and self.incoming.kind == "press" else ""
        return await self.db.get(Message, int(number)) if number.isdecimal() else None

    @property
    def staff(self) -> str:
        """The crisis staff's channel, as a recipient."""
        return f"staff:{self.the_crisis.id}"

    async def room_of(self, incoming: Incoming) -> Room | None:
        """The staff channel that something was said in."""
        found = await self.db.scalar(
            select(Room).where(Room.platform == incoming.platform, Room.address == incoming.conversation)
        )
        return found

    async def at(self, due: datetime, kind: str, key: str, **args: Any) -> None:
        """Set a timer.

        Args:
            due: when, UTC.
            kind: a registered kind.
            key: the timer's name; setting it again moves it and sets it going anew.
            args: JSON values the handler gets.
        """
        crisis_id = self._crisis.id if self._crisis else None
        standing = await self.db.scalar(select(Timer).where(Timer.key == key))
        if standing is None:
            self.db.add(Timer(key=key, kind=kind, args=args, crisis_id=crisis_id, due_at=due))
        else:
            standing.kind, standing.args, standing.due_at = kind, args, due
            standing.state, standing.attempts, standing.crisis_id = "waiting", 0, crisis_id

    async def cancel(self, *keys: str) -> None:
        """Take timers off, where they still wait."""
        for waiting in await self.db.scalars(select(Timer).where(Timer.key.in_(keys), Timer.state == "waiting")):
            waiting.state = "cancelled"

    async def known_address(self, person: str) -> bool:
        """Whether we have heard from the person on any platform."""
        return await self.db.scalar(select(Address.person).where(Address.person == person).limit(1)) is not None

    @property
    def _source(self) -> str:
        return self.incoming.key if self.incoming else f"timer@{self.now.isoformat()}"
