"""Hear danger, a cry for help and small talk in what people write, in Danish and three other languages. Plan §4.

The lists decide two things only: whether words that nobody asked for go up the chain by themselves when their writer
falls silent (`Cry.grave`: fire, gas, violence, somebody missing, a cry for help), and whether words are no more than a
greeting. All other words are met with the question whether they are a warning, so a word that is missing here delays
somebody by one press and loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rapidfuzz.distance import OSA

from storage.letters import fold

Language = Literal["da", "en", "de", "uk"]
Answer = Literal["yes", "no", "unknown"]
LANGUAGES: tuple[Language, ...] = ("da", "en", "de", "uk")

# What is understood of a text; the rest is kept, and not read.
READ = 4_000
WORD = re.compile(r"\w++")


@dataclass(frozen=True)
class Cry:
    """Danger, or a call for help, in somebody's words.

    Args:
        language: what it was said in; "da" where that can't be told.
        grave: whether it is of a kind that goes up the chain unanswered.
    """

    language: Language
    grave: bool


# Beginnings of words that say it alone, folded: fire, gas, violence, somebody missing, a cry for help.
GRAVE: dict[Language, str] = {
    "da": """
        brand brandalarm roegalarm ildebrand ildloes ild_ braender_ braendte_ roeg_ roegen_ roegudvikling eksplo gaslugt
        gaslaek gasudslip gas_ gassen_ skyder_ skyderi skud_ skudt_ skuddrab kniv_ knivstik knivsta overfald
        vold_ voldeli vaaben pistol_ gevaer_ bombe gidsel gidsler terror truer_ truet_ trusler_ bevidstloes
        besvimet hjertestop kramper_ bloeder_ tilskadekom saaret_ saarede_ kvaeste livsfar livstruende drukn
        forsvundet forsvandt savnet_ savnes_ bortfoert sammenstyrt doed_ doede_ doeende dusoer_ noedhjaelp sos_
        mayday_ kemikalieudslip giftudslip giftig_ forgift ilden_ flammer_ flammerne_ skudepisode oekse_ machete
        gerningsmand gidselt selvmord pulverbrev klorgas klorudslip kulilte gasalarm ambulance_ ambulancer_ hjertestarter_
        brann_ granat_ granaten_ haandgranat overdosis_ anafylak kvaelning fanget_ indespaerre
        bran_ brnad_ barnd_ brannd_ branalarm livloes afskedsbrev blodprop slagtilfaelde_ fastklemt_ amok_ haglgevaer
        jagtgevaer ammoniak
    """,
    "en": """
        fire_ fires_ burning_ smoke_ explosion exploded shooting_ shooter_ gunman stabbed stabbing knife_
        attacked violence_ violent_ bomb_ hostage missing_ unconscious bleeding_ injured_ dying_ drowning_
        emergency_ gasleak gun_ ambulance_ trapped_ suicide_
    """,
    "de": """
        feuer_ feueralarm brennt_ rauch_ gasgeruch gasleck schiesst_ schiesserei schusse messer_ ueberfall
        uberfall gewalt_ waffe_ krankenwagen verschwunden pistole_ herzinfarkt zusammengebrochen bombe_ geisel vermisst bewusstlos blutet_ verletzt notfall_ ertrink explodier
    """,
    "uk": """
        пожеж горит дим_ рятуит вибух стріля ніж_ ножем_ напа зник поранен кров непритомн тон_ заручник бомб
        загроза_ витік тонут швидку_ газом_ зброя зброю заблокован
    """,
}
# A cry for help, fire and smoke in what else is spoken in a Danish town: Polish, Arabic, Russian, Turkish, Romanian. They
# are answered in English beside the Danish.
ELSEWHERE = """
    pomocy_ pali_ oddycha_ pozar_ pozaru_ ratunku_ ratujcie_ حريق_ الحريق_ النار_ نار_ ساعدوني_ ساعدونا_ النجدة_ نجدة_ انقذوني_
    пожар помогите_ спасите_ горим_ yangin imdat_ incendiu ajutor_
"""
# The same where a cry for help is more than a greeting's word: it counts with anything beside it, and doubled.
HELP: dict[Language, frozenset[str]] = {
    "da": frozenset({"hjaelp", "hjaalp", "hjælp"}),
    "en": frozenset({"help"}),
    "de": frozenset({"hilfe"}),
    "uk": frozenset({"допоможіть", "допоможить", "допомога", "допомогу"}),
}
# After a cry for help: it is asked for with something ordinary.
WITH_WHAT = re.compile(r"(?:til|med|with|bei|mit|з|із)\b")
CRIES = ("🆘", "🔥", "🚨", "🚒", "🚑")
# What isn't words and no greeting either: a cry's signs, a frightened face, and marks in place of words.
FRIGHT = re.compile(f"[{''.join(CRIES)}😱😨😰😧😭😫🥵🤮🤢⚠☠💀🔪🔫💣💥🌊🩸⛑]|[!‼?⁉❗❓]{{2}}|[‼⁉❗❓]")
# Dangers that are real and not on the list above: the question is asked, and waits for its answer.
REAL: dict[Language, str] = {
    "da": """
        vand_ vandet_ oversvoem skybrud kloak stroemmen_ stroem_ stroemsvigt stroemafbryd stroemudfald varmen_
        udslip smitte udbrud epidemi syge_ hacke ransomware cyberangreb nedbrud trussel_ evakuer storm_ orkan_
        ledningsbrud vandbrud vandvaerk braendt_ ulykke ulykken_ fare_ farlig uheld_ vaelte kollaps alarm 112_
        trafikulykke togulykke flyulykke salmonella legionella meningitis kolibakterier krypteret noedkald styrtet_
        stroemfoerende paakoert sammenbrud briste_ brister_ elevatoren_ respirator generator noedgenerator drikkevand
    """,
    "en": """
        flood flooded flooding water_ power_ outage_ accident_ danger_ hacked evacuat storm_ leak_ leaking_
    """,
    "de": """
        hochwasser ueberschwemm uberschwemm wasser_ stromausfall unfall_ gefahr_ sturm_ gehackt
    """,
    "uk": """
        повінь затоп вода_ світла_ авар небезпек шторм
    """,
}
# The same in several words, folded.
PERSON = r"(?:en |et |min |vores )?(?:beboer|borger|barn|pige|dreng|elev|patient|kollega)\w{0,20}"
GRAVE_PHRASES: dict[Language, re.Pattern[str]] = {
    "da": re.compile(
        rf"ikke vejret|ikke traekke vejret|ikke faa luft|(?:traekke vejret|faa luft)\b.{{0,80}}\bsvaert|svaert ved at (?:traekke vejret|faa luft)"
        r"|faldet om\b|tage sit (?:eget )?liv|tager sit (?:eget )?liv|sprunget ud|mistaenkelig\w{0,4} (?:pakke|taske|kuffert|brev|genstand|person)"
        rf"|ikke finde {PERSON}|{PERSON}(?: \w{{1,20}})? er ikke kommet hjem|{PERSON}(?: \w{{1,20}}){{0,3}}? stukket af|ikke kommet hjem\b.{{0,80}}\bdement"
        r"|faldet i (?:soeen|vandet|aaen|havnen|kanalen|branddammen)|styrtet sammen|faldet ned (?:over|paa|i hovedet)"
        r"|ligger (?:\w{1,20} )?under\b|(?:er|har) (?:gaaet |sat )?ild (?:i|paa|ved)\b|lugter (?:af )?(?:braendt|roeg|svedent)|det ryger\b"
        r"|sidder fast\b.{0,80}\b(?:syg|saaret)|kan ikke komme ud|kan nogen hjaelpe os|forfaerdeligt"
        r"|(?:vaagner ikke|(?:vil|kan) ikke vaagne)\b|ligger (?:\w{1,20} )?paa gulvet|blod over|meget blod|blaa i hovedet"
        r"|ved at (?:blive kvalt|kvaeles)|galt i halsen|har krampe\b(?! i)|allergisk chok|skaaret sig|haengt sig"
        r"|(?:hoppe|springe) ud (?:fra|af)|taget (?:en masse|for mange|en haandfuld) piller|drukket (?:afloebsrens|klorin|rottegift)"
        r"|(?<!det )slaar (?:mor|far|hende|ham|mig|os|boernene|min|sin)\b|proever at (?:komme|bryde) ind\b"
        rf"|mangler (?:et|en|to|tre|fire|\d{{1,2}}) (?:barn|boern|elev|beboer|borger)\w{{0,20}}(?! i\b| til\b)\b|{PERSON}(?: \w{{1,20}}){{0,3}}? ikke (?:kan )?finde"
        r"|fyr i (?:taget|loftet|huset|gardine)|givet efter\b.{0,80}\bfald"
        r"|koert (?:ind i en (?:flok|gruppe)|over en|gennem doeren)|blevet koert over|klemt (?:under|fast|inde)"
        r"|koert ind i (?:boernehave|vuggestue|skole|plejehjem|plejecent|raadhus|bibliotek|busskur|bussen|huset|facaden)|folk er (?:blevet )?ramt"
        r"|lys lue|(?:er blevet|har) slaaet (?:\w{1,20} ){0,3}ned\b(?! paa)|stukket (?:\w{1,20} )?ned\b|slaa (?!tid)(?:\w{1,10} ){1,3}ihjel"
        r"|roerer sig ikke|ikke bevaege (?:ben|arm|sig)|slugt (?:en|et|noget)\b|(?:paa (?:taget|broen)|vindueskarmen)\b.{0,60}\bvil (?:hoppe|springe)"
        r"|(?:hun|han|den|barnet|beboeren|borgeren) ligger (?:helt )?stille\b|holdt op med at (?:traekke vejret|aande)|(?:ik|it|itte) (?:faa|traekke) vejret"
        rf"|{PERSON}(?: \w{{1,20}}){{0,3}}? kom ikke (?:med )?hjem|der (?:er|ligger) (?:{PERSON}|(?:en|nogen|en mand|en kvinde|en person)) i (?:vandet|soeen|havnen|aaen)"
        r"|gennem isen|ramt af (?:stroem|lynet)|faaet (?:et )?(?:elektrisk )?stoed\b|vaeltet ned over (?:en|ham|hende|os|nogen|folk|boern|barn)|(?:kommet|kom) (?:\w{1,12} )?til skade\b(?! for)"
        r"|sluppet klor|klor\b.{0,40}\bhoster|dement\w{0,6}\b.{0,40}\bgaaet (?:ud|fra)\b|gaaet (?:ud|fra)\b.{0,60}\b(?:nattoej|sneen|kulden|natten|moerket)\b"
    ),
    "en": re.compile(
        r"not breathing|t breathe|went missing|smell (?:of )?gas|gas leak|wont wake up|won t wake up|collapsed\b"
        r"|heart attack|going to jump|(?:child|kid|boy|girl|resident|patient|man|woman|person) (?:has )?disappeared"
    ),
    "de": re.compile(r"nach gas|atmet nicht|kind ist weg"),
    "uk": re.compile(r"не дихає|не дихае|без свідом"),
}
# What is written wrong with a shaking thumb and still heard: one typing error in a long word.
MISSPELT = (
    "braender",
    "ildebrand",
    "brandalarm",
    "eksplosion",
    "bevidstloes",
    "hjertestop",
    "forsvundet",
    "livsfare",
    "skyderi",
    "gasudslip",
)
HELP_MISSPELT = re.compile(r"h*j(?=[ael]*l)(?:ae|aa|l|e)+p+(?:nu)?|h+ael+p+")
# What dies and needs help every day, and endangers nobody: a cry for a printer is none.
DEVICE = (
    r"(?:(?:min|mit|mine|vores|vor|den|my|the|mein|meine|der) )?(?:printer|skaerm|telefon|mobil|computer|pc|batteri|nettet|internet|wifi|vpn|mus|tastatur|drucker"
    r"|mail|outlook|teams|excel|word|projektor|kaffemaskine|bil|cykel|password|adgangskode|kodeord|noeglekort|laptop|ipad)\w{0,8}"
)
TROUBLE = r"(?:jeg|vi|man) kan ikke (?:logge|printe|aabne|finde (?:min|mit|mine|ud af)|huske|finde (?:moede|link|mail|fil|dokument|formular|knap)\w{0,12})|hvordan (?:laver|skriver|bruger|opretter) (?:jeg|man|vi)|i can t (?:log|print|open)"
THING = (
    rf"(?:{DEVICE}|(?:min |mit |mine |den |det )?(?:fil|dokument|ikon|knap|link|kalender|mappe|moede|noegle)\w{{0,8}})"
)
# Ordinary phrases with a danger's word in them, folded.
IDIOMS = re.compile(
    r"\bbraender (?:for|efter|varmt)\b|\bskudt i (?:vejret|gang)\b|\bdoed(?:s)? ?(?:traet|kedelig|sej)\w*|\bdoed og begravet\b"
    r"|\bbombe af\b|\bkaste\w* en bombe\b|\bgiftig(?:e)? (?:tone|stemning|kommentar)\w*|\bknivskarp\w*|\bgas paa\b|\bi brand for\b"
    rf"|\b{DEVICE} (?:er|var|gik|blev) (?:helt |fuldstaendig |gaaet )?doede?\b|\b(?:hj(?:ae|a|e)lp|help|hilfe) (?:{TROUBLE}|{DEVICE})"
    r"|\bbraende\w{0,2} inde med\b|\bild i (?:diskussion|debat)\w*|\bsavnet (?:dig|jer)\b|\bmissing you\b"
    r"|\b(?:link|file|attachment|page|document|password|key)s? (?:is|are) missing\b"
    r"|\bdrukne\w{0,2} (?:snart |fuldstaendig )?i (?:arbejde|mails?|opgaver|papir|sager)\w*|\bskyder \w{1,20} i gang\b"
    rf"|\b{THING} (?:er|var|blev) (?:helt |bare |pludselig )?forsvundet\b|\b{DEVICE} (?:gaar|gik|er gaaet) amok\b"
    rf"|\b{DEVICE} virker (?:\w{{1,10}} )?ikke\W{{1,3}}hj(?:ae|a|e)lp|\b{DEVICE} braender papir"
    rf"|\b(?:hj(?:ae|a|e)lp|help|hilfe)\W{{1,3}}(?:{TROUBLE})"
    rf"|\b(?:hj(?:ae|a|e)lp|help) (?:mig|os|me|us) (?:lige )?(?:med|with) (?:{DEVICE}|my login|at (?:booke|printe|logge|bestille|oprette|udfylde))"
    r"|\b(?:salg|pris|antal|udgift|budget|forbrug|regning|opslag)\w{0,12}(?: af \w{1,20})? (?:er|var) (?:helt )?eksploderet\b"
    r"|\b(?:film|koncert|fest|bog|sang)\w{0,4} (?:var|er) en bombe\b|\bskyder? (?:en )?genvej|\bgas\W?grill\w{0,6}|\bgas i flasken"
    r"|\b(?:branden|ilden) er slukket\b|\bdoed af grin\b|\b(?:aftale|forslag|projekt|ide|sag|debat)\w{0,4} er doed\b|\bdoed\W{1,2}jeg holder fri\b"
    r"|\b(?:meeting|you|team|party|band) (?:was|were|are|is|re) on fire\b|\bbraendt (?:kaffe|toast|popcorn)\b"
    r"|\bkursus\b[^.!?\n]{0,40}\bbrand\b|\boever brand\b|(?<=stroemmen )roeg\b|(?<=lyset )roeg\b|(?<=nettet )roeg\b|(?<=forbindelsen )roeg\b"
    r"|\bjeg forsvandt\b|\bskud paa tasken\b|\bet skud i taagen\b|\broegfri\w*|\bbraendende spoergsmaal\b"
)

# What turns a danger's word into something else: "brandøvelse", "der er ingen brand".
NONE = frozenset(
    {"ingen", "ikke", "oevelse", "oevelsen", "brandoevelse", "no", "not", "kein", "keine", "nicht", "drill"}
)
# That it is the real thing, folded: the word for a drill is none then.
NO_DRILL = re.compile(
    r"\b(?:ingen|ikke (?:en |nogen )?|not a |no |keine? )\W{0,2}(?:oevelse|drill|uebung)\b|\b(?:oevelse|oevelsen) (?:er )?slut\b"
)
# Where it is somebody else's, and told of: it is asked about, and rings nobody by itself.
NEWS = re.compile(
    r"\bi (?:tv )?avisen\b|\bi (?:nyhederne|radioavisen)\b|\btv ?2 news\b|^(?:dr|tv ?2|bt|politiken|ritzau) ?:|\bder var\b[^.!?\n]{0,60}\bi gaar\b"
)
# How a sentence ends that tells of what is over.
OVER = (" er slukket", " er slukket igen", " er fundet", " er fundet igen", " er fundet i god behold")
ORDINARY = """
    brandmand brandfolk brandoevelse brandert brandvarm brandslukker brandinspek brandstation branding brandsikr
    brandkursus brandmoede brandtilsyn branddoer brandtaeppe brandslus brandbil brandansvar brandhane brandteori brandmyndig braendes_ braende_ braendeovn gasregning gaspris ildsjael vandkande
"""
PERSONS = """
    beboer beboeren borger borgeren barn barnet pige pigen dreng drengen elev eleven mor far kollega kollegaen
    patient patienten demente dement mand manden kvinde kvinden beboere
    datter soen kone mormor farmor morfar farfar bror soester
"""
GONE = frozenset({"vaek", "forsvundet", "savnet", "bortloebet", "bortgaaet"})

GREETINGS = """
    hej | hej hej | hejsa | hallo | halløj | goddag | god dag | godmorgen | god morgen | godaften | god aften |
    god nat | dav | davs | heyy | hey | tak | mange tak | tusind tak | 1000 tak | tak skal du have | tak for
    hjælpen | tak for det | tak for i dag | super tak | ok tak | okay tak | fint tak | selv tak | fint | super |
    perfekt | godt | dejligt | flot | skønt | ok | okay | okey | modtaget | forstået | jep | farvel | hej igen |
    vi ses | god weekend | god vagt | ha en god dag | god dag til dig | undskyld | sorry | beklager | haha |
    hehe | lol | hvem er du | hvad er du | hvad kan du | er du der | er du vågen | virker du | test | tester |
    prøve | virker det her | virker den her | forkert chat | forkert | ups | nå | jaja | ja ja | nå ja | god jul |
    glædelig jul | godt nytår | god arbejdslyst | god arbejdsdag | god ferie | god sommer | vi tales ved | vi snakkes |
    kan du høre mig | er her nogen | hi | hello | good morning | thanks | thank you | thx | bye | danke | guten tag | guten morgen |
    tschüss | asdf | привіт | дякую | добрий день | добрий ранок | спасибі | спасибо | dzień dobry | cześć | dziękuję |
    مرحبا | شكرا | tak for i går | tak for sidst | tak skal i have | tak skal i ha | tak skal du ha | 1000 tak for hjælpen |
    hejhej | goddaw | tak tak | tusinde tak | mange tak for hjælpen | super fint | alt godt | god fornøjelse | sov godt |
    k | kk | okay så | yes | fedt | nice | cool | tillykke | tillykke med dagen | tillykke med fødselsdagen | good night |
    cheers | gute nacht | vielen dank | до побачення | na razie | dobranoc | hm | hmm | øh | øhm |
    god tur | mojn | møjn | daw | godmåren | oki | okidoki | jo tak | det var så lidt | super duper | hej hvordan går det
"""
# What a greeting ends with, folded.
TO_WHOM = re.compile(
    r" (?:krisebot|med dig|alle ?sammen|alle|du|igen|bot|venner|kolleger|there|so much|very much|schoen|all|everyone|\d+)$"
)
DRAWN_OUT = re.compile(r"(\w)\1{2,}")
SMALL_TALK = frozenset(fold(each) for each in GREETINGS.split("|"))


@cache
def _stems(listed: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Read whole words, and beginnings of words, out of a list; a stem that ends in "_" is a whole word."""
    every = listed.split()
    whole = frozenset(each.rstrip("_") for each in every if each.endswith("_"))
    return whole, tuple(each for each in every if not each.endswith("_"))


def _hits(words: Sequence[str], listed: str) -> list[str]:
    """Find the words that a list knows."""
    (whole, begins), (ordinary_words, ordinary) = _stems(listed), _stems(ORDINARY)
    return [
        word
        for word in words
        if (word in whole or word.startswith(begins)) and not (word in ordinary_words or word.startswith(ordinary))
    ]


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
        if found and not _denied(words, found[0]):
            return Cry(language, grave)
        if GRAVE_PHRASES[language].search(sentence) and not {*words} & (NONE - {"ikke", "not", "nicht"}):
            return Cry(language, grave)
        # "hjælp" and "help" alone are the menu's name; with anything beside them they are a cry.
        alone = len(words) == len(crying) == 1 and "!" not in said and language in ("da", "en")
        if crying and not alone:
            return Cry(language, True)
    if set(words) & set(PERSONS.split()) and set(words) & GONE and not sentence.endswith(OVER):
        return Cry("da", True)
    if _hits(words, ELSEWHERE):
        return Cry("en", True)
    for language in LANGUAGES:
        if _hits(words, REAL[language]):
            return Cry(language, False)
    return Cry("da", False) if any(cry in said for cry in CRIES) else None


def _misspelt(words: Sequence[str]) -> list[str]:
    """Find words that are one typing error from a danger's, or a cry for help by whatever a thumb made of it."""
    ordinary_words, ordinary = _stems(ORDINARY)
    return [
        word
        for word in words
        if not (word in ordinary_words or word.startswith(ordinary))
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


def _denied(words: Sequence[str], danger: str) -> bool:
    """Whether the words around a danger's say that there is none: "ingen brand", "brandøvelse", "døde fisk"."""
    at = words.index(danger)
    animals = {"fisk", "fugle", "fugl", "dyr", "mus", "rotter"} & {*words[at + 1 : at + 2]}
    drill = {"oevelse", "oevelsen", "brandoevelse", "drill"} & set(words)
    over = " ".join(words).endswith(OVER)
    return bool(animals or drill or over or {*words[max(0, at - 2) : at], *words[at + 1 : at + 2]} & NONE)


def folded(text: str) -> str:
    """Words as they are compared, without marks: for what a whole sentence begins with."""
    return " ".join(WORD.findall(fold(text[:READ])))


def is_small_talk(text: str) -> bool:
    """Whether a text is a greeting, thanks or a trial, and nothing else.

    Args:
        text: as it was written.
    """
    if len(text) > 60:
        return False
    parts = [" ".join(WORD.findall(fold(part))) for part in re.split(r"[,.!?;\n]", text)]
    said = [part for part in parts if part]
    return all(_is_greeting(part) for part in said) if said else not FRIGHT.search(text)


def _is_greeting(part: str) -> bool:
    """Whether a part of a sentence is a greeting, to whomever, however long it is drawn out."""
    part = part if part in SMALL_TALK else DRAWN_OUT.sub(r"\1", part)
    while part not in SMALL_TALK and TO_WHOM.search(part):
        part = TO_WHOM.sub("", part)
    return part in SMALL_TALK


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
    r"\b(?:hvad (?:skal|goer) (?:jeg|vi|man)(?: nu| goere)?|hvem (?:ringer|skal) (?:jeg|vi)(?: ringe)? til|hvem ringer (?:jeg|vi)"
    r"|(?:er )?(?:der|her) nogen(?: her| vaagen| vaagne| der kan (?:hjaelpe|komme))|er der nogen|er her nogen|hvorfor (?:svarer|kommer) (?:i|ingen|der ingen)"
    r"|hvor (?:er|bliver) (?:i|ambulancen|politiet|brandvaesnet|brandvaesenet)(?: henne| af)?|hvornaar kommer (?:i|der nogen|ambulancen|politiet)"
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


def _tells_of_danger(sentence: str) -> bool:
    """Whether a sentence tells of grave danger, and asks nothing or only what is asked in danger."""
    said = folded(sentence)
    told = CRYING_QUESTION.sub(" ", said)
    if told == said:
        return not is_question(sentence) and (cry := hear(sentence)) is not None and cry.grave
    rest = " ".join(told.split())
    return SUPPOSED.search(rest) is None and not is_question(rest) and (cry := hear(rest)) is not None and cry.grave
