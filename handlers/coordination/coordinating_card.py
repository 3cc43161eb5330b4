"""The cards of the coordinating staff, and the forms that it is written in. Plan §6."""

from __future__ import annotations

from handlers.coordination import liaison_reports, running_on, shared_report, state
from handlers.core import staying_inside
from handlers.core.card import Button, Card, Family, Field, quote
from handlers.core.context import Context
from handlers.core.language import municipalities
from storage.rows.coordination import HEADINGS, CoordinatingStaff, Form

# Who sits there, one field an organisation.
SEAT = Family("seat{}")

FORMS: dict[Form, str] = {"virtual": "virtuelt", "at_4k": "hos Beredskab 4K"}


async def card(turn: Context, row: CoordinatingStaff) -> Card:
    """Draw who sits there, where they meet, what our officer may say yes to, and what can be written."""
    about = {"crisis": turn.the_crisis.id}
    hit = turn.the_crisis.municipalities
    report = await state.shared_report(turn)
    where = f": {quote(row.place, 200)}" if row.place else ""
    asked = "" if row.facilitation_asked_at is None else " Beredskab 4K er bedt om at facilitere."
    if row.facilitated_by:
        asked = f" {turn.name(row.facilitated_by)} faciliterer for Beredskab 4K."
    members = await sitting(turn)
    facts = [
        *((organisation, quote(name, 200) if name else "❗ mangler") for organisation, name in members.items()),
        ("Mandat", await _mandate(turn)),
        ("Fortsat drift, egen plan", await running_on.line(turn, row)),
        ("Skabeloner", quote(row.templates or "ikke aftalt", 200)),
        ("Fælles rapport", f"udgave {report.version}, {turn.clock(report.written_at)}" if report else "ikke skrevet"),
    ]
    if row.joint_since:
        facts.append(("Fælles kriseledelse", f"etableret {turn.clock(row.joint_since)}"))
    forms = await _forms(turn, row, members)
    buttons = [
        *liaison_reports.buttons("coordinating", turn.the_crisis.id),
        Button(
            "Fælles rapport",
            "coordination_report.write",
            about,
            submit="Send",
            form=forms[0],
            form_title="Fælles rapport",
        ),
        Button("Medlemmer", "coordination.members", about, form=forms[1], form_title="Koordinerende stab"),
        Button("Sted og skabeloner", "coordination.place", about, form=forms[2], form_title="Sted og skabeloner"),
        Button(
            "Aftal mandat",
            "liaison.mandate",
            about,
            form=(Field("text", "Hvad må forbindelsesofficeren sige ja til?", "long", required=True),),
            form_title="Mandat",
        ),
        Button("Fælles kriseledelse", "joint_leadership.open", about),
    ]
    if row.facilitation_asked_at is None:
        buttons.append(
            Button(
                "Bed 4K facilitere",
                "coordination.ask_service",
                about,
                confirm="Vil du bede 4K facilitere den koordinerende stab? De får besked nu.",
            )
        )
    return Card(
        f"*Kommunalt koordinerende stab:* {_and(hit)}.\nMødes {FORMS[row.form]}{where}.{asked}\n"
        "Den har ingen ret over egen krisestab, som krisestabschefen leder. Det, der deles, står i C3: */krise c3*."
        f"{staying_inside.reminder(turn)}",
        facts=tuple(facts),
        buttons=tuple(buttons),
    )


async def sitting(turn: Context) -> dict[str, str]:
    """Return who sits for each organisation, "en repræsentant fra Beredskab 4K samt forbindelsesofficerer fra alle
    berørte kommuner", with gaps empty."""
    plan = turn.rules
    own = municipalities.own(plan)
    said = await state.seats(turn, "staff")
    known = {
        state.SERVICE: state.reached(turn, plan.holder("beredskabschef")),
        own: state.reached(turn, plan.holder(state.OFFICER)),
    }
    organisations = dict.fromkeys([state.SERVICE, own, *turn.the_crisis.municipalities])
    # Our own officer is whoever has the role; the others are whom we have been told.
    return {each: known[own] if each == own else said.get(each) or known.get(each, "") for each in organisations}


async def _mandate(turn: Context) -> str:
    row = await state.mandate(turn)
    if row is None:
        return "❗ ikke aftalt med krisestabschefen"
    agreed = f"aftalt {turn.clock(row.agreed_at)} med {turn.name(row.agreed_by or '')}"
    return f"»{quote(row.text, 300)}« – {agreed if row.agreed_at else 'venter på krisestabschefen'}"


async def _forms(turn: Context, row: CoordinatingStaff, members: dict[str, str]) -> tuple[tuple[Field, ...], ...]:
    sections = await shared_report.sections(turn)
    own = municipalities.own(turn.rules)
    return (
        tuple(Field(name, heading, "long", value=sections.get(name, "")) for name, heading in HEADINGS),
        tuple(
            Field(SEAT.of(place), f"{organisation}: navn, telefon eller mail"[:150], value=members[organisation])
            for place, organisation in enumerate(members)
            if organisation != own
        ),
        (
            Field("form", "Hvordan mødes staben?", "choice", value=row.form, choices=tuple(FORMS.items())),
            Field("place", "Link eller lokale", value=row.place or ""),
            Field("templates", "Fælles skabeloner (link)", value=row.templates or ""),
        ),
    )


def _and(names: list[str]) -> str:
    return " og ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
