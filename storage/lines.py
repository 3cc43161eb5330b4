"""A log as it is told to others, a line at a time: one of a hundred thousand lines takes no more memory than one of ten."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

# So many bytes are kept in memory; a longer log is in a file that is gone when nobody has it any more.
SHORT = 2**20
AT_A_TIME = 2**18

Line = tuple[Mapping[str, Any], Mapping[str, Any] | None]
"""An exported entry, and where it stands now; None for one that is left out."""


class Lines:
    """What `told["log"]` and `told["log_state"]` are in an export that isn't held in memory: to be read by `lines`."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(SHORT)  # noqa: SIM115 - kept for as long as it is read
        self._count = 0
        self.head: str | None = None
        """The last line's hash."""
        self.stray: dict[int, Mapping[str, Any]] = {}
        """What is said of where lines stand that there are none of, by their numbers."""

    def add(self, entry: Mapping[str, Any], state: Mapping[str, Any] | None) -> None:
        """Keep the next line."""
        self._file.write(json.dumps([entry, state], ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self._count += 1
        self.head = entry["hash"]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Line]:
        """From the beginning, however many read at once."""
        at = 0
        while True:
            self._file.seek(at)
            some = self._file.readlines(AT_A_TIME)
            at = self._file.tell()
            if not some:
                return
            for each in some:
                entry, state = json.loads(each)
                yield entry, state


def lines(told: Mapping[str, Any]) -> Iterator[Line]:
    """The lines of an export's document, whichever way it is held."""
    log = told["log"]
    if isinstance(log, Lines):
        yield from log
        return
    for entry in log:
        yield entry, None if entry.get("omitted") else told["log_state"][str(entry["no"])]


def as_json(told: Mapping[str, Any]) -> Iterator[str]:
    """An export's document as JSON, piece by piece."""
    yield "{"
    for number, (key, value) in enumerate(told.items()):
        yield f"{',' if number else ''}\n {json.dumps(key)}: "
        if not isinstance(value, Lines):
            yield _indented(value, 1)
        elif key == "log":
            yield from _many("[]", (_indented(entry, 2) for entry, _ in value))
        else:
            standing = chain(((entry["no"], state) for entry, state in value if state), value.stray.items())
            yield from _many("{}", (f'"{no}": {_indented(state, 2)}' for no, state in standing))
    yield "\n}\n"


def _many(brackets: str, every: Iterator[str]) -> Iterator[str]:
    first = True
    yield brackets[0]
    for each in every:
        yield f"{'' if first else ','}\n  {each}"
        first = False
    yield brackets[1] if first else f"\n {brackets[1]}"


def _indented(value: Any, by: int) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1).replace("\n", "\n" + " " * by)
