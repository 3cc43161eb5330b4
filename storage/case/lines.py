"""A log read a line at a time: one of a hundred thousand lines takes no more memory than one of ten."""

from __future__ import annotations

import io
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import IO, Any

# So many bytes are kept in memory; a longer log is in a file that is gone when nobody has it any more.
SHORT = 2**20
AT_A_TIME = 2**18
SPACE = re.compile(r"[ \t\n\r]+")

Line = tuple[Mapping[str, Any], Mapping[str, Any] | None]
"""An exported entry, and where it stands now; None for one that is left out."""


class Lines:
    """The log of an export that isn't held in memory: `told["log"]` and `told["log_state"]`, to be read by `lines`."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(SHORT)  # noqa: SIM115 - kept for as long as it is read
        self._count = 0
        self.head: str | None = None
        """The last line's hash."""
        self.stray: dict[int, Mapping[str, Any]] = {}
        """What is said of where lines stand that there are none of, by their numbers."""

    def add(self, entry: Mapping[str, Any], state: Mapping[str, Any] | None) -> None:
        """Keep the next line.

        Args:
            entry: as the export shows it.
            state: where it stands.
        """
        self._file.write(json.dumps([entry, state], ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self._count += 1
        self.head = entry.get("hash")

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Line]:
        """Yield the lines from the beginning, however many read at once."""
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


class Standing(Mapping[str, Any]):
    """The `told["log_state"]` of an export that was read from a file: small, and read where it is asked for."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def put(self, no: str, state: Any) -> None:
        """Keep where a line stands."""
        self._texts[no] = json.dumps(state, ensure_ascii=False)

    def __getitem__(self, no: str) -> Any:
        return json.loads(self._texts[no])

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def entries(told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the log entries of an export's document, whichever way the log is held."""
    log = told["log"]
    return (entry for entry, _ in log) if isinstance(log, Lines) else iter(log)


def lines(told: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the lines of an export's document, each with its state, whichever way the log is held."""
    standing = told["log_state"]
    if isinstance(standing, Lines):
        yield from standing
        return
    for entry in entries(told):
        yield entry, None if entry.get("omitted") else standing[str(entry["no"])]


def as_json(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield an export's document as JSON, piece by piece."""
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


def read(file: IO[bytes], at_a_time: int = AT_A_TIME) -> Any:
    """Read an export's document from JSON, its log beside it.

    Args:
        file: UTF-8.
        at_a_time: characters that are looked at together, at least.

    Raises:
        ValueError: it is no JSON, or its log isn't one of entries.
    """
    text = _Text(file, at_a_time)
    if text.peek() != "{":
        return text.end(text.value())
    told: dict[str, Any] = {}
    for key in text.members("{}"):
        if key == "log" and text.peek() == "[":
            told[key] = log = Lines()
            for _ in text.members("[]"):
                entry = text.value()
                if not isinstance(entry, dict):
                    raise ValueError("no entry")
                log.add(entry, None)
        elif key == "log_state" and text.peek() == "{":
            told[key] = standing = Standing()
            for no in text.members("{}"):
                standing.put(no, text.value())
        else:
            told[key] = text.value()
    return text.end(told)


class _Text:
    """JSON that is read a value at a time."""

    def __init__(self, file: IO[bytes], at_a_time: int) -> None:
        self._at_a_time = at_a_time
        self._file = io.TextIOWrapper(file, "utf-8-sig", "surrogatepass", newline="")
        self._text, self._at = "", 0
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """Return the next character that is no space; empty at the end."""
        while True:
            if spaces := SPACE.match(self._text, self._at):
                self._at = spaces.end()
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def take(self, expected: str) -> str:
        """Read past the next character, which must be one of these."""
        found = self.peek()
        if not found or found not in expected:
            raise ValueError(f"expected {expected}, found {found}")
        self._at += 1
        return found

    def value(self) -> Any:
        """Read the next value, whole."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise
                continue
            # A number may go on in what has not been read yet: "1", "1e+", "1e+5".
            if end + len("e+5") < len(self._text) or not self._more():
                self._at = end
                return value

    def members(self, brackets: str) -> Iterator[str]:
        """Stop at each value of an array, or of an object, whose key is given; whoever asks goes past it."""
        self.take(brackets[0])
        if self.peek() == brackets[1]:
            self.take(brackets[1])
            return
        while True:
            key = ""
            if brackets == "{}":
                key = self.value()
                if not isinstance(key, str):
                    raise ValueError("a key that is no text")
                self.take(":")
            yield key
            if self.take(f",{brackets[1]}") == brackets[1]:
                return

    def end(self, value: Any) -> Any:
        """Return the value, where nothing comes after it."""
        if self.peek():
            raise ValueError("something stands after the end")
        self._file.detach()
        return value

    def _more(self) -> bool:
        # As much again as a value that isn't whole has taken, so that a long one is tried few times.
        some = self._file.read(max(self._at_a_time, len(self._text) - self._at))
        if some:
            self._text, self._at = self._text[self._at :] + some, 0
        return bool(some)
