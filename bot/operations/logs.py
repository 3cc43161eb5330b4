"""krisebot's own log: one line of JSON an event, with nothing in it that anybody wrote.

What a library says may repeat what it was given, and so may an exception's words. So of a library's line it is told that
it was said, and where in its code; of an exception, its kind and where it was raised. The words are in the rows
(`inbox.error`, `deliveries.error`), which are guarded as the log of the crisis is.
"""

from __future__ import annotations

import json
import logging
import queue
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from numbers import Number
from pathlib import Path
from typing import Any, Literal, TextIO

OURS = ("krisebot", "bot", "handlers", "storage")
# What an event may tell beside what it is.
FIELDS = (
    "event",
    "trace",
    "platform",
    "kind",
    "waited",
    "late",
    "took",
    "attempts",
    "change",
    "status",
    "error",
    "what",
)
# Libraries that tell of each step, or twice a second that a clock ticks: whoever watches must find our lines among theirs.
CHATTY = ("alembic", "apscheduler")
DEEPEST = 12
# Seconds that the last lines may take.
PATIENCE = 2.0

# What repeats the addresses that it is given, with the keys in them, says nothing: in no command, however it is set up.
HUSHED = ("apprise",)
for _name in HUSHED:
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
for _name in CHATTY:
    logging.getLogger(_name).setLevel(logging.WARNING)


class Json(logging.Formatter):
    """The formatter that writes a log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a log record as one line of JSON, without its line end."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        told |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        if record.name.partition(".")[0] in OURS:
            told.setdefault("event", _words(record))
        else:
            told |= {"event": "library", "where": f"{Path(record.pathname).name}:{record.lineno}"}
        if record.exc_info and record.exc_info[1] is not None:
            told |= {"error": list(_kinds(record.exc_info[1])), "raised": _raised(record.exc_info[1])}
        return json.dumps(told, ensure_ascii=False)


def set_up(form: Literal["json", "text"] | None) -> None:
    """Write everything that is logged to stderr from now on.

    Args:
        form: None is JSON, unless somebody watches at a terminal.
    """
    if form is None:
        form = "text" if sys.stderr.isatty() else "json"
    handler = Aside(sys.stderr)
    handler.setFormatter(
        Json() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


class Aside(logging.Handler):
    """Writes lines from a thread of its own: whoever does something worth a line never waits for whoever reads it.

    A pipe that nobody reads takes no more at last. Then lines are dropped, and counted, and krisebot goes on.

    Args:
        stream: where the lines go.
        room: how many lines may wait there.
    """

    def __init__(self, stream: TextIO, room: int = 10_000) -> None:
        super().__init__()
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(room)
        self._dropped = 0
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Put a record's line with those that wait."""
        try:
            line = self.format(record)
        except Exception:
            self.handleError(record)
            return
        try:
            if self._dropped:
                lost = logging.LogRecord(
                    __name__, logging.ERROR, __file__, 0, "%d lines dropped", (self._dropped,), None
                )
                self._lines.put_nowait(self.format(lost))
                self._dropped = 0
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped += 1

    def close(self) -> None:
        """Let what waits be written, for as long as somebody who stops it has patience."""
        with suppress(queue.Full):
            self._lines.put(None, timeout=PATIENCE)
        self._thread.join(PATIENCE)
        super().close()

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            with suppress(OSError, ValueError):  # nobody is there to be told
                self._stream.write(line + "\n")
                self._stream.flush()


def _words(record: logging.LogRecord) -> str:
    """Return our own log message, with what was filled in only where that is figures."""
    args = record.args if isinstance(record.args, tuple) else ()
    return record.getMessage() if args and all(isinstance(each, Number) for each in args) else str(record.msg)


def _kinds(error: BaseException | None) -> Iterator[str]:
    """Yield the exception's kind, and the kinds of those that caused it."""
    while error is not None:
        yield f"{type(error).__module__}.{type(error).__qualname__}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _raised(error: BaseException) -> list[str]:
    """Return where in our own code an exception passed, and where it was raised."""
    every = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in every[:-1] if "site-packages" not in frame.filename][-DEEPEST:] + every[-1:]
    return [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in frames]
