"""One turn: an input or a timer is handled in one transaction, with everything that follows from it.

Messages are sent only after it has committed.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from handlers.core import clearance, context, enclosures, incident_names, quiet, registry
from handlers.core.card import Card, SentForm, quote
from handlers.core.incoming import Incoming
from handlers.core.rights import Right
from handlers.core.standing import Standing, lapses_at
from storage.case import log
from storage.grades import DEFAULT, Grade
from storage.rows.crisis import Crisis
from storage.rows.log import Attachment, Direction, LogEntry, LogKind, Status, Verification, state_of
from storage.rows.traffic import NOTICES, Inbox, Message, MessageKind, NoticeKind, StaffRecipient, Timer

# Later than this, a reminder says that it is late.
PUNCTUAL = timedelta(minutes=1)
# What is written of all that is said, whether anything was done or not.
TRAFFIC = (Inbox, Message, Timer)
LOG_LINE = re.compile(r"\b[Ll]og(?:gen)? nr\. \d")


class Turn(Standing):
    """A turn, as handlers work with it: a context that can be written to.

    See `handlers.core.context.Context` for the arguments.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.sent: SentForm | None = None  # the form that the press sent
        self.refused: Right | None = None  # what the sender was refused, in this turn
        self.again_at: datetime | None = None  # when the input is taken up once more: what it is about hasn't come yet
        self.drafted = False  # whether what the sender asked for is a draft, which somebody has yet to send

    @property
    def crisis(self) -> Crisis | None:
        """The crisis the turn is about, or None; what is said and logged from here on belongs to it."""
        return self._crisis

    @crisis.setter
    def crisis(self, crisis: Crisis | None) -> None:
        self._crisis = crisis
        if crisis is not None:
            self._exercise = crisis.exercise
        self._secrets = None
        self.__dict__.pop("rules", None)

    @property
    def exercise(self) -> bool:
        """Whether what is said and begun here belongs to an exercise; what began in one stays in it."""
        return self._exercise

    @exercise.setter
    def exercise(self, exercise: bool) -> None:
        self._exercise = exercise

    # --- what follows from it ---

    @contextmanager
    def watching(self) -> Iterator[set[str]]:
        """Gather which tables are written meanwhile, beside those of what is said and timed: whether anything was done."""
        written: set[str] = set()

        def flushed(session: Session, _: object) -> None:
            for row in (*session.new, *session.dirty, *session.deleted):
                if not isinstance(row, TRAFFIC) and (row not in session.dirty or session.is_modified(row)):
                    written.add(type(row).__tablename__)

        event.listen(self.db.sync_session, "after_flush", flushed)
        try:
            yield written
        finally:
            event.remove(self.db.sync_session, "after_flush", flushed)

    async def log(
        self,
        summary: str,
        *,
        kind: LogKind = "information",
        sender: str = "",
        receiver: str = "",
        direction: Direction = "internal",
        verification: Verification = "unconfirmed",
        grade: Grade = DEFAULT,
        status: Status | None = None,
        event_time: datetime | None = None,
        recorder: str | None = None,
        refs: Mapping[str, Any] | None = None,
    ) -> LogEntry:
        """Add a line to the crisis' log; see `storage.case.log.append` for the arguments.

        What is written down of an input gets the pictures and files that came along with it. One that repeats a
        confidential line's words is as confidential.

        Args:
            recorder: who wrote it down; None: whose turn it is.
        """
        regraded = kind == "grade"
        self._forget_secrets(regraded)
        if clearance.is_said_to_be_secret(self, summary, kind) or await clearance.repeats_secret(self, summary, refs):
            grade = clearance.CONFIDENTIAL
        self._forget_secrets(regraded or grade == clearance.CONFIDENTIAL)
        entry = await log.append(
            self.db,
            self.the_crisis,
            summary=summary,
            recorder=recorder or self.sender,
            recorded_time=self.now,
            event_time=event_time or self.received,
            sender=sender,
            receiver=receiver,
            verification=verification,
            direction=direction,
            kind=kind,
            grade=grade,
            status=status,
            refs=refs,
        )
        if direction == "in" and self.incoming is not None:
            await self.enclose(entry, self.incoming, self.inbox_id)
        return entry

    async def enclose(self, entry: LogEntry, incoming: Incoming, inbox: int | None) -> None:
        """Give a log line the pictures and files that came along with an input, and log those that are here already.

        Args:
            entry: the line.
            incoming: what came in.
            inbox: the row it was kept in.
        """
        for row in await enclosures.take(self.db, self, entry, incoming, inbox):
            await self.log_enclosed(row)

    async def log_enclosed(self, row: Attachment) -> None:
        """Log how an attachment of a line fared, and tell whoever saved one that could not be kept."""
        self.crisis = await self.db.get_one(Crisis, row.crisis_id)
        state = await state_of(self.db, self.the_crisis, row.log_no or 0)
        summary, kind, about = enclosures.line_for(row)
        entry = await self.log(
            summary,
            kind=kind,
            sender="krisebot",
            recorder="krisebot",
            verification="confirmed",
            grade=state.grade,
            refs=about,
        )
        row.told_no = entry.no
        if row.state == "failed":
            await self.tell_lost(row)

    async def tell_lost(self, row: Attachment) -> None:
        """Tell whoever saved an attachment that it could not be kept."""
        await self.say(
            row.saved_by,
            enclosures.lost_card(row),
            key=f"attachment/{row.id}/failed",
            kind="reply",
            platform=row.platform,
        )

    def _forget_secrets(self, changed: bool) -> None:
        """Read anew what is confidential: always where something is, since what repeats it may have been written."""
        if changed or (self._secrets is not None and self._secrets.lines):
            self._secrets = None

    async def say(
        self,
        recipient: str,
        card: Card,
        *,
        key: str | None = None,
        kind: MessageKind = "card",
        urgency: int = context.ORDINARY,
        everywhere: bool = False,
        platform: str | None = None,
        at_night: bool = False,
        new: bool = False,
        thread: str | None = None,
    ) -> Message:
        """Put a message in the outbox, as its recipient may see it; sent once the turn has committed.

        Args:
            recipient: a person, or `staff` for the crisis staff's channel.
            card: what is said.
            key: the message's name; saying it again under the same key changes it where it stands. None: a new one.
            kind: what sort of message; a notice is logged and shown with how it fared.
            urgency: URGENT goes before ORDINARY goes before ROUTINE; a person's ROUTINE ones are bundled.
            everywhere: by every way the person has at once, as an escalation does.
            platform: the way to prefer, where it answers something that came that way.
            at_night: the night doesn't hold it back, though it is a reminder that doesn't haste.
            new: nothing has been said under the key, and nobody has to look.
            thread: the thread of that platform's channel that it answers in.
        """
        card = self._as_it_is_over(await self._of_which(card, recipient, kind))
        card = await clearance.redacted_for(self, card, recipient)
        if key is not None and not new:
            standing = await self.db.scalar(select(Message).where(Message.key == key))
            if standing is not None:
                drawn = self.drawn(card).to_json()
                if drawn != standing.card:
                    before = standing.card
                    self._redraw(standing, drawn)
                    await self.settle(standing, before)
                return standing
        until = await quiet.waits_until(self, recipient, kind, urgency, at_night=at_night)
        message = Message(
            key=key or f"{self._source}/{secrets.token_hex(8)}",
            crisis_id=self._crisis.id if self._crisis else None,
            recipient=recipient,
            kind=kind,
            card=(drawn := self.drawn(card).to_json()),
            lapses_at=lapses_at(drawn),
            urgency=urgency,
            everywhere=everywhere,
            platform=platform,
            thread=thread,
            held=until is not None,
            created_at=self.now,
            trace=self.trace,
        )
        self.db.add(message)
        self._said.append(message)
        wait, watch = (
            self.plan.channel_order.wait(urgent=urgency == context.URGENT),
            watch_key(urgency, self.now.isoformat()),
        )
        if (
            wait is not None
            and kind in NOTICES
            and not isinstance(recipient, StaffRecipient)
            and watch not in self._watched
        ):
            # One timer for all that a turn says.
            self._watched.add(watch)
            await self.at(self.now + wait, "other_ways.waited", watch, said=self.now.isoformat(), urgency=urgency)
        if until is not None:
            await self.at(until, "reminders.bundle", bundle_key(self._crisis, recipient), person=recipient)
        return message

    async def _of_which(self, card: Card, recipient: str, kind: MessageKind) -> Card:
        """Say which crisis it is about, where there are several: above an answer, and wherever a line of the log is named; below
        whatever else does not say it, whose first line is what its reader looks for.

        In a staff's own channel that is plain.
        """
        if self._crisis is None or isinstance(recipient, StaffRecipient):
            return card
        above = kind == "reply" or LOG_LINE.search(card.text) is not None
        if incident_names.is_named(card.text, self._crisis) or (
            not above and incident_names.is_told(card, self._crisis)
        ):
            return card
        if not await self.others_run():
            return card
        name = f"*Nr. {quote(incident_names.short(self._crisis), 100)}*"
        return replace(card, text=f"{name}\n{card.text}" if above else f"{card.text}\n{name}")

    async def shown(self) -> list[int]:
        """Return our numbers for what the turn has shown its sender, what stood already first."""
        await self.db.flush()
        mine = (each.id for each in (*self._redrawn, *self._said) if each.recipient == self.sender)
        return list(dict.fromkeys(mine))

    def said_to(self, *recipients: str) -> list[Message]:
        """Return what has been said in this turn, for the first time, to some of those that hear us; oldest first."""
        return [message for message in self._said if message.recipient in recipients]

    async def notify(
        self,
        recipients: Iterable[str],
        card: Card,
        *,
        kind: NoticeKind,
        summary: str,
        key: str | None = None,
        urgency: int = context.ORDINARY,
        everywhere: bool = False,
        at_night: bool = False,
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
                at_night=at_night,
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

    async def answer(self, card: Card, *, key: str | None = None, new: bool = False, again: bool = False) -> Message:
        """Answer whoever asked, where they asked.

        Args:
            card: what is said.
            key: names the message, where it is to be changed later.
            new: as for `say`.
            again: what stands further up, or elsewhere, under the key is shown again, and not only changed there.
        """
        here, incoming = await self.here(), self.the_incoming
        key = await self.put_aside(key, here) if again and key is not None else key
        thread = incoming.thread or None if isinstance(here, StaffRecipient) else None
        return await self.say(here, card, key=key, kind="reply", platform=incoming.platform, new=new, thread=thread)

    async def answer_alone(self, card: Card, *, key: str | None = None, urgency: int = context.ORDINARY) -> Message:
        """Answer the sender where nobody else reads it: what they typed may not be for everybody in the channel.

        Args:
            card: what is said.
            key: names the message, where it is to be changed later.
            urgency: as for `say`.
        """
        platform = self.the_incoming.platform
        return await self.say(self.sender, card, key=key, kind="reply", urgency=urgency, platform=platform)

    async def replace(self, card: Card) -> None:
        """Change the card whose button was pressed, where it stands; say it anew when there is none."""
        standing = await self.pressed()
        if standing is None:
            await self.answer(card)
        else:
            await self.say(standing.recipient, card, key=standing.key)

    async def redraw(self, begins: str, card: Card) -> None:
        """Change every card about one thing, wherever it stands; one that says the same already stays as it is.

        Args:
            begins: the part of their keys that they share, as for `standing`.
            card: as it is now.
        """
        for message in await self.standing(begins):
            await self.say(message.recipient, card, key=message.key)

    async def at(self, due: datetime, kind: str, key: str, **args: Any) -> None:
        """Set a timer, or move it when its key has one. It belongs to the turn's crisis, where its kind does to any.

        Args:
            due: when, UTC.
            kind: a registered kind.
            key: the timer's name; setting it again moves it and sets it going anew.
            args: JSON values the handler gets.
        """
        crisis_id = self._crisis.id if self._crisis and kind not in registry.timers_of_no_crisis else None
        standing = await self.db.scalar(select(Timer).where(Timer.key == key))
        if standing is None:
            self.db.add(Timer(key=key, kind=kind, args=args, crisis_id=crisis_id, due_at=due))
        else:
            standing.kind, standing.args, standing.due_at = kind, args, due
            standing.state, standing.attempts, standing.begun, standing.crisis_id = "waiting", 0, 0, crisis_id

    async def cancel(self, *keys: str) -> None:
        """Cancel timers that still wait."""
        for waiting in await self.db.scalars(select(Timer).where(Timer.key.in_(keys), Timer.state == "waiting")):
            waiting.state = "cancelled"

    @property
    def _source(self) -> str:
        return self.incoming.key if self.incoming else f"timer@{self.now.isoformat()}"


def watch_key(urgency: int, said: str) -> str:
    """Name the timer that sends a message another way, where it is not answered.

    Args:
        said: when, UTC in ISO form.
    """
    return f"other_ways/{urgency}/{said}"


def bundle_key(crisis: Crisis | None, person: str) -> str:
    """Name the timer that ends a person's quiet, when the bundled messages are sent."""
    return f"reminders/{crisis.number if crisis else 0}/{person}"
