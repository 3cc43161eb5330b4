"""A spot in a conversation of other people's where somebody wrote to us: where an answer that only they see can stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

SHOWN, HIDDEN = "at", "only"
# As long as Slack's own are, several times over: a database has no room for any length in what it looks things up by.
LONGEST = 500
# Signs that an address is made of; no "|", which parts ours, and no "\\", which some read as "/".
ADDRESS = re.compile(r"[!-\[\]-{}~]+")
# Whose addresses an answer to a command may be sent to, beside the server that we were set up with.
SLACKS = (".slack.com", ".slack-gov.com")


@dataclass(frozen=True)
class Spot:
    """Where an answer stands, as the address that messages are sent to.

    Args:
        user: who wrote.
        channel: where.
        thread: the thread that it was in; empty where it was in none: what only one person sees is shown by Slack in no
            thread that hasn't begun.
        link: what Slack gave us to answer by ("response_url"): it reaches where we are no member, for half an hour; empty
            where it gave none.
        hidden: whether nobody else saw what they wrote: then nobody else may see that it is answered.
    """

    user: str
    channel: str
    thread: str = ""
    link: str = ""
    hidden: bool = False

    @property
    def lane(self) -> str:
        """The address that a message is sent to."""
        return "|".join((HIDDEN if self.hidden else SHOWN, self.user, self.channel, self.thread, self.link))

    @classmethod
    def read(cls, lane: str) -> Spot | None:
        """Read an address as `lane` wrote it; None for any other."""
        kind, _, rest = lane.partition("|")
        parts = rest.split("|", 3)
        if kind not in (SHOWN, HIDDEN) or len(parts) != 4:
            return None
        user, channel, thread, link = parts
        return cls(user, channel, thread, link, kind == HIDDEN)

    @classmethod
    def of(cls, user: str, channel: str, link: str, api_url: str) -> Spot:
        """Return where something that nobody else saw is answered.

        Args:
            user, channel: Slack's ids of who, and of where.
            link: what Slack gave us to answer by; left out where it isn't Slack's own.
            api_url: where Slack's Web API is, as we were set up.
        """
        return cls(user, channel, link=link if _is_slacks(link, api_url) else "", hidden=True)


def _is_slacks(link: str, api_url: str) -> bool:
    """Whether an address is Slack's own: the platform's signature vouches for who sent it, and this for where we post."""
    try:
        there, ours = urlsplit(link), urlsplit(api_url)
        own = (there.scheme, there.netloc) == (ours.scheme, ours.netloc)
        theirs = there.scheme == "https" and there.port is None and (there.hostname or "").endswith(SLACKS)
        return ADDRESS.fullmatch(link) is not None and len(link) <= LONGEST and (own or theirs)
    except ValueError:
        return False
