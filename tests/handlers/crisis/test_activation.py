"""The decision in awkward moments: twice, from the wrong place, at the wrong level, after the end, and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib import resources

import pytest

from storage.case.pages import volume
from storage.case.pages.blocks import Names
from storage.plan import loading
from storage.plan.model import Plan
from tests.stage.stage import RehearsalStage, log_of, told

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

FRAMING = {"lars", "anne", "ole", "sara"}


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[RehearsalStage]:
    async with RehearsalStage(database_url) as stage:
        yield stage


def standing(told_so: dict[str, object]) -> set[str]:
    members = told_so["members"]
    assert isinstance(members, list)
    return {member["person"] for member in members if member["until"] is None}


def with_two_deputies() -> Plan:
    """The example plan, with a second deputy for the mayor."""
    text = resources.files("storage.plan").joinpath("eksempelplan.yaml").read_text("utf-8")
    return loading.parse(text.replace("stedfortrædere: [mette]", "stedfortrædere: [mette, jon]"), "to.yaml")


@pytest.mark.parametrize("level", [1, 2])
async def test_two_who_decide_in_the_same_second_make_one_crisis(stage: RehearsalStage, level: int) -> None:
    """D03: at either level; the second is told that it stands, and can part them."""
    await asyncio.gather(
        stage["lars"].commands(f"aktiver {level} strømsvigt"), stage["anne"].commands(f"aktiver {level} strømsvigt")
    )
    assert await stage.crises() == 1
    assert len([name for name in ("lars", "anne") if await stage[name].has("Det er en anden hændelse")]) == 1


async def test_an_incident_that_is_parted_has_the_level_that_was_decided(stage: RehearsalStage) -> None:
    """D04 R009."""
    await stage["jens"].commands("aktiver 1 strømsvigt")
    await stage["anne"].commands("aktiver 1 vandbrud")
    await stage["anne"].presses("Det er en anden hændelse")
    crisis = await stage.part("crisis", 2)
    assert (crisis["title"], crisis["level"], crisis["established_due"]) == ("vandbrud", 1, None)


@pytest.mark.long
async def test_a_parted_incident_takes_up_the_warning_that_was_on_its_way(stage: RehearsalStage) -> None:
    """D03 D04: a staff is at work on another incident; the decision about the new warning stops its chain."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["finn"].commands("aktiver brand på skolen")
    await stage["lars"].commands("aktiver 2 brand på skolen")
    await stage["lars"].presses("Det er en anden hændelse")
    assert await stage.crises() == 2
    assert (await stage.part("crisis", 2))["level"] == 2
    await stage.forward(minutes=6)
    assert [step["result"] for step in await stage.part("escalation", 2)] == ["stopped"]


async def test_a_double_click_on_the_level_decides_once(stage: RehearsalStage) -> None:
    """D03."""
    await stage["lars"].commands("aktiver skybrud")
    (card,) = [each for each in await stage["lars"].messages() if "Niveau 2" in each["buttons"]]
    body = {"message": card["id"], "button": "Niveau 2"}
    await asyncio.gather(
        stage["lars"].posts("press", body),
        stage.client.post(
            f"{stage.address}/rehearsal/press", json={"as": "lars", **body}, headers={"Host": "127.0.0.1:8080"}
        ),
    )
    await stage.settle()
    assert await stage.crises() == 1
    assert len([entry for entry in await stage.log("decision") if "Besluttet" in entry["summary"]]) == 1


@pytest.mark.parametrize("name", ["borgmesteren", "lars2", "beredskabschef"])
async def test_a_title_or_a_name_that_looks_right_gives_no_right(stage: RehearsalStage, name: str) -> None:
    """R007 T05: roles decide; Finn may call himself what he likes."""
    await stage[name].commands("aktiver 2 skybrud")
    assert (await stage.part("crisis"))["level"] is None
    assert [step["person"] for step in await stage.part("escalation")] == ["jens"]


@pytest.mark.parametrize(
    ("who", "by"),
    [
        ("jens", "Jens Lund (4K)"),
        ("pia", "Pia Krogh på vegne af Jens Lund (4K)"),
        ("anne", "Anne Holm"),
        ("mette", "Mette Skov på vegne af Lars Vinther"),
    ],
)
async def test_4k_stands_behind_the_name_of_whoever_decides_for_it_and_of_nobody_else(
    stage: RehearsalStage, who: str, by: str
) -> None:
    """R008, section 3.5 "Besluttet 14:02 af Jens Lund (4K)": few know 4K's chief. On the card of whoever decided, of those
    who are called, in the channel, in the log and on paper."""
    await stage[who].commands("aktiver 2 skybrud")
    assert any(f"aktiveret – niveau 2.* Besluttet kl. 14:00 af {by}.\n" in text for text in await stage[who].reads())
    assert await stage["kim"].sees(f"Krisestaben er aktiveret kl. 14:00 af {by}.")
    assert await stage["kim"].sees(f"Niveau 2, besluttet kl. 14:00 af {by}. Fuldt")
    (decided,) = [line["summary"] for line in await stage.log("decision") if "Besluttet" in line["summary"]]
    assert decided == f"Besluttet: niveau 2 – krisestab. {by}. skybrud"
    paper = [row for block in volume(await stage.export(), Names.of(stage.plan), 1, []) for row in block.rows]
    assert ("Besluttet", f"02.07.2026 kl. 14:00:10 {by}") in paper


async def test_level_one_said_in_the_staffs_channel_does_not_scale_the_staff_down(stage: RehearsalStage) -> None:
    """R019 R073: down is for the mayor or the deputy, with their own word."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["jens"].commands("aktiver 1 strømsvigt", "stab")
    crisis = await stage.part("crisis")
    assert (crisis["level"], crisis["title"]) == (2, "skybrud")
    assert await stage["jens"].has("Det er en anden hændelse")


@pytest.mark.long
async def test_a_level_is_decided_once_told_to_those_who_need_not_and_only_ever_goes_up_by_a_button(
    stage: RehearsalStage,
) -> None:
    """R009 R012 D03: a card that asked before it was decided changes nothing at that level or below, and raises it above;
    who decides and who is called has no second card that tells of it."""

    async def knows(level: str) -> set[str]:
        everyone = ("finn", "jens", "pia", "lars", "mette", "anne", "ole", "sara")
        return {each for each in everyone if await stage[each].sees(f"Nr. 1 »skybrud«: *niveau {level}")}

    await stage["finn"].commands("varsel vand i kælderen")
    await stage["finn"].presses("Ved ikke")
    await stage["pia"].commands("aktiver")
    await stage["jens"].commands("aktiver 1 skybrud")
    assert (await stage["jens"].reads())[-1].startswith("✅ *Direktionen er varslet – niveau 1.* Besluttet kl. 14:00")
    assert not await stage["jens"].sees("Fuldt etableret")
    assert await knows("1") == {"finn", "pia", "lars", "mette"}
    await stage["pia"].presses("Niveau 1")
    assert await stage["pia"].sees("Krisen »skybrud« er allerede i gang: niveau 1")
    assert len(await stage.log("decision")) == 1
    await stage["pia"].presses("Niveau 2")
    assert (await stage.part("crisis"))["level"] == 2
    assert await stage["pia"].sees("Nr. 1: skybrud\nFuldt etableret senest kl. 16:00.")
    assert await knows("2") == {"finn", "jens", "mette"}
    await stage["anne"].commands("opskaler vand i arkivet")
    assert await stage["anne"].sees("Krisen »skybrud« er allerede i gang: niveau 2")
    await stage["anne"].presses("Det er en anden hændelse")
    crisis = await stage.part("crisis", 2)
    assert (crisis["title"], crisis["level"]) == ("vand i arkivet", 2)


async def test_a_reason_for_scaling_up_is_no_new_name(stage: RehearsalStage) -> None:
    """R012: "opskaler vandet stiger"."""
    await stage["jens"].commands("aktiver 1 strømsvigt på rådhuset")
    await stage["ole"].commands("opskaler nødgeneratoren svigter også")
    told_so = await stage.export()
    assert (told_so["crisis"]["level"], told_so["crisis"]["title"]) == (2, "strømsvigt på rådhuset")
    assert any("nødgeneratoren svigter også" in entry["summary"] for entry in told_so["log"])


async def test_a_button_from_before_the_end_starts_nothing_again(stage: RehearsalStage) -> None:
    """R073: stood down is stood down; a new decision is a new incident."""
    await stage["jens"].commands("aktiver 1 strømsvigt")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    crisis = await stage.part("crisis")
    assert crisis["deactivated_at"]
    assert crisis["level"] == 1
    assert not await stage["ole"].has("Opskaler")
    assert await stage["ole"].sees("afblæst")


async def test_after_the_end_level_one_can_no_longer_be_taken_back(stage: RehearsalStage) -> None:
    """R011 R073: the button is gone from both cards."""
    await stage["gitte"].commands("aktiver 1 udbrud")
    await stage["sara"].presses("Godkend")
    assert await stage["gitte"].has("Træk tilbage")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    for person in ("gitte", "sara"):
        assert not await stage[person].has("Træk tilbage")
        assert not await stage[person].has("Opskaler")


@pytest.mark.long
async def test_up_after_down_convenes_the_staff_again(stage: RehearsalStage) -> None:
    """R010 R012 R019 R071: whoever was released is summoned anew and asked anew, and the two hours run anew."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["lars"].presses("Kommer")
    await stage["rune"].presses("Mit center er underrettet")
    await stage["kim"].presses("Fuldt etableret")
    await stage["lars"].commands("nedskaler")
    await stage.forward(hours=2)
    await stage["ole"].commands("opskaler")
    told_so = await stage.export()
    assert standing(told_so) == FRAMING
    summoned = [each for each in told_so["notifications"] if (each["to"], each["kind"]) == ("anne", "summons")]
    assert len(summoned) == 2
    assert await stage["lars"].has("Kommer")
    assert await stage["rune"].has("Mit center er underrettet")
    assert told_so["crisis"]["established_at"] is None
    await stage["kim"].commands("status", "stab")
    assert await stage["kim"].sees("Mangler at underrette: Teknik")
    await stage["lars"].says("ok")
    last = [each for each in await stage.part("notifications") if (each["to"], each["kind"]) == ("lars", "summons")]
    assert [each["answer"] for each in last] == ["Kommer", "ok"]


async def test_the_time_of_the_decision_moves_the_warnings_too(stage: RehearsalStage) -> None:
    """T13 R071: set back by an hour and a half, the half-hour warning has passed and ten minutes' is to come."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["lars"].presses("Ret", decided="12:25", title="skybrud")
    await stage.at("14:14")
    assert not [each for each in await stage.log("reminder") if "fuldt etableret" in each["summary"]]
    await stage.at("14:15:01")
    assert len([each for each in await stage.log("reminder") if "fuldt etableret" in each["summary"]]) == 1
    await stage.at("14:25:01")
    assert any("overskredet" in entry["summary"] for entry in await stage.log("reminder"))


@pytest.mark.long
async def test_with_the_clocks_run_out_the_work_goes_on(stage: RehearsalStage) -> None:
    """R071 R018: breached, nothing is refused."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage.forward(hours=3)
    await stage["kim"].commands("log ! broen er spærret", "stab")
    await stage["kim"].commands("ind Rune", "stab")
    told_so = await stage.export()
    assert log_of(told_so, "information")[-1]["verification"] == "confirmed"
    assert "rune" in standing(told_so)


async def test_every_deputy_in_turn_gets_the_summons_of_whoever_cannot(database_url: str) -> None:
    """R007 R131: not the first deputy alone; and when nobody is left the staff is told."""
    async with RehearsalStage(database_url, plan_=with_two_deputies()) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        await stage["lars"].presses("Kan ikke")
        await stage["mette"].presses("Kan ikke")
        assert "jon" in told(await stage.export(), "summons")
        await stage["jon"].presses("Kan ikke")
        assert await stage["kim"].sees("ingen stedfortræder")


async def test_whoever_is_silent_is_not_said_to_have_refused(stage: RehearsalStage) -> None:
    """R131: the staff must know whether to ring or to find another."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage.forward(minutes=15)
    assert not await stage["kim"].sees("Nils Fog (støttefunktion IT) kan ikke")
    assert await stage["kim"].sees("Nils Fog +45 20 00 00 23")


async def test_a_yes_to_an_old_summons_is_none_to_a_crisis_that_is_over(stage: RehearsalStage) -> None:
    """R073 R033."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    before = await stage.part("log")
    await stage["anne"].says("kommer")
    assert await stage.part("log") == before


async def test_level_one_is_raised_to_two_by_the_button_below_it(stage: RehearsalStage) -> None:
    """R011 R018: [Opskaler], once; the incident and its log are the same."""
    await stage["jens"].commands("aktiver 1 strømsvigt")
    await stage["jens"].presses("Opskaler")
    assert await stage.crises() == 1
    assert (await stage.part("crisis"))["level"] == 2
    assert not await stage["jens"].has("Opskaler")
