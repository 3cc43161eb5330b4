"""What is done aside ends for whoever waits for it, however it ends."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.platforms.fallback.aside import BrokenOff, aside

# What no `except Exception` sees, and what no future can carry.
ENDS = (SystemExit, KeyboardInterrupt, GeneratorExit, StopIteration, asyncio.CancelledError)


def broken_off(how: type[BaseException]) -> None:
    raise how("mailbox")


@pytest.mark.parametrize("how", ENDS)
async def test_what_breaks_off_in_a_thread_ends_the_wait_for_it(how: type[BaseException]) -> None:
    """D03 D05: a library that exits in its thread left whoever waited there for good, and no mail was read again."""
    async with asyncio.timeout(5):
        with pytest.raises(BrokenOff, match=how.__name__) as told:
            await aside(broken_off, how)
    assert isinstance(told.value.__cause__, how)


async def test_what_is_done_aside_is_returned_or_raised_as_it_is() -> None:
    """D03: an ordinary error reaches whoever waits, as it was raised."""
    here = threading.get_ident()
    assert await aside(threading.get_ident) != here
    with pytest.raises(ValueError, match="literal"):
        await aside(int, "tolv")
