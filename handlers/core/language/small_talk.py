"""Hear what is no more than a greeting, thanks, a farewell or a trial: it rings nobody, and is met with no question."""

from __future__ import annotations

import re

from handlers.core.language.danger_words import FRIGHT
from storage.letters import fold

# Each of them is small talk alone, and so is any row of them: "tak og farvel", "hej god weekend".
PHRASES = """
    hej | hejhej | hejsa | hejsan | hallo | halløj | goddag | god dag | godmorgen | god morgen | godmåren | morgen | morn |
    formiddag | god formiddag | eftermiddag | god eftermiddag | godaften | god aften | godnat | god nat | nat nat | natnat |
    dav | davs | daw | goddaw | mojn | møjn | heyy | hey | halli hallo | yo |
    tak | mange tak | tusind tak | tusinde tak | 1000 tak | tak skal du have | tak skal i have | tak skal du ha |
    tak skal i ha | tak for hjælpen | tak for det | tak for i dag | tak for i går | tak for sidst | tak for alt |
    tak for snakken | tak for kaffe | tak for info | tak for besked | tak for svar | tak for svaret | selv tak | super tak |
    ok tak | okay tak | fint tak | jo tak | nej tak | takker | tusind tak for hjælpen | mange tak for hjælpen |
    1000 tak for hjælpen | det var så lidt | velbekomme | tak i lige måde | i lige måde |
    fint | super | superfint | perfekt | godt | dejligt | flot | skønt | fantastisk | herligt | lækkert | fedt | sejt | sådan |
    ok | okay | okey | okay så | oki | okidoki | modtaget | forstået | jep | jeps | jaja | ja ja | nå ja | k | kk | yes |
    super fint | super duper | alt godt | helt fint | hva så | hvad så | nånå | så er det weekend | jeg keder mig | hvad laver du | er du et menneske |
    er du en bot | er du en maskine | elsker du mig | fortæl en vittighed | skål for helvede |
    farvel | farvel så | farveller | vi ses | vi ses i morgen | vi ses på mandag | ses | ses i morgen | vi ses senere | på gensyn |
    hav det godt | hav det | ha det godt | ha det | ha det dejligt | ha en god dag | hav en god dag | ha en god aften |
    hav en god aften | ha en god weekend | hav en god weekend | god weekend | god vagt | god dag til dig | god arbejdslyst |
    god arbejdsdag | god arbejdsuge | god uge | god ferie | god sommer | god sommerferie | god påske | god pinse | god jul |
    glædelig jul | godt nytår | glædelig påske | god bedring | god tur | god rejse | god fyraften | fyraften | god frokost |
    god middag | god fest | god fornøjelse | sov godt | drøm sødt | held og lykke | pas på dig selv | pas på jer selv |
    vi tales ved | vi snakkes | vi snakkes ved | snakkes | tales | vi skrives | jeg smutter | jeg går hjem | jeg er gået hjem |
    jeg går i seng | er på vej hjem | kom godt hjem | knus | kram | kys | kh | mvh | hilsen | venlig hilsen |
    undskyld | sorry | beklager | haha | hehe | hihi | lol | rofl | omg | xd |
    hvem er du | hvad er du | hvad kan du | er du der | er du vågen | virker du | test | tester | prøve | testing |
    virker det her | virker den her | forkert chat | forkert | forkert person | ups | hov | nå | hm | hmm | øh | øhm | tja | mm | aha |
    det var ikke til dig | det var en test | jeg prøver bare | jeg tester bare | bare en test | jeg tester lige | bare ignorer |
    kan du høre mig | er her nogen | hej hvordan går det | hvordan har du det | går det godt |
    tillykke | tillykke med dagen | tillykke med fødselsdagen | skål | nice | cool | vildt | wow | du er sød | god bot | elsker dig |
    hi | hello | good morning | good evening | good afternoon | good night | goodnight | thanks | thank you | thx | bye |
    bye bye | goodbye | see you | see you tomorrow | see ya | cu | take care | cheers | have a nice day | have a nice weekend |
    how are you | great | perfect | danke | guten tag | guten morgen | guten abend | gute nacht | vielen dank | tschüss |
    auf wiedersehen | schönes wochenende | bis morgen | alles gut | moin | servus | wie gehts |
    asdf | привіт | дякую | добрий день | добрий ранок | добрий вечір | добраніч | на добраніч | до побачення | бувай | як справи |
    спасибі | спасибо | dzień dobry | cześć | dziękuję | na razie | dobranoc | مرحبا | شكرا
"""
# What stands between such phrases, or after one, and says no more; folded.
BESIDE = """
    krisebot bot med dig jer til alle allesammen sammen du i igen venner kolleger kollegaer chef skat there so much very
    schoen everyone all og da nu lige saa herfra ogsaa dig herinde derude for
"""
WORD = re.compile(r"\w++")
DRAWN_OUT = re.compile(r"(\w)\1{2,}")
SMALL_TALK = frozenset(tuple(WORD.findall(fold(each))) for each in PHRASES.split("|"))
LONGEST = max(map(len, SMALL_TALK))
FILLING = frozenset(BESIDE.split())


def is_small_talk(text: str) -> bool:
    """Whether a text is greetings, thanks or a trial, and nothing else.

    Args:
        text: as it was written.
    """
    if len(text) > 80:
        return False
    parts = [WORD.findall(fold(part)) for part in re.split(r"[,.!?;\n]", text)]
    said = [part for part in parts if part]
    return all(map(_is_greeting, said)) if said else not FRIGHT.search(text)


def _is_greeting(part: list[str]) -> bool:
    """Whether a part of a sentence is a row of such phrases, however long they are drawn out."""
    return _is_row(part) or _is_row([DRAWN_OUT.sub(r"\1", word) for word in part])


def _is_row(words: list[str]) -> bool:
    # How far a row of phrases can come, and whether it has begun: what is only filling says something else.
    reached = {0}
    for at in range(len(words)):
        if at not in reached:
            continue
        for span in range(1, min(LONGEST, len(words) - at) + 1):
            if tuple(words[at : at + span]) in SMALL_TALK:
                reached.add(at + span)
        if at and (words[at] in FILLING or words[at].isdecimal()):
            reached.add(at + 1)
    return len(words) in reached
