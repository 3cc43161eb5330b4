"""A staff's channel that can't be made, is closed or changed by hand, and those it doesn't let in or out: told to whoever
can act. Plan §5, Krisestaben."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from handlers.core import incident_names
from handlers.core.card import Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.registry import timer
from handlers.core.turn import Turn
from storage.rows.traffic import StaffChannel


@timer("channel.trouble")
async def trouble(turn: Turn, room: int, **_written_down: Any) -> None:
    """Tell the chief and the secretariat, and each of those who are left outside, by the ways they have."""
    rooms = list(await turn.db.scalars(select(StaffChannel).where(StaffChannel.crisis_id == turn.the_crisis.id)))
    this = next((each for each in rooms if each.id == room), None)
    if this is None or turn.the_crisis.state == "closed":
        return
    where = f"{turn.chat(this.platform)}{await _whose(turn)}"
    inside = {person for each in rooms if each.state == "open" for person in each.inside}
    outside = [person for person in this.detail.get("outside", []) if person not in inside]
    staying = this.detail.get("staying", [])
    left = [person for person in outside if person in this.detail.get("left", [])]
    sits = set(await turn.members())
    strangers = [
        quote(name or turn.name(each)) for each, name in this.detail.get("strangers", {}).items() if each not in sits
    ]
    why = f": {quote(this.error, 300)}" if this.error else ""
    if this.state == "failed":
        text = _shut(this, where)
    elif left:
        text = (
            f"{turn.names(left)} er gået ud af krisestabens kanal i {where}, men er stadig i krisestaben. Det, der siges dér, "
            "får de hver for sig. Luk dem ind igen, eller lad dem træde ud med */krise ud*."
        )
    elif strangers:
        text = (
            f"{', '.join(strangers)} er kommet ind i krisestabens kanal i {where} uden at være i krisestaben, og læser med. "
            "Hører de til, så skriv */krise ind* og navnet; ellers tag dem ud af kanalen."
        )
    elif outside:
        text = (
            f"{len(outside)} kunne ikke lukkes ind i krisestabens kanal i {where}{why}. Det er {turn.names(outside)}. "
            "De får det skrevet hver for sig. Luk dem selv ind, eller ring til dem."
        )
    elif staying:
        text = (
            f"{turn.names(staying)} er ikke længere i krisestaben, men kunne ikke tages ud af dens kanal i {where}{why}. "
            "Tag dem selv ud: indtil da kan de læse med."
        )
    else:
        return
    told = [*await turn.chiefs(), *turn.rules.secretariat_roles()]
    await turn.notify(
        told,
        Card(f"⚠️ {text}"),
        kind="notice",
        summary=text.replace("*", ""),
        key=f"channel/{room}/trouble",
        urgency=URGENT,
    )
    if this.state == "failed":
        # Everybody looks for the staff's channel: what is said to the staff reaches each of them all the same.
        words = (
            f"⚠️ Krisestaben har ingen kanal i {where} lige nu{why}. Det, der siges til krisestaben, får I hver for sig. Det, I "
            "vil sige til den, skriver I med */krise log*."
        )
        await turn.say(turn.staff, Card(words), key=f"channel/{room}/shut", kind="notice", urgency=URGENT)
    for person in outside if this.state == "open" else ():
        await turn.say(
            person,
            Card(
                f"Du er i krisestaben for nr. {turn.the_crisis.number}, men "
                f"{'er gået ud af' if person in left else 'kunne ikke lukkes ind i'} dens kanal i {where}. "
                "Det, der siges dér, skriver jeg til dig her, hvor jeg kan."
            ),
            key=f"channel/{room}/outside/{person}",
            kind="notice",
            urgency=URGENT,
        )


async def _whose(turn: Context) -> str:
    """Tell which staff's channel it is, where there are several."""
    if not await turn.others_run():
        return ""
    return f" (nr. {quote(incident_names.short(turn.the_crisis), 100)})"


def _shut(room: StaffChannel, where: str) -> str:
    return (
        f"Krisestabens kanal i {where} kan ikke bruges: {quote(room.error or '', 300)}. Det, der siges til "
        "krisestaben, sendes til hver enkelt."
    )


async def shut(turn: Context) -> list[str]:
    """Tell of each of the crisis' channels that can't be used, for who asks how it stands."""
    of_crisis = (StaffChannel.crisis_id == turn.the_crisis.id, StaffChannel.state == "failed")
    rooms = await turn.db.scalars(select(StaffChannel).where(*of_crisis).order_by(StaffChannel.id))
    return [f"⚠️ {_shut(room, turn.chat(room.platform))}" for room in rooms]


@timer("channel.changed")
async def changed(turn: Turn, room: int, what: str, name: str = "", was: str = "", **_written_down: Any) -> None:
    """Tell the chief and the secretariat that a channel was changed by hand and is the staff's still."""
    this = await turn.db.get(StaffChannel, room)
    if this is None or this.state != "open" or turn.the_crisis.state == "closed":
        return
    where = f"{turn.chat(this.platform)}{await _whose(turn)}"
    told = {
        "renamed": f"Krisestabens kanal i {where} er omdøbt fra »{quote(was, 100)}« til »{quote(name, 100)}«. Den er stadig "
        f"krisestabens: skriv videre dér.{await _also_called(turn, this, name)}",
        "moved": f"Krisestabens kanal i {where} er flyttet eller delt, og det, der siges til krisestaben, står der stadig. "
        "Se efter, hvem der nu kan læse med.",
        "reopened": f"Krisestabens kanal i {where} kan bruges igen. Det, der siges til krisestaben, står dér fra nu af, også det, "
        "der er sagt imens.",
    }
    if (text := told.get(what)) is None:
        return
    await turn.notify(
        [*await turn.chiefs(), *turn.rules.secretariat_roles()],
        Card(f"⚠️ {text}"),
        kind="notice",
        summary=text.replace("*", ""),
        urgency=URGENT,
    )


async def _also_called(turn: Context, room: StaffChannel, name: str) -> str:
    """Tell whose channel has, or was made with, the name that another staff's has now: one writes in the wrong one."""
    others = await turn.db.scalars(
        select(StaffChannel)
        .where(StaffChannel.platform == room.platform, StaffChannel.crisis_id != room.crisis_id)
        .where(StaffChannel.state == "open")
        .order_by(StaffChannel.id)
    )
    open_ones = {crisis.id: crisis for crisis in await turn.open_crises()}
    same = [
        open_ones[each.crisis_id]
        for each in others
        if each.crisis_id in open_ones and name in (each.name, each.detail.get("called"))
    ]
    return "".join(
        f" *Pas på:* sådan hedder eller hed kanalen for nr. {quote(incident_names.short(each), 100)}." for each in same
    )
