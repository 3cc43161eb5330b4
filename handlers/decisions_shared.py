"""`Del beslutning`: "formidle krisestabens beslutninger i relevante fora". Plan §5, Krisesekretariatet (R136).

People publish, krisebot does not: the intranet's text goes to communication, ready to copy.
"""

from __future__ import annotations

from handlers import audiences, rights
from handlers.card import Button, Card, Field, quote
from handlers.registry import action
from handlers.turn import Turn
from storage.parts.orders import Decision

# Who is told in each forum, in words that `audiences` reads; nobody where it is a text to publish.
FORA = {
    "chefforum": ("Chefforum", "direktionen, centercheferne"),
    "centerchefer": ("Centercheferne", "centercheferne"),
    "kontakter": ("Centrenes kontaktpersoner", "kontaktpersoner"),
    "intranet": ("Intranettet – tekst til kommunikation", ""),
}


def button(row: Decision) -> Button:
    """For a decision's card."""
    choices = tuple((forum, name) for forum, (name, _) in FORA.items())
    return Button(
        "Del beslutning",
        "decisions_shared.share",
        {"decision": row.id, "crisis": row.crisis_id},
        form=(
            Field("forum", "Del beslutningen i", "choice", required=True, choices=choices),
            Field("text", "Tekst", "long", value=row.text),
        ),
        form_title="Del beslutning",
    )


@action("decisions_shared.share", who=rights.runs_staff)
async def share(turn: Turn, decision: int) -> None:
    """To those who sit in the forum, each where they are, with one line in the log."""
    row, forum = await turn.db.get(Decision, decision), FORA.get(turn.value("forum"))
    if row is None or row.crisis_id != turn.the_crisis.id or row.state != "decided" or forum is None:
        return
    name, group = forum
    text = turn.value("text") or row.text
    if group:
        told, _ = await audiences.persons(turn, group)
        card = Card(
            f"*Beslutning {row.number} i krisestaben*, {turn.clock(row.at)}, krise nr. {turn.the_crisis.number}:\n"
            f"»{quote(text, 1500)}«\nDet er delt med {name}."
        )
    else:
        told = turn.rules.holders("kommunikation")
        card = Card(f"*Til intranettet – klar til at kopiere:*\n\nKrisestaben har besluttet: {quote(text, 1500)}")
    await turn.notify(
        [person for person in told if person != turn.sender] or told,
        card,
        kind="notice",
        summary=f"Beslutning {row.number} er delt: {name}",
    )
    await turn.answer(
        Card(f"Beslutning {row.number} er delt: {name} ({len(told)}).")
        if told
        else Card("Planen har ingen i rollen kommunikation. Teksten er ikke sendt; kopiér den selv.")
    )
