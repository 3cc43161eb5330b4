"""Files that are whole or not there: an export that fails half-way leaves nothing that somebody might file. Plan §7."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def whole_files() -> Iterator[Callable[[Path], IO[bytes]]]:
    """Give out files that get their names when all of them are written: where one fails none is there, and what stood
    there before stays."""
    unfinished: dict[Path, Path] = {}
    with contextlib.ExitStack() as files:

        def opened(target: Path) -> IO[bytes]:
            if target.exists() and not target.is_file():
                return files.enter_context(target.open("wb"))
            part = target.with_name(f".{target.name}.ufærdig")
            unfinished[part] = target
            return files.enter_context(part.open("wb"))

        try:
            yield opened
            files.close()
            for part, target in unfinished.items():
                part.replace(target)
        finally:
            for part in unfinished:
                part.unlink(missing_ok=True)
