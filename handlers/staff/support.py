"""`støtte` and `it`: the support functions, what is asked of them, and help with IT. Plan §5."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.events import Appointed, on
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import tasks
from storage.letters import fold
from storage.rows.staff import SupportNeed


@verb(
    "it",
    "it-hjælp",
    "ithjælp",
    "it hjælp",
    "it-support",
    "it support",
    help="it <hvad virker ikke> – øjeblikkelig hjælp fra IT",
    who=rights.staff,
    crisis=True,
)
async def it(turn: Turn, text: str) -> None:
    """Give the IT function's contact a task at once, which is ticked when it is done."""
    await _ask_for_help(turn, text)


@action("support.it", who=rights.staff, begins=True)
async def pressed_it(turn: Turn) -> None:
    """Do the same, by `IT-hjælp`."""
    await _ask_for_help(turn, turn.value("text"))


async def _ask_for_help(turn: Turn, text: str) -> None:
    contact = _it(turn)
    if contact is None:
        await turn.answer(
            Card("Planen har ingen støttefunktion IT. Ring til IT-afdelingen, og skriv problemet i loggen.")
        )
        return
    problem = text.strip() or "ring til mig"
    await tasks.add(
        turn,
        f"IT-hjælp til {turn.name(turn.sender)}: {quote(problem, 500)}",
        role="IT",
        owner=contact,
        tell=True,
        beside=f"Ring til {turn.name(turn.sender)}, {turn.phone(turn.sender)}.",
        urgency=URGENT,
    )
    await turn.answer(Card(f"{turn.name(contact)} (IT) har fået besked. Ring selv: {turn.phone(contact)}."))


def _it(turn: Context) -> str | None:
    return next((each.contact for each in turn.rules.support_functions if each.name.casefold() == "it"), None)


# What every staff takes a stand on; the plan's own functions stand among them.
FUNCTIONS = (
    "Sekretariat",
    "IT",
    "GIS",
    "Kommunikation",
    "Logistik og forplejning",
    "Rengøring",
    "Sikkerhed",
    "Bygning",
)
NEEDED = (("ja", "Ja"), ("nej", "Nej"))
# A card has ten buttons, one of them for help with IT.
MOST = 9


def functions(turn: Context) -> list[str]:
    """Return the list of functions: the eight, and what else the plan has."""
    own = [each.name for each in turn.rules.support_functions]
    return [*FUNCTIONS, *(name for name in own if not any(_same(name, each) for each in FUNCTIONS))]


def by_plan(turn: Context, function: str) -> list[str]:
    """Return who the plan has for a function; they are summoned when the staff is activated."""
    if function == "Sekretariat":
        return turn.rules.interim_secretariat()
    found = [each.contact for each in turn.rules.support_functions if _same(each.name, function)]
    return found or (turn.rules.holders("kommunikation") if function == "Kommunikation" else [])


async def needs(turn: Context) -> dict[str, SupportNeed]:
    """Return what has been said of the functions in this crisis."""
    rows = await turn.db.scalars(select(SupportNeed).where(SupportNeed.crisis_id == turn.the_crisis.id))
    return {row.function: row for row in rows}


def maps(turn: Context) -> list[str]:
    """Return the plan's links to maps: for whoever needs one, and for the situation picture's tenth heading."""
    titled = [(link, fold(link.title)) for link in turn.rules.links]
    return [
        f"{link.title}: {link.address}" for link, title in titled if "kort" in title.split(":")[0] or "gis" in title
    ]


async def offer(turn: Turn) -> None:
    """Show the staff the list of support functions."""
    await turn.say(turn.staff, await card(turn), key=key(turn))


@on(Appointed)
async def follow_roles(turn: Turn, event: Appointed) -> None:
    """Let the list name whoever has the secretariat's roles now."""
    await turn.redraw(key(turn), await card(turn))


async def end_with_the_staff(turn: Turn) -> None:
    """Ask nothing of the list any longer, wherever it stands: it says who manned what."""
    await turn.redraw(key(turn), await card(turn))


async def card(turn: Context) -> Card:
    """Draw each function: needed or not, by whom it is manned, and the gaps first of all."""
    said = await needs(turn)
    every = functions(turn)
    lines = {function: _line(turn, function, said.get(function)) for function in every}
    gaps = [function for function in every if lines[function].startswith("❗")]
    facts = [*((function, lines[function]) for function in every)]
    if links := maps(turn):
        facts.append(("Kort", quote("; ".join(links), 300)))
    hint = ""
    communicators = by_plan(turn, "Kommunikation")
    if communicators and not set(communicators) & set(await turn.members("framing", "operational")):
        hint = "\nKommunikation kan deltage i krisestaben: */krise ind kommunikation*."
    if not turn.the_crisis.has_staff:
        manned = tuple((function, line) for function, line in facts if function not in gaps)
        return Card(
            "*Støttefunktioner efter behov.* Krisestaben er trådt ned: der skal ikke bemandes flere.", facts=manned
        )
    missing = f"❗ Mangler: {', '.join(gaps)}." if gaps else "Alle er afklaret."
    return Card(
        f"*Støttefunktioner efter behov.* {missing}{hint}",
        facts=tuple(facts),
        buttons=(
            *(
                Button(
                    function[:30],
                    "support.decide",
                    {"crisis": turn.the_crisis.id, "function": function},
                    form=_form(turn, said.get(function)),
                    form_title=function[:24],
                )
                for function in every[:MOST]
            ),
            *((_it_button(turn),) if _it(turn) else ()),
        ),
    )


def _it_button(turn: Context) -> Button:
    form = (Field("text", "Hvad virker ikke?", "long", required=True),)
    about = {"crisis": turn.the_crisis.id}
    return Button("IT-hjælp", "support.it", about, submit="Send", form=form, form_title="IT-hjælp")


def key(turn: Context) -> str:
    """Name the card in the staff's channel."""
    return f"crisis/{turn.the_crisis.id}/support"


def _line(turn: Context, function: str, row: SupportNeed | None) -> str:
    """Write how a function is manned. Communication is always manned: where it is nobody's, that is a gap."""
    planned = by_plan(turn, function)
    if row is not None and not row.needed:
        return "ikke brug for"
    if row is not None and row.person:
        deputy = f", stedfortræder {turn.name(row.deputy)}" if row.deputy else ""
        hours = f", {quote(row.hours, 60)}" if row.hours else ""
        return f"{turn.name(row.person)}, {turn.phone(row.person)}{deputy}{hours}"
    if planned:
        return f"{turn.names(planned)} (planen)"
    if row is not None:
        return f"❗ brug for, ikke bemandet{f' – {quote(row.unit, 60)} er spurgt' if row.unit else ''}"
    return "❗ tag stilling: er der brug for den?"


def _form(turn: Context, row: SupportNeed | None) -> tuple[Field, ...]:
    units = tuple((centre.name, centre.name) for centre in turn.rules.centres)
    return (
        Field("needed", "Er der brug for den?", "choice", value="" if row is None else "ja" if row.needed else "nej", choices=NEEDED),
        *((Field("unit", "Ansvarlig enhed, som bemander den", "choice", value=(row.unit or "") if row else "", choices=units),) if units else ()),
        Field("person", "Bemandes af", "persons"),
        Field("deputy", "Stedfortræder", "persons"),
        Field("hours", "Fra–til", value=(row.hours or "") if row else ""),
    )  # fmt: skip


def _same(name: str, function: str) -> bool:
    """Whether two names mean one function: "Forplejning" in a plan is "Logistik og forplejning" in the list."""
    return fold(name) in (fold(function), *map(fold, function.split(" og ")))
