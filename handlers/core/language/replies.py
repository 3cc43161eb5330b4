"""Reading a free answer to a question: yes, no, coming, not coming, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from handlers.core.language import durations
from handlers.core.language.understood import understood
from storage.letters import fold

# --- Answers in free text ---------------------------------------------------------------------------------------------

Question = Literal["summons", "alert", "notice", "centre", "order"]
Meaning = Literal["coming", "declined", "taken", "acknowledged", "unclear"]


@dataclass(frozen=True)
class Reading:
    """The meaning that an answer was read as.

    Args:
        meaning: "unclear" is asked about, never acted on.
        eta_minutes: for "coming", where minutes or hours were given.
        clock: for "coming", the clock time that was given, as `times_read` reads it; the last of several.
    """

    meaning: Meaning
    eta_minutes: int | None = None
    clock: str = ""


YES: dict[Question, Meaning] = {
    "summons": "coming",
    "alert": "taken",
    "notice": "acknowledged",
    "centre": "acknowledged",
    "order": "acknowledged",
}

# The tables below hold folded text, where every mark but "?" has become ",".
I = "(?:jeg|jaeg|a|ae)"  # noqa: E741
IT = "(?:den|dne|dn|det|opgaven|sagen|vagten|alarmen)"
NOT = r"(?:ikke|ikkke|ikek|ikk|ik|itte|ej)"
ADVERB = r"(?:desvaerre|bare|altsaa|lige|godt nok|heller|slet|faktisk|saa|det|overhovedet|nu|alligevel) "
NOT_WITH_ADVERBS = rf"(?:{ADVERB}){{0,6}}{NOT}"
CAN = "(?:kan|kann|kn|ka)"
COMES = "kom{1,9}e?r"
ON_THE_WAY = "(?:er )?(?:(?:paa?|po) ?vej|undervejs)"

# Says yes to whatever was asked.
PLAIN_YES = (
    "o?k", "okay", "okey", "oki", "okie", "okidoki", "(?:det er|den er) (?:ok|okay|fint|god|i orden|iorden)", "i orden",
    "ja{1,20}", "(?:ja){1,20}", "jep{1,9}", "jeps", "jow?", "jada", "ja da", "javel", "yes", "yep", "aftale", "det er en aftale",
    "fint", "super", "perfekt", "top", "godt", "selvfoelgelig", "naturligvis", "klart",
    f"(?:det|saa|godt) {CAN} {I}(?: (?:godt|sagtens))?", f"{I} {CAN}", f"{CAN} (?:godt|sagtens)", "det goer jeg", "goer jeg",
    "👍", "👌", "✅", "🆗", "🫡",
)  # fmt: skip

# Whom a centre's chief tells, and that they are told; "underettet" is how half of them spell it.
CENTRE = (
    "(?:(?:hele )?(?:(?:mit|vores) )?(?:center|cent(?:e)?ret)|alle(?: (?:i|paa) (?:mit center|cent(?:e)?ret)| mine folk| medarbejdere(?:ne)?| mand| afdelinger| ledere)?"
    "|(?:mine |vores )?(?:medarbejdere?|folk|ledere?)(?:ne)?|personalet|afdelingerne|de|dem)"
)
TOLD = "(?:under{1,3}et{1,3}et{1,2}|orientere?t|informere?t|varslet|adviseret|videregivet)"

# Says that its writer has it; of a centre's chief, that is no word of the centre.
RECEIVED = (
    "mod?taget", "forstaaet", "noteret", "set", "laest", f"har (?:set|laest|modtaget) (?:{IT}|beskeden|mailen|varslet)", "tak for besked",
)  # fmt: skip
IS_TOLD = (
    f"(?:{CENTRE} )?(?:(?:er|har) )?{TOLD}", f"{CENTRE} (?:(?:er|har|ved) )?(?:faaet )?besked", "besked (?:er )?givet",
    f"{CENTRE} (?:ved det|har (?:faaet|hoert) det(?: at vide)?|er klar over det)",
    "(?:(?:det|den|saa) )?(?:er )?(?:gjort|sket|klaret|ordnet|udfoert|overstaaet)", "(?:har )?(?:givet besked|sendt (?:den |det )?videre)",
    f"(?:har )?(?:{TOLD}|(?:sagt|fortalt|skrevet) (?:det )?(?:videre )?til|givet besked til|sendt (?:(?:det|den) )?(?:videre )?til|ringet (?:rundt )?til) {CENTRE}",
    "har (?:gjort|klaret|ordnet) det", "har ringet rundt",
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
        *RECEIVED, *IS_TOLD,
    ),
    "centre": IS_TOLD,
    "order": (
        "mod?taget", "forstaaet", "noteret", "roger", "(?:er )?udfoert", "(?:vi )?udfoerer(?: den| det)?", "klaret",
        "(?:vi )?(?:gaar|er) i gang", "igang", "(?:er )?paa? (?:den|sagen)", f"(?:har|tager|ordner|klarer) {IT}",
        "goer (?:vi|det)", "det (?:goer|ordner|klarer) (?:jeg|vi)", "skal ske", "(?:det )?skal (?:jeg|vi) nok",
    ),
}  # fmt: skip

# Says nothing either way. What could turn an answer round ("men", "ikke", "hvis") must never stand here.
FILLER = (
    ",", "-", I, "tak", "mange tak", "hej", "hejsa", "lige", "bare", "nu", "og", "saa", "straks", "snart", "snarest", "om lidt",
    "ogsaa", "osse", "gerne", "meget gerne", "med det samme", "nu her", "lige nu", "hurtigst muligt", "saa hurtigt (?:jeg|som) (?:kan|muligt)",
    "asap", "mvh", "hilsen", "(?:ned|op|ind|ud|derned|derind|derover|over)", "i (?:bil|tog)", "paa cykel", "hjemmefra",
    "til (?:moedet|raadhuset|stedet|stationen|krisestaben|staben|kontoret|jer)", "fra (?:raadhuset|kontoret|arbejde)",
    "giv mig", "er der",
    "(?:sidder|er) i (?:bilen|toget|bussen)", "🙂", "😊", "🙏", "💪", "🚗", "🏃", "🚲",
)  # fmt: skip

# A time of day, as it is said and written. What may be a number of something else needs a word before it that says when.
HOUR = "(?:\\d{1,2}|et|to|tre|fire|fem|seks|syv|otte|ni|ti|elleve|tolv)"
PAST_OR_TO = rf"(?:(?:et )?kvart(?:er)?|(?:\d{{1,2}}|{durations.NUMBER})(?: min(?:ut(?:ter)?)?(?: ,)?)?) (?:over|i)"
ABOUT = "(?:inden|senest|ca|cirka|omkring|ved)"
CLOCK = (
    rf"(?:{ABOUT} (?:, )?){{0,2}}(?P<clock>"
    rf"(?:(?:kl|klokken) (?:, )?)?(?:(?:{PAST_OR_TO} )?halv {HOUR}|{PAST_OR_TO} {HOUR})"
    rf"|(?:kl|klokken) (?:, )?(?:\d{{1,2}}[.:]\d\d|[0-2]?\d[0-5]\d|{HOUR})|\d{{1,2}}[.:]\d\d"
    rf"|(?:(?<=der )|(?<=kommer )|(?<=fremme )|(?<=inden )|(?<=senest )|(?<=ved ))(?:[01]?\d|2[0-3])[0-5]\d"
    rf"|(?<=ved ){HOUR}(?= - tiden\b))(?: - tiden)?"
)

ETA = (
    r"(?:(?:om|ca|cirka|omkring|eta|ankomst|hoejst|max|maks) (?:, )?){0,4}(?:\d{1,3} (?:-|til) )?"
    rf"(?:(?P<how_long>{durations.DURATION})|(?<=om )(?P<minutes>\d{{1,3}})\b)(?: (?:vaek|herfra|tid|max|maks))?"
)

# Whom nobody means by "ring til Sara": who says "ring til mig", or "ring til politiet", has not said no.
NO_DEPUTY = (
    r"(?:mig|os|jer|dem|alle|nogen|(?:politi|brand|ambulance|alarm|beredskab|laege|vagtlaege|hospital)[^\W\d]{0,20})"
)

PLAIN_NO = (
    "nej{1,20}", "naeh?", "nope", "nix", "niks", "no", "nej tak", "desvaerre", f"desvaerre {NOT}", f"(?:saa )?alligevel {NOT}", "beklager", "sorry", "👎",
    rf"(?:tag|proev|spoerg|kontakt|ring til|skriv til) (?!{NO_DEPUTY}\b)(?:[^\W\d]+)(?: i stedet)?",
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
    "(?:er |ligger )?(?:stadig |selv |lige |desvaerre ){0,6}(?:syg|sygemeldt|indlagt|bortrejst|forhindret|udenlands)",
    "(?:er )?(?:stadig |lige |desvaerre ){0,6}paa? (?:sommer)?(?:ferie|barsel|orlov)|(?:har|holder) ferie|(?:sommer)?ferie(?= ,|$)",
    "(?:er )?(?:desvaerre |lige |stadig ){0,6}(?:i udlandet|ude af landet|paa? (?:hospitalet|sygehuset|rejse))",
    "(?:har|ligger med) (?:faaet )?(?:feber|influenza|corona|covid|omgangssyge)",
    "(?:maa )?(?:desvaerre )?(?:melder? (?:fra|afbud|pas)|siger? nej|takker? nej|springer? over)|maa (?:desvaerre )?passe|afbud",
)
OF_HIMSELF = rf"(?:^|[^\w\s?] |\b(?:{I}|og|da|fordi|for|saa|desvaerre|beklager|sorry|nej|hej|tak|at) )(?:{I} )?"

# Takes back, or puts a condition on, what is said beside it.
DOUBT = re.compile(
    rf"\?|\b(?:men|hvis|medmindre|foer|foerst|maaske|muligvis|eller|ellers|andet|kun|tidligst|senere|alligevel(?! {NOT}\b)|tror|vist|"
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
    received = f"|(?P<received>{_phrases(*RECEIVED)})" if question == "centre" else ""
    return re.compile(
        rf"(?:{CLOCK}|(?P<eta>{ETA})|(?P<own>(?:{I} )?(?:{own}))|(?P<plain>{plain}){received}|(?:{_phrases(*FILLER)}))(?: |$)"
    )


VOCABULARY: dict[Question, re.Pattern[str]] = {question: _vocabulary(question) for question in YES}
SPOKEN_YES = {
    question: re.compile(rf"(?:^| )(?:{_phrases(*OWN_YES[question], *PLAIN_YES)})(?= |$)") for question in YES
}
SPOKEN_NO = re.compile(rf"{OF_HIMSELF}(?:{_phrases(*OWN_NO)})(?= |$)")
ONLY_NO = re.compile(rf"(?:(?P<no>{_phrases(*PLAIN_NO)})|(?:{_phrases(*FILLER)}))(?: |$)")


def reading(text: str, question: Question) -> Reading:
    """Read what an answer in free text means.

    A yes must be understood to its last word, so that no "men" and no "ikke" is overheard; a no need only be said by
    the speaker of himself, with nothing beside it that takes it back. All else is unclear.

    Args:
        text: as typed.
        question: what was asked: "summons" to come, "alert" to take a warning, "notice" whether it was received,
            "centre" whether one's centre is told of it, "order" to carry out.
    """
    said = _said(understood(text))
    if _declines(said, question):
        return Reading("declined")
    every = _read_all(VOCABULARY[question], said)
    kinds = {kind for each in every or () for kind, words in each.groupdict().items() if words}
    etas = [eta for each in every or () if (eta := _eta(each)) is not None]
    if question == "summons" and kinds & {"own", "plain", "eta", "clock"}:
        clocks = [each["clock"].replace(" ,", "") for each in every or () if each["clock"]]
        return Reading("coming", max(etas, default=None), clocks[-1] if clocks else "")
    if "own" in kinds or ("plain" in kinds and not etas and "received" not in kinds):
        return Reading(YES[question])
    return Reading("unclear")


# Where an answer ends and its news begin; and what makes the news a condition of it.
PARTED = re.compile(r"\s{0,2}(?:[,.;:!–-]\s{1,3}(?:men\s{1,3}|og\s{1,3})?|\s(?:men|dog)\s{1,3})", re.IGNORECASE)
CONDITION = re.compile(
    r"^eller\b|\b(?:hvis|måske|medmindre|først|kun|alligevel|ved ikke)\b|\b(?:kan|kommer|når|er)\s+(?:jeg\s+|det\s+)?ikke\b",
    re.IGNORECASE,
)


def with_news(text: str, question: Question) -> tuple[Reading, str] | None:
    """Read "kommer, men broen er lukket" as both: the answer, and the news beside it; None where it isn't both.

    Args:
        text: as typed.
        question: as for `reading`.
    """
    text, both = understood(text), None
    for parted in PARTED.finditer(text):
        found = reading(text[: parted.start()], question)
        if found.meaning != "unclear":
            both = found, text[parted.end() :].strip()
    return both if both and len(both[1].split()) > 1 and not CONDITION.search(both[1]) else None


def _said(text: str) -> str:
    """Fold an answer, with every mark but "?" as ",", and one space around everything."""
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
    return question not in ("notice", "centre") and any(each["no"] for each in understood or ())


def _read_all(vocabulary: re.Pattern[str], said: str) -> list[re.Match[str]] | None:
    """Match the phrases that make up the whole of what was said; None when there is more to it than those."""
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
    how_long = durations.duration(phrase["how_long"]) if phrase["how_long"] else None
    return round(how_long.total_seconds() / 60) if how_long is not None else None
