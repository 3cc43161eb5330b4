"""Inputs as the plan's rooms know them: after a platform has verified one and before anybody has understood it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal[
    "command", "text", "press", "save", "forward", "reaction", "edited", "deleted", "joined", "home", "unread"
]
Place = Literal["dm", "channel"]

# What a button did whose data can't be read: an older or a newer release of ours drew it.
OTHER_RELEASE = "other_release"


@dataclass(frozen=True)
class Enclosed:
    """A picture or a file that came along, before anybody has fetched it.

    Args:
        reference: what the platform needs to find it; empty where the bot can't get at it.
        name: as the sender called it.
        content_type: as the platform says, such as "image/jpeg"; empty when it doesn't.
        size: bytes, as the platform says; 0 when it doesn't.
        unreachable: why the bot can't get at it, Danish; empty when it can.
    """

    reference: Mapping[str, Any]
    name: str
    content_type: str = ""
    size: int = 0
    unreachable: str = ""


@dataclass(frozen=True)
class Incoming:
    """An input: one thing that a person did, on any platform.

    Args:
        key: the platform's own name for this delivery; the same key is the same act, however often it comes.
        kind: "command" was addressed to the bot (`/krise …`, `@Krisebot …`); "text" was just said where the bot can
            hear it; "press" is a button; "save" is `Gem i log` on somebody's message; "forward" is somebody's message
            sent on to the bot alone; "reaction" an emoji on one; "unread" is what
            nobody could read, as it came.
        platform: the platform's registered name, for answers that must go back the same way.
        sender: a person's id in the plan, or `platform:id` for an employee who is not in it.
        place: "dm" when only the sender and the bot are there.
        conversation: the platform's address of the place, which an answer can be sent to.
        received_at: UTC, when it reached us.
        text: verbatim, as typed, without the bot's name or the command's.
        action, args, values: for a press: what the button does, with what, and what was filled in.
        message: the message it is about: our own message id for a press, the platform's reference otherwise.
        author, said_at: for "save" and "forward": who wrote the message, and when (UTC), where the platform tells.
        comment: for "forward": what the sender wrote above it.
        enclosed: what came along with it.
        sender_name: a name to show for an employee who is not in the plan.
        reach: what the platform needs to write to the sender first, later.
        thread: the platform's thread that it was written in, in a channel; an answer in that channel stays there.
        in_place: where the platform can answer in a conversation of other people's, as it sends there; empty where it
            can't, or where nobody else reads along.
        pointed: whether the platform has told the writer in place where the answer is, in the same breath as it took it in.
        hidden: whether nobody else there saw it: a command that the platform brings to us alone.
        outside: whether the sender belongs to another organisation, in a channel shared with it (Slack Connect).
        answers_to: our own number for the message that it was written as an answer to (a thread, a quotation).
        unnamed: what stands in its texts for people and places whose names weren't known when it came, with what the platform
            calls each; they are asked for before its turn begins.
        mentioned: how those of the plan whom it names by the platform's own mention stand in its text: chosen there, and not only
            spoken of.
        certain: whether the platform vouches for the sender; a telephone number alone is easily forged.
    """

    key: str
    kind: Kind
    platform: str
    sender: str
    place: Place
    conversation: str
    received_at: datetime
    text: str = ""
    action: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    author: str = ""
    said_at: datetime | None = None
    comment: str = ""
    enclosed: tuple[Enclosed, ...] = ()
    sender_name: str = ""
    reach: Mapping[str, Any] = field(default_factory=dict)
    certain: bool = True
    answers_to: str = ""
    outside: bool = False
    thread: str = ""
    in_place: str = ""
    hidden: bool = False
    pointed: bool = False
    unnamed: Mapping[str, str] = field(default_factory=dict)
    mentioned: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What was said, whether it was written or filled in in a form."""
        return self.text or "\n".join(filter(None, self.values.values()))

    def to_json(self) -> dict[str, Any]:
        """Return the input as JSON data, for the inbox."""
        data = dict(vars(self))
        data["mentioned"] = list(self.mentioned)
        data["enclosed"] = [asdict(each) for each in self.enclosed]
        data["received_at"] = self.received_at.isoformat()
        data["said_at"] = self.said_at.isoformat() if self.said_at else None
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Incoming:
        """Read an input as `to_json` left it."""
        said_at = data.get("said_at")
        return cls(
            **{
                **data,
                "received_at": datetime.fromisoformat(data["received_at"]),
                "said_at": datetime.fromisoformat(said_at) if said_at else None,
                "mentioned": tuple(data.get("mentioned", ())),
                "enclosed": tuple(Enclosed(**each) for each in data.get("enclosed", ())),
            }
        )
