"""What stands in front of the code is read by newcomers: docstrings begin with what is done, and say it plainly."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.source import ROOT, modules

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Definition = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

# They say neither what something is nor what it does; whoever reads them has to guess.
_RIDDLES = (
    "anybody anyone anything everybody everyone everything he i it nobody nothing one's she so some somebody someone "
    "something that there these they this those up we whoever whom you"
)
RIDDLES = frozenset(_RIDDLES.split())
# A function does something: nouns, and what is asked with, are for modules, classes and properties.
_NO_VERBS = (
    "a again all an and another any as at both by down each either every for from half here how in into its kept never "
    "newest no not now of on once one only our out several since still the three to two until what when where which "
    "while who whose why with without yes"
)
NO_VERBS = RIDDLES | frozenset(_NO_VERBS.split())
# What the plan asks for is numbered outside the repository: a newcomer can't look it up, a test may name it.
NUMBER = re.compile(r"\b[RDT]\d{2,3}\b(?!-\d)|\b[Rr]equirement \d[\d.]*")
IN_A_SENTENCE = "»D26-4711« is a document's number"


def definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """The module, its classes and functions, and their methods, by name; what lies inside a function is its own affair."""
    yield "", tree
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, node
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, FUNCTIONS))
    yield from ((node.name, node) for node in tree.body if isinstance(node, FUNCTIONS))


def is_public(name: str) -> bool:
    return not any(part.startswith("_") for part in name.split("."))


def is_property(node: Definition) -> bool:
    return isinstance(node, FUNCTIONS) and any("property" in ast.unparse(each) for each in node.decorator_list)


def is_setter(node: Definition) -> bool:
    return isinstance(node, FUNCTIONS) and any(ast.unparse(each).endswith(".setter") for each in node.decorator_list)


def faults(source: str) -> list[str]:
    """What is wrong with a module's docstrings: a line for each definition."""
    found = []
    for name, node in definitions(ast.parse(source)):
        text = ast.get_docstring(node)
        if text is None:
            if is_public(name) and not is_setter(node):
                found.append(f"{name or 'the module'} has no docstring")
            continue
        first = text.split(maxsplit=1)[0]
        word = first.lower().strip(".,:;")
        does = isinstance(node, FUNCTIONS) and not is_property(node)
        if word in (NO_VERBS if does else RIDDLES):
            found.append(f"{name or 'the module'} begins with »{first}«: {text.splitlines()[0]}")
        elif does and not first[0].isupper():
            found.append(f"{name} begins with no verb: {text.splitlines()[0]}")
    return found


def numbers(source: str) -> list[str]:
    """The numbers of requirements that a module's comments, docstrings and other texts name."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    texts = (each.string for each in tokens if each.type in (tokenize.COMMENT, tokenize.STRING))
    return [number for text in texts for number in NUMBER.findall(text)]


def test_docstrings_say_what_is_done_to_whom_and_name_no_number() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in modules("bot", "handlers", "storage")}
    assert {name: found for name, text in texts.items() if (found := [*faults(text), *numbers(text)])} == {}


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('"""Everything that moves."""', "the module begins with »Everything«"),
        ('"""Rows."""\nclass Somebody:\n    """Whoever carries messages out."""', "Somebody begins with »Whoever«"),
        ('"""Rows."""\ndef no():\n    """It is left at one."""', "no begins with »It«"),
        ('"""Rows."""\nasync def given():\n    """The form."""', "given begins with »The«"),
        ('"""Rows."""\ndef yes():\n    """`Ja`."""', "yes begins with no verb"),
        ('"""Rows."""\ndef quoted():\n    """"skal løbende følge op"."""', "quoted begins with no verb"),
        ('"""Rows."""\ndef bare(): ...', "bare has no docstring"),
        ('"""Rows."""\nclass Open:\n    """A room."""\n    def bare(self): ...', "Open.bare has no docstring"),
        (
            '"""Rows."""\nclass Open:\n    """A room."""\n    def _own(self):\n        """What is inside."""',
            "Open._own begins",
        ),
        ("x = 1", "the module has no docstring"),
    ],
)
def test_a_riddle_in_the_place_of_a_docstring_is_found(source: str, wrong: str) -> None:
    assert [each[: len(wrong)] for each in faults(source)] == [wrong]


def test_a_plain_docstring_is_let_be() -> None:
    plain = '''
"""Rows of the crisis."""
class Row:
    """A row."""
    @property
    def size(self):
        """The number of words in it."""
    @size.setter
    def size(self, to): ...
    def is_open(self):
        """Whether it is open."""
        def inside(): ...
def send():
    """Send the row to its person."""
def _own(): ...
'''
    assert faults(plain) == []


@pytest.mark.parametrize(
    "source",
    ["# so it is asked (R232)", '"""Send it; D11."""', "x = 'T04'", "# R240-R243 say so", "# Requirement 3.1.7."],
)
def test_a_requirements_number_outside_the_tests_is_found(source: str) -> None:
    assert numbers(source)


def test_a_documents_number_is_none_of_a_requirement() -> None:
    assert numbers(f"# {IN_A_SENTENCE}") == []
