"""`oplæg`: "hurtigst muligt opstille alternative forslag og træffe beslutning". Plan §9, Ændringer i situationen.

"Forslagene drøftes som udgangspunkt på stabsmøderne": a complete paper is an item for decision on the next meeting,
unless the chief chooses before.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import clearance, rights, withheld
from handlers.core.card import Button, Card, Family, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import decisions
from handlers.meetings import agenda, agenda_items
from storage.rows.meetings import AgendaItem, OptionPaper
from storage.rows.numbers import next_number

LETTERS = "ABC"
# In the form: an alternative's letter, and which part of it.
OPTION = Family("{}_{}")
PARTS = {"what": "forslag", "pros": "fordele", "cons": "ulemper", "resources": "ressourcer"}
SHOWN = 10


def form(row: OptionPaper | None = None, situation: str = "") -> tuple[Field, ...]:
    """Return a paper's fields, filled in with what there is."""
    standing = {each["letter"]: each for each in row.options} if row else {}
    options = [
        Field(
            OPTION.of(letter.lower(), part),
            f"{letter}: {label}",
            "long",
            required=letter == "A" and part == "what",
            value=standing.get(letter, {}).get(part) or "",
        )
        for letter in LETTERS
        for part, label in PARTS.items()
    ]
    return (
        Field(
            "situation", "Hvad er ændret, og hvad skal besluttes?", "long", True, row.situation if row else situation
        ),
        *options,
        Field("only_one", "Kun ét forslag? Skriv hvorfor", value=(row.only_one or "") if row else ""),
    )


async def of_crisis(turn: Context) -> list[OptionPaper]:
    """Return the crisis' papers, oldest first."""
    return list(
        await turn.db.scalars(
            select(OptionPaper).where(OptionPaper.crisis_id == turn.the_crisis.id).order_by(OptionPaper.number)
        )
    )


@verb(
    "oplæg",
    "alternativer",
    "beslutningsoplæg",
    "muligheder",
    help="oplæg <hvad skal besluttes> – alternativer A, B og C med fordele, ulemper og ressourcer; chefen vælger",
    who=rights.staff,
    crisis=True,
    begins="with words",
)
async def paper(turn: Turn, text: str) -> None:
    """Open a form, begun with what was typed, and show the papers that wait for a choice."""
    every = await of_crisis(turn)
    numbered = next((row for row in every if text.strip() == str(row.number)), None)
    if numbered is not None and await withheld.refuse_row(turn, numbered, f"Oplæg {numbered.number}"):
        return
    rows, unseen = await clearance.visible_rows(turn, every)
    waiting = [row for row in rows if row.chosen is None]
    if numbered is not None:
        await turn.answer(_card(turn, numbered), key=_key(numbered, turn.the_incoming.key))
        return
    await turn.answer(
        Card(
            f"*Oplæg til beslutning:* {len(waiting)} venter på valg. Opstil mindst to forslag.\n{unseen}".rstrip(),
            facts=tuple((f"Oplæg {row.number}", quote(row.situation, 200)) for row in waiting[:SHOWN]),
            buttons=(
                Button(
                    "Skriv oplæg",
                    "options.new",
                    {},
                    style="primary",
                    form=form(situation=text.strip()),
                    form_title="Oplæg",
                ),
            ),
        )
    )


@action("options.new", who=rights.staff, begins=True)
async def new(turn: Turn) -> None:
    """Keep a paper from the form as it is; one alternative without a reason is asked about before anybody can
    choose."""
    if not turn.value("situation"):
        await turn.answer(Card("Skriv, hvad der skal besluttes. Intet er gemt."))
        return
    entry = await turn.log(f"Oplæg til beslutning: {_words(turn)}", kind="option_paper", sender=turn.sender)
    row = OptionPaper(
        crisis_id=turn.the_crisis.id,
        number=await next_number(turn.db, OptionPaper.number, OptionPaper.crisis_id == turn.the_crisis.id),
        situation=turn.value("situation"),
        options=_options(turn),
        only_one=turn.value("only_one") or None,
        written_by=turn.sender,
        written_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    await _to_the_meeting(turn, row)
    await _show(turn, row)


@action("options.amend", who=rights.staff)
async def amend(turn: Turn, paper: int) -> None:
    """Change a paper by `Ret`, until it is chosen."""
    row = await _of_crisis(turn, paper)
    if row is None or row.chosen is not None or not turn.value("situation"):
        return
    row.situation, row.options = turn.value("situation"), _options(turn)
    row.only_one = turn.value("only_one") or None
    await turn.log(
        f"Oplæg {row.number} er rettet: {_words(turn)}",
        kind="option_paper",
        sender=turn.sender,
        refs={"option_paper": row.number, "about": row.log_no},
    )
    await _to_the_meeting(turn, row)
    await _show(turn, row)


@action("options.choose", who=rights.chief, begins=True)
async def choose(turn: Turn, paper: int, letter: str) -> None:
    """Choose an alternative, by `Vælg A`: the choice is a decision."""
    row = await _of_crisis(turn, paper)
    chosen = next((each for each in row.options if each["letter"] == letter), None) if row else None
    if row is None or chosen is None or row.chosen is not None or not _complete(row):
        return
    await _chosen(turn, row, letter, f"{chosen['what']} (forslag {letter}: {row.situation})")


@action("options.none", who=rights.chief, begins=True)
async def none_of_them(turn: Turn, paper: int) -> None:
    """Choose none of the alternatives, by `Ingen af dem`: that too is a decision."""
    row = await _of_crisis(turn, paper)
    if row is None or row.chosen is not None:
        return
    reason = turn.value("reason")
    await _chosen(
        turn, row, "none", f"ikke at følge noget af forslagene ({row.situation}){f' – {reason}' if reason else ''}"
    )


async def _chosen(turn: Turn, row: OptionPaper, letter: str, text: str) -> None:
    decided = await decisions.decide(turn, text, paper=row.number)
    row.chosen, row.chosen_by, row.chosen_at, row.decision = letter, turn.sender, turn.now, decided.number
    item = await agenda_items.standing(turn, row.item) if row.item else None
    if item is not None:
        item.state, item.decision = "treated", f"Beslutning {decided.number}: {text}"
        await agenda_items.redraw(turn, item)
    await _show(turn, row)


async def _to_the_meeting(turn: Turn, row: OptionPaper) -> None:
    """Put the paper on the agenda for decision, with the alternatives as what to choose among; changed as the paper
    is."""
    if not _complete(row):
        return
    item = await turn.db.get(AgendaItem, row.item) if row.item else None
    added = item is None
    if item is None:
        item = await agenda_items.add(turn, f"Oplæg {row.number}: {row.situation}", kind="decision")
        row.item = item.id
    item.recommendation = "Vælg " + " eller ".join(f"{each['letter']}: {each['what']}" for each in row.options)
    await turn.db.flush()
    if added:
        await agenda.added(turn, item)


def _options(turn: Context) -> list[dict[str, str]]:
    """Return the alternatives that were filled in; one without words of its own is none."""
    return [
        {"letter": letter, **{part: turn.value(OPTION.of(letter.lower(), part)) for part in PARTS}}
        for letter in LETTERS
        if turn.value(OPTION.of(letter.lower(), "what"))
    ]


def _complete(row: OptionPaper) -> bool:
    return len(row.options) >= 2 or (len(row.options) == 1 and bool(row.only_one))


async def _show(turn: Turn, row: OptionPaper) -> None:
    """Show the paper on every card about it: the staff's, the chief's, and that of whoever wrote it."""
    for recipient in dict.fromkeys([turn.staff, *(await turn.chiefs())[:1], row.written_by]):
        await turn.say(recipient, _card(turn, row), key=_key(row, recipient))


def _card(turn: Context, row: OptionPaper) -> Card:
    facts = tuple((each["letter"], _in_lines(each)) for each in row.options)
    reason = f"\nKun ét forslag: {quote(row.only_one, 300)}" if row.only_one else ""
    head = f"*Oplæg {row.number}* af {turn.name(row.written_by)}\n{quote(row.situation, 1000)}{reason}"
    if row.chosen is not None:
        choice = "ingen af dem" if row.chosen == "none" else row.chosen
        return Card(
            f"{head}\n✅ *Valgt: {choice}* af {turn.name(row.chosen_by or '')} {turn.clock(row.chosen_at)}. "
            f"Beslutning {row.decision}.",
            facts,
        )
    mend = Button("Ret", "options.amend", {"paper": row.id}, form=form(row), form_title=f"Ret oplæg {row.number}")
    if not _complete(row):
        return Card(
            f"{head}\n❗ Der er kun ét forslag. Tryk Ret: skriv et til, eller skriv hvorfor.", facts, buttons=(mend,)
        )
    return Card(
        f"{head}\nKrisestabschefen vælger.",
        facts,
        buttons=(
            *(
                Button(f"Vælg {each['letter']}", "options.choose", {"paper": row.id, "letter": each["letter"]})
                for each in row.options
            ),
            Button(
                "Ingen af dem",
                "options.none",
                {"paper": row.id},
                form=(Field("reason", "Begrundelse (kan udelades)"),),
                form_title="Ingen af dem",
            ),
            mend,
        ),
    )


def _in_lines(option: dict[str, str]) -> str:
    marks = {"pros": "+ ", "cons": "– ", "resources": "Ressourcer: "}
    more = [f"{mark}{quote(option[part], 150)}" for part, mark in marks.items() if option.get(part)]
    return "\n".join([quote(option["what"], 200), *more])


def _words(turn: Context) -> str:
    lines = [turn.value("situation")]
    for each in _options(turn):
        lines.append(f"{each['letter']}: {each['what']}")
        lines += [f"  {label}: {each[part]}" for part, label in PARTS.items() if part != "what" and each[part]]
    return "\n".join([*lines, *([f"Kun ét forslag: {turn.value('only_one')}"] if turn.value("only_one") else [])])


async def _of_crisis(turn: Context, paper: int) -> OptionPaper | None:
    return await turn.of_crisis(OptionPaper, paper)


def _key(row: OptionPaper, whose: str) -> str:
    return f"option paper/{row.id}/{whose}"
