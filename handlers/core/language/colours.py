"""Reading an answer to "Hvordan står det til?": green, yellow, red, or not clear.

Green has to be understood to its last word: whatever stands beside it, a need may hide in. What is unsure is asked.
No network, no model: the rules are these lists, and tests/handlers/core/language/phrases.yaml measures them.
"""

from __future__ import annotations

import re
from typing import Literal

from handlers.core.language.understood import understood
from storage.letters import fold

Colour = Literal["green", "yellow", "red", "unclear"]

# Folded: æ, ø and å are ae, oe and aa; without accents and capitals.
FINE = (
    r"ok(?:ay|i|e|ey)?",
    r"(?:her er alt|det hele er|alt fungerer|det ser (?:fint|godt) ud|intet nyt herfra)(?: fint| godt| ok(?:ay)?| roligt)?",
    r"alt (?:er )?(?:helt )?(?:ok(?:ay)?|fint|godt|vel|roligt|stille|normalt|i ?orden|i den skoenneste orden|som det skal vaere|under kontrol|groent)",
    r"(?:her |det |alt )?(?:ser|gaar|koerer|fungerer|virker) (?:det )?(?:alt )?(?:helt |rigtig )?(?:fint|godt|ok(?:ay)?|som det skal|som normalt|normalt|upaaklageligt)",
    r"det koerer(?: bare)?",
    r"(?:vi|jeg) (?:er|har det|klarer os|klarer den) ?(?:helt |alle )?(?:fint|godt|ok(?:ay)?|groenne|groen)?",
    r"vi klarer (?:os|den|det)(?: fint| selv| godt)?",
    r"vi er (?:ok(?:ay)?|klar|paa plads|paa|groenne)",
    r"(?:fint|godt|helt fint|rigtig fint|super|perfekt|upaaklageligt|glimrende|roligt|stille(?: og roligt)?)",
    r"(?:i ?orden|under kontrol|situationen er under kontrol)",
    r"(?:som |alt er som |alt )?(?:normalt|saedvanligt|som vanligt|ved det gamle)",
    r"(?:normal drift|drift som normalt|driften er normal|vi koerer normal drift|alt koerer som normalt)",
    r"intet (?:at (?:melde|bemaerke|rapportere|berette)|nyt|saerligt|problem)",
    r"(?:der er )?(?:ikke|intet) noget (?:nyt|at melde|saerligt)",
    r"(?:der er )?ikke noget",
    r"ingen (?:problemer|mangler|udfordringer|skader|syge|sygdom|aendringer|bemaerkninger|nyheder|tilskadekomne|beroerte|behov|problem|nyt)",
    r"(?:vi )?mangler (?:ikke noget|intet|ingenting|ingen)",
    r"(?:vi )?har (?:hverken problemer eller mangler|hvad vi skal bruge|alt hvad vi skal bruge|folk nok|det vi skal bruge|nok(?: folk)?)",
    r"(?:vi )?har ikke brug for (?:noget|hjaelp)",
    r"(?:vi )?har ingen (?:problemer|mangler|behov|syge|udfordringer)",
    r"(?:groen|groent|groent lys)",
    r"(?:👍|✅|🟢|👌|💚)+",
)
FILLER = (
    r"(?:ja|jo|jep|jeps|yes|nej|noeh|hej|hejsa|hej krisebot|tak|tak som spoerger|ja tak|og|mvh|vh|hilsen|heldigvis|her|hos os|indtil videre|p\.?t\.?|lige nu|stadig|fortsat|sagtens|bare|alle|(?:ha |hav )?(?:en )?(?:rigtig |fortsat )?god (?:aften|nat|vagt|dag|weekend|morgen)|i dag|paa alle enheder|overalt)",
)
# Somebody is in danger, or something has stopped: it is read as red however it is wrapped.
URGENT = re.compile(
    r"\b(?:akut\w*|haster\w*|nu og her|evakuer\w*|livsfar\w*|brand\w*|braender|roed\w*|katastrof\w*|kaos|panik|112|ambulance\w*"
    r"|kritisk\w*|nedbrud|kollaps\w*|saaret|saarede|tilskadekom\w*|omkom\w*|doed\w*|savnet|savnes|sos|noedraab\w*"
    r"|(?:ingen|uden|mangler|mistet) (?:stroem|vand|varme|telefon\w*|internet|medicin|ilt)|stroem\w* (?:er )?(?:gaaet|vaek|afbrudt|ude)"
    r"|stroemsvigt\w*|vand (?:i|paa) \w+|oversvoem\w*|vi kan ikke mere|kan ikke klare)\b|[🔴🆘🚨]"
)
# Something is lacked, doubted or not as it should be.
NEED = re.compile(
    r"\b(?:mangle\w*|savner|brug for|behov\w*|bruge|kan ikke|ikke|ej|men|dog|undtagen|bortset|ellers|paanaer|problem\w*|udfordr\w*"
    r"|pres\w*|travlt|syg\w*|smitte\w*|lukke\w*|spaerre\w*|skad\w*|defekt\w*|hjaelp\w*|svaert|vanskelig\w*|forsink\w*|nede|knap\w*"
    r"|naesten|paa naer|ud over|lige akkurat|lige nu her|snart|bekymr\w*|utryg\w*|usikker\w*|gul\w*|saadan da|nogenlunde|haenger i|for faa|for lidt|loeber toer"
    r"|evt|maaske|hvis|vikar\w*|stroem\w*|vand|varme\w*|medicin\w*|gaar (?:ned|skidt|daarligt)|skidt|daarlig\w*|vaerre|galt|rod|bloed\w*|spidser til)\b"
    r"|(?<!\d)\d++\s++[a-z]|\b(?:to|tre|fire|fem|seks|flere|mange)\s+[a-z]|[🟡🟠]"
)

# Courtesy says nothing of how it stands: a smile, many thanks at the end of a sentence, a signature with a name.
SMILE = re.compile(r" ?[:;=]-?[)dp](?!\w)")
THANKS = re.compile(r"\b(?:mange|tusind|1000) tak(?= *(?:[,.!]|$))")
SIGNED = re.compile(
    r"(?:^|[\s,.!])(?:(?:med )?(?:venlige?|venligst|kaerlige?|(?:de )?bedste|mange|mvh|vh) )?(?:hilsen|hilsner|mvh|vh|kh)\b[,.:]?"
    r"((?:[ ,]{1,2}[a-z][a-z.-]{0,20}){0,4})[ .,]*$"
)
# Whatever follows a signature's "hilsen" and is no name: then it is a sentence.
NO_NAME = re.compile(
    r"\b(?:fra|uden|som|der|og|men|vi|jeg|har|er|et|en|til|med|ingen|intet|har|kan|skal|mangler|paa|i)\b"
)

_fine = "|".join(FINE)
_filler = "|".join(FILLER)
_PHRASE = re.compile(rf"(?:{_fine}|{_filler})")
_BETWEEN = re.compile(r"[\s,.!:;–-]++")
# No phrase has more letters.
_LONGEST = 80
_FINE = re.compile(rf"(?:{_fine})")


def read(text: str) -> Colour:
    """Read the colour that an answer in their own words gives.

    Args:
        text: verbatim.

    Returns:
        "green" only when every word of it is known to be good news; "unclear" when it has to be asked about.
    """
    said = _without_courtesy(re.sub(r"\s+", " ", fold(understood(text))).strip(" ,.!"))
    said = said.strip(" ,.!:;–-")
    said = re.sub(r"[\U0001F3FB-\U0001F3FF\ufe0f]", "", said)
    parts = [
        part.strip(" ,.!:;–-")
        for part in re.split(r"(?<=[^\s\d])[,.!;:]+\s*|\s[–-]\s|\n", said)
        if part.strip(" ,.!:;–-")
    ]
    if parts and all(_is_wholly_fine(part) for part in parts) and _FINE.search(said):
        return "green"
    if URGENT.search(said):
        return "red"
    if NEED.search(said):
        return "yellow"
    return "unclear"


def _without_courtesy(said: str) -> str:
    """Return folded text without smiles, thanks and a signature; without a name in it, a signature is a sentence."""
    said = THANKS.sub("tak", SMILE.sub("", said)).strip()
    signed = SIGNED.search(said)
    if signed and not any(words.search(signed[1]) for words in (NO_NAME, NEED, URGENT)):
        return said[: signed.start()]
    return said


def _is_wholly_fine(part: str) -> bool:
    """Whether a text is made up of known phrases: "ja tak som spørger" is, though "ja tak" is one as well.

    From each place that a phrase may begin at, and from each once, all the places are looked up where it may end.
    """
    begins, at = {0}, 0
    while at < len(part):
        if at in begins:
            for end in range(at + 1, min(len(part), at + _LONGEST) + 1):
                between = _BETWEEN.match(part, end)
                if (between or end == len(part)) and _PHRASE.fullmatch(part, at, end):
                    begins.add(between.end() if between else end)
        at += 1
    return len(part) in begins
