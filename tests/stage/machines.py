"""What hypothesis' machines are played with: they are no coroutines, and begin anew hundreds of times."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from typing import Any

from tests.databases import SQLite, folder

_loop = asyncio.new_event_loop()
_folder = folder()


@cache
def databases() -> SQLite:
    """A place for the databases of all that hypothesis thinks of."""
    return SQLite(Path(_folder.name))


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return _loop.run_until_complete(work)
