"""Hear questions about nothing in particular, questions about krisebot itself, and insults: they are no warning. Plan §4.

None of them is looked for where a danger is heard: whoever swears at a fire is heard for the fire.
"""

from __future__ import annotations

import re
from functools import cache

from handlers.core.language import dangers, small_talk

# Words that name no thing: a question of these alone is about what the asker has before them. Folded, as all here.
NOTHING = """
    hvad hva hvaffor hvem hvor hvornaar hvorfor hvordan hvilken hvilket hvilke huh hvis er var bliver blev har
    havde skal skulle kan kunne maa vil ville goer goere sker ske skete sket foregaar mener menes mene betyder
    betyde handler handle drejer dreje gaelder gaelde skriver skrev sender sendte siger sige spoerger det den de
    der du dig din dit i jer jeg mig min mit vi os han hun dem sig her dette denne dertil nu endnu lige igen saa
    da jo vel bare mon ogsaa ikke om paa af for til med fra ved som en et noget nogen alle alt mere vist helt
    ret egentlig virkelig virkeligt rigtig rigtigt sikker sikre sikkert sandt sand passer passe alvor alvorlig
    alvorligt slemt galt slut forbi overstaaet ovre fejl test prøve proeve oevelse joke spoeg sjov noedvendigt
    vigtigt nyt aendret undskyld hej okay ok og men at fat gang igang stadig laenge lang tid foerst bagefter
    forkert what who why when where is are was it this that you sure mean does do me we about real true a on
    going
"""
# What is said of what is to be shown, and tells nothing.
SHOWN = """
    vis se send hent aabn find giv faa tak please venligst hurtigt straks seneste sidste naeste foerste hele dag
    morgen aften uge krise krisen krisestab krisestaben haendelse haendelsen staben moedet moede stabsmoede dagens
    nr nummer side pdf word fil link liste listen papir print skriv ud opdatering opdateret kladde udkast
    godkend godkendes godkendelse udsend udsendes del ret rettes start
"""
ASKS_FIRST = """
    hvad hva hvaffor hvem hvor hvornaar hvorfor hvordan hvilken hvilket hvilke er har skal kan maa vil mener
    gaelder passer virkelig what who why when where is are huh
"""
# What asks only with somebody after it.
MODAL = """
    er har kan skal maa vil mener gaelder passer
"""
WHO = """
    du i jeg vi man han hun de det den der dette
"""
MOST = 9
FILLERS = re.compile(r"(?:(?:hej|og|men|undskyld|ok|okay|hov|naa|jamen|saa|krisebot) ){1,3}")

# What whoever is in it asks, whole sentences.
OF_ME = re.compile(
    r"skal jeg (?:komme|ringe|svare|moede|blive|vente|goere noget|tage den|traekke i toejet)(?: nu| op| ind| tilbage| ud| med)?"
)

# What is asked of krisebot itself, whole sentences.
OF_BOT = re.compile(
    r"(?:er du (?!i gang|paa vej|ok(?:ay)?\b|kommet|her\b|der\b|med\b|klar\b)(?:\w{1,20} ){0,3}\w{1,20}"
    r"|hvor (?:gammel|klog|dum|god|stor|mange aar|hurtig|kommer|bor)(?: er| kommer| bor)? du(?: fra| henne)?"
    r"|hvad (?:hedder|vejer|spiser|synes|elsker|droemmer|kan|laver|ved|er|hader|taenker) du(?: \w{1,20}){0,3}|hvem (?:har )?(?:lavet|lavede|skabt|skabte|byggede|bygget|styrer|ejer|betaler) dig"
    r"|har du (?:en |et |noget |nogen )?(?:kaereste|kone|mand|boern|foelelser|navn|hjerne|humor|krop|kat|hund|fri|det godt|sovet|spist)(?: \w{1,12}){0,2}"
    r"|kan du (?:lide|tale|synge|danse|grine|huske|taenke|foele|engelsk|dansk|lave kaffe|fortaelle)(?: \w{1,20}){0,4}|(?:elsker|hader|kender|savner) du(?: \w{1,20}){0,3}"
    r"|(?:how old|what|who|where) are you(?: from)?|are you (?:\w{1,20} ){0,2}\w{1,20}|what is your name|hvad er meningen med (?:livet|det hele)|hvad er klokken|hvad er \d{1,6} \w{0,5} ?\d{1,6}"
    r"|hvordan (?:er|bliver) vejret(?: \w{1,12}){0,3})"
)

INSULTS = """
    dum dumme dumt dummeste idiot idioter idiotisk idiotiske taabe taabelig taabelige fjols fjolser klaphat
    spade narhat aandssvag aandssvage ubrugelig ubrugelige ubrugeligt haabloes haabloese haabloest elendig
    elendige elendigt latterlig latterlige latterligt grim grimme irriterende traels traelse roevhul roevhuller
    roevbanan kaelling luder svin lort lorte lortebot lortesystem lortemaskine lorterobot pisse bras skrammel
    skodbot fuck fucking fucker hader kaeft kaje skrid hold skrub flab mongol amatoer amatoerer sindssyg
    hjernedoed ligegyldig sut spasser stupid useless dumb moron sucks suck hate shut crap dummkopf bloed bloeder
    scheiss scheisse
"""
# What may stand around an insult, and says no more.
BESIDE_INSULT = """
    du er din dit dig jer i en et den det de der her for saa virkelig bare godt rigtig fandeme fandme saftsuseme
    sgu faneme ogsaa altsaa helt total totalt hvor hvad jeg mig min bot botten robot robotten maskine maskinen
    system systemet krisebot computer program lad vaere med vaek af op mund gaa igen nu og som you are your this
    up so bist ein
"""
LONGEST_INSULT = 9


@cache
def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def is_bare_question(text: str) -> bool:
    """Whether a text asks and names nothing: "hvad er det", "er du sikker?", "hvorfor skriver du til mig".

    Args:
        text: as it was written.
    """
    if OF_ME.fullmatch(dangers.folded(text)):
        return True
    words = FILLERS.sub("", dangers.folded(text), count=1).split()
    asks = bool(words) and (words[0] in _set(ASKS_FIRST) or "?" in text)
    if words and words[0] in _set(MODAL) and "?" not in text and (len(words) < 3 or words[1] not in _set(WHO)):
        return False  # "kan ikke" is an answer.
    return asks and len(words) <= MOST and _set(NOTHING).issuperset(words) and _is_idle(text)


def is_to_the_bot(text: str) -> bool:
    """Whether a text asks krisebot of itself, or insults it, and tells of nothing.

    Args:
        text: as it was written.
    """
    said = FILLERS.sub("", dangers.folded(text), count=1)
    return (OF_BOT.fullmatch(said) is not None or _insults(said.split())) and _is_idle(text)


def is_idle_question(text: str) -> bool:
    """Whether a text is a question that nobody in danger asks: "kan man parkere på torvet?".

    Args:
        text: as it was written.
    """
    return dangers.is_question(text) and bool(dangers.folded(text)) and _is_idle(text)


def tells(text: str) -> bool:
    """Whether words behind a verb that only shows something tell of anything: "status nu tak" and "dagsorden 2" don't.

    Args:
        text: as it was written.
    """
    words = [word for word in dangers.folded(text).split() if not word.isdecimal()]
    return bool(words) and not (_set(NOTHING + SHOWN).issuperset(words) or small_talk.is_small_talk(text))


def _insults(words: list[str]) -> bool:
    return (
        len(words) <= LONGEST_INSULT
        and bool(_set(INSULTS) & {*words})
        and _set(INSULTS + BESIDE_INSULT).issuperset(words)
    )


# What makes a question one that somebody in danger may ask: they want somebody to come, or to get out.
NEEDS = re.compile(
    r"\b(?:hjaelp\w{0,4}|nogen|komme|kommer|ud|udenfor|hen|vaek|hjertestarter\w{0,3}|samlingspunkt\w{0,2}|ambulance\w{0,3}|politi\w{0,3}|brandv\w{2,10}|falck"
    r"|evakuer\w{0,4}|ringer|redde\w{0,2}|farlig\w{0,2}|sikkert at|help|come|hilfe|kommen)\b"
)


def _is_idle(text: str) -> bool:
    said = dangers.folded(text)
    return dangers.hear(text) is None and not dangers.CRYING_QUESTION.search(said) and not NEEDS.search(said)
