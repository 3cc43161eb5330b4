"""`partnere`: the gross list of Bilag 5, ticked off: relevant? contacted? by whom? when?

One list for the crisis, wherever it is shown: the first meeting's items 5c and 7 both point at it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import select

from handlers.core import rights, staying_inside, withheld
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.letters import fold
from storage.rows.meetings import PARTNERS, Partner

# A card has room for ten buttons, and one of them turns the page.
PAGE = 6
RELEVANT = (("ja", "Ja"), ("nej", "Nej"))
SHORTEST = 4
# What a name has in it and does not end with: "Politiet og Forsvaret" is more than one.
LINKING = ("for", "og", "herunder")
SAID = {"relevant": True, "ikke relevant": False}
CONTACTED = re.compile(r"^(?:er\s+)?kontaktet\b[\s:,.–-]*", re.IGNORECASE)


@verb(
    "partnere",
    "partner",
    "samarbejdspartnere",
    help="partnere – listen i Bilag 5; også partnere politiet kontaktet <hvem>",
    who=rights.staff,
    crisis=True,
    grave=True,
    begins="with words",
)
async def partners(turn: Turn, text: str) -> None:
    """Show the list of partners; or tick off one of them in one breath."""
    found = named(text)
    if found is None:
        await open_(turn)
        return
    partner, rest = found
    contact = CONTACTED.match(rest)
    relevant = True if contact else SAID.get(fold(rest))
    if relevant is not None:
        await _mark(turn, partner, relevant, bool(contact), rest[contact.end() :] if contact else "")
    if not await _refuse_list(turn, "" if relevant is None else "Noteret. "):
        drawn = await _card(turn, list(PARTNERS).index(partner) // PAGE)
        unread = (
            f"»{quote(rest, 300)}« er ikke skrevet. Har de sat noget i værk, så skriv */krise partnertiltag "
            f"{_short(partner)}: {quote(rest, 300)}*\n"
            if rest and relevant is None
            else ""
        )
        await turn.answer(replace(drawn, text=f"{unread}{drawn.text}"))


async def _refuse_list(turn: Turn, said: str = "") -> bool:
    return await withheld.refuse_above(turn, f"{said}Listen over samarbejdspartnere vises")


def named(text: str) -> tuple[str, str] | None:
    """Find which of the eleven the first word means, and what is said of it: "politiet kontaktet vagtchefen". Words of
    their name that follow are theirs too."""
    first, _, rest = text.strip().partition(" ")
    word = fold(first)
    # "for lidt vand" is not the defence's.
    if len(word) < SHORTEST:
        return None
    for partner, name in PARTNERS.items():
        if any(each.startswith(word) or (len(each) > 4 and word.startswith(each)) for each in _words(name)):
            return partner, _without_name(rest.strip(), name)
    return None


def _without_name(rest: str, name: str) -> str:
    """Take away the words at the beginning that go on with a partner's name: "(Styrelsen) for Patientsikkerhed"."""
    words, theirs = rest.split(" "), {fold(each) for each in re.findall(r"\w+", name)}
    count = next((at for at, each in enumerate(words) if fold(each) not in theirs), len(words))
    return rest if count and fold(words[count - 1]) in LINKING else " ".join(words[count:])


def _words(name: str) -> list[str]:
    """Return the words that a partner is called by; "andre kommuner" is called by the second of its."""
    return [
        fold(word) for word in re.findall(r"\w+", name) if fold(word) not in ("andre", "oevrige", "for", "herunder")
    ]


@action("partners.open", who=rights.staff)
async def open_(turn: Turn) -> None:
    """Show the list of partners, from the agenda's items 5c and 7."""
    if not await _refuse_list(turn):
        await turn.answer(await _card(turn, 0))


@action("partners.page", who=rights.staff)
async def page(turn: Turn, page: int) -> None:
    """Show the other half of the list, where the card stands."""
    if not await _refuse_list(turn):
        await turn.replace(await _card(turn, page))


@action("partners.mark", who=rights.staff)
async def mark(turn: Turn, partner: str, page: int) -> None:
    """Tick off a partner from the form."""
    if partner not in PARTNERS:
        return
    await _mark(turn, partner, turn.yes("relevant"), turn.yes("contacted") is True, turn.value("note"))
    if not await _refuse_list(turn, "Noteret. "):
        await turn.replace(await _card(turn, page))


async def _mark(turn: Turn, partner: str, relevant: bool | None, contacted: bool, note: str) -> None:
    """Write down a stand on a partner. Whoever says that they have been contacted is who did it, now.

    Args:
        note: whom, and how they are reached.
    """
    row = await turn.db.scalar(
        select(Partner).where(Partner.crisis_id == turn.the_crisis.id, Partner.partner == partner)
    )
    row = row or Partner(crisis_id=turn.the_crisis.id, partner=partner)
    before = (row.relevant, row.note, row.contacted_at)
    # Whom one has rung up is relevant, whatever else was ticked.
    row.relevant = True if contacted else row.relevant if relevant is None else relevant
    row.note = note or row.note
    fresh = contacted and (row.contacted_at is None or before[1] != row.note)
    if fresh:
        row.contacted_by, row.contacted_at = turn.sender, turn.now
    if (row.relevant, row.note, row.contacted_at) == before:
        return
    row.changed_by, row.changed_at = turn.sender, turn.now
    turn.db.add(row)
    await turn.db.flush()
    about = f" – {row.note}" if row.note else ""
    if fresh:
        await turn.log(
            f"Samarbejdspartner kontaktet: {PARTNERS[partner]}{about}",
            kind="partner",
            sender=turn.sender,
            receiver=PARTNERS[partner],
            direction="out",
            verification="confirmed",
            refs={"partner": partner},
        )
    elif row.relevant != before[0]:
        await turn.log(
            f"Samarbejdspartner {'er' if row.relevant else 'er ikke'} relevant: {PARTNERS[partner]}{about}",
            kind="partner",
            sender=turn.sender,
            refs={"partner": partner},
        )


async def summary(turn: Context) -> str:
    """Tell what an agenda item says of the list: "relevante: 3, kontaktet: 2"."""
    rows = await _rows(turn)
    relevant = [row for row in rows.values() if row.relevant]
    contacted = sum(row.contacted_at is not None for row in relevant)
    return f"relevante: {len(relevant)}, kontaktet: {contacted}, ikke vurderet: {len(PARTNERS) - len(rows)}"


async def _rows(turn: Context) -> dict[str, Partner]:
    rows = await turn.db.scalars(select(Partner).where(Partner.crisis_id == turn.the_crisis.id))
    return {row.partner: row for row in rows}


async def _card(turn: Context, page: int) -> Card:
    rows = await _rows(turn)
    every = list(PARTNERS.items())
    about = {"crisis": turn.the_crisis.id}
    shown = list(enumerate(every, 1))[page * PAGE : (page + 1) * PAGE]
    pages = -(-len(every) // PAGE)
    buttons = [
        Button(
            f"{number}. {_short(partner)}",
            "partners.mark",
            {**about, "partner": partner, "page": page},
            form=_form(rows.get(partner)),
            form_title=f"{number}. {_short(partner)}"[:24],
        )
        for number, (partner, _) in shown
    ]
    buttons.append(Button("Næste side", "partners.page", {**about, "page": (page + 1) % pages}))
    return Card(
        f"*Samarbejdspartnere (Bilag 5), side {page + 1} af {pages}:* {await summary(turn)}.\n"
        f"Relevant? Kontaktet? Af hvem? Hvornår?{staying_inside.reminder(turn)}",
        facts=tuple((f"{number}. {name}", _line(turn, rows.get(partner))) for number, (partner, name) in shown),
        buttons=tuple(buttons),
    )


def _short(partner: str) -> str:
    name = "Medier" if partner == "media" else PARTNERS[partner]
    return re.sub(r"(?: \(|, herunder).*", "", name)[:30]


def _form(row: Partner | None) -> tuple[Field, ...]:
    said = "" if row is None or row.relevant is None else "ja" if row.relevant else "nej"
    return (
        Field("relevant", "Relevant?", "choice", value=said, choices=RELEVANT),
        Field("contacted", "Har du kontaktet dem?", "choice", choices=RELEVANT),
        Field("note", "Hvem, og hvordan nås de?", value=(row.note or "") if row else ""),
    )


def _line(turn: Context, row: Partner | None) -> str:
    if row is None or row.relevant is None:
        return "❗ ikke vurderet"
    if not row.relevant:
        return "ikke relevant"
    note = f" – {quote(row.note, 150)}" if row.note else ""
    if row.contacted_at is None:
        return f"relevant, ikke kontaktet{note}"
    return f"✅ kontaktet {turn.clock(row.contacted_at)} af {turn.name(row.contacted_by or '')}{note}"
