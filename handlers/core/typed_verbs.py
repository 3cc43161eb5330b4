"""The verb that a text begins with, and whether it is meant as one."""

from __future__ import annotations

import re
from functools import lru_cache

from handlers.core import registry
from handlers.core.incoming import Incoming
from handlers.core.language import near_verbs, verb_words
from handlers.core.language.marks import unmarked
from storage.letters import fold


def strip_name(text: str) -> str:
    """Remove a typed "/krise" and marks of emphasis from the front of a text: it means the same with and without.

    Without its stroke, as it is written on a telephone, "krise" is the command only in front of a verb that is meant as one.
    """
    text = unmarked(text)
    first, _, rest = text.strip().partition(" ")
    named = fold(first) in {"/krise", "@krisebot", "krisebot"} or (fold(first) == "krise" and is_meant(rest.strip()))
    return rest.strip() if named else text.strip()


# Verbs that people also write in ordinary sentences ("mail virker ikke", "stop det"): alone they are meant, and after
# `/krise` they always are; in front of other words they are no more than words.
EVERYDAY = frozenset(
    [
        "mail",
        "oev",
        "kritisk",
        "telefon",
        "it",
        "status",
        "instruks",
        "instrukser",
        "enhed",
        "start",
        "stop",
        "ring",
        "nummer",
        "opkald",
        "ringede",
        "plan",
        "moede",
        "hvem",
        "kontakt",
        "spoergsmaal",
        "spoerg",
        "svar",
        "beslutning",
        "besluttet",
        "rapport",
        "meld",
        "mangler",
        "ind",
        "ud",
        "tal",
        "sag",
        "ret",
        "find",
        "led",
        "vagt",
        "hjaelp",
        "help",
        "krise",
        "menu",
        "fjern",
        "tilfoej",
        "stab",
        "a",
        "b",
        "d",
        "m",
        "o",
        "p",
        "r",
        "s",
        "t",
        "v",
    ]
)
# What follows such a verb where it is meant all the same: a number, a name, a mark.
STRUCTURED = re.compile(r"(?!112\b)[\d@#!?:(]|(?:til|om|i morgen|kl)\b", re.IGNORECASE)

ABOUT = re.compile(r"(?:til|om|med)\s{1,9}", re.IGNORECASE)


def is_explicit(text: str) -> bool:
    """Whether a plain text begins with a verb that is no everyday word, so that it is no answer to anything else."""
    found = verb_of(text)
    return found.kind == "exact" and fold(found.typed, trailing=verb_words.MARKS) not in EVERYDAY


def is_meant(text: str) -> bool:
    """Whether a plain text begins with a verb that is meant as one: alone, or with what only a command has after it."""
    found = verb_of(text)
    if found.verb == "hjælp" and found.rest:
        # The menu, only before a verb's name: "hjælp til at komme ud" is a call for help.
        about = verb_of(ABOUT.sub("", found.rest, count=1))
        return about.kind == "exact" and not about.rest
    alone = not found.rest or STRUCTURED.match(found.rest) is not None
    return found.kind == "exact" and (alone or is_explicit(text))


def is_command(incoming: Incoming) -> bool:
    """Whether an input is explicit: written after `/krise` or the bot's name, and so for the bot and nobody's news."""
    return incoming.kind == "command" or (
        incoming.kind == "text" and unmarked(incoming.text).strip() != strip_name(incoming.text)
    )


def meant_by(text: str) -> str:
    """Ask whether one of the verbs was meant that are nearest to an explicit text, a line each; empty where none is near."""
    near = [help_line(registry.verbs[each].help) for each in near_verbs.nearest(text, registry.verbs)]
    return "\n".join(["\nMente du:", *near]) if near else ""


def help_line(help_: str) -> str:
    """Draw what a verb is written like, with the command in front of it.

    Args:
        help_: a verb's own.
    """
    said, dash, why = help_.partition(" – ")
    return f"• */krise {said}*{dash}{why}"


def verb_of(text: str) -> verb_words.Match:
    """Find the verb that a text begins with, among all that there are."""
    return _match(text, tuple((verb.name, verb.synonyms) for verb in registry.verbs.values()))


@lru_cache(maxsize=4)
def _match(text: str, verbs: tuple[tuple[str, tuple[str, ...]], ...]) -> verb_words.Match:
    """Find the verb that a text begins with, once for each text: it is asked for several times in a turn."""
    return verb_words.match(text, dict(verbs))
