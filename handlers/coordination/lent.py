"""Reading what another municipality says that it can spare, out of a report home. Plan §6: "Samle viden om ressourcer".

It goes into the resource overview as expected, never as ours: the report that it stands in is unconfirmed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.core import written_times
from handlers.core.language import times_read
from handlers.core.turn import Turn
from handlers.measures import resources

OFFER = re.compile(
    r"(?:^|(?<=[.;:!?]))(?P<who>[^.;:!?]*?)(?<!\s)\s++(?:kan|vil gerne|tilbyder at|er klar til at)\s++(?:godt\s++)?+"
    r"(?:undvære|afgive|udlåne|låne os|sende|stille med|levere)\s++(?P<what>[^.;!?]+(?:\.\d+[^.;!?]*)*)",
    re.IGNORECASE,
)
SAID = re.compile(r"\b(?:siger|oplyser|melder|skriver|meddeler|at)\b", re.IGNORECASE)
DENIED = re.compile(r"\b(?:ikke|ingen|intet|måske|hvis)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Offer:
    """An offer of what can be spared.

    Args:
        lender: who can spare it.
        quantity: how many, as written.
        name: what.
        expected_at: from when, UTC; None where it isn't said.
        relief_at: until when, UTC; None where it isn't said.
    """

    lender: str
    quantity: str
    name: str
    expected_at: datetime | None
    relief_at: datetime | None


def read(text: str, now: datetime, zone: ZoneInfo) -> Offer | None:
    """Read an offer, "4K siger Greve kan undvære 1 højvandspumpe fra kl 17"; None where nothing is offered for sure.

    Args:
        text: as typed.
        now: UTC.
        zone: where the clock on the wall hangs.
    """
    offered = OFFER.search(text)
    if offered is None or DENIED.search(offered[0]):
        return None
    lender = SAID.split(offered["who"])[-1].strip(" ,")
    what, expected, until = offered["what"].strip(), None, None
    found = times_read.find(what, now, zone)
    if found and not found[0].passed:
        what, at = found[1], found[0].at
        if re.search(r"\b(?:til|indtil)\s*$", what, re.IGNORECASE):
            until = at
        else:
            expected = at
        what = re.sub(r"(?<![\s,])[\s,]++(?:fra|til|indtil|fra og med)\s*+$", "", what, flags=re.IGNORECASE)
    counted = resources.QUANTITY.match(what)
    name = (what[counted.end() :] if counted else what).strip(" ,")
    if not lender or not name:
        return None
    return Offer(lender, counted[1] if counted else "1", name, expected, until)


async def expect(turn: Turn, text: str) -> None:
    """Put what is offered in the resource overview, to be corrected there."""
    offer = read(text, written_times.since(turn), turn.zone)
    if offer is not None:
        await resources.add(
            turn,
            quantity=offer.quantity,
            name=offer.name,
            relief_at=offer.relief_at,
            lender=offer.lender,
            expected_at=offer.expected_at,
        )
