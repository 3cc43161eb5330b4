"""krisebot as an operator runs it, with handlers in it that do what no handler should.

What they do is chosen by a word: `/krise uheld <word>`; or by a timer's arguments.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import time
from pathlib import Path

from bot.cli import main
from handlers.core import registry
from handlers.core.card import Card
from handlers.core.registry import timer, verb
from handlers.core.turn import Turn

registry.load()


@verb("uheld", help="uheld – det, der aldrig må ske")
async def misfortune(turn: Turn, text: str) -> None:
    """Loop without an end in Python, in a pattern or in waiting; or end the process."""
    await turn.answer(Card("Det her må ingen se."))
    match text.split()[0]:
        case "python":
            while True:
                pass
        case "sluger":
            while True:
                with contextlib.suppress(ValueError):
                    int("x")
        case "tænker":
            until = time.thread_time() + 1.5
            while time.thread_time() < until:
                pass
        case "mønster":
            re.fullmatch(r"(a+)+", "a" * 40 + "b")
        case "venter":
            await asyncio.sleep(3600)
        case "dør":
            os.kill(os.getpid(), signal.SIGKILL)


@timer("uheld.due")
async def fell_due(turn: Turn, line: str, dies_of: str = "") -> None:
    """Write a line in the log; then end the process, where its arguments say so.

    Args:
        dies_of: a file that is there as long as the process dies of this; one whose name begins with "once" is gone then.
    """
    await turn.log(line)
    if dies_of and _is_so(Path(dies_of)):
        os.kill(os.getpid(), signal.SIGKILL)


def _is_so(reason: Path) -> bool:
    there = reason.exists()
    if reason.name.startswith("once"):
        reason.unlink(missing_ok=True)
    return there


if __name__ == "__main__":
    main()
