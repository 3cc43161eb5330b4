"""Courtesy around an answer is no need, and a need wrapped in courtesy stays one."""

from __future__ import annotations

from handlers.core.language import colours
from tests.tables import examples


@examples(
    ("written", "read"),
    [
        ("Alt ok, mange tak", "green"),
        ("Alt ok\n\nMange hilsner\nGitte", "green"),
        ("Alt ok mvh Gitte", "green"),
        ("Alt ok :-)", "green"),
        ("Alt ok ;)", "green"),
        ("Alt ok :D", "green"),
        ("Alt iorden", "green"),
        ("alt i orden ;)", "green"),
        ("Alt er ok, hilsen Gitte", "green"),
        ("Alt ok. Venlig hilsen Gitte Holm, leder", "green"),
        ("Alt ok. Mvh. Gitte", "green"),
        ("Tusind tak, alt er fint", "green"),
        ("Alt ok, god aften", "green"),
        ("Alt ok - ha en god vagt", "green"),
        ("Hej Krisebot, alt ok, tak", "green"),
        # Their counterparts.
        ("Alt ok, men mange tak skal I ikke have", "yellow"),
        ("Fint, men hvad med aftenvagten?", "yellow"),
        ("ikke ok, ingen varme på skolen", "red"),
        ("Alt ok hilsen fra et hus uden varme", "red"),
        ("Alt ok mvh vi mangler folk", "yellow"),
        ("Mange hilsner og mange syge", "yellow"),
        ("Mange tak for intet, vi mangler 4 mand", "yellow"),
        ("ikke ok mvh Gitte", "yellow"),
        ("brand mvh Gitte", "red"),
        ("mvh Gitte", "unclear"),
        (":-)", "unclear"),
    ],
)
def test_how_it_stands(written: str, read: str) -> None:
    """R108: "Alt ok, mange tak" was read as a need, and somebody was sent to ask."""
    assert colours.read(written) == read
