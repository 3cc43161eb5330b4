"""Every row krisebot remembers. Times are UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    TypeDecorator,
    UniqueConstraint,
    bindparam,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. SQLite has no zones, so it keeps UTC without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = BigInteger().with_variant(Integer, "sqlite")

# For the queries that are asked all the time and so are built once: `{"now": …}` comes with them.
NOW = bindparam("now", type_=UtcDateTime())


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own form
        datetime: UtcDateTime,
        str: Text,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


def _key() -> Mapped[int]:
    return mapped_column(Id, primary_key=True, autoincrement=True)


def _of_crisis(**more: Any) -> Mapped[Any]:
    return mapped_column(Id, ForeignKey("crises.id"), index=True, **more)


# --- what comes in, what falls due, what goes out -------------------------------------------------------------------


class Inbox(Base):
    """What was received, verbatim, before anybody has understood it. A key is taken in once."""

    __tablename__ = "inbox"
    id: Mapped[int] = _key()
    key: Mapped[str] = mapped_column(unique=True)
    body: Mapped[dict[str, Any]]
    message: Mapped[str | None] = mapped_column(index=True)  # the platform's name for what was said
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="new")  # new, done, failed
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    error: Mapped[str | None]
    __table_args__ = (Index("inbox_waiting", "state", "due_at"),)


class Timer(Base):
    """Something that shall happen at a time. A key has one timer; setting it anew moves it."""

    __tablename__ = "timers"
    id: Mapped[int] = _key()
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    crisis_id: Mapped[int | None] = mapped_column(Id, ForeignKey("crises.id"), index=True)
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")  # waiting, done, cancelled, failed
    attempts: Mapped[int] = mapped_column(default=0)
    fired_at: Mapped[datetime | None]
    error: Mapped[str | None]
    __table_args__ = (Index("timers_waiting", "state", "due_at"),)


class Message(Base):
    """One message as it shall stand now; saying it again under the same key changes it where it stands."""

    __tablename__ = "messages"
    id: Mapped[int] = _key()
    key: Mapped[str] = mapped_column(unique=True)
    crisis_id: Mapped[int | None] = mapped_column(Id, ForeignKey("crises.id"), index=True)
    recipient: Mapped[str]  # a person, or "staff:<crisis id>"
    kind: Mapped[str]  # alert, summons, notice, reminder, broadcast, order; reply, card
    card: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    dispatched_version: Mapped[int] = mapped_column(default=0, index=True)
    urgency: Mapped[int] = mapped_column(default=1)  # 0 urgent, 1 ordinary, 2 routine
    everywhere: Mapped[bool] = mapped_column(default=False)  # by every way the person has, not by the first
    platform: Mapped[str | None]  # the way it was asked, for an answer
    another_way: Mapped[bool] = mapped_column(default=False)  # it has stood long enough on those it is on
    held: Mapped[bool] = mapped_column(default=False)  # a routine message that waits to be told of with others
    bundle: Mapped[int | None] = mapped_column(Id)  # the message that told of it
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    trace: Mapped[str | None]  # the input or the timer that said it last: "input-17", "timer-4"


class Delivery(Base):
    """One message on its way by one platform."""

    __tablename__ = "deliveries"
    id: Mapped[int] = _key()
    message_id: Mapped[int] = mapped_column(Id, ForeignKey("messages.id"), index=True)
    platform: Mapped[str]
    lane: Mapped[str]  # the conversation: what is said there is said in order
    state: Mapped[str] = mapped_column(default="queued")  # queued, sending, doubt, sent, delivered, failed, replaced
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


class Lane(Base):
    """A conversation that messages go to. Whoever holds it is the only one who sends there."""

    __tablename__ = "lanes"
    name: Mapped[str] = mapped_column(primary_key=True)
    held_by: Mapped[str | None]
    held_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    recent: Mapped[list[Any]] = mapped_column(default=list)  # when it was last written there: bot/pace.py


class Pace(Base):
    """How much of one limit of a platform's is used: "slack/posts"."""

    __tablename__ = "paces"
    name: Mapped[str] = mapped_column(primary_key=True)
    recent: Mapped[list[Any]] = mapped_column(default=list)  # the last calls, in seconds since 1970, oldest first
    not_before: Mapped[datetime | None]


class Address(Base):
    """Where a person is reached on a platform, as learnt from having heard from them."""

    __tablename__ = "addresses"
    person: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[dict[str, Any]]
    name: Mapped[str] = mapped_column(default="")
    heard_at: Mapped[datetime | None]


class ContactCheck(Base):
    """One person asked, outside any crisis, whether they can be reached and are in the plan as they should. R070, R244."""

    __tablename__ = "contact_checks"
    id: Mapped[int] = _key()
    round: Mapped[int]
    person: Mapped[str]
    kind: Mapped[str]  # reach: one tap; details: are number and mail still right
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]  # reached, right, changed
    words: Mapped[str | None]  # what is to be changed in the plan, verbatim
    __table_args__ = (UniqueConstraint("round", "person"), Index("contact_checks_person", "person", "asked_at"))


class Room(Base):
    """A crisis staff's channel on one platform: what it shall be, and what has been made of it."""

    __tablename__ = "rooms"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    platform: Mapped[str]
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="wanted")  # wanted, open, failed, closing, closed
    address: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    inside: Mapped[list[Any]] = mapped_column(default=list)  # persons the platform has let in
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]  # None: nothing to do
    error: Mapped[str | None]
    __table_args__ = (UniqueConstraint("crisis_id", "platform"), Index("rooms_address", "platform", "address"))


class Fact(Base):
    """A single remembered value, by name: the rehearsal clock's offset, the plan's last fingerprint."""

    __tablename__ = "facts"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


class RehearsalPost(Base):
    """A message in the rehearsal chat, whoever said it."""

    __tablename__ = "rehearsal_posts"
    id: Mapped[int] = _key()
    seq: Mapped[int] = mapped_column(Id, unique=True)
    place: Mapped[str] = mapped_column(index=True)  # "dm:jens", "generelt", a staff channel's name
    sender: Mapped[str]
    text: Mapped[str]
    files: Mapped[list[Any]] = mapped_column(default=list)  # what is attached: name, content_type, size, sha256
    card: Mapped[dict[str, Any] | None]
    message_id: Mapped[int | None] = mapped_column(Id, unique=True)
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]


# --- the crisis -----------------------------------------------------------------------------------------------------


class Crisis(Base):
    """An incident from its first warning to its stand-down. It is a crisis once it has level 2."""

    __tablename__ = "crises"
    id: Mapped[int] = _key()
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="warned")  # warned, active, followed, closed
    level: Mapped[int | None]
    basis: Mapped[str | None]  # how level 1 came: "centre" (both approvals) or "board" (one decider)
    exercise: Mapped[bool] = mapped_column(default=False)
    plan: Mapped[dict[str, Any]]  # frozen when it began
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    registered_at: Mapped[datetime | None]  # when the decision was typed, where decided_at was set back
    decided_by: Mapped[str | None]
    on_behalf_of: Mapped[str | None]
    established_due: Mapped[datetime | None]
    established_at: Mapped[datetime | None]
    established_by: Mapped[str | None]
    sustain_until: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    deactivated_by: Mapped[str | None]
    case_ref: Mapped[str | None]
    c3_ref: Mapped[str | None]
    chief: Mapped[str | None]
    holders: Mapped[dict[str, Any]] = mapped_column(default=dict)  # roles that others have than in the plan
    municipalities: Mapped[list[Any]] = mapped_column(default=list)


class Alert(Base):
    """A warning in the words of whoever raised it. Plan §4."""

    __tablename__ = "alerts"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    person: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(default="other")
    source: Mapped[str | None]
    platform: Mapped[str]
    touches: Mapped[str | None]  # does it touch the municipality: yes, no, unknown
    beyond: Mapped[str | None]  # is it beyond daily preparedness: yes, no, unknown


class Escalation(Base):
    """The search for somebody who takes a warning, in the plan's order. Plan §4."""

    __tablename__ = "escalations"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    state: Mapped[str] = mapped_column(default="running")  # running, contact, stopped
    taken_by: Mapped[str | None]
    round: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=-1)  # which link of the chain is being tried
    started_at: Mapped[datetime]


class EscalationStep(Base):
    """One person asked to take a warning."""

    __tablename__ = "escalation_steps"
    id: Mapped[int] = _key()
    escalation_id: Mapped[int] = mapped_column(Id, ForeignKey("escalations.id"), index=True)
    crisis_id: Mapped[int] = _of_crisis()
    step: Mapped[int]
    round: Mapped[int]
    position: Mapped[int]
    role: Mapped[str]
    person: Mapped[str]
    deputy_for: Mapped[str | None]
    contacted_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    result: Mapped[str | None]  # contact, declined, silent, failed, stopped


class Approval(Base):
    """One of the two approvals that level 1 in a centre takes, or a proposal that waits for its decider. Plan §2."""

    __tablename__ = "approvals"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    subject: Mapped[str]  # level1, deescalate, deactivate
    role: Mapped[str]  # centre_chief, director, mayor
    person: Mapped[str]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    text: Mapped[str] = mapped_column(default="")


class Member(Base):
    """A person in the staff, or beside it, for a period. Plan §5."""

    __tablename__ = "members"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    person: Mapped[str]
    staff: Mapped[str]  # framing, operational; beside: serves the staff and is in its channel
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    added_by: Mapped[str | None]


class Summons(Base):
    """A person asked to come, and what they said. Plan §5, Krisesekretariat."""

    __tablename__ = "summons"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    person: Mapped[str]
    duty: Mapped[str]  # framing, secretariat, communication, support, operational
    label: Mapped[str]  # what they are summoned as, in Danish
    deputy_for: Mapped[str | None]
    sent_at: Mapped[datetime]
    answer: Mapped[str | None]  # coming, declined
    eta: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="")
    __table_args__ = (UniqueConstraint("crisis_id", "person"),)


class CentreNotice(Base):
    """What a centre has been told, and whether its chief has told the centre. Plan §5, Ansvarsfordeling."""

    __tablename__ = "centre_notices"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    centre: Mapped[str]
    chief: Mapped[str]
    asked: Mapped[str]  # whom we wait for: the chief, then the deputy
    contact: Mapped[str | None]
    notified_at: Mapped[datetime]
    informed_at: Mapped[datetime | None]
    informed_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("crisis_id", "centre"),)


class Task(Base):
    """Something somebody shall do before a time."""

    __tablename__ = "tasks"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    title: Mapped[str]
    role: Mapped[str | None]
    owner: Mapped[str | None]
    due_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(default="pending")  # pending, in_progress, done
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class Measure(Base):
    """Something the staff has set going: who, before when, and how far it is. Plan §7, Stabens arbejde."""

    __tablename__ = "measures"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int | None]  # None: proposed, and not a measure yet
    title: Mapped[str]
    owner: Mapped[str]
    centre: Mapped[str | None]  # the centre that owns the subject every day
    due_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(default="pending")  # proposed, pending, in_progress, waiting, done, cancelled
    urgent: Mapped[bool] = mapped_column(default=False)
    orient: Mapped[bool] = mapped_column(default=False)  # the next meeting is to be told of it
    needs_approval: Mapped[bool] = mapped_column(default=False)  # political: it can't begin without
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    approval: Mapped[str | None]  # by whom and in which case, as it was registered
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    log_no: Mapped[int | None]  # the log line that its status stands at
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class AssistanceRequest(Base):
    """What somebody lacks, until they have it or know why not. Plan §7, Anmodninger om assistance."""

    __tablename__ = "assistance_requests"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    requester: Mapped[str]
    centre: Mapped[str | None]
    text: Mapped[str]  # verbatim
    quantity: Mapped[str | None]
    need: Mapped[str | None]
    place: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="new")  # new, assessing, met, forwarded, refused
    measure_id: Mapped[int | None] = mapped_column(Id, ForeignKey("measures.id"))
    forwarded_to: Mapped[str | None]
    ask_again_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class LogEntry(Base):
    """A line of the crisis log. Rows are only ever added; `canonical` is what the hash was taken of."""

    __tablename__ = "log_entries"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = mapped_column(Id, ForeignKey("crises.id"))
    no: Mapped[int]
    canonical: Mapped[bytes]
    previous_hash: Mapped[str]
    hash: Mapped[str]
    # Copies of what stands in `canonical`, to search by.
    recorded_time: Mapped[datetime]
    kind: Mapped[str]
    grade: Mapped[str]
    verification: Mapped[str]
    recorder: Mapped[str]
    summary: Mapped[str]
    folded: Mapped[str]  # the summary as `storage.letters` compares it
    message: Mapped[str | None] = mapped_column(index=True)  # the message it was saved from
    __table_args__ = (UniqueConstraint("crisis_id", "no"), Index("log_kind", "crisis_id", "kind", "no"))


_UNCONFIRMED = text("verification = 'unconfirmed'")


class LogState(Base):
    """Where a log entry stands now: derived from the entries that came after it, and computed anew by `verify`."""

    __tablename__ = "log_states"
    crisis_id: Mapped[int] = mapped_column(Id, ForeignKey("crises.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    verification: Mapped[str]
    status: Mapped[str | None]
    grade: Mapped[str]
    corrected_by: Mapped[int | None]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("log_grade", "crisis_id", "grade", "no"),
        Index("log_unconfirmed", "crisis_id", "no", sqlite_where=_UNCONFIRMED, postgresql_where=_UNCONFIRMED),
    )


class LogWord(Base):
    """A word, or the end of one, that stands in a stretch of the log: see `storage.log_words`."""

    __tablename__ = "log_words"
    crisis_id: Mapped[int] = mapped_column(Id, ForeignKey("crises.id"), primary_key=True)
    # In the order of its bytes, so that what begins alike stands together, whatever language the server speaks.
    word: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"), primary_key=True)
    stretch: Mapped[int] = mapped_column(primary_key=True)
    __table_args__ = ({"sqlite_with_rowid": False},)
