"""The lessons of `øv`: each role's own first ten minutes, as its cards would come. Plan §2, §4, §5; the guide.

A lesson is words alone: what has happened, what the card says, and what each press leads to. Labels are those of the real
cards, so that the hand learns them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from storage.plan.model import Plan

# What is pressed to write, in a lesson.
WRITE = "Skriv"


@dataclass(frozen=True)
class Choice:
    """A press, and what comes of it.

    Args:
        label: the real card's.
        said: Danish, what would have followed.
        right: whether the lesson goes on.
    """

    label: str
    said: str
    right: bool = True


@dataclass(frozen=True)
class Step:
    """A moment of a lesson: something happens, a card comes, and the person answers.

    Args:
        told: Danish, what has happened.
        card: Danish, what the card says; {spørgsmål} is the plan's own question.
        choices: what can be pressed.
        verbs: instead of a press, the command that is to be written: one of these verbs.
        example: what could be written.
    """

    told: str
    card: str
    choices: tuple[Choice, ...] = ()
    verbs: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Lesson:
    """A role's lesson.

    Args:
        title: Danish, the role.
        steps: its moments, in order.
        page: the guide's page for the role, by its file.
    """

    title: str
    steps: tuple[Step, ...]
    page: str


def _summoned(as_what: str) -> Step:
    return Step(
        "Kl. 14:08. Krisestaben er aktiveret.",
        f"🚨 *Du indkaldes: {as_what}.*\nKrise: skybrud i Hedehusene. Svar med en knap – eller skriv fx »er der om 20 min«.",
        (
            Choice("Kommer", "Staben kan se, at du kommer. Bliver du forsinket, så skriv hvornår."),
            Choice("Kan ikke", "Så spørges den næste med det samme. Det er bedre end intet svar."),
        ),
    )


def _write(told: str, card: str, example: str, *verbs: str) -> Step:
    return Step(told, card, verbs=verbs, example=example)


_ASKED = Step(
    "Kl. 14:00. En vicevært har varslet.",
    "🚨 *Varsel:* »vand i kælderen på Birkehøj, viadukten er lukket«\n*Kan du tage den?* Svarer du ikke, går jeg videre.",
    (
        Choice("Jeg har den", "Søgningen er stoppet, og alle venter nu på dig: beslut inden ti minutter."),
        Choice("Kan ikke", "Så spørges den næste straks. I dag tager du den alligevel, for at øve resten."),
    ),
)
_DECIDE = Step(
    "Kl. 14:03. Kloakken står op i to bydele, 14 beboere skal flyttes, og tre centre er i gang.",
    "*Hvad beslutter du?*\nNiveau 1: direktionen varsles, ingen krisestab.\nNiveau 2: krisestaben indkaldes.",
    (
        Choice(
            "Niveau 1",
            "Det kan du, og det kan opskaleres. Men her skal flere centre samarbejde: hellere lidt for højt. Prøv igen.",
            right=False,
        ),
        Choice(
            "Niveau 2",
            "Krisestaben indkaldes, alle centre får besked, og uret på 2 timer går. Én beslutning er nok.",
        ),
        Choice("Ingen krise – følg", "Så sker der ikke mere, og det her kan ikke vente. Prøv igen.", right=False),
    ),
)
_ACTIVATE = _write(
    "En anden dag ringer politiet direkte til dig: en eksplosion på havnen. Der er intet varsel.",
    "Aktivér krisestaben med én linje. Der er ingen flere spørgsmål.",
    "aktiver 2 eksplosion på havnen",
    "aktiver",
)
_STATUS = _write(
    "Kl. 14:10. Du vil vide, hvordan det står, uden at ringe til nogen.",
    "Hvad skriver du?",
    "status",
    "status",
    "siden sidst",
)
_REPORT = _write(
    "Kl. 14:20. Strømmen går på skolen, og krisestaben ved det ikke.",
    "Fortæl staben det med én linje.",
    "melding strømmen er gået på skolen",
    "melding",
)
_LOG = _write(
    "Kl. 14:20. DMI siger 60 mm regn frem til kl. 18. Ingen har bekræftet det.",
    "Skriv det i loggen. Et spørgsmålstegn forrest betyder ubekræftet, et udråbstegn bekræftet.",
    "log ? DMI siger 60 mm frem til kl 18",
    "log",
)

_EMPLOYEE = Lesson(
    "medarbejder",
    (
        _write(
            "Du kommer i kælderen på Birkehøj. Vandet står 40 cm højt og stiger. Ingen er i fare; ellers ringer du 112 først.",
            "Varsl med én sætning: hvad der er sket, og hvor. Du behøver ikke være sikker.",
            "varsel vand i kælderen på Birkehøj, 40 cm og stiger",
            "varsel",
        ),
        Step(
            "Krisebot har dine ord og spørger om én ting.",
            "*{spørgsmål}*\nEr du i tvivl, så vælg Ved ikke.",
            (
                Choice("Ja", "Beredskabschefen spørges nu, og du kan hele tiden se, hvem der er spurgt."),
                Choice(
                    "Nej",
                    "Så sendes intet, men dine ord er gemt. Her stiger vandet: er du i tvivl, tæller Ved ikke som ja. Prøv igen.",
                    right=False,
                ),
                Choice("Ved ikke", "Det tæller som ja. Beredskabschefen spørges nu."),
            ),
        ),
        Step(
            "Efter tre minutter har ingen svaret, og vandet når elskabet.",
            "Beredskabschefen: venter på svar. Tlf. står her på det rigtige kort.\nHaster det, så ring selv.",
            (
                Choice("Det haster: spørg alle nu", "Alle, der kan beslutte, spørges på én gang."),
                Choice("Jeg venter", "Det kan du, men her haster det. Prøv igen.", right=False),
            ),
        ),
        _REPORT,
    ),
    "medarbejder.md",
)

LESSONS: dict[str, Lesson] = {
    "emergency_chief": Lesson("beredskabschef", (_ASKED, _DECIDE, _ACTIVATE, _STATUS), "beslutter.md"),
    "mayor": Lesson(
        "borgmester",
        (
            _ASKED,
            _DECIDE,
            Step(
                "Kl. 14:30. Borgmesteren og direktionen sidder sammen: den rammesættende krisestab.",
                "*Den rammesættende krisestab.* Én beslutning ad gangen; hver står i loggen med nummer.",
                (
                    Choice(
                        "Start mødet", "Nu kommer ét spørgsmål ad gangen: beredskabsplanen, 4K, politiet, medlemmer."
                    ),
                    Choice("Slut mødet", "Det er ikke begyndt endnu. Prøv igen.", right=False),
                ),
            ),
            Step(
                "Næste dag er vandet væk. Kun borgmesteren og stedfortræderen kan slutte krisen.",
                "Vil du afblæse krisestaben? Det kan ikke fortrydes.",
                (
                    Choice("Afblæs", "Alle, der fik besked, får at vide, at det er slut, og evalueringen begynder."),
                    Choice(
                        "Send forslag", "Det gør de andre; det kommer til dig. Du kan selv. Prøv igen.", right=False
                    ),
                ),
            ),
            _ACTIVATE,
        ),
        "beslutter.md",
    ),
    "board": Lesson(
        "direktør",
        (
            _ASKED,
            _DECIDE,
            _summoned("den rammesættende krisestab (direktion)"),
            Step(
                "Kl. 16:00. I morgen holder krisestaben møde, og du svarer for dagsordenen.",
                "*Dagsorden, kladde.* Den går ud dagen før, når den er godkendt.",
                (
                    Choice("Godkend", "Dagsordenen sendes til staben."),
                    Choice("Kassér", "Så er der ingen dagsorden i morgen. Prøv igen.", right=False),
                ),
            ),
            _ACTIVATE,
        ),
        "beslutter.md",
    ),
    "centre_chief": Lesson(
        "centerchef",
        (
            Step(
                "Kl. 14:08. Krisestaben er trådt i funktion.",
                "*Krisestaben er trådt i funktion.* Underret straks dit center. Teksten kan sendes videre, som den er.",
                (
                    Choice(
                        "Mit center er underrettet",
                        "Staben kan se, hvem der ved det. Trykker du ikke inden en halv time, mindes du om det.",
                    ),
                    Choice("Jeg venter", "Så ved dit center intet, og staben ringer til dig. Prøv igen.", right=False),
                ),
            ),
            _REPORT,
            _write(
                "Kl. 14:40. I mangler folk til at flytte beboere.",
                "Bed krisestaben om hjælp: hvor mange, hvad, og hvor.",
                "bistand 4 mand til Birkehøj",
                "bistand",
            ),
            _STATUS,
        ),
        "center.md",
    ),
    "contact": Lesson(
        "kontaktperson for et center",
        (
            Step(
                "Kl. 14:20. Krisestaben spørger alle centre på én gang. To af jeres plejecentre er uden strøm.",
                "*Hvordan står det til?* Svar med en farve, eller skriv det.",
                (
                    Choice("Grøn", "Grøn er normal drift, og to plejecentre er uden strøm. Prøv igen.", right=False),
                    Choice("Gul", "Gul er under pres. Uden strøm kan I ikke selv klare det. Prøv igen.", right=False),
                    Choice("Rød", "Staben ser det øverst på tavlen og spørger, hvad I mangler."),
                ),
            ),
            _REPORT,
            _STATUS,
        ),
        "center.md",
    ),
    "secretary": Lesson(
        "krisesekretariatet",
        (
            _summoned("krisesekretariatet"),
            _LOG,
            _write(
                "Kl. 14:25. Staben skal mødes kl. 17 i stabsrummet.",
                "Indkald til mødet. Sted eller link skal med.",
                "møde kl 17 stabsrummet",
                "møde",
            ),
            Step(
                "Kl. 15:50. Staben, sekretariatet og støttefunktionerne er på plads, ti minutter før fristen.",
                "⏳ 10 min til fuldt etableret beredskab.",
                (
                    Choice("Fuldt etableret", "Klokkeslættet står i loggen, og uret stopper."),
                    Choice("Jeg venter", "Så løber fristen ud, selv om I er der. Prøv igen.", right=False),
                ),
            ),
        ),
        "sekretariat.md",
    ),
    "log_keeper": Lesson(
        "logfører",
        (
            _summoned("krisesekretariatet (logfører)"),
            _LOG,
            Step(
                "Kl. 14:30. Beredskabet ringer: de 60 mm passer.",
                "Gemt i log (ubekræftet). »DMI siger 60 mm frem til kl 18«",
                (
                    Choice("Bekræft", "Linjen er bekræftet, med dit navn og klokkeslæt. Intet i loggen slettes."),
                    Choice(
                        "Ret",
                        "Så skrives en ny linje, der retter den gamle. Her er den rigtig. Prøv igen.",
                        right=False,
                    ),
                ),
            ),
            _write(
                "Kl. 14:50. Der skal ligge et situationsbillede, før den første time er gået.",
                "Hvad skriver du for at få kladden?",
                "billede",
                "billede",
            ),
        ),
        "sekretariat.md",
    ),
    "minute_taker": Lesson(
        "referent",
        (
            _summoned("krisesekretariatet (referent)"),
            _write(
                "Kl. 17:00. Mødet er begyndt.", "Åbn referatet, så du kan skrive, mens der tales.", "referat", "referat"
            ),
            Step(
                "Kl. 17:20. Mødet slutter, og kladden er færdig.",
                "*Beslutningsreferat, kladde.* Chefen har ikke godkendt det.",
                (
                    Choice(
                        "Udsend", "Krisebot siger nej: ingen får det, før chefen har godkendt. Prøv igen.", right=False
                    ),
                    Choice("Jeg venter", "Chefen mindes, trykker Godkend, og så sendes det til dem, der må få det."),
                ),
            ),
            _LOG,
        ),
        "referent.md",
    ),
    "communications": Lesson(
        "kommunikation",
        (
            _summoned("kommunikation"),
            _write(
                "Kl. 14:10. Det første udkast skal være klar til det første møde.",
                "Hvad skriver du for at få kommunikationsplanens ni overskrifter?",
                "komplan",
                "komplan",
            ),
            _write(
                "Kl. 15:20. Alle centerchefer har fået en vigtig mail, og ingen læser mail nu.",
                "Bed dem læse den. De får sms'en »Tjek din mail«, og du ser, hvem der har trykket.",
                "mail alle centerchefer Fælles budskaber",
                "mail",
            ),
            _STATUS,
        ),
        "stoettefunktion.md",
    ),
    "support": Lesson(
        "støttefunktion",
        (
            _summoned("støttefunktion"),
            Step(
                "Kl. 14:45. Krisestabschefen giver dig en ordre.",
                "*Ordre:* få telefonerne i gang på Birkehøj inden kl. 16.",
                (
                    Choice("Modtaget", "Chefen ser, at du har den. Kvitterer du ikke, får din stedfortræder den."),
                    Choice("Jeg venter", "Så går ordren videre til din stedfortræder. Prøv igen.", right=False),
                ),
            ),
            Step(
                "Kl. 15:40. Telefonerne virker.",
                "*Ordre:* få telefonerne i gang på Birkehøj. Frist kl. 16.",
                (
                    Choice("Udført", "Det står i loggen, og staben ser det straks."),
                    Choice("Jeg venter", "Så tror staben, at de stadig er nede. Prøv igen.", right=False),
                ),
            ),
            _REPORT,
        ),
        "stoettefunktion.md",
    ),
    "liaison_officer": Lesson(
        "forbindelsesofficer",
        (
            _write(
                "Kl. 15:15. I den koordinerende stab tilbydes en pumpe.",
                "Meld det hjem til vores krisestab.",
                "koord hjem Greve kan undvære 1 pumpe fra kl 17",
                "koord",
            ),
            _STATUS,
        ),
        "forbindelse.md",
    ),
    "employee": _EMPLOYEE,
}
# Roles of the plan file that learn another's lesson.
SAME = {
    "coordinator": "secretary",
    "coordinator_assistant": "secretary",
    "agenda_editor": "minute_taker",
    "press_spokesperson": "communications",
    "press_officer": "communications",
}


def lessons_of(plan: Plan, person: str) -> list[str]:
    """Return the names of the lessons that a person's roles have, the one that decides most first, and what everybody
    learns last.

    Args:
        person: an id in the plan, or anybody else's.
    """
    return list(dict.fromkeys([*_roles(plan, person), "employee"]))


def _roles(plan: Plan, person: str) -> Iterator[str]:
    for name in type(plan.roles).model_fields:
        role = getattr(plan.roles, name)
        if role is None:
            continue
        holders = role.members if name == "board" else (role.person, *role.deputies)
        if person in holders:
            yield SAME.get(name, name)
    for centre in plan.centres:
        if person in (centre.chief, centre.deputy):
            yield "centre_chief"
        elif person == centre.contact:
            yield "contact"
    if any(person in (each.contact, each.deputy) for each in plan.support_functions):
        yield "support"
