"""Danish as it is typed, dictated and thumbed on a telephone: verbs, durations, and answers in free text.

Requirements, sections 3.1, 3.2 and 3.4. Nothing here acts; whoever asks gets what was understood, or that it wasn't.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from rapidfuzz.distance import OSA

from storage.letters import fold as fold
from storage.letters import fold_letter as fold_letter

# --- The verb ---------------------------------------------------------------------------------------------------------

MARKS = ":.,;!?"

FIRST_WORD = re.compile(
    r"""
    [\s\u200b\ufeff"'“”„«»‘’]*+
    (?P<word>
        [^\W\d_]+ (?= \d+ (?:\W|$) )        # t7 is t 7
      | [^\W\d_]+ (?= : )                   # varsel:vand
      | [^\W\d_]{1,3} (?= [!?] \s* \w )     # l! is l !, for the log's marks mean something
      | \S+
    )
    (?P<rest> .* )
    """,
    re.VERBOSE | re.DOTALL,
)


def split_verb(text: str) -> tuple[str, str]:
    """The first word, as typed, and what follows it, verbatim but for the marks and spaces between them."""
    found = FIRST_WORD.match(text)
    if not found:
        return "", ""
    return found["word"], found["rest"].removeprefix(":").strip()


@dataclass(frozen=True)
class Match:
    """What verb a text begins with.

    Args:
        kind: "exact" as it stands or by a synonym; "near" by a typing error; "none" of those.
        verb: its name; None when none.
        rest: what follows it, verbatim.
        typed: the verb as it was typed.
    """

    kind: Literal["exact", "near", "none"]
    verb: str | None
    rest: str
    typed: str


# Everyday words that are one typing error from a verb, and mean something else.
NO_VERBS = frozenset({"ringer", "ringet", "ringes"})


def match(text: str, verbs: Mapping[str, tuple[str, ...]]) -> Match:
    """The verb that a text begins with.

    Args:
        text: without the bot's own name.
        verbs: each verb's name and its synonyms, of one or more words.
    """
    names = {fold(each): verb for verb, synonyms in verbs.items() for each in (verb, *synonyms)}
    beginnings = list(_beginnings(text, longest=max((len(name.split()) for name in names), default=0)))
    for typed, rest in reversed(beginnings):
        verb = names.get(_plain(typed))
        if verb:
            return Match("exact", verb, rest, typed)
    errors: dict[str, tuple[int, str, str]] = {}
    if beginnings and _plain(beginnings[0][0]) in NO_VERBS:
        beginnings = []
    for typed, rest in beginnings:
        plain = _plain(typed)
        for name, verb in names.items():
            distance = _typing_errors(plain, name)
            if distance is not None and distance < errors.get(verb, (3,))[0]:
                errors[verb] = (distance, typed, rest)
    fewest = min((distance for distance, _, _ in errors.values()), default=0)
    nearest = [verb for verb, (distance, _, _) in errors.items() if distance == fewest]
    if len(nearest) == 1:
        _, typed, rest = errors[nearest[0]]
        return Match("near", nearest[0], rest, typed)
    typed, rest = split_verb(text)
    return Match("none", None, rest, typed)


def _beginnings(text: str, longest: int) -> Iterator[tuple[str, str]]:
    """The first word and what follows, the first two words and what follows, and so on."""
    typed, rest = "", text
    for _ in range(longest):
        word, rest = split_verb(rest)
        if not word:
            return
        typed = f"{typed} {word}".strip()
        yield typed, rest


def _plain(typed: str) -> str:
    return fold(typed, trailing=MARKS) or fold(typed)


def _typing_errors(typed: str, name: str) -> int | None:
    """How many typing errors there are from one folded word to another; None when too many to be forgiven.

    "og" is no log, "det" no ret, "skader" no eskaler: short words and double errors must at least begin right.
    """
    typed, name = _in_danish_letters(typed), _in_danish_letters(name)
    if min(len(typed), len(name)) < 3:
        return None
    begins_right = typed[0] == name[0]
    allowed = 1 if begins_right or len(name) >= 5 else 0
    if begins_right and len(name) >= 7 and " " not in name:
        allowed = 2
    distance = OSA.distance(typed, name, score_cutoff=allowed)
    return distance if distance <= allowed else None


def _in_danish_letters(folded: str) -> str:
    return folded.replace("ae", "æ").replace("oe", "ø").replace("aa", "å")


# --- How long ---------------------------------------------------------------------------------------------------------

NUMBERS = {
    "en": 1, "et": 1, "to": 2, "tre": 3, "fire": 4, "fem": 5, "seks": 6, "syv": 7, "otte": 8, "ni": 9, "ti": 10,
    "elleve": 11, "tolv": 12, "tretten": 13, "fjorten": 14, "femten": 15, "seksten": 16, "sytten": 17, "atten": 18,
    "nitten": 19, "tyve": 20, "enogtyve": 21, "toogtyve": 22, "treogtyve": 23, "fireogtyve": 24, "femogtyve": 25,
    "tredive": 30, "fyrre": 40, "femogfyrre": 45, "halvtreds": 50,
}  # fmt: skip
MINUTES_IN = {"m": 1, "t": 60, "h": 60, "k": 15}

_number = "|".join(sorted(NUMBERS, key=len, reverse=True))
_amount = (
    rf"(?:(?:\d{{1,4}}|{_number})\s+(?:og\s+)?en\s+halv|\d{{1,4}}(?:[.,]\d)?½?|½|(?:en\s+)?halv|halvanden|{_number})"
)
_piece = rf"{_amount}\s*(?:min(?:ut(?:ter)?)?|m|timer?|t|h|kvarter)\b\.?"

DURATION = rf"(?:{_piece}(?:\s*(?:og\s+)?{_piece})?)"
PIECE = re.compile(rf"(?P<amount>{_amount})\s*(?P<unit>[mthk])")


def duration(text: str) -> timedelta | None:
    """How long "20 min", "halvanden time", "1 t 30 min" or "tre kvarter" is; None when that isn't what it says."""
    folded = fold(text)
    if not re.fullmatch(DURATION, folded):
        return None
    return timedelta(
        minutes=sum(_how_many(each["amount"]) * MINUTES_IN[each["unit"]] for each in PIECE.finditer(folded))
    )


def _how_many(amount: str) -> float:
    if amount == "halvanden":
        return 1.5
    whole, half, _ = re.sub(r"(?:og )?en halv$|halv$", "½", amount).partition("½")
    whole = whole.strip().replace(",", ".")
    return (NUMBERS[whole] if whole in NUMBERS else float(whole or 0)) + (0.5 if half else 0)


# --- Answers in free text ---------------------------------------------------------------------------------------------

Question = Literal["summons", "alert", "notice", "order"]
Meaning = Literal["coming", "declined", "taken", "acknowledged", "unclear"]


@dataclass(frozen=True)
class Reading:
    """What an answer was read as.

    Args:
        meaning: "unclear" is asked about, never acted on.
        eta_minutes: for "coming", where minutes or hours were given; a clock time is left to `times`.
    """

    meaning: Meaning
    eta_minutes: int | None = None


YES: dict[Question, Meaning] = {
    "summons": "coming",
    "alert": "taken",
    "notice": "acknowledged",
    "order": "acknowledged",
}

# The tables below hold folded text, where every mark but "?" has become ",".
I = "(?:jeg|jaeg|a|ae)"  # noqa: E741
IT = "(?:den|dne|dn|det|opgaven|sagen|vagten|alarmen)"
NOT = r"(?:ikke|ikkke|ikek|ikk|ik|itte|ej)"
ADVERB = r"(?:desvaerre|bare|altsaa|lige|godt nok|heller|slet|faktisk|saa|det|overhovedet|nu|alligevel) "
NOT_WITH_ADVERBS = rf"(?:{ADVERB})*{NOT}"
CAN = "(?:kan|kann|kn|ka)"
COMES = "kom+e?r"
ON_THE_WAY = "(?:er )?(?:(?:paa?|po) ?vej|undervejs)"

# Says yes to whatever was asked.
PLAIN_YES = (
    "o?k", "okay", "okey", "oki", "okie", "okidoki", "(?:det er|den er) (?:ok|okay|fint|god|i orden|iorden)", "i orden",
    "ja+", "(?:ja)+", "jep+", "jeps", "jow?", "jada", "ja da", "javel", "yes", "yep", "aftale", "det er en aftale",
    "fint", "super", "perfekt", "top", "godt", "selvfoelgelig", "naturligvis", "klart",
    f"(?:det|saa|godt) {CAN} {I}(?: (?:godt|sagtens))?", f"{I} {CAN}", f"{CAN} (?:godt|sagtens)", "det goer jeg", "goer jeg",
    "👍", "👌", "✅", "🆗", "🫡",
)  # fmt: skip

# Says yes to this question.
OWN_YES: dict[Question, tuple[str, ...]] = {
    "summons": (
        COMES, ON_THE_WAY, "(?:er )?(?:straks|snart) der", "(?:er|saa er) (?:jeg )?(?:der|fremme|her)", "er ankommet",
        "(?:koerer|cykler|loeber)", "tager (?:af ?sted|hjemmefra|bilen|toget|cyklen)", "moeder(?: op)?", "deltager",
        "er (?:med|klar)", "klar", f"{CAN} (?:godt |sagtens )?(?:komme|vaere der|vaere fremme|deltage|moede|naa det)",
        f"saa {CAN} {I} (?:komme|vaere der|vaere fremme)", "skal nok komme", "vi ses",
    ),
    "alert": (
        f"(?:har|ahr|hra|tager|tar|ta r|overtager|snupper|griber|klarer|ordner) {IT}", f"den (?:har|tager|tar|overtager) {I}",
        "harden", "(?:er )?paa? (?:den|sagen)", "den er min", "overtager", f"{CAN} (?:godt |sagtens )?(?:tage|overtage) {IT}",
        "det goer jeg", COMES, ON_THE_WAY,
    ),
    "notice": (
        "mod?taget", "forstaaet", "noteret", "set", "laest", f"har (?:set|laest|modtaget) (?:{IT}|beskeden|mailen|varslet)",
        "(?:(?:mit|vores) center|centeret|alle|alle i centeret|folk|de) er (?:underrettet|orienteret|informeret|varslet)",
        "(?:er )?(?:underrettet|orienteret|informeret|videregivet)", "(?:har )?(?:givet besked|sendt (?:den |det )?videre)",
        "(?:har )?(?:underrettet|orienteret|informeret|varslet) (?:centeret|alle|mit center|mine folk)", "tak for besked",
    ),
    "order": (
        "mod?taget", "forstaaet", "noteret", "roger", "(?:er )?udfoert", "(?:vi )?udfoerer(?: den| det)?", "klaret",
        "(?:vi )?(?:gaar|er) i gang", "igang", "(?:er )?paa? (?:den|sagen)", f"(?:har|tager|ordner|klarer) {IT}",
        "goer (?:vi|det)", "det (?:goer|ordner|klarer) (?:jeg|vi)", "skal ske", "(?:det )?skal (?:jeg|vi) nok",
    ),
}  # fmt: skip

# Says nothing either way. What could turn an answer round ("men", "ikke", "hvis") must never stand here.
FILLER = (
    ",", "-", I, "tak", "mange tak", "hej", "hejsa", "lige", "bare", "nu", "og", "saa", "straks", "snart", "snarest", "om lidt",
    "gerne", "meget gerne", "med det samme", "nu her", "lige nu", "hurtigst muligt", "saa hurtigt (?:jeg|som) (?:kan|muligt)",
    "asap", "mvh", "hilsen", "(?:ned|op|ind|ud|derned|derind|derover|over)", "i (?:bil|tog)", "paa cykel", "hjemmefra",
    "til (?:moedet|raadhuset|stedet|stationen|krisestaben|staben|kontoret|jer)", "fra (?:raadhuset|kontoret|arbejde)",
    r"(?:(?:inden|senest|ca|cirka|omkring) (?:, )?)?(?:kl|klokken) (?:, )?\d{1,2}(?:[.:]\d\d)?", "giv mig", "er der",
    "(?:sidder|er) i (?:bilen|toget|bussen)", "🙂", "😊", "🙏", "💪", "🚗", "🏃", "🚲",
)  # fmt: skip

ETA = (
    r"(?:(?:om|ca|cirka|omkring|eta|ankomst|hoejst|max|maks) (?:, )?)*(?:\d{1,3} (?:-|til) )?"
    rf"(?:(?P<how_long>{DURATION})|(?<=om )(?P<minutes>\d{{1,3}})\b)(?: (?:vaek|herfra|tid|max|maks))?"
)

PLAIN_NO = (
    "nej+", "naeh?", "nope", "nix", "niks", "no", "nej tak", "desvaerre", f"desvaerre {NOT}", "beklager", "sorry", "👎",
    r"(?:tag|proev|spoerg|kontakt|ring til|skriv til) (?:[^\W\d]+)(?: i stedet)?",
)  # fmt: skip

# After a "not" that is the whole of it: "kommer ikke" is a no, "kommer ikke for sent" is not.
NO_MORE = r"(?=$| [^\w?]| (?:i dag|i aften|i nat|desvaerre|jeg|da|fordi|er|med|til|pga)\b)"

# Says no wherever the speaker says it of himself, whatever more is said ("er på ferie i Grækenland, tag Sara").
OWN_NO = (
    rf"(?:det |saa )?(?:{CAN} (?:jeg )?{NOT_WITH_ADVERBS})(?=$| [^\w?]| (?:komme(?! (?:ind|igennem|i kontakt|paa)\b)|tage {IT}|"
    r"deltage|moede|naa det|vaere (?:med|der)|hjaelpe|stille op|lige nu|nu|i dag|i aften|i nat|desvaerre|er|jeg|da|fordi|"
    r"pga|sidder|har|beklager|sorry|tag|proev|spoerg|ring)\b)",
    rf"{COMES} {NOT_WITH_ADVERBS}{NO_MORE}",
    rf"(?:har|tager|tar|overtager) {IT} {NOT_WITH_ADVERBS}{NO_MORE}",
    rf"(?:naar|deltager|moeder) (?:det )?{NOT_WITH_ADVERBS}{NO_MORE}",
    rf"har {NOT_WITH_ADVERBS} (?:mulighed|tid)|har (?:ingen|ikke nogen) mulighed|(?:det er )?{NOT} muligt(?: for mig)?",
    rf"er {NOT_WITH_ADVERBS} (?:hjemme|i landet|i danmark|i byen|paa arbejde|paa vagt|til raadighed|tilgaengelig|rask)",
    "(?:er |ligger )?(?:stadig |selv |lige |desvaerre )*(?:syg|sygemeldt|indlagt|bortrejst|forhindret|udenlands)",
    "(?:er )?(?:stadig |lige |desvaerre )*paa? (?:sommer)?(?:ferie|barsel|orlov)|(?:har|holder) ferie|(?:sommer)?ferie(?= ,|$)",
    "(?:er )?(?:desvaerre |lige |stadig )*(?:i udlandet|ude af landet|paa? (?:hospitalet|sygehuset|rejse))",
    "(?:har|ligger med) (?:faaet )?(?:feber|influenza|corona|covid|omgangssyge)",
    "(?:maa )?(?:desvaerre )?(?:melder? (?:fra|afbud|pas)|siger? nej|takker? nej|springer? over)|maa (?:desvaerre )?passe|afbud",
)
OF_HIMSELF = rf"(?:^|[^\w\s?] |\b(?:{I}|og|da|fordi|for|saa|desvaerre|beklager|sorry|nej|hej|tak|at) )(?:{I} )?"

# Takes back, or puts a condition on, what is said beside it.
DOUBT = re.compile(
    r"\?|\b(?:men|hvis|medmindre|foer|foerst|maaske|muligvis|eller|ellers|andet|kun|tidligst|senere|alligevel|tror|vist|"
    r"vente|hvem|hvad|hvor|hvornaar|hvordan)\b"
)

EMOJI = {
    ":+1:": "👍", ":thumbsup:": "👍", "(y)": "👍", ":ok_hand:": "👌", ":white_check_mark:": "✅", ":heavy_check_mark:": "✅",
    "✔": "✅", "☑": "✅", ":ok:": "🆗", ":saluting_face:": "🫡", ":-1:": "👎", ":thumbsdown:": "👎", "(n)": "👎",
}  # fmt: skip
SKIN = re.compile(r":skin-tone-\d:|[\U0001f3fb-\U0001f3ff]")
TOKEN = re.compile(r"\d+[.,:]\d+|[\w½]+|\?|[^\w\s]")
SILENT_MARKS = "'’‘`´\"“”„«»*_~()[]"


def _phrases(*patterns: str) -> str:
    return "|".join(sorted(patterns, key=len, reverse=True))


def _vocabulary(question: Question) -> re.Pattern[str]:
    own, plain = _phrases(*OWN_YES[question]), _phrases(*PLAIN_YES)
    return re.compile(
        rf"(?:(?P<eta>{ETA})|(?P<own>(?:{I} )?(?:{own}))|(?P<plain>{plain})|(?:{_phrases(*FILLER)}))(?: |$)"
    )


VOCABULARY: dict[Question, re.Pattern[str]] = {question: _vocabulary(question) for question in YES}
SPOKEN_YES = {
    question: re.compile(rf"(?:^| )(?:{_phrases(*OWN_YES[question], *PLAIN_YES)})(?= |$)") for question in YES
}
SPOKEN_NO = re.compile(rf"{OF_HIMSELF}(?:{_phrases(*OWN_NO)})(?= |$)")
ONLY_NO = re.compile(rf"(?:(?P<no>{_phrases(*PLAIN_NO)})|(?:{_phrases(*FILLER)}))(?: |$)")


def reading(text: str, question: Question) -> Reading:
    """What an answer in free text means.

    A yes must be understood to its last word, so that no "men" and no "ikke" is overheard; a no need only be said by
    the speaker of himself, with nothing beside it that takes it back. All else is unclear.

    Args:
        text: as typed.
        question: what was asked: "summons" to come, "alert" to take a warning, "notice" to tell one's centre of it,
            "order" to carry out.
    """
    said = _said(text)
    if _declines(said, question):
        return Reading("declined")
    understood = _read_all(VOCABULARY[question], said)
    kinds = {kind for each in understood or () for kind, words in each.groupdict().items() if words}
    etas = [eta for each in understood or () if (eta := _eta(each)) is not None]
    if question == "summons" and kinds & {"own", "plain", "eta"}:
        return Reading("coming", max(etas, default=None))
    if "own" in kinds or ("plain" in kinds and not etas):
        return Reading(YES[question])
    return Reading("unclear")


def _said(text: str) -> str:
    """Folded, with every mark but "?" as ",", and one space around everything."""
    said = fold(text)
    for code, emoji in EMOJI.items():
        said = said.replace(code, emoji)
    tokens = TOKEN.findall(SKIN.sub("", said))
    return " ".join(
        "," if each in ".,;:!/…" else "-" if each in "-–—" else each for each in tokens if each not in SILENT_MARKS
    )


def _declines(said: str, question: Question) -> bool:
    if DOUBT.search(said):
        return False
    if SPOKEN_NO.search(said):
        return not SPOKEN_YES[question].search(SPOKEN_NO.sub(" , ", said))
    understood = _read_all(ONLY_NO, said)
    return question != "notice" and any(each["no"] for each in understood or ())


def _read_all(vocabulary: re.Pattern[str], said: str) -> list[re.Match[str]] | None:
    """The phrases that make up the whole of what was said; None when there is more to it than those."""
    understood: list[re.Match[str]] = []
    at = 0
    while at < len(said):
        phrase = vocabulary.match(said, at)
        if not phrase:
            return None
        understood.append(phrase)
        at = phrase.end()
    return understood


def _eta(phrase: re.Match[str]) -> int | None:
    if phrase["minutes"]:
        return int(phrase["minutes"])
    how_long = duration(phrase["how_long"]) if phrase["how_long"] else None
    return round(how_long.total_seconds() / 60) if how_long is not None else None
