"""The card that asks for a level, with the plan's own criteria beside the buttons. Plan §2 and §4."""

from __future__ import annotations

from handlers.core import rights
from handlers.core.card import Button, Card, Field
from handlers.core.context import Context

CRITERIA = (
    ("Niveau 1", "Varsling af direktionen. Der er ikke behov for en krisestab, men direktionen bør være orienteret."),
    (
        "Niveau 2",
        "Indkaldelse af krisestab. Alvorlige forstyrrelser af drift eller serviceniveau, som kræver samarbejde, "
        "koordination og ressourcer på tværs af centre og eksterne myndigheder. I tvivl: hellere lidt for højt.",
    ),
)


def card(turn: Context, head: str, title: str = "") -> Card:
    """Draw the card that asks for a level, with the criteria of each.

    Args:
        turn: whose crisis it is about, where there is one yet.
        head: what it follows, as the card's first line.
        title: what the crisis is called, as far as is known.
    """
    crisis = {"crisis": turn.crisis.id} if turn.crisis else {}
    return Card(
        head,
        facts=CRITERIA,
        fields=(Field("title", "Hvad skal det hedde? (kan udelades)", value=title),),
        buttons=(
            Button("Niveau 1", "activation.decide", {"level": 1, **crisis}),
            Button("Niveau 2", "activation.decide", {"level": 2, **crisis}, style="primary"),
            Button("Ingen krise – følg", "activation.decide", {"level": 0, **crisis}),
            *((Button("Forvarsl støttefunktioner", "forewarning.send", crisis),) if crisis else ()),
        ),
    )


def decided_by(turn: Context) -> str:
    """Name whoever decided the crisis' level, and on whose behalf where it was a deputy (plan §2); empty for nobody.

    Behind whoever has the right of 4K's chief stands "(4K)": few in the municipality know them (plan §4).
    """
    crisis = turn.the_crisis
    if not crisis.decided_by:
        return ""
    theirs = " (4K)" if turn.rules.leads_4k(crisis.on_behalf_of or crisis.decided_by) else ""
    return f"{rights.acting(turn, crisis.decided_by, crisis.on_behalf_of)}{theirs}"


def named(level: int | None) -> str:
    """Name a level in words."""
    return {1: "niveau 1 – varsling af direktionen", 2: "niveau 2 – krisestab"}.get(level or 0, "ingen krise – følg")
