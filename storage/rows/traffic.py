"""The traffic's rows: inputs, timers, messages with their deliveries, and where people are reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal, get_args

from sqlalchemy import (
    ForeignKey,
    Index,
    Text,
    TypeDecorator,
    UniqueConstraint,
    and_,
    bindparam,
    false,
    func,
    literal,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, within
from storage.rows.base import Base, Id, instant_or_none, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part

# --- what comes in, what falls due, what goes out -------------------------------------------------------------------


InboxState = Literal["new", "done", "failed"]


class Inbox(Base):
    """An input as it was received, verbatim, before anybody has understood it. A key is taken in once."""

    __tablename__ = "inbox"
    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(unique=True)
    body: Mapped[dict[str, Any]]
    sender: Mapped[str] = mapped_column(default="", server_default="")  # as in the body
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())  # it goes before what merely came first
    message: Mapped[str | None] = mapped_column(index=True)  # the platform's name for what was said
    received_at: Mapped[datetime]
    state: Mapped[InboxState] = mapped_column(default="new")
    # How often it was taken up and nobody knows how it ended.
    begun: Mapped[int] = mapped_column(default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    tell_at: Mapped[datetime | None]  # when its sender is told that it waits, where they are to be
    error: Mapped[str | None]
    # What it answered: the question's kind, its crisis, and the cards that showed what was read.
    answered: Mapped[dict[str, Any] | None]
    __table_args__ = (
        Index("inbox_waiting", "state", "due_at"),
        Index("inbox_urgent", "state", "urgent", "due_at"),
        Index("inbox_sender", "state", "sender", "due_at"),
    )


# What is to be handled; the state stands in the statement, as in `ON_ITS_WAY`.
TO_HANDLE = Inbox.state == literal("new", literal_execute=True)

TimerState = Literal["waiting", "done", "cancelled", "failed"]


class Timer(Base):
    """A reminder of something to do at a time. A key has one timer; setting it anew moves it."""

    __tablename__ = "timers"
    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    crisis_id: Mapped[int | None] = mapped_column(Id, ForeignKey("crises.id"), index=True)
    due_at: Mapped[datetime]
    state: Mapped[TimerState] = mapped_column(default="waiting")
    # How often it was taken up and nobody knows how it ended.
    begun: Mapped[int] = mapped_column(default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(default=0)
    fired_at: Mapped[datetime | None]
    error: Mapped[str | None]
    __table_args__ = (
        Index("timers_waiting", "state", "due_at"),
        Index("timers_kind", "state", "kind", "due_at"),
    )


# The kinds of message that are notices in their own right: they are logged and shown with how they fared.
NoticeKind = Literal["alert", "summons", "notice", "reminder", "broadcast", "order"]
NOTICES: frozenset[str] = frozenset(get_args(NoticeKind))
MessageKind = Literal[NoticeKind, "reply", "card"]


class StaffRecipient(str):
    """The channel of a crisis' staff, as somebody to write to: it is stored, and called in keys, as "staff:7"."""

    __slots__ = ()
    PREFIX: ClassVar[str] = "staff:"

    @classmethod
    def of(cls, crisis: int) -> StaffRecipient:
        """Make the recipient that is the staff's channel of a crisis.

        Args:
            crisis: its row's number.
        """
        return cls(f"{cls.PREFIX}{crisis}")

    @property
    def crisis(self) -> int:
        """The number of the row of the crisis whose staff it is."""
        return int(self.removeprefix(self.PREFIX))


class PlaceRecipient(str):
    """A conversation of other people's that somebody wrote to us in, to say there where the answer is: stored as
    "place:teams/at|29:1…"."""

    __slots__ = ()
    PREFIX: ClassVar[str] = "place:"

    @classmethod
    def of(cls, platform: str, lane: str) -> PlaceRecipient:
        """Make the recipient that is a place on a platform.

        Args:
            lane: as the platform sends there.
        """
        return cls(f"{cls.PREFIX}{platform}/{lane}")

    @property
    def platform(self) -> str:
        """The platform that it is on."""
        return self.lane.partition("/")[0]

    @property
    def lane(self) -> str:
        """The conversation that is sent to: "platform/address"."""
        return self.removeprefix(self.PREFIX)


def recipient_of(stored: str) -> str:
    """Return whom a message is to as what it is: a `StaffRecipient`, a `PlaceRecipient`, or else a person's id.

    Args:
        stored: as it stands in a row, a timer or an export.
    """
    kinds = (StaffRecipient, PlaceRecipient)
    return next((kind(stored) for kind in kinds if stored.startswith(kind.PREFIX)), stored)


class Recipient(TypeDecorator[str]):
    """A column for whom a message is to: a person's id as text, a `StaffRecipient` or a `PlaceRecipient`."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Tell a staff's channel and a place from a person."""
        return recipient_of(value) if value is not None else None


class Message(Base):
    """A message as it shall stand now; saying it again under the same key changes it where it stands."""

    __tablename__ = "messages"
    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(unique=True)
    crisis_id: Mapped[int | None] = mapped_column(Id, ForeignKey("crises.id"), index=True)
    recipient: Mapped[str] = mapped_column(Recipient)  # a person, a StaffRecipient or a PlaceRecipient
    kind: Mapped[MessageKind]
    card: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    dispatched_version: Mapped[int] = mapped_column(default=0)
    urgency: Mapped[int] = mapped_column(default=1)  # 0 urgent, 1 ordinary, 2 routine
    everywhere: Mapped[bool] = mapped_column(default=False)  # by every way the person has, not by the first
    platform: Mapped[str | None]  # the way it was asked, for an answer
    thread: Mapped[str | None]  # that platform's thread, for an answer in a channel
    another_way: Mapped[bool] = mapped_column(default=False)  # it has stood long enough on those it is on
    held: Mapped[bool] = mapped_column(default=False)  # a routine message that waits to be told of with others
    bundle: Mapped[int | None] = mapped_column(Id)  # the message that told of it
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None] = mapped_column(index=True)
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
    answer: Mapped[str | None]
    trace: Mapped[str | None]  # the input or the timer that said it last: "input-17", "timer-4"
    lapses_at: Mapped[datetime | None] = mapped_column(index=True)  # when a button leaves it by itself


# What is said, or said anew, and not yet on its ways: asked for at every commit, however much has been said.
TO_ADDRESS = and_(Message.dispatched_version < Message.version, Message.held.is_(False))
Index("messages_to_address", Message.urgency, Message.id, sqlite_where=TO_ADDRESS, postgresql_where=TO_ADDRESS)

# For queries: messages to persons, not to a channel.
TO_A_PERSON = and_(
    Message.recipient.not_like(f"{StaffRecipient.PREFIX}%"), Message.recipient.not_like(f"{PlaceRecipient.PREFIX}%")
)


DeliveryState = Literal["queued", "sending", "sent", "delivered", "failed", "replaced"]


class Delivery(Base):
    """One message on its way by one platform."""

    __tablename__ = "deliveries"
    id: Mapped[int] = primary_key()
    message_id: Mapped[int] = mapped_column(Id, ForeignKey("messages.id"), index=True)
    platform: Mapped[str]
    lane: Mapped[str]  # the conversation: what is said there is said in order
    state: Mapped[DeliveryState] = mapped_column(default="queued")
    urgency: Mapped[int] = mapped_column(default=1)
    ref: Mapped[dict[str, Any] | None]  # the platform's name for it, once it stands there
    version_sent: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("message_id", "platform", "lane"),
        Index("deliveries_waiting", "state", "due_at"),
        Index("deliveries_lane", "lane", "state"),
    )


# What is queued or being sent. The states stand in the statement itself: PostgreSQL, which forgets after some runs what was
# asked for, took "sent" to be as likely, and went through all that had ever been sent.
ON_ITS_WAY = Delivery.state.in_(
    bindparam("on_its_way", ["queued", "sending"], unique=True, expanding=True, literal_execute=True)
)


class Conversation(Base):
    """A conversation that messages go to. Whoever holds it is the only one who sends there."""

    __tablename__ = "lanes"
    name: Mapped[str] = mapped_column(primary_key=True)
    held_by: Mapped[str | None]
    held_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    recent: Mapped[list[Any]] = mapped_column(default=list)  # when it was last written there: bot/engine/rates.py


class RateUse(Base):
    """The use of one limit of a platform's: "slack/posts"."""

    __tablename__ = "paces"
    name: Mapped[str] = mapped_column(primary_key=True)
    recent: Mapped[list[Any]] = mapped_column(default=list)  # the last calls, in seconds since 1970, oldest first
    not_before: Mapped[datetime | None]


class Address(Base):
    """The address of a person on a platform, as learnt from having heard from them."""

    __tablename__ = "addresses"
    person: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[dict[str, Any]]
    name: Mapped[str] = mapped_column(default="")
    heard_at: Mapped[datetime | None]


async def strangers(db: AsyncSession) -> dict[str, str]:
    """Return the names of those who have written without being in the plan, by their ids, as their platform gave them."""
    # Theirs alone have the platform in front of them.
    rows = await db.execute(
        select(Address.person, Address.name).where(Address.name != "", Address.person.contains(":"))
    )
    return {person: name for person, name in rows}  # noqa: C416


ChannelState = Literal["wanted", "open", "failed"]


class StaffChannel(Base):
    """A crisis staff's channel on one platform: what it shall be, and what has been made of it."""

    __tablename__ = "rooms"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    platform: Mapped[str]
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    state: Mapped[ChannelState] = mapped_column(default="wanted")
    address: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    inside: Mapped[list[Any]] = mapped_column(default=list)  # persons the platform has let in
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]  # None: nothing to do
    error: Mapped[str | None]
    __table_args__ = (UniqueConstraint("crisis_id", "platform"), Index("rooms_address", "platform", "address"))


class Remembered(Base):
    """A single remembered value, by name: the rehearsal clock's offset, the plan's last fingerprint."""

    __tablename__ = "facts"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


class RehearsalPost(Base):
    """A message in the rehearsal chat, whoever said it."""

    __tablename__ = "rehearsal_posts"
    id: Mapped[int] = primary_key()
    seq: Mapped[int] = mapped_column(Id, unique=True)
    place: Mapped[str] = mapped_column(index=True)  # "dm:jens", "generelt", a staff channel's name
    sender: Mapped[str]
    text: Mapped[str]
    files: Mapped[list[Any]] = mapped_column(default=list)  # what is attached: name, content_type, size, sha256
    card: Mapped[dict[str, Any] | None]
    message_id: Mapped[int | None] = mapped_column(Id, unique=True)
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]


class MailToken(Base):
    """One call of the gateway's; it signs when it called and a token, but not what it brought."""

    __tablename__ = "mail_tokens"
    token: Mapped[str] = mapped_column(primary_key=True)
    brought: Mapped[str]  # SHA-256 of the mail, so that the gateway may bring the same one again
    at: Mapped[datetime] = mapped_column(index=True)


# What a state of ours is called outside: a message in doubt is still on its way.
STATES = {"sending": "queued", "replaced": "failed"}


@part("notifications")
async def notifications(db: AsyncSession, crisis: Crisis, grade: Grade) -> list[dict[str, Any]]:
    """Read who was told what, by which way and how it fared; their answers for whoever may see what the staff sees."""
    with_answers = within("staff", grade)
    rows = await db.execute(
        select(Message, Delivery)
        .outerjoin(Delivery, Delivery.message_id == func.coalesce(Message.bundle, Message.id))
        .where(Message.crisis_id == crisis.id, Message.kind.in_(NOTICES))
        .order_by(Message.id, Delivery.id)
    )
    return [_notification(message, delivery, with_answers) for message, delivery in rows]


def _notification(message: Message, delivery: Delivery | None, with_answers: bool) -> dict[str, Any]:
    state = delivery.state if delivery else "queued"
    return {
        "to": message.recipient,
        "kind": message.kind,
        "channel": delivery.platform if delivery else None,
        "sent_at": instant_or_none(delivery.sent_at) if delivery else None,
        "state": "answered" if message.answered_at else STATES.get(state, state),
        "answered_at": instant_or_none(message.answered_at),
        "answer": message.answer if with_answers else None,
    }
