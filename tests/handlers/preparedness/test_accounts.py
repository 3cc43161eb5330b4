"""A person in the plan file needs only a mail address: krisebot finds their accounts, and gives nobody a right in doubt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.engine.accounts import Accounts
from storage.plan.model import Plan
from storage.plan.persons import Person
from storage.rows.accounts import Account
from storage.rows.crisis import Crisis
from tests.fakes.slack import OkFalse, RateLimited, SlackPerson
from tests.fakes.slack import ServerError as SlackBroken
from tests.fakes.teams import RateLimited as TeamsLimited
from tests.fakes.teams import ServerError as TeamsBroken
from tests.fakes.teams import TeamsPerson
from tests.stage.platforms import PAIRS, only_in_slack, only_in_teams
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage
from tests.stage.teams import TeamsStage

in_both = pytest.mark.parametrize("pair", [PAIRS["slack"], PAIRS["teams"]], indirect=True, ids="-".join)
OURS = "jens@4k.example"
LOST = "kan ikke finde en konto"


NO_RIGHT_IN_SLACK: list[tuple[dict[str, Any], str]] = [
    ({"is_restricted": True}, "gæst"),
    ({"is_restricted": True, "is_ultra_restricted": True}, "gæst"),
    ({"deleted": True}, "lukket"),
    ({"is_bot": True}, "bot"),
    ({"team_id": "T0ANDEN"}, "anden organisation"),
    ({"is_stranger": True}, "anden organisation"),
    ({"is_invited_user": True}, "ikke taget i brug"),
    ({"is_email_confirmed": False}, "ikke taget i brug"),
    ({"email": "mette@4k.example"}, "en anden mailadresse"),
]
NO_RIGHT_IN_ENTRA: list[tuple[dict[str, Any], str]] = [
    ({"user_type": "Guest"}, "gæst"),
    ({"user_type": ""}, "gæst"),
    ({"upn": "jens_4k.example#EXT#@kommune.example"}, "gæst"),
    ({"enabled": False}, "lukket"),
    ({"mail": ""}, "ingen har"),
]
# What Slack and Entra say of an account that is a full member's.
AS_IT_WAS: dict[str, Any] = {
    "is_restricted": False, "is_ultra_restricted": False, "deleted": False, "is_bot": False, "team_id": "T0HTK",
    "is_stranger": False, "is_invited_user": False, "is_email_confirmed": True, "email": OURS,
    "user_type": "Member", "upn": "", "enabled": True,
}  # fmt: skip


@pytest.fixture
def stage(open_stage: Stage) -> Stage:
    return open_stage


def by_mail_alone(plan: Plan, *persons: str, **more: Any) -> Plan:
    """The plan with no id in it for some persons."""
    without = {
        person: plan.persons[person].model_copy(update={"slack": None, "teams": None, **more}) for person in persons
    }
    return with_persons(plan, without)


def with_persons(plan: Plan, persons: dict[str, Person]) -> Plan:
    """The plan with others in it, as if it had just been read."""
    changed = plan.model_copy(update={"persons": {**plan.persons, **persons}})
    changed.__dict__.pop("_addresses", None)
    return changed


async def open_with(stage: Stage, plan: Plan) -> None:
    """Start krisebot with a plan, and let it look for whom it has no id of."""
    stage.plan = plan
    await stage.kill()
    await stage.settle()


async def level(stage: Stage) -> int | None:
    """The level that somebody has decided on."""
    async with stage.database.reading() as db:
        return await db.scalar(select(Crisis.level).order_by(Crisis.id.desc()))


async def fault(stage: Stage, person: str = "jens") -> str | None:
    async with stage.database.reading() as db:
        return await db.scalar(select(Account.fault).where(Account.person == person))


async def told(stage: Stage) -> list[str]:
    """What the secretary has been told of accounts."""
    return [each for each in await stage["kim"].reads() if LOST in each]


def somebody(stage: Stage, id: str, mail: str, **account: Any) -> SlackPerson | TeamsPerson:
    """Somebody else, whose account has a mail address."""
    if isinstance(stage, SlackStage):
        stage.slack.add_user(id, "En anden", mail, **account)
        return SlackPerson(stage.slack, id, stage.address)
    assert isinstance(stage, TeamsStage)
    stage.teams.add_person(id, "En anden", mail=mail, **account)
    return TeamsPerson(stage.teams, id, stage.address)


def jens_is(stage: Stage) -> str | None:
    """Whom Jens' own account is taken for."""
    platform, id = ("slack", "U0JENS") if isinstance(stage, SlackStage) else ("teams", "aad-jens")
    return stage.bot.engine.plan().find(platform, id)


def broken(stage: Stage, times: int | None = None) -> None:
    """The directory answers nobody."""
    if isinstance(stage, SlackStage):
        stage.slack.fail("users.lookupByEmail", with_=SlackBroken(), times=times)
    elif isinstance(stage, TeamsStage):
        stage.teams.fail("graph", with_=TeamsBroken(), times=times)


def account_changes(stage: Stage, **said: Any) -> None:
    """What the platform says of Jens' account, from now on."""
    if isinstance(stage, SlackStage):
        stage.slack.world.said_of["U0JENS"] = said
    elif isinstance(stage, TeamsStage):
        stage.teams.world.people["aad-jens"] = replace(stage.teams.world.people["aad-jens"], **said)


@pytest.mark.long
@in_both
async def test_a_decider_with_only_a_mail_address_decides(stage: Stage) -> None:
    """R070: no one looks up ids; what is found is kept over a restart, also where nobody answers then."""
    await open_with(stage, by_mail_alone(stage.plan, "jens", mail=OURS.upper()))
    broken(stage)
    await stage.kill()
    await stage.settle()
    await stage["jens"].commands("aktiver 2 skybrud")
    assert await level(stage) == 2
    async with stage.database.reading() as db:
        assert await db.scalar(select(Crisis.decided_by)) == "jens"
    assert not await told(stage)


@pytest.mark.long
@in_both
async def test_a_mail_that_becomes_anothers_gives_neither_of_them_a_right_and_is_told_once(stage: Stage) -> None:
    """R001: an id gives a decider's rights."""
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    if isinstance(stage, TeamsStage):
        account_changes(stage, mail="")
    other = somebody(stage, "U0NY" if isinstance(stage, SlackStage) else "aad-ny", OURS)
    for _ in range(3):
        await stage.forward(days=1)
    for person in (other, stage["jens"].person):  # type: ignore[attr-defined]
        await (person.command if isinstance(person, SlackPerson) else person.says)("aktiver 2 skybrud")
        await stage.settle()
    assert await level(stage) is None
    (said,) = await told(stage)
    assert "en anden konto end før: Jens Lund (jens@4k.example)" in said
    await open_with(stage, by_mail_alone(stage.plan, "jens", slack="U0JENS", teams="aad-jens"))
    assert jens_is(stage) == "jens", "an id in the file wins"


@pytest.mark.long
@in_both
async def test_an_account_that_is_no_full_active_members_gives_no_right(stage: Stage) -> None:
    """R001: nor one that was a member's when it was found; and it is theirs again when it is one again."""
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    for said, why in NO_RIGHT_IN_SLACK if isinstance(stage, SlackStage) else NO_RIGHT_IN_ENTRA:
        account_changes(stage, **said)
        await stage.forward(days=1)
        assert why in (await fault(stage) or ""), said
        assert jens_is(stage) is None, said
        account_changes(stage, **{name: OURS if name == "mail" else AS_IT_WAS[name] for name in said})
        await stage.forward(days=1)
        assert jens_is(stage) == "jens", said
    assert len(await told(stage)) == len(NO_RIGHT_IN_SLACK if isinstance(stage, SlackStage) else NO_RIGHT_IN_ENTRA)


@pytest.mark.long
@in_both
async def test_a_guest_with_a_deciders_mail_decides_nothing(stage: Stage) -> None:
    """R001: on every way that a word comes in."""
    account_changes(stage, **({"is_restricted": True} if isinstance(stage, SlackStage) else {"user_type": "Guest"}))
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    await stage["jens"].commands("aktiver 2 skybrud")
    assert await level(stage) is None
    assert len(await told(stage)) == 1


@pytest.mark.long
@only_in_teams
@pytest.mark.parametrize("account", [{"user_type": "Guest"}, {}, {"enabled": False}])
async def test_two_accounts_with_one_mail_in_entra_give_no_right(stage: TeamsStage, account: dict[str, Any]) -> None:
    """R001: a guest's beside the member's own is doubt enough."""
    stage.teams.add_person("aad-ny", "En anden", mail="ny@4k.example", upn=OURS.upper(), **account)
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    assert await fault(stage) == "flere har mailadressen"
    await stage["jens"].commands("aktiver 2 skybrud")
    assert await level(stage) is None


@pytest.mark.long
@only_in_teams
async def test_a_mail_address_is_no_part_of_the_question_asked_of_entra(stage: TeamsStage) -> None:
    """R235: what stands in the plan can't widen what is looked for."""
    odd = "o'hara+vagt@4k.example"
    account_changes(stage, mail=odd)
    await open_with(stage, by_mail_alone(stage.plan, "jens", mail=odd))
    assert await fault(stage) == ""
    await stage["jens"].commands("aktiver 2 skybrud")
    assert await level(stage) == 2


@pytest.mark.long
@in_both
async def test_one_account_is_nobodys_where_two_in_the_plan_have_its_mail(stage: Stage) -> None:
    """R001: nor where the file has it as somebody else's."""
    await open_with(stage, by_mail_alone(stage.plan, "jens", "lars", mail=OURS))
    await stage["jens"].commands("aktiver 2 skybrud")
    assert await level(stage) is None
    assert await fault(stage, "lars") == await fault(stage) == "kontoen er også en andens i planen"
    lars = by_mail_alone(stage.plan, "lars", slack="U0JENS", teams="aad-jens").persons["lars"]
    await open_with(stage, with_persons(stage.plan, {"lars": lars}))
    assert stage.bot.engine.plan().find("slack", "U0JENS") == "lars"
    assert stage.bot.engine.plan().persons["jens"].address("slack") is None
    assert len(await told(stage)) == 1


@only_in_slack
async def test_a_platform_that_asks_us_to_wait_is_asked_again_and_all_are_found(stage: SlackStage) -> None:
    """R213: fifty a minute is what Slack answers."""
    stage.slack.fail("users.lookupByEmail", with_=RateLimited(30), times=2)
    stage.slack.fail("users.lookupByEmail", with_=OkFalse("ratelimited"), times=1)
    await open_with(stage, by_mail_alone(stage.plan, "jens", "lars", "mette"))
    assert not stage.bot.engine.plan().find("slack", "U0JENS")
    await stage.forward(minutes=2)
    assert [stage.bot.engine.plan().find("slack", f"U0{each}") for each in ("JENS", "LARS", "METTE")] == [
        "jens",
        "lars",
        "mette",
    ]
    assert not await told(stage)
    assert not stage.slack.faults_left


@pytest.mark.long
@only_in_teams
async def test_a_directory_that_is_down_takes_nobodys_right(stage: TeamsStage) -> None:
    """R213: nor does one that asks us to wait."""
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    stage.teams.fail("graph", with_=TeamsLimited(None), times=1)
    broken(stage)
    await stage.forward(days=2)
    await stage["jens"].commands("aktiver 2 skybrud")
    assert await level(stage) == 2
    assert not await told(stage)


@pytest.mark.long
@in_both
async def test_a_grant_that_lacks_the_lookup_loses_that_alone_and_is_told_once(stage: Stage) -> None:
    """R213: an older installation keeps working; `/readyz` has nothing to say of it."""
    if isinstance(stage, SlackStage):
        stage.slack.scopes.discard("users:read.email")
    elif isinstance(stage, TeamsStage):
        stage.teams.consents.discard("User.Read.All")
        stage.teams.consents.discard("Directory.Read.All")
    await open_with(stage, by_mail_alone(stage.plan, "jens", "pia"))
    for _ in range(2):
        await stage.forward(days=1)
    (said,) = await told(stage)
    assert ("users:read.email" in said) or ("User.Read.All" in said)
    assert said.count("giver rettigheden") == 1, "one line for all of them"
    assert all(platform.trouble() is None for platform in stage.bot.platforms)
    await stage["lars"].commands("aktiver 2 skybrud")
    assert await level(stage) == 2


@only_in_slack
async def test_what_was_found_still_counts_where_we_may_look_no_longer(stage: SlackStage) -> None:
    """R213."""
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    stage.slack.scopes.discard("users:read.email")
    await stage.forward(days=1)
    await stage["jens"].commands("aktiver 2 skybrud")
    assert await level(stage) == 2


@only_in_slack
async def test_another_mail_in_the_plan_is_looked_for_anew_and_a_removed_person_is_forgotten(stage: SlackStage) -> None:
    """R001: it is no change of the account's."""
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    stage.slack.add_user("U0JENSNY", "Jens Lund", "jens.lund@4k.example")
    await open_with(stage, by_mail_alone(stage.plan, "jens", mail="jens.lund@4k.example"))
    plan = stage.bot.engine.plan()
    assert (plan.find("slack", "U0JENSNY"), plan.find("slack", "U0JENS")) == ("jens", None)
    assert "slack" not in plan.frozen()["personer"]["jens"], "a crisis keeps the file's words, and today's ids"
    await open_with(stage, by_mail_alone(stage.plan, "jens", slack="U0JENS"))
    async with stage.database.reading() as db:
        assert not list(await db.scalars(select(Account)))


def in_chat(stage: Stage, id: str) -> list[str]:
    """What krisebot has written in an account's own chat."""
    if isinstance(stage, SlackStage):
        person: Any = SlackPerson(stage.slack, id, stage.address)
        return [each.shown for each in person.messages() if each.from_bot and each.channel.startswith("D")]
    assert isinstance(stage, TeamsStage)
    person = TeamsPerson(stage.teams, id, stage.address)
    return [each.shown for each in person.messages() if each.from_bot and each.conversation == person.dm]


@pytest.mark.long
@in_both
async def test_an_account_that_is_no_longer_the_persons_is_written_to_no_more(stage: Stage) -> None:
    """R001, R235: neither anew, nor where something stands already; however they were written to before."""
    here = "U0JENS" if isinstance(stage, SlackStage) else "aad-jens"
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    await stage["finn"].commands("varsel røg ved skolen")
    await stage["jens"].commands("status")
    assert any("røg ved skolen" in each for each in in_chat(stage, here))
    # A warning that nobody takes is asked about all day.
    await stage["finn"].presses("Nej")
    account_changes(stage, **({"deleted": True} if isinstance(stage, SlackStage) else {"enabled": False}))
    await stage.forward(days=1)
    before = in_chat(stage, here)
    await stage["finn"].commands("varsel ild i kælderen")
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage.forward(minutes=30)
    assert in_chat(stage, here) == before


@pytest.mark.long
@in_both
async def test_another_account_of_the_same_person_is_written_to_and_the_old_one_not(stage: Stage) -> None:
    """R001, R235: a new mail in the plan is a new account, and its chat is not the one that was known before."""
    slack = isinstance(stage, SlackStage)
    old, new = ("U0JENS", "U0JENSNY") if slack else ("aad-jens", "aad-jensny")
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    await stage["jens"].commands("status")
    somebody(stage, new, "jens.lund@4k.example")
    await open_with(stage, by_mail_alone(stage.plan, "jens", mail="jens.lund@4k.example"))
    before = in_chat(stage, old)
    await stage["finn"].commands("varsel ild i kælderen")
    await stage.forward(minutes=30)
    assert any("ild i kælderen" in each for each in in_chat(stage, new))
    assert in_chat(stage, old) == before


@pytest.mark.long
@in_both
async def test_mails_that_are_swapped_in_the_plan_swap_the_rights_and_the_chats(stage: Stage) -> None:
    """R001: nothing that was learnt of the one counts for the other."""
    slack = isinstance(stage, SlackStage)
    decider, other = ("U0JENS", "U0RUNE") if slack else ("aad-jens", "aad-rune")
    await open_with(stage, by_mail_alone(stage.plan, "jens", "rune"))
    for who in ("jens", "rune"):
        await stage[who].commands("status")
    jens, rune = (stage.plan.persons[who].mail for who in ("jens", "rune"))
    await open_with(stage, by_mail_alone(by_mail_alone(stage.plan, "jens", mail=rune), "rune", mail=jens))
    assert jens_is(stage) == "rune"
    person = stage["jens"].person  # type: ignore[attr-defined]
    await (person.command if isinstance(person, SlackPerson) else person.says)("aktiver 2 skybrud")
    await stage.settle()
    assert await level(stage) is None, "the account that was the decider's is so no more"
    before = in_chat(stage, decider)
    await stage["finn"].commands("varsel ild i kælderen")
    await stage.forward(minutes=1)
    assert any("ild i kælderen" in each for each in in_chat(stage, other))
    assert not any("ild i kælderen" in each for each in in_chat(stage, decider)[len(before) :])


@in_both
async def test_one_who_is_never_answered_for_keeps_nobody_else_from_being_found(stage: Stage) -> None:
    """R213: whoever comes first in the list among them."""
    broken(stage, times=1)
    await open_with(stage, by_mail_alone(stage.plan, "jens", "lars", "mette"))
    async with stage.database.reading() as db:
        rows = {row.person: row.address for row in await db.scalars(select(Account))}
    assert {who for who, address in rows.items() if address} == {"lars", "mette"}
    await stage.forward(minutes=2)
    assert jens_is(stage) == "jens"


@in_both
async def test_a_platform_that_is_down_at_the_start_is_asked_until_it_answers(stage: Stage) -> None:
    """R213: nobody has to start krisebot again."""
    broken(stage)
    await open_with(stage, by_mail_alone(stage.plan, "jens", "lars", "mette", "pia"))
    await stage.forward(minutes=30)
    assert jens_is(stage) is None
    (stage.slack if isinstance(stage, SlackStage) else stage.teams).heal()  # type: ignore[attr-defined]
    await stage.forward(hours=1)
    assert jens_is(stage) == "jens"
    assert not await told(stage)


@only_in_slack
async def test_everybody_in_a_grid_organisation_that_it_is_installed_on_is_found(stage: SlackStage) -> None:
    """R001: it has no workspace of its own then; another organisation's people are strangers still."""
    stage.slack.world.enterprise = "E0KOMMUNEN"
    grid = {"team_id": "T0ANDET", "enterprise_user": {"enterprise_id": "E0KOMMUNEN", "teams": ["T0ANDET"]}}
    account_changes(stage, **grid)
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    assert jens_is(stage) == "jens"
    account_changes(stage, **{**grid, "enterprise_user": {"enterprise_id": "E0ANDEN", "teams": ["T0ANDET"]}})
    await stage.forward(days=1)
    assert await fault(stage) == "kontoen hører til en anden organisation"


@only_in_slack
async def test_an_open_page_is_its_readers_as_soon_as_they_are_found_and_no_longer_than_they_are(
    stage: SlackStage,
) -> None:
    """R256, R001: nobody opens it twice, and whoever has lost the right sees nothing of ours."""
    broken(stage)
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    await stage["finn"].commands("varsel røg ved skolen")
    jens = stage["jens"].person
    await jens.opens_home()
    await stage.settle()
    assert "røg ved skolen" not in jens.home
    stage.slack.heal()
    await stage.forward(seconds=70)
    assert "røg ved skolen" in jens.home
    await stage["jens"].person.opens_home()
    await stage.settle()
    account_changes(stage, is_restricted=True)
    await open_with(stage, stage.plan)
    await stage.forward(seconds=10)
    assert "røg ved skolen" not in stage["jens"].person.home


@only_in_slack
async def test_what_one_replica_finds_the_others_know(stage: SlackStage) -> None:
    """R213."""
    await open_with(stage, by_mail_alone(stage.plan, "jens"))
    other = Accounts(stage.database, stage.clock, lambda: stage.plan, stage.bot.engine.platforms, lambda: None)
    assert other.plan().find("slack", "U0JENS") is None
    await other.drain()
    assert other.plan().find("slack", "U0JENS") == "jens"
    async with stage.database.transaction() as db:
        await db.execute(update(Account).values(fault="kontoen er lukket", checked_at=stage.clock.now()))
    await stage.bot.engine.accounts.drain()
    await other.drain()
    assert other.plan().find("slack", "U0JENS") is None
