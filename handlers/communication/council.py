"""`byråd`: "Byrådet orienteres løbende om krisens udvikling". Plan §7, Dokumentation.

Krisebot drafts from the situation picture, the chief approves, and the secretariat sends it as it sends to the council
every other day. Nothing is marked as sent that the chief has not approved word for word.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from handlers.core import over, quiet, rights, staying_inside
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import ROUTINE, URGENT, Context
from handlers.core.language import times_shown
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.log import journal
from handlers.picture import picture_texts
from storage.rows.communication import Briefing
from storage.rows.numbers import next_number
from storage.rows.picture import HEADINGS

# What of the picture a council is told: not the threat assessment, the resources or the maps, which are the staff's.
TOLD = (1, 2, 3, 6, 8, 9)
STATES = {"draft": "kladde", "awaiting": "til godkendelse", "approved": "godkendt, ikke sendt", "sent": "sendt"}


@verb(
    "byråd",
    "byrådet",
    "byrådsorientering",
    help="byråd – orienteringen til Byrådet: kladde, chefens godkendelse, sendt",
    who=rights.runs_staff,
    crisis=True,
    grave=True,
    afterwards=True,
    begins="with words",
)
async def council(turn: Turn, text: str) -> None:
    """Show the briefing that is not sent yet, else a new draft; with words after the verb, they are the text. Of a crisis
    that is over the newest is shown, and none is begun."""
    if over.is_over(turn):
        await _show_afterwards(turn)
        return
    row = await _unsent(turn) or await _draft(turn)
    if text.strip():
        await _write(turn, row, text.strip())
    await turn.answer(card(turn, row), key=f"{_key(row)}/{turn.sender}", again=True)


async def begin(turn: Turn) -> None:
    """Set the timer for the daily briefing, when a staff has been called: the council is briefed as long as there is
    one."""
    await turn.at(
        quiet.next_at(turn, turn.rules.deadlines.council), "council.daily", f"crisis/{turn.the_crisis.id}/council"
    )


@timer("council.daily", level_two=True)
async def daily(turn: Turn) -> None:
    """Remind the secretariat every day, with a draft at hand; not where the council has been briefed today."""
    crisis = turn.the_crisis
    await begin(turn)
    newest = await turn.db.scalar(select(func.max(Briefing.sent_at)).where(Briefing.crisis_id == crisis.id))
    if newest is not None and newest.astimezone(turn.zone).date() == turn.now.astimezone(turn.zone).date():
        return
    drawn = card(turn, await _unsent(turn) or await _draft(turn))
    await turn.notify(
        turn.rules.holders("sekretær") or (await turn.chiefs())[:1],
        Card(f"*Byrådet skal orienteres i dag.*\n{drawn.text}", buttons=drawn.buttons),
        kind="reminder",
        summary="Mindet om orienteringen til Byrådet",
        urgency=ROUTINE,
    )


async def _unsent(turn: Context) -> Briefing | None:
    found: Briefing | None = await turn.db.scalar(
        select(Briefing)
        .where(Briefing.crisis_id == turn.the_crisis.id, Briefing.state != "sent")
        .order_by(Briefing.number.desc())
        .limit(1)
    )
    return found


async def _show_afterwards(turn: Turn) -> None:
    """Show how the briefings of a crisis that is over ended, and the newest of them; what was written and not sent can still
    be."""
    rows = list(
        await turn.db.scalars(
            select(Briefing).where(Briefing.crisis_id == turn.the_crisis.id).order_by(Briefing.number.desc())
        )
    )
    if not rows:
        await turn.answer(Card("Der blev ikke skrevet nogen orientering til Byrådet i krisen."))
        return
    row = await _unsent(turn) or rows[0]
    drawn = card(turn, row)
    earlier = tuple(
        (f"Orientering {each.number}", STATES[each.state] + (f" {turn.clock(each.sent_at)}" if each.sent_at else ""))
        for each in rows
        if each is not row
    )
    await turn.answer(replace(drawn, facts=earlier), key=f"{_key(row)}/{turn.sender}", again=True)


async def _draft(turn: Turn) -> Briefing:
    crisis = turn.the_crisis
    picture = await picture_texts.newest(turn, "published")
    lines = [f"Orientering til Byrådet: {crisis.title}", f"{times_shown.weekday(turn.now, turn.zone).capitalize()}."]
    if picture is not None:
        for number in TOLD:
            said = str(picture.sections.get(str(number), "")).strip()
            lines += [f"\n{HEADINGS[number - 1]}", said] if said else []
    row = Briefing(
        crisis_id=crisis.id,
        number=await next_number(turn.db, Briefing.number, Briefing.crisis_id == crisis.id),
        text="\n".join(lines),
        picture=picture.version if picture else None,
        written_by=turn.sender,
        written_at=turn.now,
    )
    turn.db.add(row)
    await turn.db.flush()
    return row


async def _write(turn: Turn, row: Briefing, text: str) -> None:
    row.text, row.written_by, row.written_at, row.revision = text, turn.sender, turn.now, row.revision + 1
    row.state, row.approved_by, row.approved_at = "draft", None, None
    await turn.db.flush()


def card(turn: Context, row: Briefing) -> Card:
    """Draw the briefing as it stands, to be read, changed, approved and copied."""
    about = {"crisis": row.crisis_id, "briefing": row.id, "revision": row.revision}
    change = Button(
        "Ret teksten",
        "council.change",
        about,
        form=(Field("text", "Orientering til Byrådet", "long", required=True, value=row.text),),
        form_title="Ret orienteringen",
    )
    step = {
        "draft": Button("Send til chefen", "council.submit", about, style="primary"),
        "awaiting": Button("Godkend orienteringen", "council.approve", about, style="primary"),
        "approved": Button("Markér som sendt", "council.sent", about, style="primary"),
    }.get(row.state)
    source = (
        f"Skrevet fra situationsbilledet, udgave {row.picture}."
        if row.picture
        else "❗ Intet situationsbillede er godkendt endnu: skriv selv, hvad Byrådet skal vide."
    )
    who = f"\nGodkendt af {turn.name(row.approved_by)} {turn.clock(row.approved_at)}." if row.approved_by else ""
    sent = f" Sendt {turn.clock(row.sent_at)}." if row.sent_at else ""
    return Card(
        f"*Orientering {row.number} til Byrådet* ({STATES[row.state]})\n{source}{who}{sent}{staying_inside.reminder(turn)}\n\n{quote(row.text, 8000)}",
        buttons=(step, change) if step else (),
    )


async def _standing_or_tell(turn: Turn, briefing: int, revision: int, state: str | None) -> Briefing | None:
    """Return the briefing, where it still is what whoever pressed was shown; else show them what it is now."""
    row = await turn.of_crisis(Briefing, briefing)
    if row is None:
        return None
    if row.revision != revision or row.state == "sent" or (state is not None and row.state != state):
        await turn.replace(card(turn, row))
        await turn.answer(Card("Orienteringen er ændret, siden kortet blev vist. Se den igennem, og tryk igen."))
        return None
    return row


@action("council.change", who=rights.runs_staff)
async def change(turn: Turn, briefing: int, revision: int) -> None:
    """Change the briefing's text, by `Ret teksten`: an approval was of the words before, so it is asked for anew."""
    row = await _standing_or_tell(turn, briefing, revision, None)
    if row is not None and turn.value("text"):
        await _write(turn, row, turn.value("text"))
        await turn.replace(card(turn, row))


@action("council.submit", who=rights.runs_staff)
async def submit(turn: Turn, briefing: int, revision: int) -> None:
    """Ask the chief, or the deputy who has the right now, to approve the briefing."""
    row = await _standing_or_tell(turn, briefing, revision, "draft")
    if row is None:
        return
    row.state = "awaiting"
    await turn.db.flush()
    await turn.replace(card(turn, row))
    await turn.notify(
        [person for person in (await turn.chiefs())[:1] if person != turn.sender],
        card(turn, row),
        kind="notice",
        summary=f"Orientering {row.number} til Byrådet er sendt til godkendelse",
        key=f"{_key(row)}/approval/{row.revision}",
        urgency=URGENT,
    )


@action("council.approve", who=rights.chief)
async def approve(turn: Turn, briefing: int, revision: int) -> None:
    """Approve the briefing, by `Godkend orienteringen`, and give the secretariat the words to copy."""
    row = await _standing_or_tell(turn, briefing, revision, "awaiting")
    if row is None:
        return
    row.state, row.approved_by, row.approved_at = "approved", turn.sender, turn.now
    await turn.db.flush()
    await turn.log(
        f"Orientering {row.number} til Byrådet er godkendt af {await rights.signed(turn, turn.sender)}",
        kind="council",
        sender=turn.sender,
        verification="confirmed",
        refs={"briefing": row.number},
    )
    await turn.replace(card(turn, row))
    drawn = card(turn, row)
    for person in turn.rules.holders("sekretær"):
        if person != turn.sender:
            await turn.say(
                person,
                Card(
                    f"*Send orienteringen til Byrådet, og tryk »Markér som sendt«.*\n{drawn.text}",
                    buttons=drawn.buttons,
                ),
                key=f"{_key(row)}/send/{row.revision}",
                kind="notice",
            )


@action("council.sent", who=rights.runs_staff)
async def sent(turn: Turn, briefing: int, revision: int) -> None:
    """Mark the briefing as sent, by `Markér som sendt`: logged word for word, and put on the list of what is to be
    filed."""
    row = await _standing_or_tell(turn, briefing, revision, "approved")
    if row is None or row.approved_by is None:
        return
    row.state, row.sent_by, row.sent_at = "sent", turn.sender, turn.now
    entry = await turn.log(
        f"Orientering {row.number} til Byrådet, godkendt af {turn.name(row.approved_by)}, er sendt\n{row.text}",
        kind="council",
        sender=turn.sender,
        receiver="Byrådet",
        direction="out",
        verification="confirmed",
        refs={"briefing": row.number},
    )
    row.log_no = entry.no
    await journal.demand(turn, entry, "communication", f"Orientering {row.number} til Byrådet")
    await turn.replace(card(turn, row))


def _key(row: Briefing) -> str:
    return f"council/{row.id}"
