"""`tilbud`: people and things that a unit can do without, matched with what others ask for, at any hour. Plan §5: the staff
is to be manned and strengthened "også uden for arbejdstid - smidigt"; §7, Anmodninger om assistance.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from handlers.core import called_by_number, clearance, in_charge, rights, running, taking_up, written_times
from handlers.core.called_by_number import Called
from handlers.core.card import Button, Card, quote
from handlers.core.context import ORDINARY, URGENT, Context
from handlers.core.language import needs, owners, times_shown
from handlers.core.language.needs import Need
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import assistance_card, measure_steps, offer_matching
from storage.rows.measures import ANSWERED, AssistanceRequest, Measure, Offer, OfferState
from storage.rows.numbers import next_number

IN_WORDS = {"new": "ledigt", "used": "i brug", "declined": "ikke brug for nu", "withdrawn": "trukket tilbage"}
SHOWN = 15


@verb(
    "tilbud",
    "tilbyd",
    "tilbyder",
    "kan undvære",
    "vi kan undvære",
    help="tilbud <hvad I kan undvære, og fra hvornår> – fx tilbud 2 pædagoger fra kl 17",
    crisis=True,
    afterwards=True,
    begins="with words",
)
async def offer(turn: Turn, text: str) -> None:
    """Take an offer, from anybody; without a word, show those that there are.

    Args:
        text: what is offered, as typed.
    """
    text = text.strip()
    if not text:
        await _list(turn)
        return
    if (called := called_by_number.read(text, "TB")) is not None:
        await _show_called(turn, called)
        return
    await _take(turn, text)


async def _show_called(turn: Turn, called: Called) -> None:
    """Show one offer with what can be done about it: used by those who run the staff, taken back by whoever made it."""
    row = await called_by_number.row_or_tell(turn, Offer, called, f"TB{called.number}")
    if row is None:
        return
    runs = await rights.runs_staff.held(turn)
    drawn = card(turn, row, await offer_matching.matching(turn, row) if runs and row.state == "new" else ())
    back = (_withdraw(row),) if row.offerer == turn.sender and row.state in ("new", "used") else ()
    await turn.answer(
        Card(f"{drawn.text}{called_by_number.unused(called)}", buttons=(*(drawn.buttons if runs else ()), *back)),
        key=key(row, turn.the_incoming.key),
    )


def _withdraw(row: Offer) -> Button:
    return Button("Træk tilbuddet tilbage", "offers.withdraw", {"offer": row.id})


async def suggest(turn: Turn, text: str, no: int) -> None:
    """Suggest that what somebody answered becomes an offer, which others can use; nothing is offered before they say so.

    Args:
        text: verbatim.
        no: the log line that it stands in.
    """
    await turn.answer(
        Card(
            f"🟢 Kan I undvære noget? Din tekst står i loggen som nr. {no}. Skal krisestaben have den som et tilbud, der kan "
            f"bruges, hvor der mangler?\n»{quote(text)}«",
            buttons=(
                Button("Send tilbud", "offers.send", {"inbox": turn.inbox_id}, style="primary"),
                Button("Nej", "offers.not_meant", {}),
            ),
        )
    )


@action("offers.send", begins=True)
async def send(turn: Turn, inbox: int) -> None:
    """Make an offer of the answer, by `Send tilbud` from whoever gave it."""
    original = await taking_up.own_or_refuse(turn, inbox)
    if original is None:
        return
    await turn.replace(Card("Tilbuddet er sendt."))
    await _take(turn, original.words.strip())


@action("offers.not_meant")
async def not_meant(turn: Turn) -> None:
    """Drop the suggestion, by `Nej` from whoever was asked."""
    await turn.replace(Card("Der er ikke sendt et tilbud. Din tekst står i loggen."))


async def _take(turn: Turn, text: str) -> None:
    """Keep an offer, and thank for it with who has it now."""
    bare = clearance.unmarked(turn, text)
    row = await keep(turn, text, needs.offering(turn.rules, bare) or needs.read(turn.rules, bare))
    persons = await in_charge.in_charge(turn)
    where = "krisestaben" if persons == [turn.staff] else turn.names(persons)
    has_it = f"er hos {where}" if persons else "er gemt, men ingen har det endnu. Ring selv"
    fits = await offer_matching.matching(turn, row)
    hint = f"\nDet passer til {', '.join(f'B{each.number}' for each in fits)}." if fits else ""
    await turn.answer(
        Card(
            f"Tak. Tilbud *TB{row.number}* {has_it} (log nr. {row.log_no}).\n»{quote(text)}«{hint}\n"
            "Send ingen, før du får besked.",
            buttons=(_withdraw(row),),
        ),
        key=key(row, "offerer"),
    )


async def keep(turn: Turn, text: str, need: Need) -> Offer:
    """Keep an offer, and put it before the staff with the requests that it fits.

    Args:
        text: verbatim.
        need: what was read out of it.
    """
    number = await next_number(turn.db, Offer.number, Offer.crisis_id == turn.the_crisis.id)
    read = written_times.find(turn, text)
    centre = owners.centre_of(turn.rules, turn.sender)
    entry = await turn.log(
        f"Tilbud TB{number}: {text}",
        kind="resource",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        event_time=written_times.since(turn),
        refs={"offer": number},
    )
    row = Offer(
        crisis_id=turn.the_crisis.id,
        number=number,
        offerer=turn.sender,
        centre=centre.name if centre else None,
        text=text,
        quantity=need.quantity or None,
        skill=need.need or None,
        available_at=read[0].at if read and not read[0].passed else None,
        created_at=written_times.since(turn),
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    fits = await offer_matching.matching(turn, row)
    for each in fits:
        await assistance_card.show(turn, each)
    await in_charge.tell(turn, card(turn, row, fits), lambda name: key(row, name), urgency=URGENT if fits else ORDINARY)
    return row


def card(turn: Context, row: Offer, fits: Sequence[AssistanceRequest] = ()) -> Card:
    """Draw an offer as it stands for those who can use it.

    Args:
        fits: the requests that it fits.
    """
    at = f" fra {times_shown.weekday(row.available_at, turn.zone)}" if row.available_at else ""
    by = turn.name(row.offerer) + (f" ({row.centre})" if row.centre else "")
    lines = [
        f"*Tilbud TB{row.number}* fra {by}, {turn.phone(row.offerer)}: {IN_WORDS[row.state]}.",
        f"»{quote(row.text)}«",
        *([f"Læst som: {quote(' '.join(filter(None, (row.quantity, row.skill))))}{at}."] if row.skill else []),
        *(f"Passer til B{each.number}: »{quote(each.text, 120)}« ({turn.name(each.requester)})." for each in fits),
    ]
    if row.answered_by:
        lines.append(f"{turn.name(row.answered_by)}, {turn.clock(row.answered_at)}.")
    buttons: tuple[Button, ...] = ()
    if row.state == "new":
        buttons = (
            *(
                Button(
                    f"Brug til B{each.number}",
                    "offers.use",
                    {"offer": row.id, "request": each.id},
                    style="primary" if place == 0 else "normal",
                )
                for place, each in enumerate(fits)
            ),
            Button("Ikke brug for nu", "offers.decline", {"offer": row.id}),
        )
    return Card("\n".join(lines), buttons=buttons)


@action("offers.use", who=rights.runs_staff, begins=True)
async def use(turn: Turn, offer: int, request: int) -> None:
    """Let whoever asked have what was offered, by `Brug til B3`: a measure with the offerer as owner, told to both."""
    row, asked = await turn.db.get(Offer, offer), await turn.db.get(AssistanceRequest, request)
    if row is None or asked is None or row.crisis_id != asked.crisis_id:
        return
    if row.state != "new" or asked.state in ANSWERED:
        await turn.answer(
            Card(f"TB{row.number} er {IN_WORDS[row.state]}, eller B{asked.number} er afgjort. Intet er ændret.")
        )
        return
    have = " ".join(filter(None, (row.quantity, row.skill))) or row.text
    to = f" til {asked.place}" if asked.place else ""
    measure = await measure_steps.add(
        turn,
        f"{have}{to} (TB{row.number}, B{asked.number})",
        owner=row.offerer,
        due=row.available_at,
        centre=row.centre,
    )
    row.request_id, row.measure_id = asked.id, measure.id
    asked.measure_id = asked.measure_id or measure.id
    if asked.state == "new":
        asked.state = "assessing"
    await _becomes(turn, row, "used", f"Bruges til B{asked.number}: T{measure.number}")
    await assistance_card.show(turn, asked)
    at = f" {times_shown.weekday(row.available_at, turn.zone)}" if row.available_at else ""
    await turn.say(
        asked.requester,
        Card(
            f"Bistand B{asked.number}: *{turn.name(row.offerer)}* ({turn.phone(row.offerer)}) kommer med {quote(have)}{at} "
            f"(T{measure.number}). Mangler der stadig noget, så skriv det: */krise bistand …*."
        ),
        kind="notice",
        urgency=URGENT,
    )


@action("offers.decline", who=rights.runs_staff)
async def decline(turn: Turn, offer: int) -> None:
    """Thank for an offer that isn't needed now, by `Ikke brug for nu`; it stays on the list."""
    row = await turn.db.get(Offer, offer)
    if row is not None and row.state == "new":
        await _becomes(turn, row, "declined", "Der er ikke brug for det nu")
        await turn.say(
            row.offerer,
            Card(f"Tak for tilbuddet TB{row.number}. Der er ikke brug for det lige nu: send ingen."),
            kind="notice",
        )


@action("offers.withdraw")
async def withdraw(turn: Turn, offer: int) -> None:
    """Take an offer back, by whoever made it or those who run the staff; one in use is told of to the staff."""
    row = await turn.db.get(Offer, offer)
    if row is None or row.state in ("withdrawn", "declined"):
        return
    if await running.refuse_all_but(turn, "den, der tilbød det", [row.offerer], rights.runs_staff):
        return
    measure = await turn.db.get(Measure, row.measure_id) if row.measure_id else None
    await _becomes(
        turn,
        row,
        "withdrawn",
        "Trukket tilbage" + (f"; T{measure.number} må løses på en anden måde" if measure else ""),
    )
    if measure is not None:
        await turn.notify(
            [turn.staff],
            Card(
                f"⚠️ *TB{row.number} er trukket tilbage* af {turn.name(turn.sender)}: T{measure.number} må løses på en anden måde."
            ),
            kind="notice",
            summary=f"Krisestaben har fået besked om, at TB{row.number} er trukket tilbage",
            urgency=URGENT,
        )


async def end_with_the_crisis(turn: Turn) -> None:
    """Thank for each offer that nobody has answered, since the staff has stood down: whoever made it was asked to wait."""
    free = select(Offer).where(Offer.crisis_id == turn.the_crisis.id, Offer.state == "new").order_by(Offer.number)
    for row in (await turn.db.scalars(free)).all():
        await _becomes(turn, row, "declined", "Ikke brugt, da krisen blev afblæst")
        await turn.say(
            row.offerer,
            Card(f"Tak for tilbuddet TB{row.number}. Krisen er afblæst, og det blev ikke brugt: send ingen."),
            kind="notice",
        )


async def _becomes(turn: Turn, row: Offer, state: OfferState, told: str) -> None:
    row.state, row.answered_by, row.answered_at = state, turn.sender, turn.now
    await turn.log(
        f"TB{row.number}: {told}",
        kind="resource",
        sender=turn.sender,
        verification="confirmed",
        refs={"offer": row.number},
    )
    await turn.db.flush()
    drawn = card(turn, row)
    for message in await turn.standing(key(row, "")):
        mine = message.recipient == row.offerer
        await turn.say(message.recipient, Card(drawn.text) if mine else drawn, key=message.key)


async def _list(turn: Turn) -> None:
    rows = list(
        await turn.db.scalars(select(Offer).where(Offer.crisis_id == turn.the_crisis.id).order_by(Offer.number.desc()))
    )
    seen, unseen = await clearance.visible_rows(turn, rows)
    await turn.answer(
        Card(
            f"*Tilbud:* {sum(row.state == 'new' for row in seen)} ledige. Skriv */krise tilbud 2 pædagoger fra kl 17*.\n{unseen}".rstrip(),
            facts=tuple(
                (f"TB{row.number}", f"{quote(row.text, 200)} – {turn.name(row.offerer)}, {IN_WORDS[row.state]}")
                for row in seen[:SHOWN]
            ),
        )
    )


def key(row: Offer, rest: str) -> str:
    """Name a message about an offer: all that begin so are changed together."""
    return f"offer/{row.id}/{rest}"
