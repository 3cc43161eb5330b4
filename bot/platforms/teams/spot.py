"""A spot in a conversation of other people's where somebody wrote to us: the thread to answer in, and whom to show it to."""

from __future__ import annotations

from dataclasses import dataclass

from bot.platforms.entra import Json

SHOWN, HIDDEN = "at", "only"


@dataclass(frozen=True)
class Spot:
    """Where an answer stands, as the address that messages are sent to.

    Args:
        user: who wrote, as Teams calls them in conversations, "29:…".
        activity: what they wrote; empty where it was no message.
        conversation: where, with the thread where it is one.
        hidden: whether nobody else saw what they wrote: then nobody else may see that it is answered.
    """

    user: str
    activity: str
    conversation: str
    hidden: bool = False

    @property
    def lane(self) -> str:
        """The address that a message is sent to."""
        return "|".join((HIDDEN if self.hidden else SHOWN, self.user, self.activity, self.conversation))

    @classmethod
    def read(cls, lane: str) -> Spot | None:
        """Read an address as `lane` wrote it; None for any other."""
        kind, _, rest = lane.partition("|")
        user, _, rest = rest.partition("|")
        activity, _, conversation = rest.partition("|")
        known = kind in (SHOWN, HIDDEN) and user and conversation
        return cls(user, activity, conversation, kind == HIDDEN) if known else None

    def addressed(self, drawn: Json) -> Json:
        """Return a message for nobody but whoever wrote; above an answer to hidden words Teams shows these again."""
        own = {"entities": [{"type": "targetedMessageInfo", "messageId": self.activity}]}
        own = own if self.hidden and self.activity else {}
        return {**drawn, **own, "recipient": {"id": self.user}}
