"""`deling`: "Træf hurtigt en beslutning om, hvem der skal vide hvad?" Plan §8, Fortrolighed.

The log, the minutes, the picture and the lists (measures, requests, resources, orders, questions) are shared with a
group up to a grade once that is decided, and not before. `handlers.core.clearance` reads it from here on.
"""

from __future__ import annotations

import re

from handlers.core import audiences, clearance, rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.running import refuse
from handlers.core.turn import Turn
from handlers.measures import decisions
from handlers.staff import externals
from storage.grades import GRADES, Grade
from storage.letters import fold
from storage.rows.staff import LISTS, LOG, MINUTES, PICTURE, SUBJECTS, Sharing, Subject

NAMES = {LOG: "Loggen", MINUTES: "Referaterne", PICTURE: "Situationsbilledet", LISTS: "Listerne"}
SPOKEN = {
    LOG: ("log", "loggen", "kriseloggen"),
    MINUTES: ("referat", "referatet", "referater", "referaterne"),
    PICTURE: ("billede", "billedet", "situationsbillede", "situationsbilledet"),
    LISTS: ("liste", "listen", "lister", "listerne", "tiltag", "tiltagene"),
}
NOT = ("ikke", "ingen", "intet", "stop")
NOT_SHARED = "none"


@verb(
    "deling",
    "delinger",
    help="deling – hvem der må vide hvad; deling log centerchefer Intern, deling billede kontaktpersoner Stab",
    who=rights.staff,
    crisis=True,
    begins="with words",
)
async def sharing(turn: Turn, text: str) -> None:
    """Show how sharing is decided; with words, register the chief's decision."""
    if not text.strip():
        await turn.answer(await card(turn))
        return
    if not await rights.registers.held(turn):
        await refuse(turn, rights.registers)
        return
    said = [fold(word) for word in re.findall(r"\w+", text)]
    subject = next((each for each in SUBJECTS if set(said) & set(SPOKEN[each])), None)
    group = next((each for each in audiences.GROUPS if fold(each) in said), None)
    grade = next((named for word in said if (named := clearance.named(turn, word))), None)
    if subject is None or group is None:
        await turn.answer(
            Card(
                "Hvad må hvem vide? Intet er ændret. Skriv fx */krise deling log centerchefer "
                f"{turn.rules.grade_name(clearance.INTERNAL)}*, eller brug knappen.",
                buttons=(_button(turn),),
            )
        )
        return
    # For information, when no grade is said: of the log what the whole organisation may read, of the others the whole.
    usual = clearance.INTERNAL if subject == LOG else clearance.SHARED
    await _decide(turn, subject, group, None if set(said) & set(NOT) else grade or usual)


@action("sharing.decide", who=rights.registers)
async def chosen(turn: Turn) -> None:
    """Register the decision from the form."""
    subject, group = turn.chosen("subject", SUBJECTS), turn.chosen("audience", audiences.GROUPS)
    grade, kept = turn.chosen("grade", GRADES), turn.chosen("grade", (NOT_SHARED,))
    if subject and group and (grade or kept):
        await _decide(turn, subject, group, grade)


@action("sharing.log_now", who=rights.runs_staff)
async def now(turn: Turn, audience: str) -> None:
    """Send the log to those it is shared with, by `Del loggen nu`."""
    await externals.share(turn, audience)


async def ask(turn: Turn) -> None:
    """Ask the chief at the first meeting, where nothing is decided yet."""
    if await clearance.decisions(turn):
        return
    for person in (await turn.chiefs())[:1]:
        await turn.say(person, await card(turn), key=f"crisis/{turn.the_crisis.id}/sharing/{person}")


async def _decide(turn: Turn, subject: Subject, group: str, grade: Grade | None) -> None:
    """Register a decision like any other, with a number and a line in the log; it counts at once."""
    if grade == clearance.CONFIDENTIAL:
        await turn.answer(
            Card(
                f"Det, der er {turn.rules.grade_name(grade)}, deles ikke med en hel gruppe. Intet er ændret; vælg en lavere grad."
            )
        )
        return
    said = f"deles med {group} til og med {turn.rules.grade_name(grade)}" if grade else f"deles ikke med {group}"
    decided = await decisions.decide(turn, f"{NAMES[subject]} {said}")
    turn.db.add(
        Sharing(
            crisis_id=turn.the_crisis.id,
            subject=subject,
            audience=group,
            grade=grade,
            decided_by=decided.decided_by or turn.sender,
            decided_at=turn.now,
            log_no=decided.log_no,
        )
    )
    await turn.db.flush()
    whole = await card(turn)
    if await turn.pressed() is not None:
        await turn.replace(whole)
    share = (Button("Del loggen nu", "sharing.log_now", {"audience": group, "crisis": turn.the_crisis.id}),)
    await turn.answer(
        Card(
            f"✅ Beslutning {decided.number} (log nr. {decided.log_no}): {NAMES[subject]} {said}.\n{whole.text}",
            whole.facts,
            buttons=(*whole.buttons, *(share if subject == LOG and grade else ())),
        )
    )


async def card(turn: Context) -> Card:
    """Draw who may know what, as it is decided."""
    decided = await clearance.decisions(turn)
    facts = []
    for subject in SUBJECTS:
        rows = [decided[subject, group] for group in audiences.GROUPS if (subject, group) in decided]
        told = [
            f"{row.audience}: {f'til og med {turn.rules.grade_name(row.grade)}' if row.grade else 'deles ikke'}"
            for row in rows
        ]
        facts.append((NAMES[subject], "\n".join(told) or "deles ikke, før det er besluttet"))
    grades = ", ".join(turn.rules.grades)
    return Card(
        f"*Hvem må vide hvad?* Graderne er {quote(grades)}; en linje er {turn.rules.grade_name(clearance.SHARED)}, når intet andet er "
        "sagt. Chefen og sekretariatet ser alt, staben og dens kanal det hele på nær det højeste. Af listerne (tiltag, anmodninger, "
        "ressourcer, ordrer, spørgsmål) ser andre kun det, der er deres eller deres centers.",
        tuple(facts),
        buttons=(_button(turn),),
    )


def _button(turn: Context) -> Button:
    groups = tuple((each, each.capitalize()) for each in audiences.GROUPS)
    offered = [each for each in GRADES if each != clearance.CONFIDENTIAL]
    grades = ((NOT_SHARED, "Deles ikke"), *((each, f"Til og med {turn.rules.grade_name(each)}") for each in offered))
    return Button(
        "Beslut deling",
        "sharing.decide",
        {"crisis": turn.the_crisis.id},
        form=(
            Field("subject", "Hvad?", "choice", required=True, value=LOG, choices=tuple(NAMES.items())),
            Field("audience", "Hvem?", "choice", required=True, value=groups[0][0], choices=groups),
            Field("grade", "Hvor meget?", "choice", required=True, value=clearance.INTERNAL, choices=grades),
        ),
        form_title="Hvem må vide hvad?",
    )
