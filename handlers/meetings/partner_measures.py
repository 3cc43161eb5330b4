"""`partnertiltag`: what a partner has set going. Plan §9, Ændringer i situationen; Bilag 5.

"at samarbejdspartnere har iværksat nye tiltag" can mean that the situation is another than the staff thinks: it is a record of
its own, and the chief is told so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from handlers.core import clearance, form_values, in_charge, rights, running, written_times
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.meetings import partners
from storage.letters import fold
from storage.rows.log import VERIFICATION_IN_WORDS, verifications
from storage.rows.numbers import next_number
from storage.rows.partner_measures import PartnerMeasure

EXAMPLE = "*/krise partnertiltag Politiet: spærrer Roskildevej siden kl 13, kilde vagtchefen*"
SOURCE = re.compile(
    r"\b(?:kilden? er|kilde|ifølge|oplyst af)\b[: ]{1,5}(?P<who>[^()]{1,200}?)[).]?\s*+$", re.IGNORECASE
)
SINCE = re.compile(r"\bsiden (?P<words>[^,;]{1,60})", re.IGNORECASE)
NAMED = re.compile(r"(?P<who>[^:\n]{2,80}?)\s*+:(?!//|\d)\s*+(?P<what>.*)", re.DOTALL)
# Of these there are several, each with a name of its own after the word: "Region Hovedstaden".
OF_SEVERAL = ("region", "private")
LONGEST_TIME = 4
SHOWN = 15


@dataclass(frozen=True)
class Told:
    """A partner's measure as it was told.

    Args:
        who: the partner, as it was said; empty where nobody can be read.
        what: what they have done.
        since: UTC; None where it isn't said so that it can be read.
        source: who told it; empty where that isn't said.
    """

    who: str
    what: str
    since: datetime | None = None
    source: str = ""


@verb(
    "partnertiltag",
    help="partnertiltag Politiet: spærrer Roskildevej siden kl 13, kilde vagtchefen – hvad andre har sat i værk. Uden tekst: listen",
    who=rights.staff,
    crisis=True,
    begins="with words",
)
async def measures(turn: Turn, text: str) -> None:
    """Write down what a partner has set going; without a word, show what there is.

    Args:
        text: "Politiet: spærrer Roskildevej siden kl 13, kilde vagtchefen".
    """
    if not text.strip():
        await turn.answer(await _list(turn))
        return
    told = read(turn, text.strip())
    if told.who and told.what:
        await _write(turn, told)
        return
    asked = "Hvad har de sat i værk?" if told.who else "Hvem har sat det i værk?"
    await turn.answer(
        Card(
            f"{asked} »{quote(text.strip(), 500)}« Intet er skrevet. Skriv fx {EXAMPLE}.",
            buttons=(button(turn, told),),
        )
    )


def read(turn: Context, text: str) -> Told:
    """Read who has done what since when, and who told it; the words are kept as they are."""
    source = SOURCE.search(text)
    said = text[: source.start()].rstrip(" \n,;.–-(") if source else text
    if named := NAMED.fullmatch(said):
        who, what = named["who"].strip(), named["what"].strip()
    elif (found := partners.named(said)) is not None:
        what = _without_own_name(found[1]) if found[0] in OF_SEVERAL else found[1]
        who = said[: len(said) - len(what)].strip()
    else:
        who, what = "", said
    return Told(who, what, _since(turn, what), source["who"].strip(" ,") if source else "")


def _without_own_name(what: str) -> str:
    first, _, rest = what.partition(" ")
    return rest.strip() if first[:1].isupper() and rest.strip() else what


def _since(turn: Context, what: str) -> datetime | None:
    for found in SINCE.finditer(what):
        words = found["words"].split()[:LONGEST_TIME]
        for count in range(len(words), 0, -1):
            been = written_times.parse_been(turn, " ".join(words[:count]))
            if been is not None and not been.passed:
                return been.at
    return None


def button(turn: Context, told: Told | None = None) -> Button:
    """Make the button that opens the form.

    Args:
        told: what it is filled with from the start.
    """
    told = told or Told("", "")
    return Button(
        "Nyt partnertiltag",
        "partner_measures.new",
        {"crisis": turn.the_crisis.id},
        form=(
            Field("who", "Hvem har sat det i værk?", required=True, value=told.who[:80]),
            Field("what", "Hvad?", "long", required=True, value=told.what),
            Field("since", "Siden hvornår?", "been"),
            Field("source", "Hvem siger det?", value=told.source[:200]),
        ),
        form_title="Nyt partnertiltag",
    )


@action("partner_measures.new", who=rights.staff)
async def new(turn: Turn) -> None:
    """Write down what a partner has set going, from the form."""
    who, what, at = turn.value("who").strip(), turn.value("what").strip(), form_values.been(turn, "since")
    if not who or not what:
        told = Told(who, what, source=turn.value("source").strip())
        again = button(turn, told)
        await turn.answer(Card(f"Skriv, hvem og hvad. Intet er skrevet. Skriv fx {EXAMPLE}.", buttons=(again,)))
        return
    await _write(turn, Told(who, what, at or _since(turn, what), turn.value("source").strip()))


async def _write(turn: Turn, told: Told) -> None:
    """Keep a partner's measure, unconfirmed as what others say is, and put it before those who have the crisis in hand; the
    chief is told that it may change the situation."""
    crisis = turn.the_crisis
    number = await next_number(turn.db, PartnerMeasure.number, PartnerMeasure.crisis_id == crisis.id)
    since = f" (siden {turn.dated(told.since)})" if told.since and "siden" not in fold(told.what) else ""
    source = f" Kilde: {told.source}." if told.source else ""
    found = partners.named(told.who)
    entry = await turn.log(
        f"Partnertiltag PT{number}, {told.who}: {told.what}{since}.{source}",
        kind="partner",
        sender=told.who,
        receiver="krisestaben",
        direction="in",
        refs={"partner_measure": number} | ({"partner": found[0]} if found else {}),
    )
    row = PartnerMeasure(
        crisis_id=crisis.id,
        number=number,
        partner=found[0] if found else None,
        who=told.who,
        what=told.what,
        since=told.since,
        source=told.source or None,
        written_by=turn.sender,
        written_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    drawn = await _card(turn, row)
    has_it = await in_charge.tell(turn, drawn, lambda name: f"{_key(row)}{name}")
    chief = [each for each in (await turn.chiefs())[:1] if crisis.has_staff and each not in (*has_it, turn.sender)]
    await turn.notify(
        chief,
        drawn,
        kind="notice",
        summary=f"Gjort opmærksom på, at PT{number} kan ændre situationen",
        key=f"{_key(row)}chief",
    )
    asked = "" if told.source else " Hvem siger det? Skriv kilden med en anden gang, så kan det bekræftes."
    where = in_charge.in_words(turn, has_it) if has_it else "Ingen"
    await turn.answer(Card(f"*PT{number}* er skrevet (log nr. {entry.no}, ubekræftet). {where} har det.{asked}"))


async def _card(turn: Context, row: PartnerMeasure) -> Card:
    stands = await verifications(turn.db, turn.the_crisis, [row.log_no])
    verification = stands.get(row.log_no, "unconfirmed")
    about = {"crisis": row.crisis_id}
    facts = (
        ("Hvem", quote(row.who, 100)),
        ("Hvad", quote(row.what, 1500)),
        ("Siden", turn.dated(row.since) if row.since else "ikke oplyst"),
        ("Kilde", quote(row.source or "ikke oplyst", 200)),
        ("Log", f"nr. {row.log_no}, {VERIFICATION_IN_WORDS[verification]}"),
    )
    if row.ended_at is not None:
        return Card(
            f"*Partnertiltag PT{row.number} gælder ikke længere*\n{turn.name(row.ended_by or '')}, {turn.clock(row.ended_at)}.",
            facts,
        )
    return Card(
        f"*Partnertiltag PT{row.number}: situationen kan have ændret sig*\nHar det betydning for vores egne tiltag? "
        "*/krise oplæg* stiller forslag op, */krise punkt* sætter det på dagsordenen.",
        facts,
        buttons=(
            *(() if verification == "confirmed" else (Button("Bekræft", "log.confirm", {**about, "no": row.log_no}),)),
            Button("Gælder ikke længere", "partner_measures.ended", {**about, "measure": row.id}),
        ),
    )


@action("partner_measures.ended")
async def ended(turn: Turn, measure: int) -> None:
    """Note that a partner's measure is over, by `Gælder ikke længere`, from whoever wrote it or those who run the staff."""
    row = await turn.of_crisis(PartnerMeasure, measure)
    if row is None:
        return
    if await running.refuse_all_but(turn, "den, der skrev det", [row.written_by], rights.runs_staff):
        return
    if row.ended_at is None:
        row.ended_by, row.ended_at = turn.sender, turn.now
        await turn.log(
            f"Partnertiltag PT{row.number}, {row.who}, gælder ikke længere: {row.what}",
            kind="partner",
            sender=turn.sender,
            verification="confirmed",
            refs={"partner_measure": row.number, "about": row.log_no},
        )
        await turn.db.flush()
    drawn = await _card(turn, row)
    await turn.replace(drawn)
    await turn.redraw(_key(row), drawn)


async def of_crisis(turn: Context) -> list[PartnerMeasure]:
    """Return what partners have set going, as it stands now."""
    counts = select(PartnerMeasure).where(
        PartnerMeasure.crisis_id == turn.the_crisis.id, PartnerMeasure.ended_at.is_(None)
    )
    return list(await turn.db.scalars(counts.order_by(PartnerMeasure.number)))


async def lines(turn: Context, reader: str | None = None) -> list[str]:
    """Write what partners have set going, a line each, with its log line's number and whether it is confirmed.

    Args:
        reader: as for `clearance.visible_rows`.
    """
    rows, _ = await clearance.visible_rows(turn, await of_crisis(turn), reader)
    stands = await verifications(turn.db, turn.the_crisis, [row.log_no for row in rows])
    return [
        f"• PT{row.number} {' '.join(row.who.split())}: {' '.join(row.what.split())[:300]} "
        f"(nr. {row.log_no}, {VERIFICATION_IN_WORDS[stands.get(row.log_no, 'unconfirmed')]})"
        for row in rows
    ]


async def _list(turn: Context) -> Card:
    every = await of_crisis(turn)
    seen, unseen = await clearance.visible_rows(turn, every)
    shown = [quote(each) for each in await lines(turn)][-SHOWN:]
    more = [f"… og {len(seen) - SHOWN} før dem."] if len(seen) > SHOWN else []
    none = [] if every else [f"Ingen er skrevet endnu. Skriv fx {EXAMPLE}."]
    said = [f"*Partneres tiltag:* {len(every)} gælder nu.", *none, *more, *shown, unseen]
    return Card("\n".join(filter(None, said)), buttons=(button(turn),))


def _key(row: PartnerMeasure) -> str:
    return f"partner_measure/{row.id}/"
