"""What is answered to words that are no warning: a greeting, a question, an insult, a command that is none. Plan §4.

112 stands in each of them, and the door to a warning, or where one's own warning is.
"""

from __future__ import annotations

from handlers.alert import escalation_chain, escalation_news, warning_question
from handlers.core import in_charge, incident_names, rights, typed_verbs
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import Context
from storage.rows.alert import Alert
from storage.rows.crisis import Crisis
from storage.rows.traffic import Message

HELLO = "Hej. Her er Krisebot. Skriv bare, hvad der er sket, så fører jeg dig videre."
CALM = "Her er Krisebot, og jeg er en maskine. Er der sket noget, så skriv bare hvad, så fører jeg dig videre."


async def no_answer(turn: Context, text: str) -> Card:
    """Meet a question that we have no answer to: who has what goes on, and the door to a warning."""
    keep = {"inbox": turn.inbox_id}
    going = [crisis for crisis in await turn.open_crises() if crisis.level is not None]
    lines = []
    for each in going[:3]:
        there = turn.about(each)
        has_it = in_charge.in_words(there, await in_charge.in_charge(there))
        lines.append(f"Nr. {quote(incident_names.short(each), 100)}: {has_it} har den.")
    asks = (Button("Stil et spørgsmål", "router.meant", {"verb": "spm", **keep}),) if going else ()
    return Card(
        "\n".join(
            [f"»{quote(text, 300)}«\nDet kan jeg ikke svare på, og ingen har fået det. Din tekst er gemt.", *lines]
        )
        + f"\nSker der noget, så tryk Send varsel. {DANGER}",
        buttons=(
            Button("Send varsel", "router.meant", {"verb": "varsel", **keep}),
            *asks,
            Button("Hvem er hvem", "help.run", {"verb": "hvem"}),
        ),
    )


async def greeting(turn: Context, own: Alert | None, offered: Message | None, said: str = HELLO) -> Card:
    """Greet back; whoever has warned, or was asked whether they do, is told where that is instead.

    Args:
        said: what else is said, Danish.
    """
    if own is not None:
        return await where_it_is(turn, own)
    if offered is not None:
        return Card(f"Intet er sendt endnu. Skal det sendes, så tryk Ja – eller skriv det. {DANGER}")
    return Card(
        f"{said} {DANGER}",
        buttons=(Button("Send varsel", "help.run", {"verb": "varsel"}),),
    )


async def where_it_is(turn: Context, own: Alert, *, ring: bool = False) -> Card:
    """Tell whoever warned where their warning is: waiting for their answer, or with whom.

    Args:
        ring: with the numbers of those who are asked.
    """
    there = turn.about(await turn.db.get_one(Crisis, own.crisis_id))
    number = there.the_crisis.number
    if own.assessment is None:
        return Card(f"Varsel nr. {number} venter på dit svar: tryk Ja, Nej eller Ved ikke – eller skriv det. {DANGER}")
    where = f"Varsel nr. {number}: {await escalation_news.who_has_it(there)}"
    if not ring:
        return Card(f"{where} {DANGER}")
    numbers = await escalation_news.to_ring(there, own)
    return Card(f"{DANGER}\n{where}" + (f" Ring selv: {numbers}." if numbers else ""))


async def whom_to_ring(turn: Context) -> Card:
    """Tell whom to ring: 112 first; then the numbers that are everybody's, and that a warning rings for itself."""
    first = warning_question.first_asked(turn)
    links = escalation_chain.links_of(turn.rules)
    if links and await rights.numbers.held(turn):
        first = f"{first} {turn.phone(links[0].persons[0])}"
    return Card(
        f"{DANGER}\nEllers behøver du ikke ringe: skriv her, hvad der er sket, eller tryk *Send varsel*. Så spørger jeg "
        f"{first} først, og den næste, hvis der intet svar kommer.",
        facts=tuple(turn.plan.phones.items()),
        buttons=(
            Button("Send varsel", "help.run", {"verb": "varsel"}, style="primary"),
            Button("Hvem er hvem", "help.run", {"verb": "hvem"}),
        ),
    )


async def unknown_command(turn: Context, text: str, own: Alert | None) -> Card:
    """Meet an explicit word that is no verb, and tells of nothing: what was meant is asked, and it is added to nothing."""
    keep = {"inbox": turn.inbox_id}
    number = (await turn.db.get_one(Crisis, own.crisis_id)).number if own is not None else None
    beside = f", og intet er føjet til varsel nr. {number}" if number else ""
    adds = Button(f"Føj til varsel nr. {number}", "own_words.added", keep)
    sends = Button("Send varsel", "router.meant", {"verb": "varsel", **keep})
    return Card(
        f"Den kommando kender jeg ikke. Intet er gjort{beside}. Din tekst er gemt: »{quote(text, 300)}«"
        f"{typed_verbs.meant_by(text)}\nEr det noget, der sker, så tryk her. {DANGER}",
        buttons=(adds if own is not None else sends, Button("Alle kommandoer", "help.all", {})),
    )


def nobodys(turn: Context) -> Card:
    """Meet a crisis of one's own, or another country's: it is asked of nobody, and the door stays open."""
    return Card(
        f"Det lyder ikke som en hændelse for {turn.plan.municipality}s beredskab, så ingen har fået det. Din tekst er gemt. "
        f"{DANGER}\nEr det alligevel noget, vi skal reagere på, så tryk her.",
        buttons=(Button("Send varsel", "router.meant", {"verb": "varsel", "inbox": turn.inbox_id}),),
    )


def answers_nothing() -> Card:
    """Meet a yes or a no where nothing was asked, or what was asked is over."""
    return Card(
        f"Jeg venter ikke på svar fra dig, så intet er ændret. Er der sket noget, så skriv hvad. {DANGER}",
        buttons=(Button("Send varsel", "help.run", {"verb": "varsel"}),),
    )
