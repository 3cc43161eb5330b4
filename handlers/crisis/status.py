"""`status` and `hvem`: how it stands, and who is who, each on one phone screen. Plan §7 and Bilag 1, Overblik and Klare
kommandoveje."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from handlers.alert import channel_trouble, contacts, decision_card
from handlers.communication import communication_plan
from handlers.core import clearance, in_charge, incident_names, rights, running, staying_inside
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.registry import verb
from handlers.core.turn import Turn
from handlers.log import newest
from handlers.measures import (
    assistance,
    assistance_card,
    decisions,
    measure_card,
    measure_steps,
    resource_card,
    resources,
    tasks,
)
from handlers.meetings import minutes_card
from handlers.picture import picture_card, picture_texts
from handlers.reporting import centres, critical_functions, information_need_card
from handlers.staff import absence, duty_rota, externals, instructions, summoning
from storage.plan.persons import SECRETARIAT_ROLES
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry, LogKind, LogState
from storage.rows.measures import ANSWERED, AssistanceRequest, Decision, Measure, Task

# What the framing staff decides is decided too; see `handlers.crisis.framing`.
DECIDED: tuple[LogKind, ...] = ("decision", "framing_decision")
# Three of each fit a phone.
SHOWN = 3
# The picture's first heading, "Situationen", and so much of it.
SITUATION, SITUATION_SHOWN = 1, 300
FOR_OTHERS = "Mere kan krisestaben se. Ved du noget vigtigt, så skriv det her."


@verb(
    "status",
    "s",
    "overblik",
    help="status – hvad er løst, hvad er besluttet, og hvad afventer; status 1: en anden hændelse, du er eller var med i",
    afterwards=True,
    named="number",
    wordless=True,
)
async def status(turn: Turn, text: str) -> None:
    """Show how the crisis stands: "hvilke opgaver der er løst, hvilke beslutninger er truffet, og hvad afventer"."""
    if turn.crisis is None and (found := await _for_a_stranger(turn)) is not None:
        await turn.answer(found)
        return
    if turn.crisis is None and (over := await _afterwards(turn)) is not None:
        turn.crisis = over
        await turn.answer(await _ended(turn))
    elif turn.crisis is not None or await running.find_crisis_or_ask(turn, "status"):
        await turn.answer(await card(turn, await turn.here()))


async def _for_a_stranger(turn: Context) -> Card | None:
    """Draw what goes on, at once, for whoever has no part in any of it: there is nothing to choose between for them."""
    going = await turn.open_crises()
    if len(going) < 2 or any([await incident_names.has_part(turn, crisis) for crisis in going]):
        return None
    lines = []
    for crisis in going:
        lines.append(f"Nr. {quote(await incident_names.shown(turn, crisis))}. {_state(turn.about(crisis))}")
    return Card("\n".join([*lines, FOR_OTHERS]))


async def _afterwards(turn: Context) -> Crisis | None:
    """Find the last crisis that the sender took part in, where none goes on: they may still read it."""
    over = [] if await turn.open_crises() else await incident_names.ended(turn)
    return over[0] if over else None


async def _ended(turn: Context) -> Card:
    """Draw how a crisis that is over ended."""
    ended = await card(turn, await turn.here())
    warn = Button("Send varsel", "help.run", {"verb": "varsel"})
    return replace(ended, text=f"Der er ingen aktiv krise. Den seneste, du var med i:\n{ended.text}", buttons=(warn,))


async def card(turn: Context, reader: str) -> Card:
    """Draw how the crisis stands, as far as it may be seen there.

    Args:
        reader: whoever asked, or the staff's channel, when it was asked there.
    """
    if not await rights.staff.held(turn) and not await rights.decider.held(turn):
        return Card(f"*Nr. {quote(await incident_names.shown(turn, turn.the_crisis))}*\n{_state(turn)}\n{FOR_OTHERS}")
    return await clearance.redacted_for(turn, await whole(turn, reader), reader)


def _head(turn: Context) -> list[str]:
    return [f"*Nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)}*", _state(turn)]


async def whole(turn: Context, reader: str = "") -> Card:
    """Draw the whole status, for those who are in or beside the staff.

    Args:
        reader: as for `card`; the staff's channel where nobody is named.
    """
    crisis, head, reader = turn.the_crisis, _head(turn), reader or turn.staff
    highest = await clearance.highest_for(turn, reader)
    if crisis.level == 2 and crisis.state == "active":
        head.append(
            f"Fuldt etableret {turn.clock(crisis.established_at)}."
            if crisis.established_at
            else f"Fuldt etableret senest {turn.clock(crisis.established_due)}."
        )
        head += await channel_trouble.shut(turn)
        head.append(await summoning.answers(turn))
        if not crisis.established_at:
            head.append("Klar: " + ", ".join(f"{name} {how}" for name, how in await summoning.readiness(turn)) + ".")
        missing = await centres.not_informed(turn)
        if missing:
            head.append(f"Mangler at underrette: {', '.join(missing)}.")
        head.append(f"Sag i ESDH: {crisis.case_ref or 'mangler'}. Sag i C3: {crisis.c3_ref or 'mangler'}.")
    rows = [
        *await tasks.of_crisis(turn),
        *await measure_steps.of_crisis(turn),
        *await assistance.of_crisis(turn),
        *await measure_steps.proposed(turn),
        *await decisions.proposed(turn),
    ]
    seen, left_out = await clearance.visible_rows(turn, rows, reader)
    every = [row for row in seen if isinstance(row, Task)]
    started = [row for row in seen if isinstance(row, Measure) and row.number is not None]
    asked = [row for row in seen if isinstance(row, AssistanceRequest)]
    done = [f"T{row.number}: {row.title}" for row in started if row.status == "done"]
    done += [task.title for task in every if task.status == "done"]
    waiting = [
        f"T{row.number}: {measure_card.line(turn, row)}" for row in started if row.status not in measure_card.CLOSED
    ]
    waiting += [f"B{row.number}: {assistance_card.line(turn, row)}" for row in asked if row.state not in ANSWERED]
    waiting += [
        f"Forslag: {row.title} ({turn.name(row.created_by)})"
        for row in seen
        if isinstance(row, Measure) and row.status == "proposed"
    ]
    waiting += [
        f"Forslag til beslutning: {row.text} ({turn.name(row.proposed_by or row.registered_by)})"
        for row in seen
        if isinstance(row, Decision)
    ]
    waiting += [task.title for task in every if task.status != "done"]
    told = [entry.summary for entry, _ in await newest.of_kinds(turn, DECIDED, highest, SHOWN)]
    decided = (LogEntry.crisis_id == crisis.id, LogEntry.kind.in_(DECIDED))
    unseen = await clearance.unseen(turn, highest, LogState.no.in_(select(LogEntry.no).where(*decided)))
    unconfirmed = await turn.db.scalar(
        select(func.count())
        .select_from(LogState)
        .join(LogEntry, (LogEntry.crisis_id == LogState.crisis_id) & (LogEntry.no == LogState.no))
        .where(
            LogState.crisis_id == crisis.id,
            LogState.verification == "unconfirmed",
            LogEntry.kind.in_(["information", "saved", "alert"]),
        )
    )
    return Card(
        "\n".join(line for line in head if line),
        facts=(
            ("Løst", _list(done)),
            ("Besluttet", "\n".join(filter(None, [_list(told), unseen]))),
            ("Afventer", f"{_list(waiting)}\n{left_out}".rstrip()),
            *((("Referat", last),) if (last := await minutes_card.of_last(turn)) else ()),
            ("Log", f"{unconfirmed} ubekræftede oplysninger"),
            *await _board(turn, reader),
        ),
        buttons=(Button("Fuldt etableret", "deadlines.established", {"crisis": crisis.id}),)
        if crisis.level == 2 and crisis.state == "active" and not crisis.established_at
        else (),
    )


async def _board(turn: Context, reader: str) -> list[tuple[str, str]]:
    """Return the lines on resources, communication and the picture, once there are any: "disponere ressourcer og
    koordinere organisationens interne og eksterne kommunikation"."""
    picture = await picture_texts.newest(turn, "published")
    unknown, left_out = await clearance.visible_rows(turn, await information_need_card.open_ones(turn), reader)
    seen, unseen = await clearance.visible_rows(turn, await resources.of_crisis(turn), reader)
    rows = [resource_card.in_short(turn, row) for row in seen]
    plan = await communication_plan.newest(turn)
    situation = quote(picture_card.section(turn, picture, SITUATION)[:SITUATION_SHOWN]) if picture else ""
    found = (
        [("Situationsbillede", f"nr. {picture.version}, {turn.clock(picture.published_at)}: {situation}")]
        if picture
        else []
    )
    known = "\n".join(
        filter(
            None,
            [
                _list([f"OB{row.number}: {information_need_card.line(turn, row)}" for row in unknown])
                if unknown
                else "",
                left_out,
            ],
        )
    )
    found += [("Skal vides", known)] if known else []
    stopped = await critical_functions.down(turn, reader)
    found += [("Kritiske funktioner", _list(stopped))] if stopped else []
    found += [("Ressourcer", "\n".join(filter(None, [_list(rows) if rows else "", unseen])))] if rows or unseen else []
    found += [("Kommunikationsplan", f"udgave {plan.version}, {turn.clock(plan.written_at)}")] if plan else []
    return found


@verb(
    "hvem",
    "roller",
    help="hvem – chef, stedfortræder, sekretariat, og hvordan de nås; hvem Sundhed: en enhed og dens instrukser",
)
async def who(turn: Turn, text: str) -> None:
    """Show who has which role: "Ingen skal være i tvivl om beslutningsgange og kommunikationskanaler"; of a unit that is
    named, who leads it and its own instructions."""
    if turn.crisis is None:
        going = await turn.open_crises()
        turn.crisis = next((crisis for crisis in going if crisis.level == 2), going[0] if going else None)
    if (unit := instructions.find(turn, text)) is not None:
        await turn.answer(await instructions.card(turn, unit))
        return
    plan = turn.rules

    may = await rights.numbers.held(turn)

    def line(person: str | None) -> str:
        if person is None:
            return "ikke udpeget"
        return f"{turn.name(person)}{absence.shown(turn, person)}" + (f", {turn.phone(person)}" if may else "")

    def manned(role: str, holder: str | None) -> str:
        """Tell who has a role, who has the duty in it and who stands in."""
        duty = plan.on_duty(role)
        others = [each for each in plan.deputies(role) if each != holder]
        told = [line(holder)]
        told += [f"Vagt nu: {turn.name(duty)}"] if duty else []
        told += [f"Stedfortræder: {line(each)}" for each in others]
        return "\n".join(told)

    rows: list[tuple[str, str]] = []
    if turn.crisis is not None:
        chiefs = await turn.chiefs()
        rows.append(
            (
                "Krisestabschef",
                "\n".join(
                    [line(chiefs[0] if chiefs else None), *(f"Stedfortræder: {line(each)}" for each in chiefs[1:])]
                ),
            )
        )
    board = [f"Vagt nu: {turn.name(duty)}"] if (duty := plan.on_duty("direktion")) else []
    rows += [
        ("Beredskabschef 4K", manned("beredskabschef", plan.holder("beredskabschef"))),
        ("Borgmester", manned("borgmester", plan.holder("borgmester"))),
        ("Direktion", "\n".join([*(line(person) for person in plan.board()), *board])),
        *(
            (role.capitalize(), manned(role, plan.holder(role)))
            for role in (*SECRETARIAT_ROLES, "kommunikation")
            if role in plan.roles.filled or role in ("tovholder", "logfører")
        ),
    ]
    if await rights.staff.held(turn):
        rows += [
            (
                f"Center {centre.name}",
                line(centre.chief) + (f"\nStedfortræder: {line(centre.deputy)}" if centre.deputy else ""),
            )
            for centre in plan.centres
            if centre.chief in plan.absent or turn.sender == centre.chief
        ]
    if may:
        rows += [
            (f"Vagtplan, {copy.role}", f"{quote(copy.fault)} Kopi fra {turn.clock(copy.fetched_at)}")
            for copy in await duty_rota.copies(turn)
            if copy.fault
        ]
    if turn.crisis is not None and await rights.staff.held(turn):
        rows += [
            (f"Ekstern: {quote(row.organisation)}", f"{quote(row.name)}, {quote(row.contact)}")
            for row in await externals.present(turn)
        ]
    has_it = await in_charge.in_charge(turn) if turn.crisis is not None and turn.crisis.level != 2 else []
    now = f"{in_charge.in_words(turn, has_it)} har nr. {turn.the_crisis.number} nu.\n" if has_it else ""
    numbers = ", ".join(f"{watch.address}" for watch in plan.monitoring)
    await turn.answer(
        Card(
            f"*Hvem er hvem*\n{now}Aktivere kan beredskabschefen hos 4K, borgmesteren, direktionen eller en stedfortræder. "
            "Afblæse kan kun borgmesteren eller stedfortræderen."
            + ("" if may else f" Folks egne numre kan {rights.numbers.holders} se.")
            + staying_inside.reminder(turn),
            facts=(
                *rows,
                *turn.plan.phones.items(),
                ("Meldinger", numbers or "skriv dem her"),
                *([contacts.alarm_list(turn)] if turn.plan.alarm_list else []),
            ),
        )
    )


def _state(turn: Context) -> str:
    crisis = turn.the_crisis
    if crisis.state == "closed":
        return f"Afblæst {turn.clock(crisis.deactivated_at)} af {turn.name(crisis.deactivated_by or '')}."
    if crisis.decided_at is None:
        return "Varslet. Der er ikke besluttet noget endnu."
    return f"{decision_card.named(crisis.level).capitalize()}. Besluttet {turn.clock(crisis.decided_at)} af {decision_card.decided_by(turn)}."


def _list(items: list[str]) -> str:
    if not items:
        return "intet"
    shown = "\n".join(f"• {quote(item if len(item) <= 120 else item[:117] + '…')}" for item in items[:SHOWN])
    return shown + (f"\n• og {len(items) - SHOWN} til" if len(items) > SHOWN else "")
