"""Hear danger and a cry for help in what people write, in Danish and three other languages; read an answer and a question. Plan §4.

What is heard decides two things only: whether words that nobody asked for go up the chain by themselves when their writer
falls silent (`Cry.grave`: fire, gas, violence, illness, somebody missing, a cry for help), and that 112 stands in the
answer wherever they were written. All other words are met with the question whether they are a warning, so a word that is
missing in `danger_words` delays somebody by one press and loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

from handlers.core.language.danger_words import (
    CRIES,
    ELSEWHERE,
    GONE,
    GRAVE,
    GRAVE_PHRASES,
    HELP,
    HELP_MISSPELT,
    LANGUAGES,
    MISSPELT,
    REAL,
    REAL_PHRASES,
    WITH_WHAT,
    Language,
)
from handlers.core.language.false_alarm_words import (
    ANIMALS,
    DRILLS,
    ELSEWHERES_CRISIS,
    IDIOMS,
    NEWS,
    NO_DRILL,
    NOBODY,
    NONE,
    ORDINARY,
    OVER,
)
from storage.letters import fold

Answer = Literal["yes", "no", "unknown"]

# What is understood of a text; the rest is kept, and not read.
READ = 4_000
WORD = re.compile(r"\w++")
# So many words before a danger's may say that there is none of it.
DENIED_WITHIN = 2


@dataclass(frozen=True)
class Cry:
    """Danger, or a call for help, in somebody's words.

    Args:
        language: what it was said in; "da" where that can't be told.
        grave: whether it is of a kind that goes up the chain unanswered.
    """

    language: Language
    grave: bool


@dataclass(frozen=True)
class _Listed:
    """A list's words, the beginnings and the ends of words."""

    whole: frozenset[str]
    begins: tuple[str, ...]
    ends: tuple[str, ...]

    def has(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.begins) or word.endswith(self.ends)


@cache
def _listed(words: str) -> _Listed:
    """Read a list: a word that ends in "_" is a whole one, one that begins with "-" is a word's end."""
    every = words.split()
    whole = frozenset(each.rstrip("_") for each in every if each.endswith("_"))
    ends = tuple(each.lstrip("-") for each in every if each.startswith("-"))
    return _Listed(whole, tuple(each for each in every if not each.endswith("_") and not each.startswith("-")), ends)


def _hits(words: Sequence[str], listed: str) -> list[int]:
    """Find where the words stand that a list knows."""
    known, ordinary = _listed(listed), _listed(ORDINARY)
    return [at for at, word in enumerate(words) if known.has(word) and not ordinary.has(word)]


# One input is heard several times on its way.
@lru_cache(maxsize=8)
def hear(text: str) -> Cry | None:
    """Hear danger or a call for help; None where there is none.

    Args:
        text: as it was written; its first 4,000 characters are read.
    """
    said = text[:READ]
    told = fold(said)
    words = WORD.findall(IDIOMS.sub(" ", NO_DRILL.sub(" ", told)))
    grave = NEWS.search(told) is None or "nu" in words
    sentence = " ".join(words)
    if any(cry in said for cry in CRIES[:1]):
        return Cry("da", True)
    for language in LANGUAGES:
        found = _hits(words, GRAVE[language]) or (_misspelt(words) if language == "da" else [])
        crying = _cries(words, language)
        if any(not _denied(words, at) for at in found):
            return Cry(language, grave)
        if any(not _nobodys(words, _word_at(sentence, each)) for each in GRAVE_PHRASES[language].finditer(sentence)):
            return Cry(language, grave)
        # "hjælp" and "help" alone are the menu's name; with anything beside them they are a cry.
        alone = len(words) == len(crying) == 1 and "!" not in said and language in ("da", "en")
        if crying and not alone:
            return Cry(language, True)
    if GONE.search(sentence) and not sentence.endswith(OVER) and not DRILLS & {*words}:
        return Cry("da", True)
    if _hits(words, ELSEWHERE):
        return Cry("en", True)
    for language in LANGUAGES:
        if _hits(words, REAL[language]):
            return Cry(language, False)
    signs = any(cry in said for cry in CRIES)
    return Cry("da", False) if signs or REAL_PHRASES.search(sentence) else None


def _misspelt(words: Sequence[str]) -> list[int]:
    """Find words that are one typing error from a danger's, or a cry for help by whatever a thumb made of it."""
    ordinary = _listed(ORDINARY)
    return [
        at
        for at, word in enumerate(words)
        if not ordinary.has(word)
        and (
            (word not in HELP["da"] and HELP_MISSPELT.fullmatch(word))
            or any(OSA.distance(word, each, score_cutoff=1) <= 1 for each in MISSPELT)
        )
    ]


def _cries(words: Sequence[str], language: Language) -> list[str]:
    """Find the cries for help among some words; who asks for help with something ordinary says with what."""
    return [
        word
        for at, word in enumerate(words)
        if word in HELP[language] and not WITH_WHAT.match(" ".join(words[at + 1 : at + 4]))
    ]


def _word_at(sentence: str, phrase: re.Match[str]) -> int:
    return sentence.count(" ", 0, phrase.start())


def _denied(words: Sequence[str], at: int) -> bool:
    """Whether the words around a danger's say that there is none: "ingen brand", "brandøvelse", "døde fisk".

    Args:
        at: where it stands among the words.
    """
    beside = {*words[max(0, at - DENIED_WITHIN) : at], *words[at + 1 : at + 2]}
    return bool(ANIMALS & {*words[at + 1 : at + 2]} or beside & NONE) or _is_none(words)


def _nobodys(words: Sequence[str], at: int) -> bool:
    """Whether the words before a phrase say that it is nobody: "ingen er kommet til skade"; a "not" is part of many.

    Args:
        at: where it begins among the words.
    """
    return bool({*words[max(0, at - DENIED_WITHIN) : at]} & NOBODY) or _is_none(words)


def _is_none(words: Sequence[str]) -> bool:
    return bool(DRILLS & {*words}) or " ".join(words).endswith(OVER)


def is_elsewhere(text: str) -> bool:
    """Whether a text tells of a crisis that is nobody's preparedness: one's own, a market's, another country's.

    Args:
        text: as it was written.
    """
    cry = hear(text)
    return (cry is None or not cry.grave) and ELSEWHERES_CRISIS.search(fold(text[:READ])) is not None


def folded(text: str) -> str:
    """Words as they are compared, without marks: for what a whole sentence begins with."""
    return " ".join(WORD.findall(fold(text[:READ])))


# Answers to the warning's own question, folded, in the four languages.
ANSWERS: tuple[tuple[Answer, re.Pattern[str]], ...] = (
    (
        "unknown",
        re.compile(
            r"(?:(?:nej |det )?(?:jeg )?ved (?:jeg )?(?:det )?(?:ikke|itte)|aner det ikke|ingen anelse|maaske|er i tvivl|i tvivl"
            r"|(?:i )?dont know|i don t know|not sure|weiss (?:ich )?nicht|не знаю)"
        ),
    ),
    (
        "yes",
        re.compile(
            r"(?:ja+|jo|jep|jeps|jaja|ja ja|ja tak|ja da|yes|yep|ja det (?:er|goer|kan) det|det (?:er|goer|kan) det|send (?:det|den)(?: videre)?"
            r"|ja send(?: det| den)?(?: videre)?|ja til begge|begge dele|jawohl|так|да)"
        ),
    ),
    (
        "no",
        re.compile(
            r"(?:(?:nej+|nope|nix|no|nein|ні|нет)(?: tak)?(?: (?:det er|det var) (?:det )?(?:ikke|en fejl))?"
            r"|(?:nej )?(?:det (?:er|var) )?(?:en )?(?:falsk alarm|fejl|fejlalarm|misforstaaelse)|(?:nej )?(?:glem det|annuller|fortryd|ignorer)(?: det)?)"
        ),
    ),
)


def answered(text: str) -> Answer | None:
    """Read a yes, a no or a "ved ikke" to the warning's question; None where it is something else.

    Args:
        text: as it was written; more words than an answer are no answer.
    """
    if len(text) > 60:
        return None
    said = folded(text)
    return next((answer for answer, words in ANSWERS if words.fullmatch(said)), None)


# A question that somebody in danger asks beside what they tell, folded: "hvad skal jeg gøre der er ild i gryden".
CRYING_QUESTION = re.compile(
    r"\b(?:hvad (?:skal|goer) (?:jeg|vi|man)(?: nu| goere)?|hvad (?:sker|foregaar) der(?: her| nu)?|hvem (?:ringer|skal) (?:jeg|vi)(?: ringe)? til|hvem ringer (?:jeg|vi)"
    r"|(?:er )?(?:der|her) nogen(?: her| vaagen| vaagne| der kan (?:hjaelpe|komme))|er der nogen|er her nogen|hvorfor (?:svarer|kommer) (?:i|ingen|der ingen)"
    r"|hvor (?:er|bliver) (?:i|ambulancen|politiet|brandvaesnet|brandvaesenet)(?: henne| af)?|hvornaar kommer (?:i|der nogen|ambulancen|politiet)"
    r"|hvor er (?:der )?(?:den |en )?(?:naermeste )?hjertestarter\w{0,3}|(?:er|kommer) (?:brandvaesenet|brandvaesnet|brandbilen|ambulancen|politiet)(?: snart)?(?: paa vej| kommet| her| tilkaldt)?"
    r"|kommer (?:i|der nogen)|kan (?:i|du|nogen) (?:komme|hjaelpe)|what (?:should|do|can) (?:i|we) do|was soll(?:en)? (?:ich|wir) tun|was tun|що робити)\b"
)
# What makes the rest of such a question a supposition, folded.
SUPPOSED = re.compile(
    r"^(?:ved|naar|i tilfaelde|mod|med|when|in case|bei|wenn)\b|\b(?:hvis|if|whether|ob|om (?:der|det|den|vi|man|han|hun|i))\b"
)
SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
# How a question begins, folded; a question mark at the end makes any sentence one.
ASKS = (
    "hvad",
    "hvordan",
    "hvornaar",
    "hvor",
    "hvem",
    "hvilke",
    "hvilken",
    "hvorfor",
    "maa",
    "kan man",
    "skal",
    "er der",
    "er det",
    "findes",
    "er krisen",
    "er brandvaesenet",
    "er brandvaesnet",
    "kommer brandvaesenet",
    "kommer brandvaesnet",
    "er ambulancen",
    "kommer ambulancen",
    "er politiet",
    "kan jeg",
    "hvornaar",
    "what is",
    "who ",
    "was ist",
)


def is_question(text: str) -> bool:
    """Whether a text asks something rather than tells it.

    Args:
        text: as it was written.
    """
    said = fold(text)
    return said.endswith("?") or any(said == each or said.startswith(f"{each} ") for each in ASKS)


def only_asks(text: str) -> bool:
    """Whether a text is a question and tells of no grave danger beside it, as whoever cries "hvad gør vi" does.

    Args:
        text: as it was written.
    """
    return is_question(text) and not any(_tells_of_danger(part) for part in SENTENCE.findall(text[:READ]))


def tells_of_grave(text: str) -> bool:
    """Whether a text tells of grave danger, or cries for help, and does more than ask about it."""
    cry = hear(text)
    return cry is not None and cry.grave and not only_asks(text)


def _tells_of_danger(sentence: str) -> bool:
    """Whether a sentence tells of grave danger, and asks nothing or only what is asked in danger."""
    said = folded(sentence)
    told = CRYING_QUESTION.sub(" ", said)
    if told == said:
        return not is_question(sentence) and (cry := hear(sentence)) is not None and cry.grave
    rest = " ".join(told.split())
    return SUPPOSED.search(rest) is None and not is_question(rest) and (cry := hear(rest)) is not None and cry.grave
