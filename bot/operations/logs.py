"""krisebot's own log: one line of JSON an event, with nothing in it that anybody wrote.

What a library says may repeat what it was given, and so may an exception's words. So of a library's line it is told that
it was said, and where in its code; of an exception, its kind and where it was raised. The words are in the rows
(`inbox.error`, `deliveries.error`), which are guarded as the log of the crisis is.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from numbers import Number
from pathlib import Path
from typing import Any, Literal

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
CHATTY = ("alembic",)
DEEPEST = 12


class Json(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
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
    """Let everything be written to stderr from now on.

    Args:
        form: None is JSON, unless somebody watches at a terminal.
    """
    if form is None:
        form = "text" if sys.stderr.isatty() else "json"
    handler = logging.StreamHandler()
    handler.setFormatter(
        Json() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _words(record: logging.LogRecord) -> str:
    """What we say, with what was filled in where that is figures alone."""
    args = record.args if isinstance(record.args, tuple) else ()
    return record.getMessage() if args and all(isinstance(each, Number) for each in args) else str(record.msg)


def _kinds(error: BaseException | None) -> Iterator[str]:
    """The exception's kind, and those of what it came of."""
    while error is not None:
        yield f"{type(error).__module__}.{type(error).__qualname__}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _raised(error: BaseException) -> list[str]:
    """Where in our own code it passed, and where it began."""
    every = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in every[:-1] if "site-packages" not in frame.filename][-DEEPEST:] + every[-1:]
    return [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in frames]
