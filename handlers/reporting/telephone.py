"""Telephone messages and what other systems bring: "overdrages til gældende krisestabschef". Plan §7, Videreafsendelse."""

from __future__ import annotations

import re

from handlers.core import form_values
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language.urgency_words import hastens
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import tasks
from handlers.reporting import handover
from handlers.reporting.reports import keep, reached_at
from storage.rows.reporting import ReportKind

TRANSFER = "Omstil telefoner, og videresend mails til krisestaben"

FORM = (
    Field("text", "Hvad var beskeden?", "long", required=True),
    Field("caller", "Hvem ringede eller skrev?"),
    Field("phone", "Telefonnummer"),
    Field("happened", "Hvornår?", "been", loose=True),
    Field("system", "Andet system? Skriv hvilket"),
    Field("urgent", "Haster det?", "choice", choices=(("nej", "Nej"), ("ja", "Ja"))),
)


# "22 33 44 55", "+45 22334455", "2233 4455"; a number of eight digits and no more.
PHONE = re.compile(r"(?<![\d-])(?:\+45|0045)?[ ]?((?:\d[ ]?){7}\d)(?![\d-])")
NAME = r"[A-ZÆØÅ][\w'’.-]{1,30}(?:[ ](?:(?:af|von|de|van)[ ])?[A-ZÆØÅ][\w'’.-]{1,30}){0,3}"
# "fra Karen Holm", "Karen Holm ringede", "Karen Holm: …", "Karen Holm 22334455 …".
CALLER = re.compile(
    rf"(?i:\b(?:fra|af|ringet af|opkald fra))[ ]{{1,3}}(?P<after>{NAME})"
    rf"|(?P<before>{NAME})[ ]{{1,3}}(?i:ringede|har ringet|ringer|fra)\b|^(?P<first>{NAME})[ ]{{0,2}}(?::|,?[ ]{{0,2}}(?i:tlf\.?|telefon|på)?[ ]{{0,2}}(?=\+?\d))"
)


def phone_in(text: str) -> str | None:
    """Find the telephone number to ring back on in a message; None where there is none, or several."""
    found = {re.sub(r"\D", "", each) for each in PHONE.findall(text)}
    return found.pop() if len(found) == 1 else None


def caller_in(text: str) -> str | None:
    """Find the name of whoever rang in a message; None where it says none."""
    found = CALLER.search(text)
    return next((each for each in found.groups() if each), None) if found else None


@verb(
    "telefon",
    "telefonbesked",
    "ringede",
    "opkald",
    help="telefon <besked> – til den krisestabschef, der har vagten; også fra andre systemer",
    crisis=True,
)
async def telephone(turn: Turn, text: str) -> None:
    """Hand on a telephone message from whoever took the call; in one breath, or by the form."""
    if text.strip():
        await _send(turn, text.strip())
        return
    await turn.answer(
        Card(
            "Hvad var beskeden? Den går til krisestabschefen og i loggen.",
            buttons=(
                Button(
                    "Skriv besked",
                    "telephone.send",
                    {},
                    style="primary",
                    submit="Send",
                    form=FORM,
                    form_title="Telefonbesked",
                ),
            ),
        )
    )


@action("telephone.send", begins=True)
async def send(turn: Turn) -> None:
    """Hand on a telephone message from the form. Anybody may."""
    if not turn.value("text"):
        await turn.answer(Card("Skriv, hvad beskeden var. Resten kan udelades."))
        return
    await _send(turn, turn.value("text"))


async def _send(turn: Turn, text: str) -> None:
    caller, phone, system = (turn.value(name) or None for name in ("caller", "phone", "system"))
    caller, phone = caller or caller_in(text), phone or phone_in(text)
    kind: ReportKind = "system" if system else "telephone"
    named = {"Fra": caller, "Telefon": phone, "Tid": turn.value("happened"), "System": system}
    row = await keep(
        turn,
        kind,
        "\n".join([text, *(f"{name}: {value}" for name, value in named.items() if value)]),
        what=text,
        happened=form_values.been_or_words(turn, "happened"),
        urgent=turn.yes("urgent") or hastens(text),
        caller=caller,
        phone=phone,
        system=system,
    )
    chief = await handover.hand_over(turn, row)
    to = f"{turn.name(chief)} har fået den og skal kvittere" if chief else "Der er ingen krisestabschef endnu"
    await turn.answer(Card(f"Gemt i log nr. {row.log_no}. {to}. Kom der mere: */krise telefon* igen."))


async def begin(turn: Turn) -> None:
    """Give the secretariat the task of forwarding mails and calls, with the addresses at hand: "Mails videresendes …,
    telefoner omstilles …"."""
    where = reached_at(turn) or "planen nævner ingen telefon eller postkasse: aftal, hvor"
    await tasks.add(turn, f"{TRANSFER} ({quote(where)})", role="sekretær", owner=turn.rules.holder("sekretær"))


async def transferred(turn: Context) -> str:
    """Tell whether mails and calls have been forwarded, for the card of what is watched; empty where there is nothing
    to forward to."""
    task = next((each for each in await tasks.of_crisis(turn) if each.title.startswith(TRANSFER)), None)
    if task is None:
        return ""
    return f"✅ {turn.clock(task.done_at)}" if task.status == "done" else f"❗ ikke endnu (opgave {task.number})"
