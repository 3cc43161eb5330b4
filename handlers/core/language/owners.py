"""Finding who is meant to do something: named in the words, else the centre that has the subject every day. Plan §3 and
§5."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from storage.letters import fold
from storage.plan.model import Plan
from storage.plan.sections import Centre

LONGEST_NAME = 4  # words
ENDS = ".,;:!?"
MOST_POINTED = 20  # in one text: it may be all names
# What the staff's chief is called, folded, whoever it is now.
CHIEF = {"krisestabschefen", "krisestabschef", "stabschefen", "chefen"}

# And the directorate, which has nothing alone.
BOARD = {"direktion", "direktionen"}

WORD = re.compile(r"\S+")
AT = re.compile(r"(?<!\w)@\s?(?=\w)")
TO = re.compile(r"til\s++(?=\w)", re.IGNORECASE)
# What comes after the name of whoever is spoken to: "Mads, …", "IT hvornår …", "borgmesteren må vi …".
SPOKEN_TO = re.compile(
    r"\s*+[,:;?!]|\s++(?:hv\w++|er det|(?:må|skal|skulle|kan|kunne|har|er|vil|ved|får|kommer|bliver) (?:vi|i|du|jeg|man|der)\b)",
    re.IGNORECASE,
)
# What comes before a name that is only spoken of: "er nøglen hos Mads Rosen?"
SPOKEN_OF = {"af", "for", "fra", "hos", "i", "med", "om", "og", "på", "ved", "er", "har", "uden"}


@dataclass(frozen=True)
class Named:
    """The persons and the centre that a text names.

    Args:
        persons: those whom the name means: one; several who share it, or who are all asked; nobody when none was named or
            known.
        centre: the centre's name, where it was a centre that was named.
        typed: the name as it was typed; empty when there was none.
        rest: the text without it.
    """

    persons: tuple[str, ...]
    centre: str | None
    typed: str
    rest: str


def named(plan: Plan, text: str, chief: str | None = None, mentioned: Sequence[str] = ()) -> Named:
    """Find whom a text gives a task to: "@Mads", "@Mads Rosen", "@Teknik", the only one whom it mentions, or a whole name at
    its end.

    Args:
        plan: whose persons, roles and centres.
        text: as it was typed.
        chief: the staff's chief now, whom "@krisestabschefen" and "@chefen" mean.
        mentioned: the names in it that were chosen in the chat's own way, which hands them on without a sign.
    """
    chosen = _chosen(plan, text, chief, mentioned)
    pointed = [*_typed(plan, text, chief), *(chosen if len({each.named.persons for each in chosen}) == 1 else [])]
    if pointed:
        return min(pointed, key=lambda each: each.start).named
    words = list(re.finditer(r"\S+", text))
    for count in range(min(LONGEST_NAME, len(words)), 1, -1):
        start = words[-count].start()
        found = _meant(plan, text[start:].strip(ENDS), chief)
        if len(found.persons) == 1:
            return Named(found.persons, None, found.typed, text[:start].strip(" ,;"))
    return Named((), None, "", text.strip())


def asked(plan: Plan, text: str, chief: str | None = None, mentioned: Sequence[str] = ()) -> Named:
    """Find whom a question is put to: the one with a sign or a mention, wherever they stand ("@Mads"), a whole name at its
    end, or a name that it begins with: "Mads Rosen …", "til Bo …", "IT, …", "borgmesteren må vi …". Whoever is only spoken
    of is not asked. Of several with a sign it is the one whom it begins with; otherwise all of them, without a name that
    was typed.

    Args:
        plan, text, chief, mentioned: as for `named`.
    """
    pointed = sorted(
        [*_typed(plan, text, chief), *_chosen(plan, text, chief, mentioned)], key=lambda each: (each.start, -each.end)
    )
    known = list(dict.fromkeys(each.named.persons for each in pointed if each.named.persons))
    first = next((each for each in pointed if each.named.persons or not known), None)
    if first is None:
        return _addressed(plan, text, chief)
    if len(known) < 2 or (fold(text[: first.start].strip()) in ("", "til") and SPOKEN_TO.match(text, first.end)):
        return first.named
    return Named(tuple(dict.fromkeys(person for persons in known for person in persons)), None, "", text.strip())


def _addressed(plan: Plan, text: str, chief: str | None) -> Named:
    to = TO.match(text)
    said = text[to.end() :] if to else text
    words = list(re.finditer(r"\S+", said))[:LONGEST_NAME]
    for count in range(len(words), 0, -1):
        name = said[: words[count - 1].end()].rstrip(ENDS)
        found, rest = _meant(plan, name.lstrip(), chief), said[len(name) :]
        if len(found.persons) == 1 and (to or count > 1 or SPOKEN_TO.match(rest)):
            return Named(found.persons, found.centre, found.typed, rest.lstrip(f" {ENDS}"))
    found = named(plan, text, chief)
    before = found.rest.split()
    spoken_of = bool(before) and fold(before[-1]) in SPOKEN_OF
    return Named((), None, "", text.strip()) if spoken_of else found


@dataclass(frozen=True)
class _Pointed:
    """A name that stands in a text with a sign, or that a chat's own mention has put there, and where it stands."""

    start: int
    end: int
    named: Named


def _typed(plan: Plan, text: str, chief: str | None) -> list[_Pointed]:
    """Find the names behind a sign, whether anybody has them or not."""
    found = []
    for at in islice(AT.finditer(text), MOST_POINTED):
        words = list(islice(WORD.finditer(text, at.end()), LONGEST_NAME))
        known, end = Named((), None, words[0][0].strip(ENDS), ""), words[0].end()
        for word in reversed(words):
            meant = _meant(plan, text[at.end() : word.end()].strip(ENDS), chief)
            if meant.persons:
                known, end = meant, word.end()
                break
        rest = _joined(text[: at.start()], text[end:])
        found.append(_Pointed(at.start(), at.end() + len(known.typed), replace(known, rest=rest)))
    return found


def _chosen(plan: Plan, text: str, chief: str | None, mentioned: Sequence[str]) -> list[_Pointed]:
    """Find the names that were chosen in the chat's own way; whoever is said not to be in the plan is somebody else."""
    found = []
    for name in mentioned[:MOST_POINTED]:
        stands = re.search(rf"(?<![\w@]){re.escape(name)}(?=s?(?!\w))(?! \(ikke i planen\))", text)
        meant = _meant(plan, name, chief)
        if stands and meant.persons:
            rest = _joined(text[: stands.start()], text[stands.end() :])
            found.append(_Pointed(stands.start(), stands.end(), replace(meant, rest=rest)))
    return found


def of_subject(plan: Plan, text: str, person: str | None) -> Centre | None:
    """Find the centre that owns a subject every day (plan §3): the one that the text names, else the person's own; None
    where neither tells.

    Args:
        plan: whose centres.
        text: what shall be done.
        person: whose centre it is else; None for nobody's.
    """
    said = " ".join(re.findall(r"\w+", fold(text)))
    spoken_of = next((centre for centre in plan.centres if f" {fold(centre.name)} " in f" {said} "), None)
    return spoken_of or (centre_of(plan, person) if person is not None else None)


def centre_of(plan: Plan, person: str) -> Centre | None:
    """Find the centre that a person leads or speaks for."""
    return next(iter(plan.centres_of(person)), None)


def _meant(plan: Plan, name: str, chief: str | None) -> Named:
    if chief is not None and fold(name) in CHIEF:
        return Named((chief,), None, name, "")
    if fold(name) in BOARD and plan.board():
        # What the directorate is given is its first member's to bring before it; the card tells whose it is.
        return Named((plan.board()[0],), None, name, "")
    centre = next((centre for centre in plan.centres if fold(centre.name) == fold(name)), None)
    if centre is not None:
        # Plan §5: what a centre is given is its chief's to answer for.
        return Named((centre.chief,), centre.name, name, "")
    return Named(tuple(plan.named(name)), None, name, "")


def _joined(before: str, after: str) -> str:
    return f"{before.rstrip()} {after.lstrip()}".strip(" ,;")
