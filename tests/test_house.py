"""A newcomer finds a sentence of the plan in a minute: each room says its paragraphs, its tests have a folder of the same name,
and what is pointed at is there."""

from __future__ import annotations

import ast
import importlib
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from storage.rows import exported
from storage.rows.base import Base
from tests import source

# Rooms of no paragraph: the machinery, and what is shown as it is.
OF_NO_PARAGRAPH = {"core", "guide"}
# Rows are tried by whoever writes them, and by what reads them all; a case's pages with the case.
TRIED_ELSEWHERE = {"storage/migrations", "storage/rows", "storage/case/pages"}
NAMED = re.compile(r"(?<![\w./*<-])(?:[\w-]+/)*[\w-]+\.(?:py|md|yaml|toml)\b(?!\.)")
# An example to write, what a user has, and a library.
NOT_OURS = {"breaks.py", "test_breaks.py", "SCENARIO.yaml", "plan.yaml", "new.yaml", "ruamel.yaml"}
DOCUMENTS = ("CONTRIBUTING.md", "bot/ARCHITECTURE.md", "handlers/GLOSSARY.md", "README.md")
# The beginnings and ends of names, what is PostgreSQL's, and a signal's.
NO_NAMES = {"refuse_", "_or_tell", "_or_ask", "SKIP", "LOCKED", "HUP"}
# As many lines as a person holds at once. Tables as they were first made are never changed again.
LONGEST, LONGEST_OF_PAGE = 500, 400


def rooms(*floors: str) -> list[Path]:
    """Every package below some floors that has modules."""
    found = {path.parent for path in source.modules(*floors) if path.name != "__init__.py"}
    return sorted(each for each in found if each.name not in floors and "versions" not in each.parts)


def test_the_first_sentence_of_each_room_says_which_paragraphs_of_the_plan_it_is() -> None:
    """It is how a newcomer finds the room."""
    silent = []
    for room in (source.ROOT / "handlers").iterdir():
        if (room / "__init__.py").exists() and room.name not in OF_NO_PARAGRAPH:
            said = ast.get_docstring(source.parsed(room / "__init__.py")) or ""
            silent += [] if re.match(r"§\d", said) else [room.name]
    assert silent == []


def test_each_room_has_a_folder_of_tests_of_the_same_name() -> None:
    """ "Where is the agenda tested" is a folder."""
    every = [str(each.relative_to(source.ROOT)) for each in rooms("bot", "handlers", "storage")]
    assert len(every) > 20
    assert [each for each in every if each not in TRIED_ELSEWHERE and not (source.ROOT / "tests" / each).is_dir()] == []


def test_a_document_or_module_that_is_pointed_at_is_there() -> None:
    """Whoever follows a comment comes to something: what is moved takes the comments with it."""
    ours = [path for path in source.ROOT.rglob("*") if path.suffix in (".py", ".md", ".yaml", ".toml")]
    known = {str(path.relative_to(source.ROOT)) for path in ours if "node_modules" not in path.parts}
    ends = {"/".join(parts[at:]) for each in known for parts in [each.split("/")] for at in range(len(parts))}
    texts = [*source.modules("bot", "handlers", "storage"), *(source.ROOT / each for each in DOCUMENTS)]
    lost = {
        f"{path.relative_to(source.ROOT)}: {name}"
        for path in texts
        for name in NAMED.findall(path.read_text("utf-8"))
        if name not in ends and name.rpartition("/")[2] not in NOT_OURS
    }
    assert lost == set()


def test_a_module_is_short_enough_to_hold() -> None:
    """Python's, tests' too, and the pages' own."""
    lines = {
        path: len(path.read_text("utf-8").splitlines())
        for path in source.modules("bot", "handlers", "storage", "tests")
    }
    assert [str(path) for path, many in lines.items() if many > LONGEST] == []
    page = [path for path in (source.ROOT / "bot").rglob("*") if path.suffix in (".js", ".css", ".ts", ".html")]
    assert page
    assert [str(path) for path in page if len(path.read_text("utf-8").splitlines()) > LONGEST_OF_PAGE] == []


def test_each_room_has_its_rows_in_a_module_of_the_same_name() -> None:
    """So that "what is remembered of a meeting" is a file."""
    named = {each.name for each in rooms("handlers") if each.parent.name == "handlers"} - OF_NO_PARAGRAPH
    assert len(named) > 10
    assert sorted(each for each in named if not (source.ROOT / f"storage/rows/{each}.py").exists()) == []


def prose(document: str) -> str:
    """A document without its examples."""
    return re.sub(r"```.*?```", "", (source.ROOT / document).read_text("utf-8"), flags=re.DOTALL)


@cache
def our_words() -> set[str]:
    """Every word of our code, and of the names of our files and folders."""
    ours = [path for path in source.ROOT.rglob("*") if not {"node_modules", ".git"} & {*path.parts}]
    code = [path for path in ours if path.suffix in (".py", ".yaml", ".toml", ".js") or path.name == "Makefile"]
    named = " ".join(str(path.relative_to(source.ROOT)) for path in ours)
    return {*re.findall(r"\w+", named), *re.findall(r"\w+", " ".join(path.read_text("utf-8") for path in code))}


@pytest.mark.long
@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_calls_by_name_is_called_so(document: str) -> None:
    """What was renamed is renamed there too."""
    words = {word for shown in re.findall(r"`([^`]+)`", prose(document)) for word in re.findall(r"[^\W\d]\w+", shown)}
    assert sorted(words - our_words() - NO_NAMES) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_says_is_in_a_module_is_there(document: str) -> None:
    """ "`storage/plan/words.py: Channel`": whoever opens it finds it."""
    for path, names in re.findall(r"`([\w/]+\.py):\s+([\w ,]+)`", prose(document)):
        (found,) = [
            each for each in source.modules("bot", "handlers", "storage", "tests") if str(each).endswith(f"/{path}")
        ]
        text = found.read_text("utf-8")
        assert [name for name in re.findall(r"\w+", names) if re.search(rf"\b{name}\b", text) is None] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_shows_of_our_code_can_be_written_so(document: str) -> None:
    """An example is copied: what it imports is there, by that name."""
    for block in re.findall(r"```python\n(.*?)```", (source.ROOT / document).read_text("utf-8"), re.DOTALL):
        for each in ast.parse(block).body:
            if isinstance(each, ast.ImportFrom) and each.module != "__future__":
                module = importlib.import_module(str(each.module))
                lost = [name.name for name in each.names if not hasattr(module, name.name)]
                assert [name for name in lost if find_spec(f"{each.module}.{name}") is None] == []


# What the bot needs for itself, and no sentence of the plan speaks of.
OF_THE_BOT = {
    *("Account", "Address", "BoardLink", "Conversation", "Delivery", "HomePage", "Inbox", "LogState", "LogWord"),
    *("MailToken", "Message", "NudgeReceipt", "QuotaAsk", "RateUse", "RehearsalPost", "Remembered", "RotaCopy"),
    *("RotaDuty", "StaffChannel", "Stored", "Timer"),
}
GLOSSARY = source.ROOT / "handlers/GLOSSARY.md"


def test_each_thing_of_the_plans_that_we_keep_rows_of_stands_in_the_glossary() -> None:
    """Whoever reads a table's name finds the plan's word for it; and what is the bot's own is said to be."""
    exported.load()
    tables = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    told = {word for code in re.findall(r"`([^`]+)`", GLOSSARY.read_text("utf-8")) for word in re.findall(r"\w+", code)}
    assert tables - told == OF_THE_BOT


def test_what_the_glossary_calls_a_thing_is_what_the_code_calls_it() -> None:
    """A name that was changed is changed there too."""
    code = {
        word for path in source.modules("handlers", "storage") for word in re.findall(r"\w+", path.read_text("utf-8"))
    }
    told = {
        word for shown in re.findall(r"`([^`]+)`", GLOSSARY.read_text("utf-8")) for word in re.findall(r"\w+", shown)
    }
    assert told - code == set()
