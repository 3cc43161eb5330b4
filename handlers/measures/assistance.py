"""`bistand`: what a unit lacks, until it has it or knows why not. Plan §7, Anmodninger om assistance.

"skal krisestaben hurtigst muligt, og i videst muligt omfang, søge at imødekomme behovet" – none is ever lost.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sqlalchemy import select

from handlers.core import called_by_number, clearance, in_charge, registry, rights, running, taking_up, written_times
from handlers.core.called_by_number import Called
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.events import AskedForHelp, on
from handlers.core.language import needs, owners, verb_words
from handlers.core.language.needs import Need
from handlers.core.registry import Take, action, reply, verb
from handlers.core.turn import Turn
from handlers.measures import assistance_answers, assistance_card, assistance_reading, logistics
from handlers.measures.assistance_reading import Wanted
from storage.rows.crisis import Crisis
from storage.rows.measures import ANSWERED, AssistanceRequest
from storage.rows.numbers import next_number

SHOWN = 20

LACKED = (
    Field("quantity", "Hvor mange?"),
    Field("need", "Hvad?"),
    Field("place", "Hvor?"),
)
FORM = (
    *LACKED,
    Field("since", "Fra hvornår?", "time"),
    Field("until", "Til hvornår?", "time", loose=True),
    Field("contact", "Hvem tager imod, og på hvilket nummer?"),
    Field("urgent", "Haster det?", "choice", choices=(("nej", "Nej"), ("ja", "Ja"))),
)


@verb(
    "bistand",
    "hjælp fra",
    "mangler",
    help="bistand <hvad mangler I, hvor> – fx bistand 4 mand til Birkehøj nu",
    crisis=True,
    afterwards=True,
    begins="with words",
)
async def assistance(turn: Turn, text: str) -> None:
    """Take a request for assistance, from anybody; show one by its number, with what it can be answered with; without a
    word, show the list of them."""
    if not text.strip():
        await _list(turn)
        return
    if (called := called_by_number.read(text, "B")) is not None:
        await _show_called(turn, called)
        return
    row = await request(turn, text.strip(), needs.asked_for(turn.rules, clearance.unmarked(turn, text)), turn.sender)
    await turn.answer(await assistance_card.received(turn, row))


async def _show_called(turn: Turn, called: Called) -> None:
    """Show one request; what was said beside its number is not its answer, which a button gives."""
    row = await called_by_number.row_or_tell(turn, AssistanceRequest, called, f"B{called.number}")
    if row is None:
        return
    drawn, unused = await assistance_card.card(turn, row), called_by_number.unused(called)
    if not await rights.runs_staff.held(turn):
        await turn.answer(Card(f"{drawn.text}{unused}"))
        return
    await turn.answer(replace(drawn, text=f"{drawn.text}{unused}"), key=assistance_card.key(row, turn.the_incoming.key))


@reply("assistance")
async def read(turn: Context, text: str) -> Take | None:
    """Read "vi mangler 4 mand på Birkehøj", said without a verb by somebody in the staff."""
    verbs = {each.name: each.synonyms for each in registry.verbs.values()}
    going = [crisis for crisis in await turn.open_crises() if crisis.level is not None]
    need = needs.lacking(turn.plan, text)
    if need is None or verb_words.match(text, verbs).kind != "none":
        return None
    if not any([await rights.staff.held(turn.about(crisis)) for crisis in going]):
        return None
    return partial(_suggest, crisis=going[0], text=text, need=need) if len(going) == 1 else partial(_ask, text=text)


async def _ask(turn: Turn, text: str) -> None:
    """Ask which of several incidents the lack is in; it becomes a request there."""
    await running.find_crisis_or_ask(turn, "bistand", registry.verbs["bistand"], text)


async def _suggest(turn: Turn, crisis: Crisis, text: str, need: Need) -> None:
    """Keep what was said in the log, and suggest making a request of it."""
    turn.crisis = crisis
    entry = await turn.log(text, sender=turn.sender, receiver="krisestaben", direction="in")
    await offer(turn, text, need, entry.no)


async def offer(turn: Turn, text: str, need: Need, no: int) -> None:
    """Suggest that what somebody wrote becomes a request; nothing is sent before they say so.

    Args:
        text: verbatim.
        need: what was read out of it.
        no: the log line that it stands in.
    """
    await turn.answer(
        Card(
            f"🔴 Mangler I noget? Din tekst står i loggen som nr. {no}. Skal krisestaben have den som en anmodning "
            f"om bistand?\n»{quote(text)}«",
            fields=tuple(replace(field, value=getattr(need, field.id)) for field in LACKED),
            buttons=(
                Button("Send", "assistance.send", {"inbox": turn.inbox_id, "no": no}, style="primary"),
                Button("Nej", "assistance.not_meant", {}),
            ),
        )
    )


@action("assistance.send", begins=True)
async def send(turn: Turn, inbox: int, no: int) -> None:
    """Make a request of the suggestion, as it was filled in, by `Send`. Anybody may ask."""
    original = await taking_up.own_or_refuse(turn, inbox)
    if original is None:
        return
    text = original.words
    # The fields come along from where they can be changed; elsewhere what was read stands.
    read = needs.asked_for(turn.rules, clearance.unmarked(turn, text))
    filled = {name: turn.value(name) for name in ("quantity", "need", "place") if name in turn.the_incoming.values}
    row = await request(turn, text, replace(read, **filled), turn.sender, about=no)
    await turn.replace(await assistance_card.received(turn, row))


@action("assistance.not_meant")
async def not_meant(turn: Turn) -> None:
    """Drop the suggestion, by `Nej` from whoever was asked."""
    await turn.replace(Card("Der er ikke sendt en anmodning. Din tekst står i loggen."))


@action("assistance.new", begins=True)
async def new(turn: Turn) -> None:
    """Take a request for assistance from the form `Bed om bistand`. Anybody may ask."""
    text = " ".join(filter(None, (turn.value("quantity"), turn.value("need"), turn.value("place"))))
    if not text:
        await turn.answer(Card("Hvad mangler I? Skriv fx */krise bistand 4 mand til Birkehøj nu*."))
        return
    need = needs.Need(turn.value("quantity"), turn.value("need"), turn.value("place"))
    row = await request(turn, text, need, turn.sender, wanted=assistance_reading.filled_in(turn))
    await turn.answer(await assistance_card.received(turn, row))


@on(AskedForHelp)
async def from_message(turn: Turn, event: AskedForHelp) -> None:
    """Make a request of a message that got a 🆘: whoever wrote it lacks something. A second 🆘 makes no second one."""
    said = event.said
    standing = select(AssistanceRequest).where(
        AssistanceRequest.crisis_id == turn.the_crisis.id,
        AssistanceRequest.requester == said.sender,
        AssistanceRequest.text == said.text,
    )
    if await turn.db.scalar(standing) is None:
        turn.written_at = said.received_at
        row = await request(
            turn, said.text, needs.asked_for(turn.rules, clearance.unmarked(turn, said.text)), said.sender
        )
        await turn.say(said.sender, await assistance_card.received(turn, row), kind="notice")


async def request(
    turn: Turn,
    text: str,
    need: needs.Need,
    requester: str,
    about: int | None = None,
    wanted: Wanted | None = None,
) -> AssistanceRequest:
    """Keep a request for assistance, and put it before the staff; one that hastens before its chief too.

    Args:
        text: verbatim.
        need: what was read out of it.
        requester: who lacks it, and is told how it goes.
        about: the log line that its words stand in already.
        wanted: from when to when, and whom to ask for; None: the text says it.
    """
    crisis = turn.the_crisis
    wanted = wanted or assistance_reading.read(turn, text)
    number = await next_number(turn.db, AssistanceRequest.number, AssistanceRequest.crisis_id == crisis.id)
    entry = await turn.log(
        f"Anmodning om bistand B{number}: {text}",
        kind="assistance",
        sender=requester,
        receiver="krisestaben",
        direction="in",
        status="pending",
        event_time=written_times.since(turn),
        refs={"assistance": number} | ({"about": about} if about else {}),
    )
    centre = owners.centre_of(turn.rules, requester)
    row = AssistanceRequest(
        crisis_id=crisis.id,
        number=number,
        requester=requester,
        centre=centre.name if centre else None,
        text=text,
        quantity=need.quantity or None,
        need=need.need or None,
        place=need.place or None,
        needed_from=wanted.since,
        needed_until=wanted.until,
        contact=wanted.contact or None,
        urgent=wanted.urgent,
        created_at=written_times.since(turn),
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    drawn = await assistance_card.card(turn, row)
    told = await in_charge.tell(turn, drawn, lambda name: assistance_card.key(row, name), urgency=URGENT)
    if row.urgent:
        await turn.notify(
            [person for person in (await turn.chiefs())[:1] if person not in (requester, *told)],
            drawn,
            kind="notice",
            summary=f"B{number} haster: krisestabschefen har fået den",
            key=assistance_card.key(row, "chief"),
            urgency=URGENT,
            everywhere=True,
        )
    await assistance_answers.remind(turn, row)
    await logistics.consider(turn)
    return row


async def of_crisis(turn: Context) -> list[AssistanceRequest]:
    """Return the crisis' requests in their order."""
    return list(
        await turn.db.scalars(
            select(AssistanceRequest)
            .where(AssistanceRequest.crisis_id == turn.the_crisis.id)
            .order_by(AssistanceRequest.number)
        )
    )


async def _list(turn: Turn) -> None:
    every, unseen = await clearance.visible_rows(turn, await of_crisis(turn))
    going = [row for row in every if row.state not in ANSWERED]
    more = f"\nog {len(going) - SHOWN} til." if len(going) > SHOWN else ""
    await turn.answer(
        Card(
            f"*Anmodninger om bistand:* {len(going)} venter, {len(every) - len(going)} afgjort.{more}\n{unseen}".rstrip(),
            facts=tuple((f"B{row.number}", assistance_card.line(turn, row)) for row in going[:SHOWN]),
            buttons=(
                Button("Bed om bistand", "assistance.new", {}, submit="Send", form=FORM, form_title="Bed om bistand"),
            ),
        )
    )
