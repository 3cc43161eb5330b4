"""Tables of examples that one test goes through: hundreds of them cost no more than the function that they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any


def examples(names: str | tuple[str, ...], table: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Let a test go through a table, where `pytest.mark.parametrize` would make a test of each of its rows.

    It goes on to the end whatever fails, and says of each failure which example it was. It is for functions of the
    words alone: what has a scene, a database or another fixture is parametrized.

    Args:
        names: the test's arguments, as for `parametrize`.
        table: their values; a row for each, or a value alone where there is one argument.
    """
    rows = [{names: row} if isinstance(names, str) else dict(zip(names, row, strict=True)) for row in table]
    assert rows

    def through(test: Callable[..., None]) -> Callable[[], None]:
        @wraps(test)
        def whole() -> None:
            failures = []
            for row in rows:
                try:
                    test(**row)
                except Exception as failure:
                    failure.add_note(f"in the example {row!r}")
                    failures.append(failure)
            if failures:
                raise ExceptionGroup(f"{len(failures)} of {len(rows)} examples", failures)

        del whole.__dict__["__wrapped__"]  # pytest would ask for the test's own arguments
        return whole

    return through
