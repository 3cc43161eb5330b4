"""Marks that a client puts around words hide neither a verb nor an answer."""

from __future__ import annotations

from handlers.core.language import colours, replies, verb_words
from handlers.core.language.marks import unmarked
from handlers.core.typed_verbs import strip_name
from tests.tables import examples


@examples(
    ("written", "meant"),
    [
        ("• alt ok", "alt ok"),
        ("1. Alt ok", "Alt ok"),
        ("2) kommer", "kommer"),
        ("> log vand", "log vand"),
        (">log vand", "log vand"),
        ("&gt; log vand", "log vand"),
        ("- ja", "ja"),
        ("* ja", "ja"),
        ("*varsel* vand", "varsel vand"),
        ("**varsel** vand", "varsel vand"),
        ("_alt ok_", "alt ok"),
        ("`log` vand", "log vand"),
        ("`log vand`", "log vand"),
        ("```\nlog vand\n```", "log vand"),
        ("```log vand```", "log vand"),
        ("> *varsel* vand", "varsel vand"),
        ("• *ja*", "ja"),
        ("*/krise* status", "status"),
        ("> /krise status", "status"),
        # These are the words themselves.
        ("1", "1"),
        ("14.30 kommer jeg", "14.30 kommer jeg"),
        ("1. juli er vi lukket", "1. juli er vi lukket"),
        ("2 mand mangler", "2 mand mangler"),
        ("-5 grader", "-5 grader"),
        ("~alt ok~ ikke ok", "~alt ok~ ikke ok"),
        ("a*b*c", "a*b*c"),
        ("1. luk\n2. pump", "1. luk\n2. pump"),
        ("", ""),
        ("*", "*"),
    ],
)
def test_what_is_meant(written: str, meant: str) -> None:
    """R005: `*varsel* vand` was met with "Jeg forstod ikke"."""
    assert strip_name(unmarked(written)) == meant


@examples("written", ["• alt ok", "1. Alt ok", "*alt ok*", "> alt ok", "`alt ok`"])
def test_calm_stays_calm(written: str) -> None:
    """R108."""
    assert colours.read(strip_name(written)) == "green"


@examples("written", ["• kan ikke", "*kan ikke*", "1. kan ikke", "> kan ikke"])
def test_a_refusal_stays_one(written: str) -> None:
    assert replies.reading(strip_name(written), "summons").meaning == "declined"


@examples("written", ["*varsel* vand", "> varsel vand", "• varsel vand", "_varsel_ vand", "`varsel` vand"])
def test_a_verb_stays_one(written: str) -> None:
    assert verb_words.match(strip_name(written), {"varsel": ()}).verb == "varsel"
