"""So many people are needed: they are asked side by side or in order, until so many are found, and no longer."""

from __future__ import annotations

import pytest

from handlers.staff import quota_words
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage
from tests.tables import examples

stage = after(cloudburst)
THREE = "find 3 til evakueringscenteret blandt Mads, Hanne, Line, Ali, Siv"


async def asked(stage: Stage) -> list[str]:
    """Those who have been asked so far."""
    (row,) = await stage.part("quotas")
    return [each["person"] for each in row["asks"] if each["asked_at"]]


async def answers(stage: Stage) -> dict[str, str | None]:
    """What each has answered."""
    (row,) = await stage.part("quotas")
    return {each["person"]: each["answer"] for each in row["asks"]}


@in_slack
async def test_three_are_found_side_by_side_and_whoever_says_yes_too_late_is_told_so(stage: Stage) -> None:
    """R074: stops at three, and the asker sees who comes; nobody is thanked who has not answered."""
    await stage["kim"].commands(THREE)
    assert await stage.part("quotas") == []
    assert not await stage["mads"].sees("Kan du komme?")
    await stage["kim"].presses("Spørg alle på én gang")
    assert await asked(stage) == ["mads", "hanne", "line", "ali", "siv"]
    await stage["mads"].presses("Ja")
    await stage["hanne"].presses("Nej")
    await stage["line"].presses("Ja")
    assert await stage["kim"].sees("2 af 3")
    assert not await stage["kim"].sees("Fundet: 3")
    await stage["ali"].says("ja")
    (row,) = await stage.part("quotas")
    assert row["state"] == "filled"
    assert await stage["kim"].sees("Fundet: 3 til evakueringscenteret")
    assert await stage["siv"].sees("Du behøver ikke svare.")
    assert not await stage["siv"].sees("Tak for svaret")
    assert not await stage["siv"].has("Ja")
    assert await answers(stage) == {"mads": "yes", "hanne": "no", "line": "yes", "ali": "yes", "siv": None}


@pytest.mark.parametrize(
    ("among", "persons"),
    [
        ("blandt Børn, Sundhed", ["line", "hanne"]),
        ("hos Sundhed og Mads", ["hanne", "mads"]),
        ("blandt alle centerchefer", ["rune", "gitte", "per", "ulla", "jon", "kaj"]),
        ("", ["mads", "hanne", "line", "ali", "siv", "kim"]),
    ],
)
@in_one_chat
async def test_centres_and_groups_of_the_plan_are_asked_by_their_names(
    stage: Stage, among: str, persons: list[str]
) -> None:
    """R074: a centre is asked by its contact, a group each; where nobody is named, every centre's contact."""
    await stage["tina"].commands(f"find 3 til evakueringscenteret {among}".rstrip())
    await stage["tina"].presses("Spørg alle på én gang")
    assert await asked(stage) == persons


@pytest.mark.long
@in_teams
async def test_in_order_the_next_is_asked_when_one_says_no_or_nothing(stage: Stage) -> None:
    """R074: as many at a time as are lacking; silence is waited for ten minutes, and asked about by telephone at last."""
    await stage["kim"].commands("find 1 til pumpevagten blandt Mads, Hanne, Line en ad gangen")
    await stage["kim"].presses("Spørg én ad gangen")
    assert await asked(stage) == ["mads"]
    await stage["mads"].presses("Nej")
    assert await asked(stage) == ["mads", "hanne"]
    await stage.forward(minutes=9)
    assert await asked(stage) == ["mads", "hanne"]
    await stage.forward(minutes=2)
    assert await asked(stage) == ["mads", "hanne", "line"]
    await stage.forward(minutes=11)
    assert await stage["kim"].sees("0 er fundet, og alle er spurgt")
    await stage["hanne"].presses("Ja")
    assert (await stage.part("quotas"))[0]["state"] == "filled"


@in_one_chat
async def test_whoever_comes_too_late_is_in_reserve_and_is_asked_when_another_falls_out(stage: Stage) -> None:
    """R074: nobody is sent off for nothing."""
    await stage["kim"].commands("find 1 til evakueringscenteret blandt Mads, Hanne, Line")
    await stage["kim"].presses("Spørg alle på én gang")
    await stage["hanne"].presses("Ja")
    await stage["mads"].says("ja")
    await stage["line"].presses("Jeg kan, hvis der mangler")
    assert await stage["mads"].sees("Tak, men der er fundet nok til evakueringscenteret.")
    assert await answers(stage) == {"mads": "late", "hanne": "yes", "line": "late"}
    await stage["hanne"].presses("Kan alligevel ikke")
    await stage["mads"].presses("Ja")
    (row,) = await stage.part("quotas")
    assert row["state"] == "filled"
    assert await answers(stage) == {"mads": "yes", "hanne": "withdrawn", "line": None}


@in_one_chat
async def test_several_come_from_one_place_and_no_more_than_are_needed(stage: Stage) -> None:
    """R074: a centre that can send five is asked for the three."""
    await stage["kim"].commands(THREE)
    await stage["kim"].presses("Spørg alle på én gang")
    await stage["hanne"].fills_in("Flere kan", count="fem", words="fra Birkehøj, kl 17")
    (row,) = await stage.part("quotas")
    assert row["state"] == "filled"
    assert [each["count"] for each in row["asks"] if each["answer"] == "yes"] == [3]
    assert await stage["hanne"].sees("Noteret: der kommer 3")
    await stage["hanne"].presses("Kan alligevel ikke")
    assert (await stage.part("quotas"))[0]["state"] == "asking"
    assert await stage["kim"].sees("Hanne Toft kan alligevel ikke komme")
    await stage["mads"].presses("Ja")
    assert (await answers(stage))["mads"] == "yes"


@in_one_chat
async def test_it_goes_on_after_krisebot_was_killed(stage: Stage) -> None:
    """R074 R001: the next is asked by the row, not by what was in memory."""
    await stage["kim"].commands("find 1 til pumpevagten blandt Mads, Hanne")
    await stage["kim"].presses("Spørg én ad gangen")
    await stage.kill()
    await stage.open()
    await stage.forward(minutes=11)
    assert await asked(stage) == ["mads", "hanne"]
    await stage["mads"].presses("Ja")
    await stage["mads"].commands("status")
    (row,) = await stage.part("quotas")
    assert [each["answer"] for each in row["asks"]] == ["yes", None]


@in_one_chat
async def test_only_the_staff_asks_and_nobody_answers_for_another(stage: Stage) -> None:
    """R074 R005: the nearest who may not is a contact; a name that nobody has asks nobody."""
    await stage["hanne"].commands(THREE)
    await stage["kim"].commands("find 3 til evakueringscenteret blandt Mads, Snehvide")
    assert await stage["kim"].sees("Jeg kan ikke se, hvem »Snehvide« er. Ingen er spurgt.")
    assert await stage.part("quotas") == []


@in_one_chat
async def test_what_else_is_looked_for_is_looked_for_in_the_log(stage: Stage) -> None:
    """R182: `find` as it was; and a search that reads like a quota is one press away."""
    await stage["kim"].commands("log ! 3 til hospitalet")
    await stage["kim"].commands("find hospitalet")
    assert await stage["kim"].sees("Loggen: hospitalet")
    await stage["kim"].commands("find 3 til hospitalet")
    await stage["kim"].presses("Søg i loggen i stedet")
    assert await stage["kim"].sees("Loggen: 3 til hospitalet")
    assert await stage.part("quotas") == []


@examples(
    ("text", "wanted"),
    [
        ("3 til evakueringscenteret", quota_words.Asked(3, "til evakueringscenteret", "", False)),
        (
            "tre pædagoger til Birkehøj hos Børn, Sundhed",
            quota_words.Asked(3, "pædagoger til Birkehøj", "Børn, Sundhed", False),
        ),
        (
            "2 til nattevagten en ad gangen blandt Mads og Line",
            quota_words.Asked(2, "til nattevagten", "Mads og Line", True),
        ),
        ("10 mand med skovle til diget", quota_words.Asked(10, "mand med skovle til diget", "", False)),
        ("17", None),
        ("kl 14", None),
        ("vand", None),
        ("40 cm vand i Fløng", None),
        ("3 til 5", None),
        ("til evakueringscenteret", None),
        ("3 til " + "x" * 5000, None),
    ],
)
def test_a_quota_is_told_from_a_search(text: str, wanted: quota_words.Asked | None) -> None:
    """R074: a number, and for what."""
    assert quota_words.read(text) == wanted


@examples(
    ("text", "count"),
    [
        ("ja", 1), ("Ja tak!", 1), ("nej", 0), ("ja, vi er 3", 3), ("Ja, vi kommer to", 2), ("ja tre mand", 3),
        ("ja, men først kl 20", 1), ("ja, jeg kan være der om en halv time", 1), ("Ja - kl. 17:30", 1),
        ("ja hvis jeg får fri", None), ("ja, der er 3 tilskadekomne", None), ("ja, men ikke før i morgen", None),
        ("måske", None), ("ja nej", None), ("vi er 3", None),
    ],
)  # fmt: skip
def test_how_many_come_is_read_and_a_condition_is_no_yes(text: str, count: int | None) -> None:
    """R074: no word is swallowed; what isn't surely an answer is asked about."""
    assert quota_words.coming(text) == count


@in_one_chat
async def test_what_is_said_beside_the_yes_reaches_whoever_asked(stage: Stage) -> None:
    """R074: how many come, and when."""
    await stage["kim"].commands(THREE)
    await stage["kim"].presses("Spørg alle på én gang")
    await stage["hanne"].says("ja, vi er 2")
    await stage["mads"].says("ja, men først kl 20")
    (row,) = await stage.part("quotas")
    assert {each["person"]: each["count"] for each in row["asks"] if each["answer"]} == {"hanne": 2, "mads": 1}
    assert await stage["kim"].sees("(2: ja, vi er 2)")
    assert await stage["kim"].sees("(ja, men først kl 20)")


@pytest.mark.long
@in_one_chat
async def test_when_the_staff_steps_down_nobody_is_thanked_for_coming_nor_comes_for_nothing(stage: Stage) -> None:
    """R074 R001: the open question closes, whoever is on the way is told whom to ring, and no timer asks on."""
    await stage["kim"].commands("find 3 til evakueringscenteret blandt Mads, Hanne en ad gangen")
    await stage["kim"].presses("Spørg alle på én gang")
    await stage["mads"].presses("Ja")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert await stage["mads"].sees("Ring til Kim Dahl, ")
    assert await stage["mads"].sees("før du tager af sted, og hør, om der stadig er brug for dig")
    assert not await stage["hanne"].sees("før du tager af sted")
    assert await stage["hanne"].sees("Der er ikke brug for flere til evakueringscenteret. Du behøver ikke svare.")
    assert not await stage["hanne"].has("Flere kan")
    await stage.forward(hours=1)
    (row,) = await stage.part("quotas")
    assert row["state"] == "stopped"
    assert not await stage["hanne"].sees("du kommer")
    assert not await stage["kim"].sees("og alle er spurgt")


@in_one_chat
async def test_whoever_asked_is_told_of_one_who_falls_out_after_the_asking_was_stopped(stage: Stage) -> None:
    """R074: who was counted on is never silently missing."""
    await stage["kim"].commands(THREE)
    await stage["kim"].presses("Spørg alle på én gang")
    await stage["mads"].presses("Ja")
    await stage["kim"].presses("Stop")
    await stage["mads"].presses("Kan alligevel ikke")
    assert await stage["kim"].sees("Mads Rosen kan alligevel ikke komme")
    assert await stage["kim"].sees("Der spørges ikke andre.")


@in_one_chat
async def test_a_number_that_is_out_of_range_is_told_and_asks_nobody(stage: Stage) -> None:
    """R074: and is no search in the log."""
    for count in ("0", "101", "10000", "999999"):
        await stage["kim"].commands(f"find {count} til evakueringscenteret")
        assert (await stage["kim"].reads())[-1].startswith("Der kan bedes om 1 til 100. Ingen er spurgt."), count
    assert await stage.part("quotas") == []
