"""Scenario S1, 14:50 to 15:15: the cloudburst hits two more municipalities, and a liaison officer goes between, on every platform."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.coordination import lent
from handlers.core.language import municipalities
from storage.plan import loading
from tests.handlers.reporting.test_reports import danish
from tests.stage.platforms import in_one_chat, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import DENMARK, SUMMER_AFTERNOON, Stage, log_of, told
from tests.tables import examples


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage.at("14:45")
    await stage["lars"].commands("rolle krisestabschef Anne, stedfortræder Sara")
    await stage.at("14:50")


stage = after(begun)


async def coordinating(stage: Stage) -> dict[str, Any]:
    (staff,) = await stage.part("coordination")
    return dict(staff)


@pytest.mark.long
@in_teams
async def test_a_coordinating_staff_stands_as_soon_as_more_municipalities_are_hit(stage: Stage) -> None:
    """R160 R161 R162 R163 R164 R165: 14:50 koord, 14:52 officer and mandate, 15:15 a pump from Greve."""
    await stage["tina"].commands("koord ishøj vallensbæk")
    told_so = await stage.export()
    assert told_so["crisis"]["municipalities"] == ["Høje-Taastrup", "Ishøj", "Vallensbæk"]
    task = log_of(told_so, "task")[-1]
    assert (task["status"], "forbindelsesofficer" in task["summary"]) == ("pending", True)
    assert "anne" in told(told_so, "notice")
    assert (await coordinating(stage))["form"] == "virtual"
    await stage["tina"].fills_in("Medlemmer", seat2="Lone Bak, 43 57 75 77")
    assert (await coordinating(stage))["members"] == [{"organisation": "Ishøj", "name": "Lone Bak, 43 57 75 77"}]

    await stage.at("14:52")
    await stage["anne"].commands("rolle forbindelsesofficer @Siv")
    assert (await stage.log("task"))[-1]["status"] == "done"
    await stage["anne"].fills_in("Aftal mandat", text="må låne 2 pumper ud, ikke mandskab")
    (mandate,) = (await coordinating(stage))["mandates"]
    assert (mandate["officer"], mandate["text"]) == ("siv", "må låne 2 pumper ud, ikke mandskab")
    assert (mandate["agreed_by"], mandate["agreed_at"]) == ("anne", danish(14, 52))

    await stage.at("15:15")
    await stage["siv"].fills_in("Hjem til staben", text="4K siger Greve kan undvære 1 højvandspumpe fra kl 17")
    after = await stage.export()
    (home,) = log_of(after, "liaison")
    assert (home["direction"], home["recorder"]) == ("in", "siv")
    assert after["log_state"][str(home["no"])]["verification"] == "unconfirmed"
    (pump,) = after["resources"]
    assert (pump["quantity"], pump["name"], pump["lender"]) == ("1", "højvandspumpe", "Greve")
    assert (pump["incoming"], pump["expected_at"]) == (True, danish(17, 0))
    await stage["siv"].fills_in("Til koordinerende stab", text="vi kan låne Ishøj 1 pumpe")
    reports = (await coordinating(stage))["reports"]
    assert [(row["direction"], row["person"]) for row in reports] == [("in", "siv"), ("out", "siv")]


@pytest.mark.long
@in_one_chat
async def test_a_mandate_that_waits_is_agreed_on_no_longer_when_the_staff_has_stood_down(stage: Stage) -> None:
    """R162 R017: its card says so, and has no button that would only be refused."""
    await stage["tina"].commands("koord ishøj")
    await stage["lars"].commands("rolle forbindelsesofficer Siv")
    await stage["tina"].commands("koord mandat må låne pumper ud")
    assert await stage["anne"].has("Godkend")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert not await stage["anne"].has("Godkend")
    told = [each for each in await stage["anne"].reads() if "må låne pumper ud" in each]
    assert told
    assert "du skal ikke svare længere" in told[0]


@in_one_chat
async def test_a_mandate_counts_when_the_chief_has_agreed_and_for_that_officer_alone(stage: Stage) -> None:
    """R162: anybody of the staff may write it; another officer has it not."""
    await stage["tina"].commands("koord ishøj")
    await stage["tina"].commands("koord mandat må låne pumper ud")
    assert (await coordinating(stage))["mandates"] == []
    await stage["lars"].commands("rolle forbindelsesofficer Siv")
    await stage["tina"].commands("koord mandat må låne pumper ud")
    (mandate,) = (await coordinating(stage))["mandates"]
    assert (mandate["officer"], mandate["agreed_at"]) == ("siv", None)
    await stage["lars"].commands("rolle forbindelsesofficer Mads")
    await stage["anne"].presses("Godkend")
    assert (await coordinating(stage))["mandates"][0]["agreed_at"] is None
    await stage["anne"].commands("koord mandat må intet love")
    assert [(each["officer"], each["agreed_by"]) for each in (await coordinating(stage))["mandates"]] == [
        ("siv", None),
        ("mads", "anne"),
    ]


@in_one_chat
async def test_those_who_sit_in_the_coordinating_staff_get_no_right_over_ours(stage: Stage) -> None:
    """R169: names to ring, not persons with rights; the officer carries and does not lead."""
    await stage["tina"].commands("koord ishøj")
    await stage["lars"].commands("rolle forbindelsesofficer Line")
    await stage["tina"].fills_in("Medlemmer", seat0="Pia Krogh", seat2="Lone Bak")
    for person in ("pia", "lone", "line"):
        await stage[person].commands("rolle krisestabschef Jens")
        await stage[person].commands("beslut skolerne lukker")
        await stage[person].commands("afblæs")
    after = await stage.export()
    assert (after["crisis"]["chief"], after["crisis"]["deactivated_at"]) == ("anne", None)
    assert {line["sender"] for line in log_of(after, "decision")} == {"jens"}
    await stage["lone"].commands("koord greve")
    assert (await stage.part("crisis"))["municipalities"] == ["Høje-Taastrup", "Ishøj"]


@in_one_chat
async def test_the_shared_report_is_written_by_two_at_once_and_neither_is_lost(stage: Stage) -> None:
    """R166 R167: six headings, a copyable text, and where the shared templates are."""
    await stage["tina"].commands("koord ishøj")
    await stage["tina"].fills_in("Fælles rapport", picture="vand i kældre i tre kommuner", tasks="pumper")
    # Kim's form was opened before Tina's was sent: its first two fields are as they were.
    await stage["kim"].commands("koord")
    await stage["kim"].fills_in("Fælles rapport", picture="", tasks="", others="LBS er ikke aktiveret")
    versions = (await coordinating(stage))["shared_reports"]
    assert [row["version"] for row in versions] == [1, 2]
    assert versions[-1]["sections"] == {
        "picture": "vand i kældre i tre kommuner",
        "tasks": "pumper",
        "resources": "",
        "others": "LBS er ikke aktiveret",
    }
    assert (await stage.log("coordination_report"))[-1]["direction"] == "out"
    await stage["kim"].fills_in(
        "Sted og skabeloner", form="at_4k", place="Lokale 3", templates="https://c3.example/skabeloner"
    )
    staff = await coordinating(stage)
    assert (staff["form"], staff["templates"]) == ("at_4k", "https://c3.example/skabeloner")


@in_one_chat
async def test_five_lead_together_and_what_they_decide_comes_into_our_log(stage: Stage) -> None:
    """R170 R171: four mayors and the chief of the preparedness service, who may also facilitate."""
    await stage["tina"].commands("koord ishøj")
    await stage["tina"].presses("Bed 4K facilitere")
    await stage["jens"].presses("Vi faciliterer")
    await stage["tina"].presses("Fælles kriseledelse")
    await stage["tina"].commands("fælles kriseledelse")
    await stage["tina"].presses("Etablér")
    await stage["tina"].fills_in("Navne", seat0="Bente Greve, 20 30 40 50")
    await stage["tina"].fills_in("Skriv beslutning", text="4K's pumper til Ishøj først", at="14:40")
    staff = await coordinating(stage)
    assert staff["facilitation"]["by"] == "jens"
    members = staff["joint_leadership"]["members"]
    assert len(members) == 5
    assert {"organisation": "Borgmesteren, Greve", "name": "Bente Greve, 20 30 40 50"} in members
    after = await stage.export()
    (decision,) = log_of(after, "joint_decision")
    assert (decision["event_time"], decision["direction"]) == (danish(14, 40), "in")
    assert decision["no"] in [row["log_no"] for row in after["not_journalised"]]


@in_one_chat
async def test_municipalities_that_the_plan_does_not_have_are_asked_about_first(stage: Stage) -> None:
    """R160: other names are allowed; one that was a mistake is taken back, and the log keeps both."""
    await stage["kim"].commands("koord Ishøj, Brøndby")
    assert (await stage.part("crisis"))["municipalities"] == ["Høje-Taastrup", "Ishøj"]
    await stage["kim"].presses("Ja")
    assert (await stage.part("crisis"))["municipalities"] == ["Høje-Taastrup", "Ishøj", "Brøndby"]
    await stage["kim"].commands("koord uden brøndby")
    after = await stage.export()
    assert after["crisis"]["municipalities"] == ["Høje-Taastrup", "Ishøj"]
    assert len(log_of(after, "municipalities")) == 3


@examples(
    ("text", "known", "unknown"),
    [
        ("ishøj vallensbæk", ("Ishøj", "Vallensbæk"), ()),
        ("Vallensbæk og Ishøj kommuner", ("Ishøj", "Vallensbæk"), ()),
        ("ishoej, vallensbek", ("Ishøj", "Vallensbæk"), ()),
        ("høje taastrup, greve", ("Høje-Taastrup", "Greve"), ()),
        ("Lyngby-Taarbæk", (), ("Lyngby-Taarbæk",)),
        ("Greve, Solrød Strand", ("Greve",), ("Solrød Strand",)),
    ],
)
def test_municipalities_are_read_as_people_write_them(
    text: str, known: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    assert municipalities.named(loading.example(), text) == municipalities.Named(known, unknown)


@examples(
    ("text", "offered"),
    [
        ("4K siger Greve kan undvære 1 højvandspumpe fra kl 17", ("Greve", "1", "højvandspumpe")),
        ("Ishøj vil gerne udlåne to lastbiler til kl 22", ("Ishøj", "to", "lastbiler")),
        ("Vallensbæk kan sende en slamsuger.", ("Vallensbæk", "en", "slamsuger")),
        ("Greve kan ikke undvære 1 pumpe", None),
        ("Greve kan måske undvære 1 pumpe", None),
        ("vandet stiger i Ishøj", None),
    ],
)
def test_only_what_is_offered_for_sure_is_expected(text: str, offered: tuple[str, str, str] | None) -> None:
    """R165 R166: knowledge of resources, or of their absence."""
    read = lent.read(text, SUMMER_AFTERNOON, DENMARK)
    assert (read and (read.lender, read.quantity, read.name)) == offered
