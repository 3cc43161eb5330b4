"""A request for help says from when and until when, whom to ask for, and that it hastens; and whoever needs it at once is heard."""

from __future__ import annotations

from typing import Any

from storage.case.verification import verify_export
from tests.handlers.reporting.test_reports import danish
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Stage


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage["lars"].commands("rolle krisestabschef Anne")


stage = after(begun)


async def newest(stage: Stage) -> dict[str, Any]:
    return dict((await stage.part("assistance_requests"))[-1])


@in_slack
async def test_what_is_said_of_when_and_whom_to_ask_for_stands_on_the_card_and_in_the_export(stage: Stage) -> None:
    """R220: requester, need, number, where, from and to, contact, priority; and the words as they were typed."""
    said = "4 mand til Birkehøj fra kl 16 til 20, ring 20 30 40 50"
    await stage["hanne"].commands(f"bistand {said}")
    row = await newest(stage)
    assert (row["text"], row["quantity"], row["need"], row["place"]) == (said, "4", "mand", "Birkehøj")
    assert (row["needed_from"], row["needed_until"]) == (danish(16, 0), danish(20, 0))
    assert (row["contact"], row["urgent"]) == ("20 30 40 50", False)
    assert await stage["kim"].sees("Fra tors. 2/7 kl. 16:00 til tors. 2/7 kl. 20:00.")
    assert verify_export(await stage.export()) == []


@in_one_chat
async def test_only_what_is_said_for_sure_is_read_as_a_time(stage: Stage) -> None:
    """R220: a number of people, a place, a time that has been and a latest time are left in the words."""
    for said, since, until in (
        ("2 pumper til 12 beboere til kl 18", None, danish(18, 0)),
        ("6 senge kl. 18-22", danish(18, 0), danish(22, 0)),
        ("4 mand fra kl 10 til 12", None, None),
        ("4 mand kl 15-19 på Birkehøj", danish(15, 0), danish(19, 0)),
        ("pumper fra 16 til 18.30 hver dag", danish(16, 0), danish(18, 30)),
        ("fra 10 til 12 mand til Birkehøj", None, None),
        ("fra 3 til 40 pumper", None, None),
        ("4 mand til Birkehøj nu, ring til mig", None, None),
        ("10 tæpper inden kl 17", None, None),
        ("4 mand til Birkehøj nu, ring 112", None, None),
    ):
        await stage["hanne"].commands(f"bistand {said}")
        row = await newest(stage)
        assert (row["text"], row["needed_from"], row["needed_until"], row["contact"]) == (said, since, until, None)
    await stage["hanne"].commands("bistand 3 til 4 mand")
    assert ((await newest(stage))["quantity"], (await newest(stage))["need"]) == ("3 til 4", "mand")


@in_teams
async def test_the_form_asks_for_the_same_and_a_time_that_cannot_be_read_is_asked_about(stage: Stage) -> None:
    """R220: nothing is made of half a form, and nothing has to be typed again."""
    await stage["hanne"].commands("bistand")
    await stage["hanne"].fills_in(
        "Bed om bistand", quantity="3", need="mand", since="når I kan", contact="Ole 20304050"
    )
    assert await stage.part("assistance_requests") == []
    assert await stage["hanne"].sees("Jeg kan ikke læse »når I kan« som et tidspunkt")
    await stage["hanne"].fills_in("Anden tid", since="kl 17")
    row = await newest(stage)
    assert (row["quantity"], row["needed_from"], row["contact"]) == ("3", danish(17, 0), "Ole 20304050")


@in_teams
async def test_what_hastens_is_in_the_chiefs_hand_with_its_buttons_whichever_way_it_came(stage: Stage) -> None:
    """R220 R225: "afleveres direkte til krisestaben": by a word or by the form; what doesn't haste is the channel's."""
    await stage["hanne"].commands("bistand 2 lamper til Birkehøj")
    assert not await stage["anne"].sees("⚠️ HASTER")
    before = [line for line in await stage.log("notice") if "haster" in line["summary"]]
    await stage["hanne"].commands("bistand HASTER 4 mand til Birkehøj")
    await stage["mads"].commands("bistand")
    await stage["mads"].fills_in("Bed om bistand", quantity="1", need="slamsuger", urgent="ja")
    told = [line for line in await stage.log("notice") if "haster" in line["summary"]]
    assert (len(before), [line["receiver"] for line in told]) == (0, ["anne", "anne"])
    assert [row["urgent"] for row in await stage.part("assistance_requests")] == [False, True, True]
    await stage["anne"].presses("Vurderes")
    assert [row["state"] for row in await stage.part("assistance_requests")] == ["new", "new", "assessing"]


@in_slack
async def test_an_employee_in_no_plan_who_says_what_is_lacked_may_ask_for_it_with_one_press(stage: Stage) -> None:
    """R220 R196: "bistand" is open to everybody; words that lack nothing are not offered it."""
    await stage["finn"].says("der står vand i kælderen")
    assert not await stage["finn"].has("Bed om bistand")
    await stage["finn"].says("vi mangler 20 tæpper på skolen nu")
    await stage["finn"].presses("Bed om bistand")
    row = await newest(stage)
    assert (row["quantity"], row["need"], row["state"]) == ("20", "tæpper", "new")
    assert row["requester"].endswith("finn") or row["requester"].startswith("slack:")
    assert await stage["finn"].sees("er hos krisestaben")
