"""What krisebot promises of Danish as people write it: verbs, durations and answers (requirements 3.1, 3.2, 3.4)."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.core.language import durations, replies, verb_words
from handlers.core.language.replies import Question
from storage.letters import fold
from tests.tables import examples

VERBS = {
    "hjælp": ("?", "menu", "help", "hvad nu"),
    "varsel": ("v", "alarm", "advarsel", "varsle", "varsler"),
    "aktiver": ("a", "start", "aktivér", "aktivere"),
    "opskaler": ("eskaler",),
    "nedskaler": ("deeskaler",),
    "afblæs": ("deaktiver", "stop", "slut krise"),
    "status": ("s", "overblik"),
    "hvem": ("roller",),
    "log": ("l", "noter", "notat"),
    "bekræft": (),
    "ret": ("rettelse",),
    "melding": ("m", "rapport"),
    "møde": ("indkald",),
    "tiltag": ("t", "todo"),
    "opgave": ("opgaver",),
    "bistand": ("hjælp fra", "mangler"),
    "ping": ("rundspørge",),
    "mail": ("tjek din mail",),
    "ind": ("medlem ind",),
    "ud": ("medlem ud",),
}


# --- Folding ---


@examples(
    ("one", "other"),
    [
        ("afblæs", "afblaes"),
        ("AFBLÆS", "afblæs"),
        ("hjælp", "HJAELP"),
        ("møde", "moede"),
        ("mǿde", "moede"),
        ("må", "maa"),
        ("ma\u030a", "må"),
        ("möde", "møde"),
        ("aktivér", "aktiver"),
        ("slut\u00a0krise", "slut krise"),
        ("slut  \n krise ", "slut krise"),
        ("\u200bvarsel", "varsel"),
        ("var\u00adsel", "varsel"),
    ],
)
def test_the_same_word_is_the_same_however_the_keyboard_writes_it(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_marks_at_the_end_are_left_out_only_where_asked() -> None:
    assert fold("Varsel:.", trailing=":.!") == "varsel"
    assert fold("Varsel:") == "varsel:"


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


# --- The verb ---


@examples(
    ("text", "verb", "rest"),
    [
        ("varsel vand i kælderen", "varsel", "vand i kælderen"),
        ("varsel", "varsel", ""),
        ("  varsel   vand  ", "varsel", "vand"),
        ("varsel\nvand i kælderen\nog på taget", "varsel", "vand i kælderen\nog på taget"),
        ("varsel\u00a0vand", "varsel", "vand"),
        ("varsel:vand", "varsel", "vand"),
        ("varsel: vand", "varsel", "vand"),
        ("t7", "t", "7"),
        ("t 7", "t", "7"),
        ("t1 udørt", "t", "1 udørt"),
        ("T7: udført", "T", "7: udført"),
        ("aktiver2 skybrud", "aktiver", "2 skybrud"),
        ("l ? DMI siger 60 mm", "l", "? DMI siger 60 mm"),
        ("l! viadukten spærret", "l", "! viadukten spærret"),
        ("“varsel Anne’s kælder er våd”", "varsel", "Anne’s kælder er våd”"),
        ("log han sagde \"det går ikke'", "log", "han sagde \"det går ikke'"),
        ("?", "?", ""),
        ("4k er varslet", "4k", "er varslet"),
        ("", "", ""),
        (" \n\u200b ", "", ""),
    ],
)
def test_the_first_word_is_the_verb_and_the_rest_stands_as_it_was_written(text: str, verb: str, rest: str) -> None:
    assert verb_words.split_verb(text) == (verb, rest)


@examples(
    ("text", "verb", "rest"),
    [
        ("aktiver 2 skybrud", "aktiver", "2 skybrud"),
        ("aktivér 2 skybrud", "aktiver", "2 skybrud"),
        ("AKTIVER 2 skybrud", "aktiver", "2 skybrud"),
        ("a 2 skybrud", "aktiver", "2 skybrud"),
        ("varsle vand i kælderen på birkehøj!!", "varsel", "vand i kælderen på birkehøj!!"),
        ("varsel! vand", "varsel", "vand"),
        ("varsel: vand", "varsel", "vand"),
        ("afblaes", "afblæs", ""),
        ("afblæs.", "afblæs", ""),
        ("deaktiver", "afblæs", ""),
        ("slut krise", "afblæs", ""),
        ("Slut  krise: normal drift", "afblæs", "normal drift"),
        ("hvad nu", "hjælp", ""),
        ("hvad nu?", "hjælp", ""),
        ("?", "hjælp", ""),
        ("hjælp", "hjælp", ""),
        ("hjælp os", "hjælp", "os"),
        ("hjælp fra Ishøj", "bistand", "Ishøj"),
        ("hjælp  fra  Ishøj nu", "bistand", "Ishøj nu"),
        ("tjek din mail alle", "mail", "alle"),
        ("t7 udført", "tiltag", "7 udført"),
        ("l ? 40 cm vand", "log", "? 40 cm vand"),
        ("l? 40 cm vand", "log", "? 40 cm vand"),
        ("medlem ind @Siv", "ind", "@Siv"),
        ("stop!", "afblæs", ""),
    ],
)
def test_a_verb_and_its_synonyms_are_known_as_they_stand(text: str, verb: str, rest: str) -> None:
    found = verb_words.match(text, VERBS)
    assert (found.kind, found.verb, found.rest) == ("exact", verb, rest)


@examples(
    ("text", "verb", "typed"),
    [
        ("aktivr 2 skybrud", "aktiver", "aktivr"),
        ("aktvier", "aktiver", "aktvier"),
        ("aktvir 2", "aktiver", "aktvir"),
        ("deaktivr", "afblæs", "deaktivr"),
        ("afblas", "afblæs", "afblas"),
        ("ablæs", "afblæs", "ablæs"),
        ("afbls", "afblæs", "afbls"),
        ("varsl vand", "varsel", "varsl"),
        ("sttus", "status", "sttus"),
        ("hjlp", "hjælp", "hjlp"),
        ("mode kl 14", "møde", "mode"),
        ("lgo vand", "log", "lgo"),
        ("slut krisen", "afblæs", "slut krisen"),
        ("opskalr", "opskaler", "opskalr"),
        ("pign alle", "ping", "pign"),
    ],
)
def test_a_typing_error_is_a_near_miss_and_shows_what_was_typed(text: str, verb: str, typed: str) -> None:
    found = verb_words.match(text, VERBS)
    assert (found.kind, found.verb, found.typed) == ("near", verb, typed)


@examples(
    "text",
    [
        "og så kom der vand",
        "det er 12 beboere",
        "du skal komme",
        "skader på taget",
        "ring til mig",
        "i kælderen",
        "x",
        "k",
        "eaktiver",  # as near to aktiver as to deaktiver
        "der er 12 beboere i stuen på Birkehøj der skal flyttes",
        "hvad er planen",
        "vi mangler 4 mand på Birkehøj",
        "oversvømmelse",
        "👍",
        "",
    ],
)
def test_what_is_no_verb_is_not_made_into_one(text: str) -> None:
    found = verb_words.match(text, VERBS)
    assert (found.kind, found.verb) == ("none", None)


def test_a_missing_letter_in_aktiver_never_ends_the_crisis() -> None:
    aktiver = "aktiver"
    for at in range(len(aktiver)):
        assert verb_words.match(aktiver[:at] + aktiver[at + 1 :] + " 2 skybrud", VERBS).verb in ("aktiver", None)


@given(st.text())
def test_no_text_breaks_the_search_for_a_verb(text: str) -> None:
    found = verb_words.match(text, VERBS)
    assert (found.kind == "none") == (found.verb is None)


# --- Durations ---


@examples(
    ("text", "minutes"),
    [
        ("20 min", 20),
        ("20 min.", 20),
        ("20 minutter", 20),
        ("tyve minutter", 20),
        ("et minut", 1),
        ("en time", 60),
        ("2 timer", 120),
        ("to timer", 120),
        ("2t", 120),
        ("en halv time", 30),
        ("½ time", 30),
        ("halvanden time", 90),
        ("1½ time", 90),
        ("1,5 time", 90),
        ("2.5 timer", 150),
        ("to en halv time", 150),
        ("to og en halv time", 150),
        ("et kvarter", 15),
        ("tre kvarter", 45),
        ("1 time og 20 min", 80),
        ("1 t 58 min", 118),
    ],
)
def test_a_duration_is_read_in_figures_and_in_words(text: str, minutes: int) -> None:
    assert durations.duration(text) == timedelta(minutes=minutes)


@examples("text", ["", "20", "12 beboere", "timer", "2 timers kørsel", "om 20 min", "20 mm"])
def test_what_is_no_duration_is_not_read_as_one(text: str) -> None:
    assert durations.duration(text) is None


# --- Answers ---

ANSWERS: dict[Question, dict[str, str]] = {
    "summons": {
        "coming": """
            ok | OK | Ok. | okay | okey | oki | k | ja | JA! | jaa | jaja | ja ja | jep | jo | jow | yes | ja tak | 👍 | 👍🏽 | :+1: |
            :thumbsup::skin-tone-3: | 👍👍 | ok 👍 | ✅ | 👌 | (y) | kommer | komer | kommr | Kommer nu | jeg kommer | ja jeg kommer |
            a kommer | æ kommer | kommer straks | kommer hurtigst muligt | kommer så hurtigt jeg kan | på vej | paa vej | pa vej |
            PÅ VEJ!!! | er på vej | jeg er på vej nu | ok, på vej | ok jeg er på vej | på vej fra arbejde | undervejs | ja er undervejs |
            er der snart | er der nu | jeg er der | kører nu | jeg tager bilen | tager afsted nu | møder op | jeg deltager | jeg er med |
            det er fint | i orden | fint | super | selvfølgelig | naturligvis | jeg kan godt | kan godt | det kan jeg | det kan jeg godt |
            jeg kan komme | jeg kan sagtens komme | skal nok komme | vi ses | ja, vi ses | kommer kl 15 | kl 15 | er der kl. 15.30 |
            er der ca. kl. 15 | ok tak | ja\u00a0tak | jeg kommer til mødet | ja, jeg er klar""",
        "declined": """
            kan ikke | kn ikke | kan ik | ka' ikke | ka ik | kan ikek | kan ikke! | KAN IKKE | jeg kan ikke | jeg kan desværre ikke |
            kan desværre ikke komme | det kan jeg ikke | det kan jeg desværre ikke | a ka itte | jeg kan ikke komme | kan ikke komme i dag |
            kan ikke 😞 | jeg kan ikke jeg er syg | kan ikke lige nu | kan ikke, er i Grækenland | syg | jeg er syg | er syg desværre |
            ligger syg | sygemeldt | har feber | på ferie | er på ferie | jeg er på ferie | pa ferie, tag Sara |
            er på ferie i Grækenland, tag Sara | holder ferie til 5/8 | ferie | på sommerferie | i udlandet | er i udlandet |
            jeg er ude af landet | på barsel | bortrejst | jeg er desværre forhindret | indlagt | nej | Nej. | nej tak | nej desværre | næ |
            nope | 👎 | :-1: | desværre | desværre ikke | nej, tag Ole | prøv Ole i stedet | nej jeg kan ikke | kommer ikke |
            komer ikke | jeg kommer desværre ikke | kommer ik | må melde fra | melder afbud | afbud | jeg må desværre sige nej | når det ikke |
            jeg har ikke mulighed | er ikke hjemme | er ikke i landet | hej, jeg er på ferie | beklager, jeg er på ferie |
            jeg kommer alligevel ikke | kan alligevel ikke | jeg kan desværre alligevel ikke komme | alligevel ikke | så alligevel ikke, sorry""",
        "unclear": """
            ikke ok | ok men kan ikke før kl 18 | ok men kan ikke før kl 18? | ok, men hvornår? | kan ikke komme før om 20 min | ok? |
            ja hvis jeg kan få en bil | måske | ved ikke | ved ik | det ved jeg ikke | jeg kommer måske | kommer nok ikke | kommer ikke for sent |
            jeg er ikke på ferie | er ikke syg | Ole er syg | min kone er syg | Sara kommer | Sara kan ikke | hvem kommer? |
            kommer der flere | vandet kommer ind i kælderen | der kommer vand | jeg er syg men kommer | syg, kommer alligevel |
            nej jeg kommer | ja nej | jeg kan ikke ikke komme | det kan ikke vente | kan ikke høre dig | kan ikke komme ind på teams |
            jeg tror jeg kommer | kommer senere | kommer i morgen | tidligst om 2 timer | er der ikke om 20 | 20 | 12 beboere | 1 |
            hvad er der sket | hvor? | ? | hej | tak | alt ok her, vi mangler 4 mand | ok vi mangler 4 mand | ok 🤷 | ok mne senere |
            jeg kommer igge | nej det er for langt væk | modtaget | set | giv mig | er der nogen | varsel vand i kælderen |
            passer mig fint | ja kan ikke | har den | jamen ok | \u200b |
            kan ikke, men kommer alligevel | er alligevel ikke syg | jeg er alligevel ikke på ferie | jeg kommer alligevel ikke for sent""",
    },
    "alert": {
        "taken": """
            har den | Har den! | HAR DEN | jeg har den | jeg har den også | har dne | ahr den | har det | jeg har den 👍 | ok jeg har den | jeg tager den |
            tager den | ta'r den | tar den | den tager jeg | den har jeg | ok | okay | Okay. | ja | ja tak | ja, jeg tager den | jep | 👍 | 👍🏿 | ✅ |
            på den | er på den | jeg er på den | på sagen | jeg snupper den | jeg klarer det | jeg overtager | den er min | jeg kan godt |
            jeg kan | jeg kan godt tage den | kan sagtens | det kan jeg godt | gør jeg | det gør jeg | på vej | a har den | æ har den | javel |
            jeg tager den, er der om 20 min | tager den nu | selvfølgelig""",
        "declined": """
            jeg kan ikke, er i Grækenland | kan ikke | kn ikke | jeg kan ikke tage den | kan ikke tage den, er syg | syg | på ferie |
            Er på ferie i Grækenland | i udlandet | nej | nej tak | nej tak, prøv Sara | har den ikke | tager den ikke | jeg tager den ikke |
            jeg tager den desværre ikke | ring til Pia | desværre, er på ferie | 👎 | har den alligevel ikke | alligevel ikke""",
        "unclear": """
            ikke ok | Sara tager den | Sara har den | hvem tager den | hvem har den? | har jeg den | ok men ring først | har den ikke set |
            jeg har den måske | nej jeg har den | om 20 min | ja om 20 min | 20 min | modtaget | set | hvad? | ok? | men | vand i kælderen |
            tager den senere | jeg tager den hvis Pia ikke svarer | er du syg | kan Ole ikke tage den | ring til mig | skriv til mig |
            kontakt politiet | ring til brandvæsenet | ring til os""",
    },
    "notice": {
        "acknowledged": """
            ok | okay | 👍 | ✅ | modtaget | motaget | Modtaget, tak | set | læst | har læst den | jeg har set beskeden | forstået | noteret |
            mit center er underrettet | Mit center er underrettet. | centeret er orienteret | alle er informeret | har givet besked |
            underrettet | jeg har orienteret alle | sendt videre | tak for besked | ja""",
        "declined": "jeg er syg | på ferie | kan ikke, er i udlandet | jeg kan ikke",
        "unclear": """
            nej | ikke endnu | har ikke set den | ikke læst | ikke alle er underrettet | modtaget men mangler to | ok? | på vej | kommer |
            mit center er ikke underrettet | 20 min | hvilket center""",
    },
    "centre": {
        "acknowledged": """
            ok | ja | 👍 | mit center er underrettet | centret er underettet | hele centret er orienteret | ja det er gjort | er gjort | klaret |
            alle har fået besked | de ved besked | mine ledere er informeret | har sagt det til alle | modtaget, alle er underrettet |
            jeg har givet besked til mine folk | har ringet rundt | sendt videre til alle""",
        "declined": "jeg er syg | på ferie",
        "unclear": """
            modtaget | læst | set | ok, modtaget | tak for besked | ikke endnu | centret er ikke underrettet | halvdelen er underrettet |
            alle undtagen natholdet er underrettet | jeg underretter dem nu | det bliver gjort | er det gjort? | hvem skal jeg underrette |
            alle er underrettet hvis mailen virker""",
    },
    "order": {
        "acknowledged": """
            ok | modtaget | Modtaget! | forstået | 👍 | 🫡 | roger | javel | udfører | vi udfører den | går i gang | vi er i gang | gør vi | det gør jeg |
            det ordner vi | skal ske | det skal jeg nok | på den | jeg tager den | udført | klaret | ja""",
        "declined": "kan ikke | jeg er syg | nej | det kan jeg ikke",
        "unclear": """
            ok men vi mangler 4 mand | ikke modtaget | ikke udført | ikke forstået | går ikke i gang | hvorfor? | vi kan ikke få døren op |
            forstået, men uenig | udfører hvis vi får pumper""",
    },
}

PHRASES = [
    (question, meaning, phrase.strip(" \n\t"))
    for question, meanings in ANSWERS.items()
    for meaning, phrases in meanings.items()
    for phrase in phrases.split("|")
]


def test_there_are_enough_phrases_to_say_so() -> None:
    assert len(PHRASES) >= 300


@examples(("question", "meaning", "phrase"), PHRASES)
def test_an_answer_means_what_people_mean_by_it(question: Question, meaning: str, phrase: str) -> None:
    """R005 R103: a human answer stops the chain, so it is read right or asked about."""
    assert replies.reading(phrase, question).meaning == meaning


@examples(
    ("phrase", "minutes"),
    [
        ("er der om 20", 20),
        ("er der om 20 min", 20),
        ("20 min", 20),
        ("20min", 20),
        ("20 minutter", 20),
        ("tyve minutter", 20),
        ("10 minutter", 10),
        ("ca. 10 min", 10),
        ("om ca 10 min.", 10),
        ("om en halv time", 30),
        ("er der om en halv time", 30),
        ("en time", 60),
        ("om halvanden time", 90),
        ("om 1½ time", 90),
        ("om 1,5 time", 90),
        ("om 2 timer", 120),
        ("om et kvarter", 15),
        ("om tre kvarter", 45),
        ("om 1 time og 20 min", 80),
        ("om 20-30 min", 30),
        ("20 til 30 minutter", 30),
        ("ok, er der om 20", 20),
        ("ja 20 min", 20),
        ("kommer om 5", 5),
        ("komer om 20 min", 20),
        ("jeg er på vej, 15 min", 15),
        ("om 20 min er jeg der", 20),
        ("giv mig 20 min", 20),
        ("20 min væk", 20),
        ("JEG KAN VÆRE DER OM 25 MIN", 25),
        ("på vej 🚗 20 min", 20),
        ("kommer kl 15", None),
        ("kommer", None),
    ],
)
def test_whoever_comes_can_say_how_soon(phrase: str, minutes: int | None) -> None:
    reading = replies.reading(phrase, "summons")
    assert (reading.meaning, reading.eta_minutes) == ("coming", minutes)


ANY_QUESTION = st.sampled_from(sorted(ANSWERS))


@given(
    ANY_QUESTION,
    st.lists(
        st.sampled_from(
            [
                "ok",
                "ja",
                "jeg",
                "kommer",
                "har den",
                "på vej",
                "modtaget",
                "om 20 min",
                "kan godt",
                "er der",
                "👍",
                "tak",
            ]
        ),
        max_size=6,
    ),
    st.sampled_from(["men", "ikke", "hvis", "før", "måske", "ik", "kun", "ingen", "aldrig"]),
    st.integers(0, 6),
)
def test_a_negation_or_a_men_is_never_read_as_a_yes(question: Question, said: list[str], turn: str, at: int) -> None:
    phrase = " ".join([*said[:at], turn, *said[at:]])
    assert replies.reading(phrase, question).meaning in ("unclear", "declined")


@given(ANY_QUESTION, st.text())
def test_no_text_breaks_the_reading_of_an_answer(question: Question, text: str) -> None:
    assert replies.reading(text, question).meaning in ("coming", "declined", "taken", "acknowledged", "unclear")
