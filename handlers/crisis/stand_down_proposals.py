"""To stand down or to go down to level 1, as anybody proposes it and the mayor or the deputy is asked. Plan §3 and §5."""

from __future__ import annotations

from typing import Literal

from handlers.core import over, rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.registry import action
from handlers.core.turn import Turn
from storage.rows.alert import Approval

Proposal = Literal["deactivate", "deescalate"]
# What it is called, the button's label, and what the button does.
WORDS: dict[Proposal, tuple[str, str, str]] = {
    "deactivate": ("afblæse", "Afblæs", "stand_down.deactivate"),
    "deescalate": ("nedskalere til niveau 1", "Nedskaler", "stand_down.deescalate"),
}


def _what(turn: Context, subject: Proposal) -> str:
    """Say what is proposed: at level 1 there is no staff to call off."""
    return f"{WORDS[subject][0]} {over.what_ends(turn)}" if subject == "deactivate" else WORDS[subject][0]


async def propose_deactivation(turn: Turn, text: str) -> None:
    """Offer whoever may not call the crisis off to propose it."""
    await _offer_proposal(turn, "deactivate", text)


async def propose_deescalation(turn: Turn, text: str) -> None:
    """Offer whoever may not go down to level 1 to propose it."""
    await _offer_proposal(turn, "deescalate", text)


@action("stand_down.propose", who=rights.anyone, begins=True)
async def propose(turn: Turn, subject: Proposal, text: str) -> None:
    """Send anybody's proposal to the mayor and the deputies, who decide, by `Send forslag`."""
    turn.db.add(
        Approval(
            crisis_id=turn.the_crisis.id, subject=subject, role="proposal", person=turn.sender, at=turn.now, text=text
        )
    )
    what = _what(turn, subject)
    mayor = [person for person in (turn.rules.holder("borgmester"), *turn.rules.deputies("borgmester")) if person]
    await turn.log(f"Forslag om at {what}: {text or 'uden begrundelse'}", kind="proposal", sender=turn.sender)
    drawn = card(turn, subject, text)
    await turn.notify(
        mayor,
        Card(f"{turn.name(turn.sender)} foreslår at {what}.\n{drawn.text}", drawn.facts, drawn.fields, drawn.buttons),
        kind="notice",
        summary=f"Forslag om at {what} er sendt til {turn.names(mayor)}",
        urgency=URGENT,
    )
    await turn.replace(Card(f"Forslaget er sendt til {turn.names(mayor)}."))


async def offer(turn: Turn) -> None:
    """Offer to go down to level 1, "… eller det modsatte", to whoever may; a proposal to the others."""
    if await rights.mayor.held(turn):
        await turn.answer(card(turn, "deescalate", ""))
    else:
        await _offer_proposal(turn, "deescalate", "")


async def _offer_proposal(turn: Turn, subject: Proposal, text: str) -> None:
    what = _what(turn, subject)
    # Which one it is about, where there are several, is asked when it is sent.
    about = {"crisis": turn.crisis.id} if turn.crisis is not None else {}
    named = turn.names(await rights.holders_of(turn, rights.mayor))
    await turn.answer(
        Card(
            f"Kun borgmesteren eller stedfortræderen kan {what}: {named}. Skal jeg sende dit forslag?",
            buttons=(
                Button(
                    "Send forslag",
                    "stand_down.propose",
                    {**about, "subject": subject, "text": text},
                    style="primary",
                ),
            ),
        )
    )


def card(turn: Context, subject: Proposal, text: str) -> Card:
    """Draw what asks the mayor or the deputy for one press."""
    crisis = turn.the_crisis
    return Card(
        f"*Nr. {crisis.number}: {quote(crisis.title)}.* Vil du {_what(turn, subject)}? Det kan ikke fortrydes, kun besluttes om.",
        fields=(Field("text", "Besked til alle (kan udelades)", value=text),),
        buttons=(
            Button(
                WORDS[subject][1],
                WORDS[subject][2],
                {"crisis": crisis.id},
                style="danger",
                confirm=f"Vil du {_what(turn, subject)}? Nr. {crisis.number}: {quote(crisis.title, 150)}. Alle får besked nu.",
            ),
        ),
    )
