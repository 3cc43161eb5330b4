"""Find the verbs that somebody may have meant by an explicit word that is none: "/krise slet 3", "/krise niveau 1"."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from storage.letters import fold

# What people write, folded, and the verbs that do what they mean.
MEANT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("slet", "fortryd", "annuller", "rediger", "ombestem", "undo", "delete"), ("ret",)),
    **dict.fromkeys(("niveau", "beredskabsniveau", "level"), ("aktiver", "opskaler", "nedskaler")),
    **dict.fromkeys(("luk", "afslut", "slut", "faerdig", "stands", "deaktiver"), ("afblæs",)),
    **dict.fromkeys(("vis", "oversigt", "hvordan", "situation", "vaerktoej"), ("status", "siden")),
    **dict.fromkeys(("hent", "download", "arkiv", "zip", "pdf"), ("eksport",)),
    **dict.fromkeys(("liste", "medlemmer", "deltagere", "folk"), ("hvem", "ringeliste")),
    **dict.fromkeys(("godkend", "underskriv", "udsend"), ("status", "referat", "billede")),
    **dict.fromkeys(("deltag", "tilmeld", "join"), ("ind",)),
    **dict.fromkeys(("forlad", "afmeld", "exit"), ("ud",)),
    **dict.fromkeys(("gem", "skriv", "note"), ("log",)),
    **dict.fromkeys(("goer", "todo"), ("tiltag", "ordre")),
    **dict.fromkeys(("send", "besked", "sms", "udsendelse"), ("melding", "mail")),
    **dict.fromkeys(("chef", "skift", "leder"), ("rolle", "udpeg")),
    **dict.fromkeys(("oev", "traening", "oevelser", "test"), ("øvelse", "øv")),
    **dict.fromkeys(("ferie", "syg", "vaek"), ("fravær",)),
}
# So much of a word may be another's, and so many are named.
ALIKE, MOST = 0.6, 3
SHORTEST = 4


def numbers_something(text: str) -> bool:
    """Whether a text has a number after what people write for a verb: "slet 3 og 4 igen"."""
    words = fold(text).split()[:2]
    return len(words) == 2 and words[0] in MEANT and words[1].strip(".,:").isdecimal()


def nearest(text: str, verbs: Iterable[str]) -> list[str]:
    """Return the verbs that a text may have meant, the likeliest first.

    Args:
        text: without the bot's name, as typed.
        verbs: those there are.
    """
    words = fold(text).split()[:2]
    known = {fold(each): each for each in verbs}
    found = [verb for word in words for verb in MEANT.get(word.strip(":.,;!?"), ()) if fold(verb) in known]
    if words and len(words[0]) >= SHORTEST:
        alike = {name: OSA.normalized_similarity(words[0], name) for name in known if len(name) >= SHORTEST}
        found += [known[name] for name in sorted(alike, key=lambda each: -alike[each]) if alike[name] >= ALIKE]
    return list(dict.fromkeys(found))[:MOST]
