"""`plan`: what the plan says about where one stands now, and where the documents are. Plan §2."""

from __future__ import annotations

from handlers.core import incident_names, running
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.registry import verb
from handlers.core.turn import Turn
from handlers.preparedness import upkeep
from storage.plan.words import fold
from storage.rows.crisis import Crisis

# In the plan's own words, and where they stand in it.
STEPS = {
    "before": (
        "§4 Hvornår er en hændelse en krise?",
        "Den, der modtager et varsel, vurderer: Berører det kommunen? Rækker det ud over det daglige beredskab? Er svaret ja, "
        "eller er du i tvivl, så kontaktes beredskabschefen ved 4K, borgmesteren og direktionen, i den rækkefølge, indtil der "
        "er kontakt. Skriv */krise varsel*.",
    ),
    "level_one": (
        "§2 Beredskabsniveau 1",
        "Centerchef og direktør leder indsatsen efter centerets handlekort. Borgmester og direktion holdes orienteret. En "
        "direktør kan opskalere til niveau 2.",
    ),
    "establishing": (
        "§5 Aktivering af krisestaben",
        "Krisestab og støttefunktioner skal være fuldt etableret senest 2 timer efter beslutningen. Centercheferne "
        "underretter straks deres centre. Den rammesættende krisestab træder sammen hurtigst muligt.",
    ),
    "running": (
        "§5 og §7 Drift af krisestaben",
        "Alt relevant føres i loggen som bekræftet eller ubekræftet. Situationsbilledet ajourføres løbende. Krisestabschefen "
        "godkender beslutningsreferater, før de fordeles. Staben skal kunne drives i mindst 3 døgn.",
    ),
    "closed": (
        "§5 og §3 Afslutning",
        "Borgmesteren eller stedfortræderen har meddelt, at krisestaben ikke længere er i funktion. Opgaverne overdrages til "
        "den daglige drift, sagen journaliseres, og forløbet evalueres.",
    ),
}
# "hviler planen på fire overordnede principper": the plan's four, in its own words.
PRINCIPLES = (
    ("Sektoransvar", "Den enhed, der har ansvaret for en opgave til daglig, bevarer ansvaret for opgaven i staben."),
    (
        "Lighed",
        "De procedurer og ansvarsforhold, der anvendes i dagligdagen, anvendes i videst muligt omfang også her.",
    ),
    ("Handling", "Er det uklart, er det mere hensigtsmæssigt med et lidt for højt beredskab end et lidt for lavt."),
    ("Fleksibilitet", "Planens elementer tilpasses og tages i anvendelse efter en vurdering af behovet."),
)
# §5, Arbejdsgange, as it is printed: no step 2, and two that are called 3.
WORKFLOW = (
    ("Trin 1", "Forslag til dagsorden afklares med den ansvarlige direktør. Er der ikke punkter nok, aflyses mødet."),
    ("Første trin 3", "Dagsordenen sendes ud med punkternes karakter og klare indstillinger, helst dagen før."),
    ("Andet trin 3", "Medlemmerne føjer til mellem udsendelsen og mødet. Sekretæren genudsender."),
    ("Trin 4", "Krisestabsmødet afholdes."),
    ("Trin 5", "Beslutningsreferatet siger, hvem der gør hvad. Krisestabschefen godkender det, før det fordeles (§7)."),
    ("Trin 6", "Referatet udsendes til staben og de niveauer, der er besluttet relevante."),
    ("Trin 7", "Referatet journaliseres på en sag, der er oprettet til formålet."),
    ("Trin 8", "Medlemmerne sender løbende punkter, med frist. Sekretæren og direktøren sørger for, at de når det."),
    ("Trin 9", "Udefrakommende mails, fx fra KL, gennemlæses hver dag. Punkterne forberedes til mødet."),
)
PARTS = {"principper": ("§3 De fire principper", PRINCIPLES), "arbejdsgange": ("§5 Arbejdsgange, møder", WORKFLOW)}


@verb(
    "plan",
    "beredskabsplan",
    "links",
    help="plan – hvad planen siger lige nu, og hvor dokumenterne er; plan principper; plan arbejdsgange",
)
async def plan(turn: Turn, text: str) -> None:
    """Show what the plan says now, and its documents, to everybody, in a crisis or not."""
    part = PARTS.get(fold(text))
    if part is not None:
        await turn.answer(Card(f"*{part[0]}*", facts=part[1]))
        return
    going = [] if turn.crisis is not None else await turn.open_crises()
    if len(going) == 1:
        turn.crisis = going[0]
    where, says = _stands(turn, [] if turn.crisis is not None else [each for each in going if each.level is not None])
    edition = turn.plan.edition
    period = f", {edition.period.start.year}–{edition.period.end.year}" if edition.period else ""
    expired = upkeep.expired(turn)
    facts = [(quote(link.title), quote(link.address)) for link in turn.rules.links]
    principles = ", ".join(name for name, _ in PRINCIPLES)
    await turn.answer(
        Card(
            f"*{edition.title or 'Beredskabsplanen'}{period}* – {where}\n{says}{chr(10) + expired if expired else ''}",
            facts=(*facts, ("Fire principper", f"{principles}. Skriv *plan principper* eller *plan arbejdsgange*")),
        )
    )
    await running.give_back(turn, "plan", text)


def _stands(turn: Context, going: list[Crisis]) -> tuple[str, str]:
    """Return where the crisis stands in the plan, and what it says of that; of several, each where it stands.

    Args:
        going: those that somebody has decided on, where no single one is meant.
    """
    steps = {each.number: STEPS[_step(turn.about(each))] for each in going}
    told = {*steps.values()}
    if len(told) < 2:
        return told.pop() if told else STEPS[_step(turn)]
    return (
        "I gang er " + " og ".join(f"nr. {quote(incident_names.short(each), 100)}" for each in going),
        "\n".join(f"*Nr. {number}: {where}*\n{says}" for number, (where, says) in steps.items()),
    )


def _step(turn: Context) -> str:
    crisis = turn.crisis
    if crisis is None or crisis.level is None:
        return "before"
    if crisis.state == "closed":
        return "closed"
    if crisis.level == 1:
        return "level_one"
    return "running" if crisis.established_at else "establishing"
