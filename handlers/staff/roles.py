"""`rolle`: who has which role in this crisis, the chief's first of all. Plan §5.

The operational staff answers for this: the framing staff only until that one has taken over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from handlers.core import audiences, form_values, rights, undo
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.events import Appointed, tell
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import tasks
from handlers.staff import chief_asked, chief_proposed, membership, roster
from handlers.staff.roster import CHIEF, DEPUTY, NOT_BY_SHIFT, RESPONSIBLE
from storage.letters import fold
from storage.plan.persons import Roles
from storage.plan.sections import Centre

EXAMPLE = "*/krise rolle krisestabschef Anne, stedfortræder Sara*"
COORDINATOR = "tovholder"
# "krisestabschef", "chefen for krisestaben", "lederen af krisestaben": one person by several names.
CALLED = (
    "chef",
    "leder",
    "stabschef",
    "krisestabschefen",
    *(
        f"{noun} {of} krisestaben"
        for noun, of in (("chef", "for"), ("chefen", "for"), ("leder", "af"), ("lederen", "af"))
    ),
)
# "Krisesekretariatet udpeges af krisestaben": whoever leads it is the secretary.
SECRETARIAT = (
    "krisesekretær",
    *(f"{of}{noun}" for of in ("", "leder af ", "lederen af ") for noun in ("krisesekretariatet", "sekretariatet")),
    *("krisesekretariat", "sekretariat", "krisesekretariatsleder", "sekretariatsleder"),
)

# "udpegning af ansvarlige på medarbejderniveau": whom a first meeting looks for (Bilag 2, point 1 and 5b).
NEEDED = (
    CHIEF,
    DEPUTY,
    "sekretær",
    "logfører",
    "referent",
    "tovholder",
    "dagsordensproducent",
    "presseansvarlig",
    "pressetalsperson",
)
# So many gaps have a button of their own; the rest go by the form.
SHOWN = 5
WHO = Field("person", "Hvem?", "persons", required=True)


@verb(
    "rolle",
    help="rolle krisestabschef Anne, stedfortræder Sara – hvem har hvilken rolle i denne krise",
    who=rights.meets,
    crisis=True,
    begins="with words",
    level_two=True,
)
async def role(turn: Turn, text: str) -> None:
    """Give one or several roles in one breath; what hangs on the role follows at once."""
    named: list[tuple[str, str]] = []
    before = ""
    for part in [each for each in re.split(r"(?:(?<!\s)\s++)?+,\s*+", text.strip()) if each]:
        found = _read(turn, part, before)
        if found is None:
            await turn.answer(
                Card(
                    f'Jeg kan ikke læse "{quote(part, 200)}" som en rolle og en person. Intet er ændret. Skriv fx {EXAMPLE}. '
                    f"Roller: {', '.join(_nameable(turn))}."
                )
            )
            return
        before = found[0]
        named.append(found)
    if not named:
        await turn.answer(_card(turn))
        return
    back = await name(turn, named)
    named = [(wanted, person) for wanted, person in named if roster.holder(turn, wanted) == person]
    if not named:
        return
    said = "; ".join(f"{wanted}: {turn.name(person)}" for wanted, person in named)
    leads = any(_leads(turn, person) for wanted, person in named if wanted == COORDINATOR)
    hint = (
        "\nTovholderen bør være en person, der almindeligvis har ledelsesansvar."
        if COORDINATOR in dict(named) and not leads
        else ""
    )
    await turn.answer(Card(f"Udpeget – {said}.{hint}", buttons=back))


@action("named_roles.undo")
async def pressed_undo(
    turn: Turn, about: list[str], given: list[str], before: list[str | None], by: str, lapses: str
) -> None:
    """Undo the roles that were given in one breath, by `Fortryd`; `undo.refuse` decides who may.

    Args:
        about: the roles.
        given: whom each was given to.
        before: who had each.
    """
    if await undo.refuse(turn, by, lapses):
        return
    done: list[str] = []
    for wanted, person, was in zip(about, given, before, strict=True):
        if roster.holder(turn, wanted) != person:
            continue
        await roster.put_back(turn, wanted, was)
        now = turn.name(was) if was else "ingen"
        done.append(f"{wanted}: {now}")
        await turn.notify(
            dict.fromkeys([person, *([was] if was else []), turn.staff]),
            Card(f"Fortrudt af {turn.name(turn.sender)}: *{turn.name(person)}* er ikke {wanted}. Nu: {now}."),
            kind="notice",
            summary=f"Fortrudt: {turn.name(person)} er ikke {wanted}. Nu: {now}",
            urgency=URGENT,
        )
        if was:
            await tell(turn, Appointed(wanted, was))
        await _let_go(turn, person, wanted)
    if {CHIEF, DEPUTY} & {*about}:
        await chief_asked.begin(turn)
    drawn = _card(turn)
    await turn.replace(replace(drawn, text=f"Fortrudt. Nu – {'; '.join(done) or 'som før'}.\n{drawn.text}"))


async def name(turn: Turn, named: Iterable[tuple[str, str]]) -> tuple[Button, ...]:
    """Give roles to persons: they and the staff are told, and what hangs on a role follows.

    Args:
        named: (a role, a person's id).

    Returns:
        the button that undoes it; none where nobody has another role than before.
    """
    given = await chief_proposed.keep_back(turn, list(named))
    before = {wanted: roster.holder(turn, wanted) for wanted, _ in given}
    await undo.supersede(turn, "named_roles.undo", [wanted for wanted, _ in given])
    for wanted, person in given:
        was = roster.holder(turn, wanted)
        if was == person:
            continue
        # Whoever has had it or led until now, the mayor before a chief is named, is told that they no longer do (plan §5).
        led = [
            each
            for each in ((await turn.chiefs())[:1] if wanted == CHIEF else [was])
            if each not in (None, turn.sender)
        ]
        await roster.appoint(turn, wanted, person)
        after = f" (før {turn.name(was)})" if was else ""
        await turn.notify(
            dict.fromkeys([person, turn.staff, *led]),
            Card(f"*{turn.name(person)}* er {wanted} for krise nr. {turn.the_crisis.number}{after}."),
            kind="notice",
            summary=f"Udpeget: {turn.name(person)} er {wanted}{after}",
            urgency=URGENT,
        )
        await tell(turn, Appointed(wanted, person))
    for wanted, _ in given:
        await _let_go(turn, before[wanted], wanted)
    if any(wanted in (CHIEF, DEPUTY) for wanted, _ in given):
        await chief_asked.begin(turn)
    changed = {wanted: person for wanted, person in given if before[wanted] != person}
    if not changed:
        return ()
    about = {"about": [*changed], "given": [*changed.values()], "before": [before[each] for each in changed]}
    return undo.buttons(turn, "named_roles.undo", turn.now, turn.sender, crisis=turn.the_crisis.id, **about)


async def _let_go(turn: Turn, person: str | None, wanted: str) -> None:
    """Let whoever no longer has a role leave the place that they had by that alone, and tell them."""
    if person is None or roster.holder(turn, wanted) == person:
        return
    if (meetings := await membership.leave_role(turn, person, wanted)) is not None:
        await turn.say(
            person,
            Card(
                f"Du er ikke længere {wanted} og derfor ikke længere med om krisestaben for nr. {turn.the_crisis.number}. "
                f"Det, du selv har i gang, er stadig dit. Tak for hjælpen.{meetings}"
            ),
            kind="notice",
        )


def chief_and_deputy(turn: Context) -> list[tuple[str, str]]:
    """Return which of the two roles the form of `chief_asked` was filled in for, with whom.

    Raises:
        Unread: a name is nobody's, or several persons'.
    """
    named = ((CHIEF, form_values.person(turn, "chief")), (DEPUTY, form_values.person(turn, "deputy")))
    return [(role, person) for role, person in named if person is not None]


async def show(turn: Turn) -> None:
    """Show the first meeting's list of roles in the staff's channel, with the gaps in red."""
    await turn.say(turn.staff, _card(turn), key=f"crisis/{turn.the_crisis.id}/roles")


def _card(turn: Context, back: Sequence[Button] = ()) -> Card:
    every = list(dict.fromkeys([*NEEDED, *roster.roles(turn)]))
    gaps = [each for each in every if not roster.holder(turn, each)]
    rows = tuple(
        (each[0].upper() + each[1:], turn.name(has) if (has := roster.holder(turn, each)) else "❗ mangler")
        for each in every
    )
    about = {"crisis": turn.the_crisis.id}
    leads = [chief_asked.button(turn)] if CHIEF in gaps or DEPUTY in gaps else []
    others = [each for each in gaps if each not in (CHIEF, DEPUTY)]
    choices = tuple((each, each) for each in _nameable(turn))
    return Card(
        f"*Roller i krisen.* Skriv fx {EXAMPLE}." + (f"\n❗ Mangler: {', '.join(gaps)}." if gaps else ""),
        facts=rows,
        buttons=(
            *leads,
            *(
                Button(f"Udpeg {each}", "named_roles.give", {**about, "role": each}, form=(WHO,), form_title="Udpeg")
                for each in others[:SHOWN]
            ),
            Button(
                "Udpeg en anden rolle",
                "named_roles.give",
                about,
                form=(Field("role", "Rolle", "choice", required=True, choices=choices), WHO),
                form_title="Udpeg",
            ),
            Button(
                "Sekretariatsbistand",
                "named_roles.assist",
                about,
                form=(
                    Field("centres", "Hvilke centre bidrager bedst? Komma imellem", required=True),
                    Field("what", "Med hvad?", "long", required=True),
                ),
                form_title="Sekretariatsbistand",
            ),
            *back,
        ),
    )


@action("named_roles.give", who=rights.meets, level_two=True)
async def given(turn: Turn, role: str = "") -> None:
    """Give one role, by `Udpeg …`, and show the list as it then is."""
    wanted, person = role or turn.chosen("role", _nameable(turn)), form_values.person(turn, "person")
    if wanted in _nameable(turn) and person is not None:
        back = await name(turn, [(wanted, person)])
        await turn.replace(_card(turn, back))


@action("named_roles.chief", who=rights.meets, level_two=True)
async def chief(turn: Turn) -> None:
    """Name the chief, the deputy or both, by `Udpeg chef`; every right that says "chief" follows."""
    back = await name(turn, chief_and_deputy(turn))
    standing = await turn.pressed()
    if standing is not None and standing.kind == "reminder":
        lacks = chief_asked.missing(turn)
        await turn.replace(
            Card(f"Ikke udpeget endnu: {' og '.join(lacks)}.", buttons=back)
            if lacks
            else Card("✅ Chef og stedfortræder er udpeget.", buttons=back)
        )
        return
    await turn.replace(_card(turn, back))


@action("named_roles.appoint", who=rights.framing, level_two=True)
async def appoint(turn: Turn, role: str, person: str) -> None:
    """Name whom somebody proposed as chief or deputy, by `Udpeg …`."""
    if role in (CHIEF, DEPUTY) and turn.plan.person(person) is not None:
        await name(turn, [(role, person)])
        await turn.replace(Card(f"✅ *{turn.name(person)}* er {role}."))


@action("named_roles.assist", who=rights.meets, begins=True, level_two=True)
async def assist(turn: Turn) -> None:
    """Ask each chosen centre for assistance to the secretariat: "hvilken sekretariatsbistand, der er behov for (vurdere
    hvilke fagcentre bidrager bedst)"."""
    known = ", ".join(centre.name for centre in turn.rules.centres)
    hint = f"Vælg mellem centrene: {known}."
    chosen, what = form_values.typed(turn, "centres", lambda names: _centres(turn, names), hint), turn.value("what")
    if not what or chosen is None:
        await turn.answer(Card(f"Hvilke centre, og med hvad? {hint} Intet er ændret."))
        return
    await turn.log(
        f"Sekretariatsbistand fra {', '.join(centre.name for centre in chosen)}: {what}",
        kind="assessment",
        sender=turn.sender,
        verification="confirmed",
        refs={"centres": [centre.name for centre in chosen]},
    )
    for centre in chosen:
        owner = await audiences.contact_of(turn, centre)
        await tasks.add(turn, f"Sekretariatsbistand fra {centre.name}: {what}", owner=owner, tell=True)
    await turn.answer(Card(f"{', '.join(centre.name for centre in chosen)} er bedt om sekretariatsbistand."))


def _centres(turn: Context, text: str) -> list[Centre] | None:
    """Read a list of centres, "Sundhed, Børn og Unge"; None where one of the names is no centre's."""
    names = [fold(each) for each in re.split(r"(?:(?<!\s)\s++)?+(?:,|\bog\b)\s*+", text) if each]
    by_name = {fold(centre.name): centre for centre in turn.rules.centres}
    chosen = [by_name[each] for each in names if each in by_name]
    return chosen if len(chosen) == len(names) else None


def reads(turn: Context, text: str) -> bool:
    """Whether a text names a role and a person: "krisestabschef Anne"."""
    return _read(turn, text.split(",")[0].strip(), "") is not None


def _read(turn: Context, text: str, before: str) -> tuple[str, str] | None:
    """Read "krisestabschef Anne" or "referent @Eva"; "stedfortræder Sara" is the chief's deputy."""
    parts = text.split()
    for count in range(min(3, len(parts) - 1), 0, -1):
        said = fold(" ".join(parts[:count]))
        known = {fold(each): each for each in _nameable(turn)} | {fold(each): CHIEF for each in CALLED}
        known |= {fold(each): "sekretær" for each in SECRETARIAT}
        wanted = DEPUTY if said == "stedfortraeder" else known.get(said)
        persons = turn.named(" ".join(parts[count:]))
        if wanted and len(persons) == 1:
            return wanted, persons[0]
    return None


def _leads(turn: Context, person: str) -> bool:
    """Whether the plan knows somebody as a leader; a hint, and nothing hangs on it."""
    known = turn.rules.person(person)
    title = (known.title or "").casefold() if known else ""
    chief = any(person in (centre.chief, centre.deputy) for centre in turn.rules.centres)
    return chief or person in turn.rules.board() or any(word in title for word in ("chef", "leder", "direktør"))


def _nameable(turn: Context) -> list[str]:
    """Return every role that somebody can be given: those that are manned, and those that the plan leaves to the
    crisis."""
    every = [str(field.alias) for field in Roles.model_fields.values()]
    return list(
        dict.fromkeys([DEPUTY, RESPONSIBLE, *roster.roles(turn), *(each for each in every if each not in NOT_BY_SHIFT)])
    )
