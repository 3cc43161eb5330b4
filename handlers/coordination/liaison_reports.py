"""Reports carried between the own staff and one that others lead: two forms of one tap, both to the log.

Plan §6: "indhente/tilbagemelde relevante oplysninger fra/til egen krisestab"; §7, kommunal repræsentant.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers.coordination import lent
from handlers.core import rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.log import journal
from storage.rows.coordination import LiaisonReport, OtherStaff, ReportDirection
from storage.rows.numbers import next_number


@dataclass(frozen=True)
class Other:
    """A staff that others lead.

    Args:
        name: what the log calls it.
        out: the label of the form that goes there.
        home: the label of the form that comes from there.
        do: the action that both run.
    """

    name: str
    out: str
    home: str
    do: str


STAFFS: dict[OtherStaff, Other] = {
    "coordinating": Other(
        "den koordinerende stab", "Til koordinerende stab", "Hjem til staben", "liaison_reports.coordinating"
    ),
    "local": Other("Lokal Beredskabsstab", "Til LBS", "Hjem fra LBS", "liaison_reports.local"),
}
FORM = (Field("text", "Hvad skal de vide?", "long", required=True),)


def buttons(staff: OtherStaff, crisis: int) -> tuple[Button, ...]:
    """Make the two buttons, each with its form.

    Args:
        staff: a key of `STAFFS`.
    """
    other = STAFFS[staff]
    return tuple(
        Button(
            label,
            other.do,
            {"crisis": crisis, "direction": direction},
            style="primary" if direction == "in" else "normal",
            form=FORM,
            form_title=label,
        )
        for label, direction in ((other.out, "out"), (other.home, "in"))
    )


@action("liaison_reports.coordinating", who=rights.coordinates)
async def coordinating(turn: Turn, direction: ReportDirection) -> None:
    """Carry the liaison officer's report to or from the coordinating staff."""
    await send(turn, "coordinating", direction, turn.value("text"))


@action("liaison_reports.local", who=rights.represents)
async def local(turn: Turn, direction: ReportDirection) -> None:
    """Carry the representative's report to or from the local emergency staff."""
    await send(turn, "local", direction, turn.value("text"))


async def send(turn: Turn, staff: OtherStaff, direction: ReportDirection, text: str) -> None:
    """Write a report in the log and show it to the staff; what others can spare is put in the resource overview.

    Args:
        staff: a key of `STAFFS`.
        direction: "in" for home, "out" for there.
    """
    text, other, home = text.strip(), STAFFS[staff], direction == "in"
    if not text:
        await turn.answer(Card("Skriv, hvad de skal vide. Intet er sendt."))
        return
    crisis = turn.the_crisis.id
    number = await next_number(
        turn.db, LiaisonReport.number, LiaisonReport.crisis_id == crisis, LiaisonReport.staff == staff
    )
    # What others say is as unconfirmed here as anything else; what we said, we said.
    entry = await turn.log(
        text,
        kind="liaison",
        sender=other.name if home else "krisestaben",
        receiver="krisestaben" if home else other.name,
        direction=direction,
        verification="unconfirmed" if home else "confirmed",
        refs={"staff": staff, "report": number},
    )
    turn.db.add(
        LiaisonReport(
            crisis_id=crisis,
            staff=staff,
            number=number,
            direction=direction,
            person=turn.sender,
            text=text,
            at=turn.now,
            log_no=entry.no,
        )
    )
    await turn.db.flush()
    if not home:
        await journal.demand(turn, entry, "communication", f"Meldt til {other.name} (log nr. {entry.no})")
    head = f"Hjem fra {other.name}" if home else f"Meldt til {other.name}"
    confirm = Button("Bekræft", "log.confirm", {"no": entry.no, "crisis": crisis})
    await turn.say(
        turn.staff,
        Card(
            f"*{head}* ved {turn.name(turn.sender)} (log nr. {entry.no}{', ubekræftet' if home else ''}):\n"
            f"»{quote(text, 1500)}«",
            buttons=(confirm,) if home else (),
        ),
    )
    if home:
        await lent.expect(turn, text)
    await turn.answer(
        Card(
            f"Krisestaben har det (log nr. {entry.no})."
            if home
            else f"Skrevet i loggen (nr. {entry.no}) som meldt til {other.name}. Del det i C3: */krise c3*."
        )
    )
