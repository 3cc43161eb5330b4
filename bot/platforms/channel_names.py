"""What a staff's channel is called where its name is taken: two crises on one day may have the same."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.platform import Undeliverable

# How many channels of one name there may be on one day.
MOST_ALIKE = 50


class AllTaken(Undeliverable):
    """No name is left for a channel.

    Args:
        name: the one that was wished for.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"der er {MOST_ALIKE} kanaler, der hedder {name}")


def names_like(name: str) -> Iterator[str]:
    """Go through the names that a channel may have, the one wished for first."""
    yield name
    yield from (f"{name}-{number}" for number in range(2, MOST_ALIKE + 1))
