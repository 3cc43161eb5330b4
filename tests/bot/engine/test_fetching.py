"""Pictures and files on the platforms themselves: sent on, saved, slow, refused, too large, and from nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.engine.platform import Undeliverable
from bot.platforms.teams import files
from storage.rows.log import LARGEST, Attachment
from tests.fakes import slack as fake_slack
from tests.fakes.slack import FakeMessage, ServerError, SlackPerson
from tests.fakes.teams import RateLimited, TeamsPerson
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage, log_of
from tests.stage.teams import TeamsStage

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

PHOTO = ("foto.jpg", "image/jpeg", b"\xff\xd8 vand")


async def activated(stage: Stage) -> None:
    await stage["jens"].commands("aktiver 2 skybrud, kloak står op i Hedehusene")
    await stage.at("14:30")


@pytest.fixture
async def slack(database_url: str) -> AsyncIterator[SlackStage]:
    async with SlackStage(database_url) as stage:
        assert isinstance(stage, SlackStage)
        await activated(stage)
        yield stage


@pytest.fixture
async def teams(database_url: str) -> AsyncIterator[TeamsStage]:
    async with TeamsStage(database_url) as stage:
        assert isinstance(stage, TeamsStage)
        await activated(stage)
        yield stage


async def pinned(stage: SlackStage, file: tuple[str, str, bytes] = PHOTO) -> FakeMessage:
    """Anne writes in the staff's channel with a picture, and Kim pins it."""
    await stage["anne"].sends(file[0], file[2], "sådan ser der ud", "stab", file[1])
    message = next(each for each in slack_of(stage, "kim").messages() if each.text == "sådan ser der ud")
    await slack_of(stage, "kim").reacts("pushpin", message)
    await stage.settle()
    return message


def slack_of(stage: SlackStage, name: str) -> SlackPerson:
    return stage[name].person


def teams_of(stage: TeamsStage, name: str) -> TeamsPerson:
    return stage[name].person


async def states(stage: Stage) -> list[str]:
    async with stage.database.reading() as db:
        return list(await db.scalars(select(Attachment.state).order_by(Attachment.id)))


# --- Slack -----------------------------------------------------------------------------------------------------------


@pytest.mark.long
async def test_a_kill_between_the_input_and_the_file_loses_nothing(slack: SlackStage) -> None:
    """D03 R182: Slack gives no file, krisebot dies, another takes over: one line, one picture."""
    slack.slack.fail("file", with_=ServerError(500), times=None)
    await pinned(slack)
    assert await states(slack) == ["wanted"]
    await slack.kill()
    slack.slack.heal()
    await slack.forward(minutes=1)
    told = await slack.export()
    (saved,) = log_of(told, "saved")
    assert [(each["log_no"], each["state"]) for each in told["attachments"]] == [(saved["no"], "kept")]
    assert len(log_of(told, "attachment")) == 1
    assert await slack["kim"].sees("1 bilag: foto.jpg (1 kB)")


async def test_slack_is_waited_for_as_long_as_it_asks(slack: SlackStage) -> None:
    """D02: 429 on the file."""
    slack.slack.fail("file", with_=fake_slack.RateLimited(40))
    await pinned(slack)
    await slack.forward(seconds=39)
    assert (await states(slack), len(slack.slack.calls_to("file"))) == (["wanted"], 1)
    await slack.forward(seconds=2)
    assert await states(slack) == ["kept"]


async def test_a_scope_that_is_missing_can_be_given_afterwards(slack: SlackStage) -> None:
    """Slack shows its front page instead; that is not kept as if it were the picture."""
    slack.slack.may_read_files = False
    await pinned(slack)
    assert await states(slack) == ["wanted"]
    slack.slack.may_read_files = True
    await slack.forward(minutes=2)
    assert await states(slack) == ["kept"]


async def test_what_is_too_large_is_told_and_stands_in_the_log_as_a_fact(slack: SlackStage) -> None:
    """R182: whether Slack says so beforehand, or not."""
    await pinned(slack, ("film.mp4", "video/mp4", bytes(LARGEST + 1)))
    told = await slack.export()
    assert [(each["state"], each["sha256"]) for each in told["attachments"]] == [("failed", None)]
    assert slack.slack.calls_to("file") == []
    (fact,) = log_of(told, "attachment_failed")
    assert "film.mp4" in fact["summary"]
    assert await slack["kim"].sees("kunne ikke gemmes: film.mp4")
    await slack["anne"].sends("film2.mp4", bytes(LARGEST + 1), "den anden film", "stab", "video/mp4")
    (row,) = [each for each in slack.slack.world.files.values() if each.about["name"] == "film2.mp4"]
    row.about["size"] = 7
    await slack["kim"].saves("den anden film")
    assert (await slack.part("attachments"))[-1]["state"] == "failed"


async def test_nothing_is_fetched_from_anywhere_but_slack(slack: SlackStage) -> None:
    """A file that Slack only points at is not fetched, and our token goes nowhere else."""
    await slack["anne"].sends("foto.jpg", PHOTO[2], "sådan ser der ud", "stab")
    (row,) = slack.slack.world.files.values()
    row.about |= dict.fromkeys(("url_private", "url_private_download"), "http://127.0.0.1:9/x")
    await slack["kim"].saves("sådan ser der ud")
    (attachment,) = await slack.part("attachments")
    assert (attachment["state"], attachment["reason"]) == (
        "failed",
        "Filen ligger et sted, hvor Krisebot ikke henter filer.",
    )


async def test_a_message_sent_on_in_slack_is_saved_as_its_author_wrote_it(slack: SlackStage) -> None:
    """R026 R196: with its own time and its picture; sent on again, or edited, the line is the same (D08)."""
    await slack["anne"].sends("foto.jpg", PHOTO[2], "sådan ser der ud", "stab")
    message = next(each for each in slack_of(slack, "kim").messages() if each.text == "sådan ser der ud")
    await slack.forward(minutes=5)
    for _ in range(2):
        await slack_of(slack, "kim").forwards(message, "set fra broen")
        await slack.settle()
    told = await slack.export()
    (saved,) = log_of(told, "saved")
    at = datetime.fromtimestamp(float(message.ts), UTC)
    assert (saved["sender"], saved["recorder"], saved["event_time"][:19]) == ("anne", "kim", at.isoformat()[:19])
    assert [each["summary"] for each in log_of(told, "information")][-1:] == ["set fra broen"]
    assert [(each["log_no"], each["state"]) for each in told["attachments"]] == [(saved["no"], "kept")]
    await slack_of(slack, "anne").edits(message, "noget andet")
    await slack.settle()
    assert [each["refs"] for each in await slack.log("source_edited")] == [{"source_of": saved["no"]}]


async def test_whoever_is_not_of_the_staff_sends_a_message_on_as_a_report(slack: SlackStage) -> None:
    """R196 R192: every employee can."""
    slack.slack.add_channel("plejecenter", "U0FINN", "U0HANNE", bot=False)
    await slack_of(slack, "hanne").says("vand i kælderen", "plejecenter")
    message = next(each for each in slack_of(slack, "finn").messages() if each.text == "vand i kælderen")
    await slack_of(slack, "finn").forwards(message)
    await slack.settle()
    await slack["finn"].presses("Send som melding")
    told = await slack.export()
    (report,) = told["reports"]
    assert (report["sender"], report["what"]) == ("slack:U0FINN", "vand i kælderen")
    assert "Skrevet af: Hanne" in log_of(told, "report")[-1]["summary"]


async def test_sos_on_a_picture_makes_a_request_with_it(slack: SlackStage) -> None:
    """R220: 🆘, from those who may."""
    await slack["anne"].sends("foto.jpg", PHOTO[2], "vi mangler 4 mand på Birkehøj", "stab")
    message = next(each for each in slack_of(slack, "kim").messages() if "Birkehøj" in each.text)
    for _ in range(2):
        await slack_of(slack, "kim").reacts("sos", message)
        await slack.settle()
    told = await slack.export()
    (request,) = told["assistance_requests"]
    assert (request["requester"], request["text"]) == ("anne", "vi mangler 4 mand på Birkehøj")
    assert [each["log_no"] for each in told["attachments"]] == [request["log_no"]]


# --- Teams -----------------------------------------------------------------------------------------------------------


async def test_a_picture_pasted_into_a_chat_in_teams_is_fetched_with_our_token(teams: TeamsStage) -> None:
    """R182: and waited for."""
    teams.teams.fail("file", with_=RateLimited(20))
    await teams["kim"].sends("", PHOTO[2], "log ? 40 cm vand")
    assert await states(teams) == ["wanted"]
    await teams.forward(seconds=21)
    (attachment,) = await teams.part("attachments")
    assert (attachment["name"], attachment["state"], attachment["size"]) == ("billede", "kept", len(PHOTO[2]))


@pytest.mark.long
async def test_a_file_in_a_channel_that_krisebot_may_not_have_is_a_fact_in_the_log(teams: TeamsStage) -> None:
    """R182: the message is saved, and says where the file is."""
    await teams["anne"].sends("plan.pdf", b"%PDF", "her er planen", "stab", "application/pdf")
    await teams["kim"].saves("her er planen")
    told = await teams.export()
    (saved,) = log_of(told, "saved")
    (attachment,) = told["attachments"]
    assert (attachment["log_no"], attachment["state"]) == (saved["no"], "failed")
    assert "https://kommune.sharepoint.com/sites/stab/plan.pdf" in attachment["reason"]
    assert [each["refs"]["attachment_of"] for each in log_of(told, "attachment_failed")] == [saved["no"]]


async def test_a_message_sent_on_in_teams_is_saved_and_what_teams_does_not_tell_is_said(teams: TeamsStage) -> None:
    """R026 R196."""
    await teams["anne"].says("40 cm vand i Fløng", "stab")
    message = next(each for each in teams_of(teams, "kim").messages() if "Fløng" in each.text)
    await teams_of(teams, "kim").forwards(message, "se her")
    await teams.settle()
    (saved,) = await teams.log("saved")
    assert (saved["summary"], saved["sender"]) == ("40 cm vand i Fløng", "kim")
    assert await teams["kim"].sees("Det fremgår ikke, hvem der skrev den")


GRAPH = "https://graph.microsoft.com/v1.0"


class Calls:
    """Where a file would have been fetched from, and with whose token."""

    graph_url = "https://graph.microsoft.com"

    async def download(self, url: str, largest: int, audience: str | None) -> bytes:
        return (audience or "none").encode()


@pytest.mark.parametrize(
    ("url", "whose"),
    [
        ("https://smba.trafficmanager.net/emea/v3/attachments/1/views/original", "https://api.botframework.com"),
        (f"{GRAPH}/teams/1/channels/19%3A2%40thread.tacv2/messages/3/hostedContents/4/$value", Calls.graph_url),
        (f"{GRAPH}/teams/1/channels/19:2@thread.tacv2/messages/1/replies/3/hostedContents/4/$value", Calls.graph_url),
        (f"{GRAPH}/chats/19:2@thread.tacv2/messages/3/hostedContents/4/$value", Calls.graph_url),
        (f"{GRAPH}/chats/19:2@thread.tacv2/messages/4/hostedContents/4/$value", None),
        (f"{GRAPH}/chats/19:9@thread.tacv2/messages/3/hostedContents/4/$value", None),
        (f"{GRAPH}/chats/19:2@thread.tacv2/messages/3/hostedContents/../../../../../users", None),
        (f"{GRAPH}/chats/19:2@thread.tacv2/messages/3/hostedContents/%2e%2e/$value", None),
        (f"{GRAPH}/chats/19:2@thread.tacv2/messages/3/hostedContents/4/$value?$expand=x", None),
        (f"{GRAPH}/users", None),
        (f"{GRAPH}/drives/1/root:/løn.xlsx:/content", None),
        ("https://kommune-my.sharepoint.com/download.aspx?tempauth=1", "none"),
        ("https://smba.trafficmanager.net.evil.example/emea/v3/attachments/1/views/original", None),
        ("https://evil.example/.sharepoint.com", None),
        ("https://evilsharepoint.com/x", None),
        ("http://kommune.sharepoint.com/x", None),
        ("https://kommune.sharepoint.com:8443/x", None),
        ("https://user@169.254.169.254/latest", None),
        ("http://[::1", None),
        ("file:///etc/passwd", None),
    ],
)
async def test_a_file_is_fetched_from_the_messages_own_places_and_no_other(
    databases: Any, url: str, whose: str | None
) -> None:
    place = files.Place("https://smba.trafficmanager.net/emea/", "19:2@thread.tacv2", "3")
    reference = {"url": url, **asdict(place)}
    if whose is None:
        with pytest.raises(Undeliverable):
            await files.fetch(Calls(), reference, 9)  # type: ignore[arg-type]
    else:
        assert await files.fetch(Calls(), reference, 9) == whose.encode()  # type: ignore[arg-type]
