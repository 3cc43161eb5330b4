"""Rights: the one place that decides who may do what. Roles decide, titles do not. Plan §4 and §5."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from handlers.core.context import Context
from storage.plan.model import Plan
from storage.plan.persons import DECIDING_ROLES, SECRETARIAT_ROLES
from storage.plan.sections import Centre
from storage.rows.coordination import Representative

# Who writes what nobody wrote; no person.
KRISEBOT = "krisebot"


@dataclass(frozen=True)
class Right:
    """A right: who has it, and how that is said to whoever has it not.

    Args:
        holders: Danish, definite, for "Kun … kan": who has it.
        has: whether the turn's sender has it, being who they seem to be.
        by_number: whether a telephone number is proof enough; for all else, whoever writes by SMS brings back a code.
        first: who is named first of those who have it, where that isn't the staff's chief: whose row it is.
    """

    holders: str
    has: Callable[[Context], Awaitable[bool]]
    by_number: bool = False
    first: tuple[str, ...] = ()

    async def held(self, turn: Context) -> bool:
        """Whether the turn's sender has the right, and it is certain enough that it is them."""
        return (self.by_number or _certain(turn)) and await self.has(turn)

    async def lacks_proof(self, turn: Context) -> bool:
        """Whether the sender would have the right, were it certain that it is them."""
        return not (self.by_number or _certain(turn)) and await self.has(turn)


async def holders_of(turn: Context, right: Right, most: int | None = None) -> list[str]:
    """Find those who have a right now: whose row it is, the chief, who decides, the secretariat, then the plan's others;
    whoever is away comes after those who are not.

    Args:
        turn: of which crisis, where there is one.
        right: which.
        most: how many are looked for; None: all.
    """
    plan = turn.rules
    chiefs = await turn.chiefs() if turn.crisis is not None else []
    roles = [*DECIDING_ROLES, *SECRETARIAT_ROLES]
    named = [person for role in roles for person in (*plan.holders(role), *plan.deputies(role))]
    # Krisebot's own lines are nobody's to be asked about.
    first = [person for person in right.first if person != KRISEBOT]
    every = dict.fromkeys([*first, *chiefs, *named, *(centre.chief for centre in plan.centres), *plan.persons])
    found: list[str] = []
    for person in turn.plan.present_first([*every]):
        if len(found) == most:
            break
        if await right.has(turn.as_seen_by(person)):
            found.append(person)
    return found


def of_row(whose: str, persons: Iterable[str | None], beside: Right | None = None) -> Right:
    """Make the right to one row: of those whose it is, and of those who have a right to all such rows.

    Args:
        whose: Danish, definite, for "Det kan kun …": "den, der har opgaven". The others are named after it.
        persons: whose it is; None among them is nobody.
        beside: the right to all of them.
    """
    own = tuple(dict.fromkeys(person for person in persons if person))

    async def has(turn: Context) -> bool:
        return turn.sender in own or (beside is not None and await beside.has(turn))

    if beside is None:
        return Right(whose, has, first=own)
    return Right(f"{whose}, {beside.holders}", has, by_number=beside.by_number, first=own)


def _certain(turn: Context) -> bool:
    return turn.incoming is None or turn.incoming.certain


def _by_role(holders: str, *roles: str) -> Right:
    async def held(turn: Context) -> bool:
        return any(acts_as(turn.rules, turn.sender, role) for role in roles)

    return Right(holders, held)


def acts_as(plan: Plan, person: str, role: str) -> bool:
    """Whether the person holds the role or is one of its deputies, who act with the same right (plan §2)."""
    if role == "direktion":
        return person in plan.board()
    return person == plan.holder(role) or person in plan.deputies(role)


def on_behalf_of(plan: Plan, person: str, *roles: str) -> str | None:
    """Return the person whose right a deputy uses; None for somebody who uses their own."""
    if any(person == plan.holder(role) for role in roles) or ("direktion" in roles and person in plan.board()):
        return None
    return next((plan.holder(role) for role in roles if person in plan.deputies(role)), None)


def acting(turn: Context, person: str, principal: str | None) -> str:
    """Name whoever did something, and on whose behalf where it was a deputy (plan §2).

    Args:
        person: who.
        principal: whose right it was; None for their own.
    """
    return turn.name(person) + (f" på vegne af {turn.name(principal)}" if principal else "")


async def chief_of_deputy(turn: Context, person: str) -> str | None:
    """Return the staff's chief whose right a deputy uses; None for somebody who uses their own."""
    chief, *deputies = await turn.chiefs() or [""]
    return chief if person in deputies and person != chief else None


async def signed(turn: Context, person: str) -> str:
    """Name whoever has decided or approved with the chief's right, and on whose behalf where it is the deputy (plan §2)."""
    return acting(turn, person, await chief_of_deputy(turn, person))


def leads(plan: Plan, person: str, centre: Centre | None) -> bool:
    """Whether the person is over a centre: its chief, the deputy, or a director, since "gælder det sædvanlige kommunale
    hierarki i alle situationer" (plan §5)."""
    return person in plan.board() or (centre is not None and person in (centre.chief, centre.deputy))


async def _anyone(turn: Context) -> bool:
    return True


async def _chief(turn: Context) -> bool:
    return turn.crisis is not None and turn.sender in await turn.chiefs()


async def _intends(turn: Context) -> bool:
    return await _chief(turn) or await mayor.has(turn)


async def _staff(turn: Context) -> bool:
    return await _chief(turn) or turn.sender in await turn.involved()


async def _takes_up(turn: Context) -> bool:
    return await _staff(turn) or await decider.has(turn)


async def _log_keeper(turn: Context) -> bool:
    return await _chief(turn) or await log_keeper_role.has(turn)


async def _runs_staff(turn: Context) -> bool:
    return await _chief(turn) or await secretariat.has(turn)


async def _phone_list(turn: Context) -> bool:
    """Whether the sender may see people's numbers. Outside a crisis nobody is its chief: then it is whoever would be
    (plan §5)."""
    if turn.crisis is not None:
        return await _runs_staff(turn) or turn.sender in turn.rules.interim_secretariat()
    if acts_as(turn.rules, turn.sender, "borgmester") or turn.sender in turn.rules.interim_secretariat():
        return True
    # What is asked for outside a staff's channel is no less for whoever runs one.
    return await _runs_staff(turn) or any([await _phone_list(in_it) for in_it in await with_staff(turn)])


async def with_staff(turn: Context) -> list[Context]:
    """Return the same context in each crisis that has a staff now."""
    seen = turn.as_seen_by(turn.sender)
    return [seen.about(crisis) for crisis in await turn.open_crises() if crisis.has_staff]


async def _numbers(turn: Context) -> bool:
    """Whether the sender may see the number of somebody they name, or read on a card.

    Whoever is called to a staff reads its channel, where a card with a number on it is there to be rung; a rule that
    hid the same number from `ring` would only cost them time at night. Who decides has to reach people before there is a
    staff. Nobody has a number by a title or from an earlier crisis, and the list as a whole is `phone_list`.
    """
    called = [turn.sender in await in_it.members() for in_it in await with_staff(turn)]
    return any(called) or await decider.has(turn) or await _phone_list(turn)


async def _meets(turn: Context) -> bool:
    return await framing.has(turn) or await _runs_staff(turn)


async def _asks(turn: Context) -> bool:
    # The framing staff is "borgmester og alle medlemmer af direktionen", and a deputy has the same right (plan §2, §5).
    sits = turn.sender in await turn.members("framing", "operational")
    return sits or await _runs_staff(turn) or await framing.has(turn)


async def _coordinates(turn: Context) -> bool:
    officer = acts_as(turn.rules, turn.sender, "forbindelsesofficer")
    return officer or await _asks(turn) or await decider.has(turn)


async def _represents(turn: Context) -> bool:
    if turn.crisis is None:
        return await _asks(turn) or await decider.has(turn)
    sits = select(Representative.id).where(
        Representative.crisis_id == turn.crisis.id,
        Representative.person == turn.sender,
        Representative.until.is_(None),
    )
    return await _asks(turn) or await decider.has(turn) or await turn.db.scalar(sits) is not None


async def _communication(turn: Context) -> bool:
    roles = ("kommunikation", "pressetalsperson", "presseansvarlig")
    return await _chief(turn) or any(acts_as(turn.rules, turn.sender, role) for role in roles)


async def _edits_agenda(turn: Context) -> bool:
    return await _runs_staff(turn) or acts_as(turn.rules, turn.sender, "dagsordensproducent")


async def _nudges(turn: Context) -> bool:
    return await _runs_staff(turn) or acts_as(turn.rules, turn.sender, "kommunikation")


async def _registers(turn: Context) -> bool:
    return await _chief(turn) or acts_as(turn.rules, turn.sender, "referent")


async def _health_plan(turn: Context) -> bool:
    centre = turn.rules.health_centre()
    answers_for_it = centre is not None and turn.sender in (centre.chief, centre.deputy, centre.contact)
    return answers_for_it or await framing.has(turn) or await _runs_staff(turn)


async def _centre_chief(turn: Context) -> bool:
    return any(leads(turn.rules, turn.sender, centre) for centre in turn.rules.centres)


async def _level_one(turn: Context) -> bool:
    return await decider.has(turn) or await _centre_chief(turn)


anyone = Right("alle", _anyone, by_number=True)
# For what looks into for itself who may: it is at least certain who it is.
proven = Right("den, det er", _anyone)
# Plan §4: "Ovenstående personer kan beslutte"
decider = _by_role(
    "beredskabschefen hos 4K, borgmesteren, direktionen eller en stedfortræder",
    *DECIDING_ROLES,
)
# Plan §5: "indtil borgmester eller dennes stedfortræder giver meddelelse"
mayor = _by_role("borgmesteren eller stedfortræderen", "borgmester")
director = _by_role("en direktør", "direktion")
# Plan §5: "Borgmester og direktion tager stilling …"
framing = _by_role("borgmesteren, direktionen eller en stedfortræder", "borgmester", "direktion")
# Plan §2: "Direktør kan evt. opskalere til beredskabsniveau 2."
may_escalate = decider
# Plan, Planens afprøvning: 4K is responsible, the secretariat does the work
exercises = _by_role(
    "beredskabschefen hos 4K, stedfortræderen eller krisesekretariatet",
    "beredskabschef",
    *SECRETARIAT_ROLES,
)
secretariat = _by_role("krisesekretariatet", *SECRETARIAT_ROLES)
# Plan §4: "indhentet politisk godkendelse"; who may say that it has been given
political_approval = _by_role(
    "borgmesteren, stedfortræderen eller krisesekretariatet",
    "borgmester",
    *SECRETARIAT_ROLES,
)
log_keeper_role = _by_role("logføreren", "logfører", "sekretær")
chief = Right("krisestabschefen eller stedfortræderen", _chief)
log_keeper = Right("logføreren, krisestabschefen eller en stedfortræder", _log_keeper)
runs_staff = Right("krisestabschefen eller krisesekretariatet", _runs_staff)
# People's own numbers are not for everybody
phone_list = Right("krisestabschefen eller krisesekretariatet", _phone_list)
# Plan §5, "Ingen skal være i tvivl om … kommunikationskanaler": one at a time, for whoever the staff's cards are for
numbers = Right("krisestaben, de indkaldte, krisesekretariatet eller beslutningstagerne", _numbers)
# Plan §2: "har ansvar for at spørge ud i organisationen"
asks = Right("krisestaben eller krisesekretariatet", _asks)
# Plan §5: the framing staff and the secretariat that serves it
meets = Right("borgmesteren, direktionen eller krisesekretariatet", _meets)
# Plan §6: the officer carries, the staff decides; those who sit in the coordinating staff get no right by it
coordinates = Right(
    "krisestaben, krisesekretariatet, forbindelsesofficeren eller beredskabschefen hos 4K", _coordinates
)
represents = Right("krisestaben, krisesekretariatet eller kommunens repræsentant", _represents)
# Plan §8: "varetages af kommunikationsafdelingen"
communication = Right("kommunikation eller krisestabschefen", _communication)
# Plan §5: "sendes til krisesekretariatets dagsordensproducent"
edits_agenda = Right("krisestabschefen, krisesekretariatet eller dagsordensproducenten", _edits_agenda)
nudges = Right("krisestabschefen, krisesekretariatet eller kommunikation", _nudges)
# To write and to read, which is answered where the number is; what is decided or confirmed is looked into by itself.
staff = Right("krisestaben og dem, der er om den", _staff, by_number=True)
# Plan §7: "hurtigst muligt … søge at imødekomme behovet"; what is written to several is for whoever has one of them.
takes_up = Right("krisestaben, dem, der er om den, eller en, der kan beslutte", _takes_up)
centre_chief = Right("en centerchef, stedfortræderen eller en direktør", _centre_chief)
# Plan §2: "Centerchef og direktør træffer i fællesskab afgørelse om aktivering af beredskabsniveau 1."
level_one = Right("en centerchef, en direktør eller en anden, der kan beslutte", _level_one)
# Plan §9: "kompetence til at træffe beslutninger"
intends = Right("krisestabschefen, borgmesteren eller en stedfortræder", _intends)
registers = Right("krisestabschefen, eller referenten på chefens vegne", _registers)
# Plan §2: "Fagcentret, der håndterer Sundhedsberedskabsplanen"
health_plan = Right(
    "sundhedscentret, borgmesteren, direktionen, krisestabschefen eller krisesekretariatet", _health_plan
)
