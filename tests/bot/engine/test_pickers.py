"""A person, a day or a time is picked with the platform's own pickers, and read as if it had been typed."""

from __future__ import annotations

import pytest

from bot.engine import picked
from handlers.core.card import Field
from tests.stage.platforms import PAIRS, only_in_slack, only_in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage
from tests.stage.teams import TeamsStage
from tests.tables import examples

stage = after(cloudburst)
in_both = pytest.mark.parametrize("pair", [PAIRS["slack"], PAIRS["teams"]], indirect=True, ids="-".join)
IDS = {"U1": "Bo Kjær", "U2": "rune", "<evil>": "@<evil>"}


@examples(
    ("filled", "initial", "said"),
    [
        ({"due": "kl 15"}, {}, {"due": "kl 15"}),
        ({"due": "", "due@date": "2026-07-03", "due@time": "09:05"}, {}, {"due": "3. juli 2026 kl. 09:05"}),
        ({"due": "", "due@date": "", "due@time": "15:00"}, {}, {"due": "kl. 15:00"}),
        ({"due": "", "due@date": "2026-07-03"}, {}, {"due": "3.7.2026"}),
        ({"due": "om en time", "due@time": "15:00"}, {"due": "om en time"}, {"due": "kl. 15:00"}),
        ({"due": "", "due@date": "i morgen", "due@time": "engang"}, {}, {"due": "i morgen kl. engang"}),
        ({"who": "", "who@who": "U1"}, {}, {"who": "Bo Kjær"}),
        ({"who": "Ole", "who@who": "U1,U2"}, {}, {"who": "Ole, Bo Kjær, rune"}),
        ({"who": "Ole", "who@who": "U2"}, {"who": "Ole"}, {"who": "rune"}),
        ({"who": "Bo Kjær", "who@who": "U1,U1"}, {}, {"who": "Bo Kjær"}),
        ({"who@who": "<evil>, "}, {}, {"who": "@<evil>"}),
        ({"title": "mail mig på a@b"}, {}, {"title": "mail mig på a@b"}),
    ],
)
def test_what_is_picked_is_words_that_the_field_could_have_been_typed_with(
    filled: dict[str, str], initial: dict[str, str], said: dict[str, str]
) -> None:
    """R071: what was typed still counts, unless it only stood there from the start."""
    assert picked.merged(filled, lambda id: IDS[id], initial) == said


def test_only_what_has_pickers_is_asked_for_when_it_is_sent() -> None:
    form = (
        Field("at", "Hvornår?", "time", required=True),
        Field("place", "Hvor?", required=True),
        Field("x", "Hvem?", "persons"),
    )
    assert [each.id for each in picked.missing(form, {"at": " ", "place": ""})] == ["at"]
    assert picked.missing(form, {"at": "kl. 15:00"}) == []


@pytest.mark.long
@in_both
async def test_a_measure_gets_the_owner_and_the_deadline_that_were_picked(stage: Stage) -> None:
    """R071 R232."""
    owner = {"owner@who": "U0BO" if isinstance(stage, SlackStage) else "aad-bo"}
    await stage["kim"].commands("tiltag")
    await stage["kim"].fills_in("Nyt tiltag", title="pumpe", **owner, **{"due@date": "2026-07-03", "due@time": "10:00"})
    (measure,) = await stage.part("measures")
    assert (measure["owner"], measure["due_at"][:16]) == ("bo", "2026-07-03T08:00")


@in_both
async def test_whoever_is_picked_and_has_a_comma_in_their_name_is_nobody_else_by_half(stage: Stage) -> None:
    """R071 D03: "Ny, Mads" is no Mads of the plan's: the work went to him."""
    if isinstance(stage, SlackStage):
        stage.slack.add_user("U0NY", "Ny, Mads", "ny@htk.example")
    else:
        assert isinstance(stage, TeamsStage)
        stage.teams.add_person("aad-ny", "Ny, Mads")
    await stage["kim"].commands("tiltag")
    await stage["kim"].fills_in(
        "Nyt tiltag", title="pumpe", **{"owner@who": "U0NY" if isinstance(stage, SlackStage) else "aad-ny"}
    )
    assert [measure for measure in await stage.part("measures") if measure["owner"] == "mads"] == []
    assert await stage["kim"].sees("Mads Ny")


@in_both
@pytest.mark.parametrize("name", ["Kim", "Kim Dahl", "Borgmester"])
async def test_whoever_is_picked_and_is_called_as_one_of_the_plan_is_not_taken_for_them(
    stage: Stage, name: str
) -> None:
    """R071 D03: Kim of the plan has an account of her own, so another one's is somebody else's: the work went to her."""
    if isinstance(stage, SlackStage):
        stage.slack.add_user("U0NY", name, "ny@htk.example")
    else:
        assert isinstance(stage, TeamsStage)
        stage.teams.add_person("aad-ny", name)
    await stage["kim"].commands("tiltag")
    await stage["kim"].fills_in(
        "Nyt tiltag", title="pumpe", **{"owner@who": "U0NY" if isinstance(stage, SlackStage) else "aad-ny"}
    )
    assert await stage.part("measures") == []
    assert await stage["kim"].sees(f"Jeg kan ikke se, hvem »{name} (ikke i planen)« er")


@in_both
async def test_a_picked_time_that_has_passed_is_asked_about_as_a_typed_one_is(stage: Stage) -> None:
    """Requirement 3.5: nothing is begun meanwhile."""
    await stage["kim"].commands("tiltag")
    await stage["kim"].fills_in("Nyt tiltag", title="pumpe", **{"due@time": "08:00"})
    assert await stage["kim"].sees("Mener du fredag den 3. juli 2026 kl. 08:00?")
    assert await stage.part("measures") == []
    await stage["kim"].fills_in("Anden tid", **{"due@time": "23:00"})
    (measure,) = await stage.part("measures")
    assert measure["due_at"][:16] == "2026-07-02T21:00"


@only_in_slack
async def test_in_slack_a_field_that_must_be_filled_in_says_so_in_the_dialog(stage: SlackStage) -> None:
    """R071: written or picked, one of them."""
    await stage["kim"].commands("vagt")
    kim = stage["kim"].person
    await kim.presses("Ny vagt")
    answer = await kim.submits({"role": "logfører", "since": "kl 18", "until": "kl 20"})
    assert answer.json == {"response_action": "errors", "errors": {"person": picked.MISSING}}
    assert kim.view is not None, "what was typed stands there still"
    await kim.submits({"role": "logfører", "since": "kl 18", "until": "kl 20", "person@who": "U0TINA"})
    await stage.settle()
    assert await stage["tina"].sees("Du har vagten som logfører")


@only_in_teams
async def test_in_teams_a_field_that_must_be_filled_in_says_so_in_the_dialog(stage: TeamsStage) -> None:
    """R071: written or picked, one of them; what was typed stands there still."""
    await stage["kim"].commands("vagt")
    kim = stage["kim"].person
    await kim.presses("Ny vagt")
    await kim.submits({"role": "logfører", "person": "Tina", "until": "kl 20"})
    assert kim.dialog is not None
    assert f"{picked.MISSING}: Fra" in kim.dialog.shown
    await kim.submits({"since@time": "18:00"})
    await stage.settle()
    assert await stage["tina"].sees("Du har vagten som logfører")
