"""Rate limits: how often a platform may be called, kept to before it has to refuse.

Pure functions on the times of the calls made lately, in seconds since 1970. The rows keep those times, so that a pace
holds over a restart, and over all replicas on one database. Plan §5, Varsle/indkalde.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True)
class Rate:
    """A limit: so many calls in so many seconds.

    Args:
        count: at most so many in any span.
        seconds: the span.
        at_once: how many of them may come without a pause; the rest of the span's come evenly. Evenly is what lets
            something urgent in soon, where the span is a minute: a span is never used up before it is over.
    """

    count: int
    seconds: float
    at_once: int


Rates = tuple[Rate, ...]


@dataclass(frozen=True)
class Limits:
    """A platform's limits.

    Args:
        posts: new messages, over the whole platform.
        conversation: new messages in one conversation.
        edits: changes of what stands there, over the whole platform; None where they count as new messages do.
    """

    posts: Rates = ()
    conversation: Rates = ()
    edits: Rates | None = None


NO_LIMITS = Limits()


def rates(text: str) -> Rates:
    """Read limits as "7/1, 60/30/20": seven in a second, and sixty in thirty seconds, of which twenty at once.

    Raises:
        ValueError: it is something else. "off" and "fra" are no limit at all.
    """
    if text.strip().casefold() in ("off", "fra"):
        return ()
    return tuple(_rate(part) for part in text.split(","))


def _rate(text: str) -> Rate:
    count, seconds, *at_once = text.split("/")
    rate = Rate(int(count), float(seconds), int(at_once[0]) if at_once else int(count))
    if len(at_once) > 1 or not 1 <= rate.at_once <= rate.count or not 0 < rate.seconds < inf:
        raise ValueError(text)
    return rate


def free_at(recent: Sequence[float], limits: Rates) -> float:
    """Return when the next call may be made; 0.0 when it could have been any time.

    Args:
        recent: when the calls of the longest span were made, oldest first.
        limits: all of which are kept.
    """
    return max((max(_room_at(recent, rate), _even_at(recent, rate)) for rate in limits), default=0.0)


def allowed(recent: Sequence[float], limits: Rates, now: float, most: int) -> int:
    """Return how many calls may be made now, at most `most`; the other arguments are those of `free_at`."""
    made, count = list(recent), 0
    while count < most and free_at(made, limits) <= now:
        made.append(now)
        count += 1
    return count


def with_calls(recent: Sequence[float], limits: Rates, now: float, calls: int) -> list[float]:
    """Return the calls to remember when some more have been made now: none that no limit asks about any longer.

    Args:
        recent: when the last calls were made, in seconds since 1970.
        now: likewise.
        calls: how many more.
    """
    longest = max((rate.seconds for rate in limits), default=0.0)
    most = max((rate.count for rate in limits), default=0)
    return [*(at for at in recent if at > now - longest), *[now] * calls][-most:] if limits else []


def answered(recent: Sequence[float], made: float, now: float) -> list[float]:
    """Return the calls to remember when one of them has been answered.

    Args:
        recent: when the last calls were made, in seconds since 1970.
        made, now: when it was made and answered, likewise.

    It counts from now on: the platform has counted it somewhere between its making and its answer, and what is made a
    span after the answer can't come too early, however long either is on its way.
    """
    rest = list(recent)
    if made in rest:
        rest.remove(made)
        rest.append(now)
    return sorted(rest)


def _room_at(recent: Sequence[float], rate: Rate) -> float:
    return recent[-rate.count] + rate.seconds if len(recent) >= rate.count else 0.0


def _even_at(recent: Sequence[float], rate: Rate) -> float:
    """Return when an evenly spread call may be made: it has its own share of the span, and one beside it may come when
    a span has passed."""
    if rate.at_once >= rate.count:
        return 0.0
    every = rate.seconds / (rate.count - rate.at_once + 1)
    even, beside = 0.0, list[float]()
    for at in recent[-rate.count :]:
        # A thousandth for what the sums of so large numbers lose.
        if at >= even - 0.001:
            # Whoever came a little late is not late for ever.
            even = max(even, at - every / 2) + every
        else:
            beside.append(at)
    more = rate.at_once - 1
    if len(beside) < more:
        return 0.0
    return (min(even, beside[-more] + rate.seconds) if more else even) - 0.001
