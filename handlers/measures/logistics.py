"""`logistik`: "etableres logistikstab under krisestabens ledelse". Plan §9, Ressourcer; logistic duties §5.

A staff of its own below the crisis staff: somebody leads it and answers to the chief; its members get tasks.
"""

from __future__ import annotations

from sqlalchemy import func, select

from handlers.core import audiences, form_values, rights, running
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import tasks
from storage.rows.measures import ANSWERED, AssistanceRequest, LogisticsMember
from storage.rows.staff import Member
from storage.rows.traffic import Message

# "logistiske opgaver (fx forplejning, kørsel, hvilefaciliteter mv.)"
DUTIES = (("catering", "Forplejning"), ("transport", "Kørsel"), ("rest", "Hvilefaciliteter"), ("other", "Andet"))
FORM = (
    Field("lead", "Hvem leder logistikstaben?", "persons", required=True),
    Field("members", "Hvem er med?", "persons"),
)


@verb(
    "logistik",
    "logistikstab",
    "logistikstaben",
    help="logistik Rune, Mads, Ali – logistikstab under krisestabens ledelse; den første leder den",
    who=rights.staff,
    crisis=True,
    grave=True,
    begins="with words",
)
async def logistics(turn: Turn, text: str) -> None:
    """Set up the logistics staff or add to it in one breath, the first named leads; without a word, show how it
    stands."""
    if not text.strip():
        await turn.answer(await _card(turn))
    elif not await rights.runs_staff.held(turn):
        await running.refuse(turn, rights.runs_staff)
    else:
        persons, unknown = await audiences.persons(turn, text)
        if unknown or not persons:
            said = ", ".join(unknown) or text
            await turn.answer(Card(f'Jeg kan ikke se, hvem "{quote(said, 200)}" er. Intet er ændret. Skriv navne.'))
            return
        await _establish(turn, persons)


@action("logistics.establish", who=rights.runs_staff, begins=True)
async def establish(turn: Turn) -> None:
    """Establish the logistics staff from the form `Etablér logistikstab`."""
    lead, with_them = await form_values.persons(turn, "lead"), await form_values.persons(turn, "members")
    if not lead and not with_them:
        await turn.answer(Card("Skriv, hvem der leder logistikstaben. Intet er ændret."))
        return
    await _establish(turn, list(dict.fromkeys([*lead, *with_them])))


async def _establish(turn: Turn, persons: list[str]) -> None:
    """Set up the logistics staff, or add to it: whoever is named first leads, where nobody does yet."""
    standing = await members(turn)
    leader = next((row.person for row in standing if row.leads), None)
    entered = [person for person in persons if person not in {row.person for row in standing}]
    lead = leader or persons[0]
    for person in entered:
        turn.db.add(
            LogisticsMember(
                crisis_id=turn.the_crisis.id,
                person=person,
                leads=person == lead,
                since=turn.now,
                named_by=turn.sender,
            )
        )
        await _let_in(turn, person)
    await turn.db.flush()
    if not entered:
        await turn.answer(await _card(turn))
        return
    await turn.log(
        f"{'Ind i logistikstaben' if leader else 'Logistikstab er etableret under krisestabens ledelse'}: "
        f"{turn.names(entered)}. Leder: {turn.name(lead)}",
        kind="logistics",
        sender=turn.sender,
        receiver=", ".join(entered),
        verification="confirmed",
    )
    chiefs = await turn.chiefs()
    answers_to = f" og referér til {turn.name(chiefs[0])}" if chiefs else ""
    for person in entered:
        what = (
            f"Led logistikstaben{answers_to}: hold styr på ressourcer og afløsning, og fordel opgaverne"
            if person == lead
            else f"Meld dig hos {turn.name(lead)}, som leder logistikstaben"
        )
        await tasks.add(turn, what, owner=person, tell=True)
    await turn.answer(await _card(turn))


@action("logistics.share_out", begins=True)
async def share_out(turn: Turn) -> None:
    """Give each of the secretariat's logistic duties to somebody by name, as a task. Whoever leads the logistics staff
    and those who run the staff may."""
    leaders = [row.person for row in await members(turn) if row.leads]
    if await running.refuse_all_but(turn, "logistikstabens leder", leaders, rights.runs_staff):
        return
    shares = [(name, label, await form_values.persons(turn, name)) for name, label in DUTIES]
    if not any(persons for _, _, persons in shares):
        await turn.answer(Card("Skriv mindst ét navn ud for en opgave. Intet er fordelt."))
        return
    for name, label, persons in shares:
        for person in persons:
            what = label if name != "other" or not turn.value("what") else turn.value("what")
            await tasks.add(turn, f"Logistik: {quote(what, 300)}", owner=person, tell=True)
    await turn.answer(Card("Opgaverne er fordelt, og hver har fået sin."))


@action("logistics.disband", who=rights.runs_staff)
async def disband(turn: Turn) -> None:
    """Disband the logistics staff, by `Nedlæg logistikstaben`; who was in it stays in the record."""
    standing = await members(turn)
    if not standing:
        return
    for row in standing:
        row.until = turn.now
    await turn.notify(
        [row.person for row in standing],
        Card(
            "Logistikstaben er nedlagt. Tak for hjælpen. Har du opgaver tilbage, så gør dem færdige, eller giv dem videre."
        ),
        kind="notice",
        summary="Logistikstaben er nedlagt",
    )
    await turn.replace(await _card(turn))


async def consider(turn: Turn) -> None:
    """Offer the chief a logistics staff, once, when more requests wait than the plan's number."""
    waiting = await _waiting(turn)
    if waiting <= turn.rules.logistics_over or await members(turn):
        return
    key = f"crisis/{turn.the_crisis.id}/logistics"
    if await turn.db.scalar(select(Message.id).where(Message.key.startswith(key, autoescape=True)).limit(1)):
        return
    await turn.notify(
        (await turn.chiefs())[:1],
        Card(
            f"*{waiting} anmodninger om bistand venter.* Skal der etableres en logistikstab under krisestabens ledelse?",
            buttons=(_establishing(turn),),
        ),
        kind="notice",
        summary=f"Foreslået krisestabschefen en logistikstab: {waiting} anmodninger om bistand venter",
        key=key,
    )


async def members(turn: Context) -> list[LogisticsMember]:
    """Return who is in the logistics staff now."""
    query = select(LogisticsMember).where(
        LogisticsMember.crisis_id == turn.the_crisis.id, LogisticsMember.until.is_(None)
    )
    return list(await turn.db.scalars(query.order_by(LogisticsMember.id)))


async def _waiting(turn: Context) -> int:
    return (
        await turn.db.scalar(
            select(func.count())
            .select_from(AssistanceRequest)
            .where(AssistanceRequest.crisis_id == turn.the_crisis.id, AssistanceRequest.state.not_in(ANSWERED))
        )
        or 0
    )


async def _let_in(turn: Turn, person: str) -> None:
    """Let a member of the logistics staff into the staff's channel, where what they are to move is spoken of; not into
    the staff."""
    inside = select(Member.id).where(
        Member.crisis_id == turn.the_crisis.id, Member.person == person, Member.until.is_(None)
    )
    if await turn.db.scalar(inside.limit(1)) is None:
        turn.db.add(
            Member(
                crisis_id=turn.the_crisis.id,
                person=person,
                staff="beside",
                since=turn.now,
                reason="logistikstab",
                added_by=turn.sender,
            )
        )


def _establishing(turn: Context) -> Button:
    return Button(
        "Etablér logistikstab",
        "logistics.establish",
        {"crisis": turn.the_crisis.id},
        style="primary",
        form=FORM,
        form_title="Logistikstab",
    )


async def _card(turn: Context) -> Card:
    about = {"crisis": turn.the_crisis.id}
    duties = (*(Field(name, f"{label}: hvem?", "persons") for name, label in DUTIES), Field("what", "Andet: hvad?"))
    share = Button("Fordel opgaver", "logistics.share_out", about, form=duties, form_title="Logistiske opgaver")
    standing = await members(turn)
    waiting = await _waiting(turn)
    if not standing:
        return Card(
            f"Der er ingen logistikstab. {waiting} anmodninger om bistand venter. Logistiske opgaver kan altid fordeles.",
            buttons=(_establishing(turn), share),
        )
    lead = next((row for row in standing if row.leads), standing[0])
    rest = [row.person for row in standing if row is not lead]
    return Card(
        f"*Logistikstab* under krisestabens ledelse, siden {turn.clock(standing[0].since)}. "
        f"{waiting} anmodninger om bistand venter.",
        facts=(
            ("Leder", f"{turn.name(lead.person)}, {turn.phone(lead.person)}"),
            ("Med", turn.names(rest) if rest else "ingen endnu"),
        ),
        buttons=(share, Button("Nedlæg logistikstaben", "logistics.disband", about)),
    )
