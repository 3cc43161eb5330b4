"""Payloads with something wrong in them: what JSON can hold and nobody meant, put in any place."""

from __future__ import annotations

import copy
from contextlib import suppress
from random import Random
from typing import Any

# One of each kind that code trips over: another type, another size, signs that no database holds.
STRANGE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    7,
    2**63,
    10**40,
    0.5,
    float("inf"),
    float("nan"),
    "",
    " ",
    "x",
    "0",
    "æøå 🌊",
    "\ud800",
    "a\x00b",
    "\udfff\x00",
    '{"half": ',
    "{}",
    "null",
    '{"message": "1", "do": "\\u0000", "args": {"\\ud800": "\\u0000"}}',
    "<quoted messageId=",
    "<at>",
    "<@U0",
    "19:x@thread.tacv2;messageid=",
    "x" * 3000,
    "\ud800" * 500,
    [],
    [[]],
    [None],
    ["\x00"],
    {},
    {"\ud800": "\x00"},
    {"id": {}},
    {"id": 7},
    {"text": ["\x00"]},
)
DEEP = 60


def mutated(payload: Any, lot: Random) -> Any:
    """A copy of the payload with one to three places changed.

    Args:
        payload: as the platform sends it.
        lot: draws the places and what is put there.
    """
    payload = copy.deepcopy(payload)
    for _ in range(lot.choice((1, 1, 1, 2, 3))):
        places = list(_places(payload))
        if not places:
            return payload
        within, name = lot.choice(places)
        match lot.randrange(8):
            case 0:
                del within[name]
            case 1 if isinstance(within, dict):
                within[lot.choice(("\ud800", "\x00", "", "type", "id"))] = within.pop(name)
            case 2 if isinstance(within[name], str):
                at = lot.randint(0, len(within[name]))
                within[name] = (
                    within[name][:at] + lot.choice(("\x00", "\ud83d", "\udc00", "|", "<", "}")) + within[name][at:]
                )
            case 3:
                deep: Any = within[name]
                for _ in range(DEEP):
                    deep = [deep]
                within[name] = deep
            case 4:
                other, key = lot.choice(places)
                with suppress(LookupError):
                    within[name] = copy.deepcopy(other[key])
            case _:
                within[name] = copy.deepcopy(lot.choice(STRANGE))
    return payload


def _places(value: Any) -> Any:
    """Every place in it, as what holds it and under which name."""
    if isinstance(value, dict | list):
        for name, each in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, name
            yield from _places(each)
