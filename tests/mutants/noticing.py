"""`python -m tests.mutants.noticing`: run tests again and again in the copy of the repository it is started in. What they stand
on is loaded once, and each run is a fork of that: a thousand runs are an hour less."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import signal
import sys

import pytest

# What takes long to load, none of it ours: ours is what is changed.
STAND_ON = (
    "aiohttp.test_utils",
    "apscheduler.schedulers.asyncio",
    "asyncpg",
    "babel.dates",
    "hypothesis",
    "icalendar",
    "leather",
    "pydantic_settings",
    "pytest_aiohttp.plugin",
    "rapidfuzz",
    "ruamel.yaml",
    "slack_bolt.async_app",
    "botbuilder.core",
    "sqlalchemy.ext.asyncio",
)
# A mutant that loops is noticed by its time, in seconds.
PATIENCE = 240


def run(tests: list[str]) -> None:
    """Run tests until one fails, without a word, and end with pytest's own code."""
    os.setsid()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.exit(pytest.main(["-x", "--verbosity=0", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))


def notices(tests: list[str]) -> bool:
    """Whether one of some tests fails, or doesn't end."""
    process = multiprocessing.get_context("fork").Process(target=run, args=(tests,))
    process.start()
    process.join(PATIENCE)
    if process.is_alive():
        assert process.pid is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
    return process.exitcode != 0


def main() -> None:
    """Answer each line, a list of tests, with whether one of them fails."""
    for each in STAND_ON:
        importlib.import_module(each)
    for line in sys.stdin:
        print(json.dumps(notices(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
