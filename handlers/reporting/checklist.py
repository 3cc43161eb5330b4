"""`tjekliste`: every centre's stand on four questions when an event is a crisis, with its action cards. Plan §5,
Fagcentre; §2."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import clearance, rights, running, withheld
from handlers.core.card import Button, Card, Family, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.reporting import activated_units
from storage.plan.sections import ActionCard, Centre
from storage.rows.reporting import Checklist, YesNo

YES_NO = (("ja", "Ja"), ("nej", "Nej"))
IN_DANISH: dict[YesNo, str] = {"yes": "ja", "no": "nej"}
# In the form, one field an action card.
CARD = Family("card{}")
STATES = (("", "Ikke i spil"), ("active", "Aktiveret"), ("done", "Udført"))
# A form has room for this many action cards; the rest are links on the card.
MOST_CARDS = 6


@verb(
    "tjekliste",
    "handlekort",
    help="tjekliste – centerets fire spørgsmål og handlekort; staben ser alle centre",
    crisis=True,
    begins="never",
)
async def checklist(turn: Turn, text: str) -> None:
    """Show one's own centre's checklist; to the staff, where every centre stands."""
    mine = [centre for centre in turn.rules.centres if turn.sender in (centre.chief, centre.deputy, centre.contact)]
    named = [centre for centre in turn.rules.centres if text and centre.name.casefold() == text.strip().casefold()]
    for centre in named or mine:
        stands = await _row(turn, centre) or Checklist(centre=centre.name)
        if not await withheld.refuse_row(turn, stands, f"Tjeklisten for {centre.name}"):
            await turn.answer(await _card(turn, centre), key=_key(turn, centre), again=True)
    if (not mine and not named) or await rights.runs_staff.held(turn):
        await _board(turn)


async def offer(turn: Turn, name: str) -> None:
    """Put the questions to a centre's chief, when the centre has been told."""
    centre = next((each for each in turn.rules.centres if each.name == name), None)
    if centre is not None:
        await turn.say(turn.sender, await _card(turn, centre), key=_key(turn, centre), kind="notice")


def _cards(turn: Context, centre: Centre) -> list[ActionCard]:
    return [card for card in turn.rules.action_cards if card.centre == centre.name]


async def _row(turn: Context, centre: Centre) -> Checklist | None:
    found: Checklist | None = await turn.db.scalar(
        select(Checklist).where(Checklist.crisis_id == turn.the_crisis.id, Checklist.centre == centre.name)
    )
    return found


async def _card(turn: Context, centre: Centre) -> Card:
    row = await _row(turn, centre)
    cards = _cards(turn, centre)
    states = dict(STATES)
    facts = [
        ("Er der noget, I skal forholde jer til?", _answer(row.concerns if row else None, row.note if row else None)),
        *(
            (
                f"Handlekort: {card.title}",
                f"{states[row.cards.get(card.title, '') if row else ''].lower()} – {card.address}"
                + (f" (gennemgået {card.reviewed:%d.%m.%Y})" if card.reviewed else ""),
            )
            for card in cards
        ),
        ("Dækker handlekortene opgaven?", _answer(row.sufficient if row else None, row.gap if row else None)),
    ]
    health = next((link for link in turn.rules.links if "sundhed" in link.title.casefold()), None)
    plan = f" ({health.address})" if health else ""
    form = (
        Field(
            "concerns",
            "Er der noget, I skal forholde jer til her?",
            "choice",
            value=_value(row.concerns if row else None),
            choices=YES_NO,
        ),
        Field("note", "Hvad?", "long", value=(row.note or "") if row else ""),
        *(
            Field(
                CARD.of(number),
                f"Handlekort: {card.title}"[:75],
                "choice",
                value=row.cards.get(card.title, "none") or "none" if row else "none",
                choices=tuple((value or "none", label) for value, label in STATES),
            )
            for number, card in enumerate(cards[:MOST_CARDS])
        ),
        Field(
            "sufficient",
            "Dækker handlekortene opgaven?",
            "choice",
            value=_value(row.sufficient if row else None),
            choices=YES_NO,
        ),
        Field("gap", "Hvad mangler?", "long", value=(row.gap or "") if row else ""),
    )
    return Card(
        f"*Tjekliste for {centre.name}*, krise nr. {turn.the_crisis.number}.\n"
        f"Husk snitfladen til Sundhedsberedskabsplanen{plan}. I leder op ad: skriv selv til krisestaben, når det er relevant.",
        facts=tuple(facts),
        buttons=(
            Button(
                "Udfyld tjekliste",
                "checklist.fill",
                {"crisis": turn.the_crisis.id, "centre": centre.name},
                style="primary",
                form=form,
                form_title="Tjekliste",
            ),
        ),
    )


def _answer(answer: YesNo | None, note: str | None) -> str:
    said = IN_DANISH[answer] if answer else "ikke besvaret"
    return f"{said} – {quote(note, 300)}" if note else said


def _value(answer: YesNo | None) -> str:
    return IN_DANISH[answer] if answer else ""


@action("checklist.fill")
async def fill(turn: Turn, centre: str) -> None:
    """Fill in a centre's checklist, by its chief, deputy or contact, or those who run the staff; what the action cards
    don't cover goes to the staff."""
    known = next((each for each in turn.rules.centres if each.name == centre), None)
    if known is None:
        return
    own = turn.sender == known.contact or rights.leads(turn.rules, turn.sender, known)
    if not own and not await rights.runs_staff.held(turn):
        whose = f"{known.name}s chef, stedfortræder eller kontaktperson"
        own_people = [known.chief, known.deputy, known.contact]
        await running.refuse(turn, rights.of_row(whose, own_people, rights.runs_staff))
        return
    row = await _row(turn, known)
    if row is None and not _says_anything(turn):
        await turn.answer(Card(f"Tjeklisten for {known.name} er ikke besvaret: svar på mindst ét. Intet er gemt."))
        return
    if row is None:
        row = Checklist(crisis_id=turn.the_crisis.id, centre=known.name, cards={}, changed_at=turn.now)
        turn.db.add(row)
    gap_before = row.gap
    row.concerns, row.note = _said(turn, "concerns") or row.concerns, turn.value("note") or row.note
    row.sufficient, row.gap = _said(turn, "sufficient") or row.sufficient, turn.value("gap") or row.gap
    states = dict(row.cards)
    changed = []
    for number, card in enumerate(_cards(turn, known)[:MOST_CARDS]):
        state = turn.chosen(CARD.of(number), ("none", "active", "done"))
        if state is not None and state != states.get(card.title, "none"):
            states[card.title] = state
            changed.append(f"{card.title}: {dict(STATES)['' if state == 'none' else state].lower()}")
    row.cards, row.changed_by, row.changed_at = states, turn.sender, turn.now
    await turn.db.flush()
    said = [
        f"{known.name}: forholder sig til hændelsen: {_answer(row.concerns, row.note)}",
        *changed,
        f"handlekort dækkende: {_answer(row.sufficient, row.gap)}",
    ]
    await turn.log("; ".join(said), kind="checklist", sender=turn.sender, receiver="krisestaben", direction="in")
    await turn.replace(await _card(turn, known))
    if row.sufficient == "no" and row.gap and row.gap != gap_before:
        await turn.say(
            turn.staff,
            Card(
                f"⚠️ *{known.name}: handlekortene dækker ikke.* {turn.name(turn.sender)}:\n»{quote(row.gap, 1500)}«",
                buttons=(Button("Vis alle centre", "checklist.board", {"crisis": turn.the_crisis.id}),),
            ),
        )


def _says_anything(turn: Context) -> bool:
    """Whether any of the four questions was answered: what is sent as it was opened is no answer."""
    cards = (turn.chosen(CARD.of(number), ("active", "done")) for number in range(MOST_CARDS))
    said = (_said(turn, "concerns"), turn.value("note"), _said(turn, "sufficient"), turn.value("gap"))
    return any(said) or any(cards)


@action("checklist.board", who=rights.staff)
async def board(turn: Turn) -> None:
    """Show how far down the organisation has been activated."""
    await _board(turn)


async def _board(turn: Turn) -> None:
    found = await turn.db.scalars(select(Checklist).where(Checklist.crisis_id == turn.the_crisis.id))
    rows = {row.centre: row for row in found}
    # A centre that hasn't answered tells nothing of itself but that.
    every = [rows.get(centre.name) or Checklist(centre=centre.name) for centre in turn.rules.centres]
    seen, unseen = await clearance.visible_rows(turn, every)
    facts = []
    for centre in [each for each in turn.rules.centres if each.name in {row.centre for row in seen}]:
        row = rows.get(centre.name)
        active = [title for title, state in row.cards.items() if state == "active"] if row else []
        cards = f"; aktive handlekort: {', '.join(active)}" if active else ""
        facts.append((centre.name, f"{_answer(row.concerns, row.note)}{cards}" if row else "ikke besvaret"))
    done = len([row for row in seen if row.centre in rows])
    head = f"*Centrenes tjeklister:* {done} af {len(facts)} har svaret.\n{unseen}".rstrip()
    await turn.answer(Card(head, facts=(*facts, *await activated_units.facts(turn))))


def _key(turn: Context, centre: Centre) -> str:
    return f"crisis/{turn.the_crisis.id}/checklist/{centre.name}/{turn.sender}"


def _said(turn: Context, field: str) -> YesNo | None:
    said = turn.yes(field)
    return None if said is None else "yes" if said else "no"
