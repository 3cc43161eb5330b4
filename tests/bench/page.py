"""The page of results that `make bench` ends with: each beside its floor, measured in the same run, and its aim."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One line of the page.

    Args:
        what: what was measured.
        ours: what krisebot takes or does, in `unit`.
        floor: the same of what it is held against.
        unit: of both.
        against: what the floor is.
        aim: what the issue asks for, as it is said there.
        met: whether it is reached.
    """

    what: str
    ours: float
    floor: float
    unit: str
    against: str
    aim: str
    met: bool


RESULTS: list[Result] = []
# Why what isn't reached isn't, by what was measured.
REASONS = {
    "acknowledgement": "an input is on disk before it is acknowledged: its commit is most of what is over the floor",
    "first direct message": "two commits, the input's and the turn's, stand before the call",
    "timers": "due timers share a commit for 20 ms, so that nobody who comes meanwhile waits longer; each is a turn with its own questions",
    "log rows, three replicas": "one turn at a time changes a crisis: three processes and the database share two cores for it",
    "log rows": "a row of the inbox, a line, its state and an answer are written where the floor writes one row",
    "log line": "a line is two rows, hashed and chained to the last",
    "start": "the tables are held against the migrations, and the handlers are read",
    "memory": "the handlers, the plan and the tables' descriptions",
}


def measured(what: str, ours: float, floor: float, unit: str, against: str, aim: str, *, met: bool) -> None:
    """Put a result on the page; the arguments are a `Result`'s."""
    RESULTS.append(Result(what, ours, floor, unit, against, aim, met))


def written() -> str:
    """Write the page as a Markdown table, with the reason beside what isn't reached."""
    lines = ["| measured | krisebot | floor | ratio | aim | reached |", "| --- | --- | --- | --- | --- | --- |"]
    for each in RESULTS:
        why = next((f": {reason}" for begins, reason in REASONS.items() if each.what.startswith(begins)), "")
        ratio = f"{each.ours / each.floor:.2f}" if each.floor else "–"
        lines.append(
            f"| {each.what} | {each.ours:.4g} {each.unit} | {each.floor:.4g} {each.unit} ({each.against}) "
            f"| {ratio} | {each.aim} | {'yes' if each.met else f'no{why}'} |"
        )
    return "\n".join(lines)
