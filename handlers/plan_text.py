"""`plan`: what the plan says about where one stands now, and where the documents are. Plan §2 (R041, R117)."""

from __future__ import annotations

from handlers import upkeep
from handlers.card import Card, quote
from handlers.registry import verb
from handlers.turn import Turn

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


@verb("plan", "beredskabsplan", "links", help="plan – hvad planen siger lige nu, og hvor dokumenterne er")
async def plan(turn: Turn, text: str) -> None:
    """For everybody, in a crisis or not."""
    if turn.crisis is None:
        going = await turn.open_crises()
        turn.crisis = going[0] if len(going) == 1 else None
    where, says = STEPS[_step(turn)]
    edition = turn.plan.edition
    period = f", {edition.period.start.year}–{edition.period.end.year}" if edition.period else ""
    expired = upkeep.expired(turn)
    facts = tuple((quote(link.title), quote(link.address)) for link in turn.rules.links)
    await turn.answer(
        Card(
            f"*{edition.title or 'Beredskabsplanen'}{period}* – {where}\n{says}{chr(10) + expired if expired else ''}",
            facts=facts,
        )
    )


def _step(turn: Turn) -> str:
    crisis = turn.crisis
    if crisis is None or crisis.level is None:
        return "before"
    if crisis.state == "closed":
        return "closed"
    if crisis.level == 1:
        return "level_one"
    return "running" if crisis.established_at else "establishing"
