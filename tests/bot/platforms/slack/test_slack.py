"""Slack through the real Bolt, over real HTTP, with a real database: what people in Slack are promised."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from ruamel.yaml import YAML
from sqlalchemy import func, select

from bot.engine import stalls
from bot.engine.clock import SystemClock
from bot.engine.engine import Engine
from bot.engine.platform import Throttled, Unavailable, Undeliverable
from bot.pages.metrics import Metrics
from bot.platforms.slack import drawing, inbound
from bot.platforms.slack.platform import Slack
from handlers.core import registry
from handlers.core.card import Button, Card, Field
from handlers.core.context import ORDINARY, URGENT
from handlers.core.turn import Turn
from storage.database import Database
from storage.plan import loading
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry, LogState
from storage.rows.staff import Member
from storage.rows.traffic import Delivery, Inbox, Message, MessageKind, StaffChannel
from tests.fakes.slack import (
    DisconnectAfter,
    DisconnectBefore,
    FakeMessage,
    FakeSlack,
    Fault,
    Forgery,
    OkFalse,
    RateLimited,
    ServerError,
    SlackPerson,
    Timeout,
    TimeoutBefore,
    WrongPage,
)
from tests.fakes.slack_blocks import shown

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

START = datetime(2026, 7, 2, 12, 0, 10, tzinfo=UTC)


class StoppedClock(SystemClock):
    """A clock that stands still until it is wound."""

    def __init__(self) -> None:
        super().__init__()
        self._now = START

    def now(self) -> datetime:
        return self._now

    def set(self, to: datetime) -> None:
        self._now = to


def read(blocks: Any) -> str:
    """Everything a person reads in the blocks: rich text too, to the letter."""
    rich = [block for block in blocks if block["type"] == "rich_text"]
    words = "".join(each["text"] for block in rich for part in block["elements"] for each in part["elements"])
    return f"{words}\n{shown([block for block in blocks if block['type'] != 'rich_text'])}"


class Person(SlackPerson):
    """A person who reads rich text."""

    def sees(self, text: str) -> list[FakeMessage]:
        mine = [each for each in self.messages() if each.user != self.id]
        return [each for each in mine if text in (read(each.blocks) if each.blocks else each.text)]

    @property
    def home(self) -> str:
        page = self.world.homes.get(self.id)
        return read(page.body["blocks"]) if page else ""


class House:
    """A workspace with krisebot in it, on HTTP."""

    def __init__(self, slack: FakeSlack, database: Database, **how: Any) -> None:
        self.slack = slack
        self.database = database
        self.clock = StoppedClock()
        self.plan: Plan = loading.example()
        self.engine = Engine(database, self.clock, lambda: self.plan)
        how = {"signing_secret": slack.signing_secret, **how}
        self.platform = Slack(self.engine, bot_token=slack.bot_token, api_url=slack.url, **how)
        self.engine.use([self.platform])
        self.address: str | None = None

    async def open(self) -> None:
        registry.load()
        await self.platform.start()
        app = web.Application()
        app.add_routes(self.platform.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        await self._runner.cleanup()
        await self.engine.stop()

    def person(self, user: str, name: str = "") -> Person:
        return Person(self.slack, user, self.address, name=name)

    async def forward(self, **span: float) -> None:
        await self.engine.wind(self.clock, self.clock.now() + timedelta(**span))

    async def tell(
        self, person: str, card: Card, key: str = "besked", kind: MessageKind = "notice", urgency: int = ORDINARY
    ) -> None:
        """Put something in the outbox, for somebody or for "staff"."""
        async with self.database.transaction() as db:
            turn = Turn(db, self.clock.now(), self.plan, crisis=await db.scalar(select(Crisis)))
            await turn.say(turn.staff if person == "staff" else person, card, key=key, kind=kind, urgency=urgency)

    async def rows(self, query: Any) -> list[Any]:
        async with self.database.reading() as db:
            return list(await db.scalars(query))

    async def inbox(self) -> list[dict[str, Any]]:
        return await self.rows(select(Inbox.body).order_by(Inbox.id))

    async def rooms(self) -> int:
        """How many crises have been decided on."""
        return int((await self.rows(select(func.count()).select_from(Crisis).where(Crisis.level.is_not(None))))[0])

    async def crisis(self) -> None:
        """Jens decides on level 2; the staff's channel is made."""
        await self.person("U0JENS").command("aktiver 2 skybrud i Hedehusene")
        await self.engine.settle()

    @property
    def left(self) -> int:
        """How much was acknowledged without being understood."""
        return int(
            self.engine.telemetry.registry.get_sample_value("krisebot_not_understood_total", {"platform": "slack"}) or 0
        )

    @property
    def room(self) -> str:
        return next(name for each in self.slack.world.channels.values() if (name := each.name).startswith("krise-"))

    def posted(self, text: str) -> int:
        """How many messages with that text stand in Slack."""
        every = [each for channel in self.slack.world.channels.values() for each in channel.messages]
        return sum(text in (read(each.blocks) if each.blocks else each.text) for each in every)


@asynccontextmanager
async def a_house(database: Database, kind: type[House] | None = None, **how: Any) -> AsyncIterator[House]:
    people = {known.slack: known.name for known in loading.example().persons.values() if known.slack}
    async with FakeSlack(users={**people, "U0FINN": "Finn Holst"}) as slack:
        house = (kind or House)(slack, database, **how)
        await house.open()
        try:
            yield house
        finally:
            await house.close()


@pytest.fixture
def patience() -> float:
    """Seconds a call may take: as in earnest, so that a busy machine is no lost answer."""
    return 10.0


# For answers that never come.
hasty = pytest.mark.parametrize("patience", [0.3], ids=["hasty"])


@pytest.fixture
async def house(database: Database, patience: float) -> AsyncIterator[House]:
    async with a_house(database, timeout=patience) as house:
        yield house


async def eventually(condition: Callable[[], Any], within: float = 5.0) -> Any:
    """What the condition says, as soon as it says something."""
    async with asyncio.timeout(within):
        while not (found := condition()):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
    return found


# --- what comes in ---------------------------------------------------------------------------------------------------


async def test_a_command_takes_effect_once_however_often_slack_sends_it(house: House) -> None:
    """D03: S1, 14:00:41."""
    finn = house.person("U0FINN")
    answers = [await finn.command("varsel vand i kælderen på Birkehøj"), await finn.retry(), await finn.retry()]
    assert all(answer.in_time for answer in answers)
    await house.engine.settle()
    assert len(await house.inbox()) == 1
    assert await house.rows(select(func.count()).select_from(Crisis)) == [1]
    assert len(finn.sees("vand i kælderen på Birkehøj")) == 1


async def test_it_is_on_disk_before_it_is_acknowledged(house: House) -> None:
    """D03: nothing runs here, so what is in the inbox was there when Slack got its answer."""
    assert (await house.person("U0FINN").command("varsel vand")).status == 200
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["text"], kept["sender"], kept["place"]) == (
        "command",
        "varsel vand",
        "slack:U0FINN",
        "dm",
    )


async def test_what_cannot_be_kept_is_not_acknowledged_and_slacks_next_try_lands(house: House) -> None:
    """D03: the database is away for a moment."""
    finn = house.person("U0FINN")
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
    assert (await finn.says("vand i kælderen")).status == 503
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox")
    assert (await finn.retry()).status == 200
    assert [each["text"] for each in await house.inbox()] == ["vand i kælderen"]


async def test_a_command_that_cannot_be_kept_is_answered_so_with_whom_to_ring(house: House) -> None:
    """R005 D03: Slack sends a command once, so whoever warned would wait for nobody."""
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
    answer = await house.person("U0FINN").command("varsel vand i kælderen")
    assert answer.status == 200
    assert "Ikke gemt.* Ring Jens Lund, +45 20 00 00 01" in answer.text


async def test_while_slacks_api_is_down_a_warning_is_answered_all_the_same_with_whom_to_ring(house: House) -> None:
    """R005: the answer to the command itself is the one way that is left in Slack."""
    house.slack.fail("*", with_=ServerError(503), times=None)
    await house.tell("jens", Card("hej"))
    await house.engine.settle()
    answer = await house.person("U0FINN").command("varsel vand i kælderen")
    assert "gemt" in answer.text
    assert "Jens Lund, +45 20 00 00 01" in answer.text
    assert [each["text"] for each in await house.inbox()] == ["varsel vand i kælderen"]


class Stuck(House):
    """One whose reading of what comes in never ends, while that is so."""

    stuck = False

    @property
    def plan(self) -> Plan:
        while self.stuck:
            pass
        return self._plan

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self._plan = plan


@pytest.mark.long
async def test_what_a_door_cannot_read_is_kept_put_aside_told_of_and_not_sent_again(database: Database) -> None:
    """R005: it held up everybody, again at each of Slack's tries, and was then lost."""
    async with a_house(database, Stuck) as house:
        assert isinstance(house, Stuck)
        with stalls.broken_off(patience=0.2):
            house.stuck = True
            answer = await house.person("U0FINN").command("varsel vandet står højt")
            house.stuck = False
        await house.engine.settle()
        assert answer.status == 200
        (row,) = await house.rows(select(Inbox))
        assert (row.state, row.body["kind"], "vandet" in row.body["text"]) == ("failed", "unread", True)
        assert house.person("U0JENS").sees("Noget fra Slack kunne ikke læses")


async def test_an_employee_outside_the_plan_is_known_by_name(house: House) -> None:
    """R001: everybody may warn, and is not a number to those who are rung up."""
    await house.person("U0FINN").command("varsel vand")
    await house.engine.settle()
    assert [each["sender_name"] for each in await house.inbox()] == ["Finn Holst"]


@pytest.mark.long
async def test_a_name_slack_will_not_tell_delays_nothing(house: House) -> None:
    house.slack.fail("users.info", with_=Timeout(), times=None)
    answer = await house.person("U0FINN").command("varsel vand")
    assert answer.in_time
    assert len(await house.inbox()) == 1


FORGED = {
    Forgery.BAD_SIGNATURE: 401,
    Forgery.NO_SIGNATURE: 401,
    Forgery.NO_TIMESTAMP: 401,
    Forgery.OLD_TIMESTAMP: 401,
    Forgery.NON_NUMERIC_TIMESTAMP: 401,
    Forgery.CHANGED_BODY: 401,
}


@pytest.mark.parametrize(("how", "status"), FORGED.items(), ids=[how.name.lower() for how in FORGED])
async def test_a_forged_or_spoilt_request_leaves_no_trace(house: House, how: Forgery, status: int) -> None:
    assert (await house.person("U0JENS").forged(how, "aktiver 2 skybrud")).status == status
    assert await house.inbox() == []
    assert house.platform.refused == 1


SPOILT = (Forgery.BROKEN_JSON, Forgery.BROKEN_PAYLOAD, Forgery.EMPTY)


@pytest.mark.parametrize("how", SPOILT, ids=[how.name.lower() for how in SPOILT])
async def test_what_is_rightly_signed_and_spoilt_is_acknowledged_and_counted(house: House, how: Forgery) -> None:
    """D03: refused, it would come again, and Slack switches off whoever refuses much."""
    assert (await house.person("U0JENS").forged(how, "aktiver 2 skybrud")).status == 200
    assert await house.inbox() == []
    assert house.left == 1


async def test_bytes_that_are_no_text_are_refused(house: House) -> None:
    assert (await house.person("U0JENS").forged(Forgery.NOT_UTF8)).status in (200, 401)
    assert await house.inbox() == []


NOT_OURS: list[tuple[str, dict[str, Any]]] = [
    ("dialog_submission", {"callback_id": "old", "submission": {"text": "vand"}, "state": "x"}),
    ("interactive_message", {"callback_id": "old", "actions": [{"name": "ja", "type": "button", "value": "1"}]}),
    ("message_action", {"callback_id": "another_apps", "message": {"ts": "1.0", "text": "vand"}}),
    ("shortcut", {"callback_id": "another_apps"}),
    ("view_submission", {"view": {"id": "V1", "type": "modal", "callback_id": "another_apps", "state": {}}}),
    ("view_closed", {"view": {"id": "V1", "type": "modal", "callback_id": "another_apps"}}),
    ("block_suggestion", {"action_id": "x", "block_id": "y", "value": "Je"}),
    ("something_new", {"what": "ever"}),
]


@pytest.mark.parametrize(("kind", "about"), NOT_OURS, ids=[kind for kind, _ in NOT_OURS])
async def test_what_is_another_apps_is_acknowledged_and_counted(house: House, kind: str, about: dict[str, Any]) -> None:
    """D03: refused, Slack tries it again, and at last switches off what it is sent to."""
    assert (await house.person("U0JENS")._interactive(kind, about)).status == 200
    assert await house.inbox() == []
    assert house.left == 1


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"7", b'"x"', b"[" * 5000, b"payload=%5B%5D", b'{"team": 7, "event": 1}']
)
async def test_signed_nonsense_is_acknowledged_counted_and_kept_nowhere(house: House, body: bytes) -> None:
    wire = house.person("U0JENS").wire
    kind = "application/x-www-form-urlencoded" if body.startswith(b"payload") else "application/json"
    answer = await wire.post(body, {**wire.signed(body), "Content-Type": kind})
    assert (answer.status, house.left) == (200, 1)
    assert await house.inbox() == []


async def test_a_signature_of_strange_signs_or_a_time_beyond_all_times_is_refused(house: House) -> None:
    wire = house.person("U0JENS").wire
    for headers in ({"X-Slack-Signature": "v0=\u00e6"}, {"X-Slack-Request-Timestamp": "9" * 400}):
        assert (await wire.post(b"x=1", {**wire.signed(b"x=1"), **headers})).status == 401


async def test_a_body_beyond_all_bounds_is_refused(house: House) -> None:
    wire, body = house.person("U0JENS").wire, b"text=" + b"x" * (1024**2 + 1)
    assert (await wire.post(body, wire.signed(body))).status == 413


async def test_another_workspace_is_turned_away_where_ours_is_named(database: Database) -> None:
    async with a_house(database, team_ids=["T0HTK"]) as house:
        jens = house.person("U0JENS")
        assert (await jens.forged(Forgery.OTHER_TEAM, "aktiver 2 skybrud")).status == 401
        assert await house.inbox() == []
        assert (await jens.command("status")).status == 200
        assert (await jens.says("hej")).status == 200
        assert len(await house.inbox()) == 2


async def test_slacks_own_check_of_the_address_is_answered(house: House) -> None:
    wire = house.person("U0JENS").wire
    body = json.dumps({"type": "url_verification", "challenge": "c7", "token": "x"}).encode()
    answer = await wire.post(body, {**wire.signed(body), "Content-Type": "application/json"})
    assert (answer.status, answer.json) == (200, {"challenge": "c7"})


async def test_a_direct_message_is_read_as_it_was_typed(house: House) -> None:
    """R001: kept to the letter."""
    await house.person("U0JENS").says("vand < 3 m & stigende, ring til <@U0PIA>")
    (kept,) = await house.inbox()
    assert kept["text"] == "vand < 3 m & stigende, ring til Pia Krogh"
    assert (kept["kind"], kept["place"], kept["sender"]) == ("text", "dm", "jens")


async def test_a_mention_is_told_twice_and_takes_effect_once(house: House) -> None:
    """R005 D03: slash commands don't work in threads, so a mention there must do the same."""
    channel = house.slack.add_channel("generelt", "U0JENS")
    jens = house.person("U0JENS")
    await jens.says("noget andet", "generelt")
    thread = house.slack.messages("generelt")[0].ts
    await jens.mentions("aktiver 2 skybrud", "generelt", thread_ts=thread)
    await house.engine.settle()
    said, mention = await house.inbox()
    assert (said["kind"], said["place"], said["conversation"]) == ("text", "channel", channel.id)
    assert (mention["kind"], mention["text"]) == ("command", "aktiver 2 skybrud")
    assert await house.rows(select(Crisis.level)) == [2]


async def test_a_mention_that_is_heard_as_a_message_first_is_still_a_command(house: House) -> None:
    house.slack.add_channel("generelt", "U0JENS")
    jens = house.person("U0JENS")
    await jens.mentions("status", "generelt")
    async with house.database.transaction() as db:
        for row in await db.scalars(select(Inbox)):
            await db.delete(row)
    message = house.slack.messages("generelt")[0]
    await jens._event(jens._heard(house.slack.channel("generelt"), message) | {"channel_type": "channel"})
    assert [(each["kind"], each["text"]) for each in await house.inbox()] == [("command", "status")]


async def test_what_the_bot_writes_itself_is_not_heard(house: House) -> None:
    channel = house.slack.add_channel("generelt", "U0JENS")
    jens = house.person("U0JENS")
    ours = house.slack.world.post(channel, house.slack.world.bot_user, "status", from_bot=True)
    assert (await jens._event(jens._heard(channel, ours) | {"channel_type": "channel"})).status == 200
    assert await house.inbox() == []


async def test_a_photo_without_words_is_not_lost(house: House) -> None:
    jens = house.person("U0JENS")
    await jens.says("", files=[("kaelder.jpg", "image/jpeg", b"vand")])
    (heard,) = await house.inbox()
    assert [(each["name"], each["size"]) for each in heard["enclosed"]] == [("kaelder.jpg", 4)]


async def test_a_command_in_a_channel_is_told_where_its_answer_stands(house: House) -> None:
    house.slack.add_channel("generelt", "U0FINN")
    finn = house.person("U0FINN")
    assert "direkte besked med Krisebot" in (await finn.command("varsel vand", "generelt")).text
    # Who has no chat with Krisebot yet may be anywhere.
    assert "direkte besked med Krisebot" in (await finn.command("varsel vand")).text
    await house.engine.settle()
    assert (await finn.command("varsel vand")).text == ""
    await house.crisis()
    assert (await house.person("U0JENS").command("status", house.room)).text == ""


async def test_a_command_in_a_chat_with_a_colleague_is_told_where_its_answer_stands(house: House) -> None:
    """It looks like the chat with Krisebot, and nothing came there."""
    finn = house.person("U0FINN")
    await finn.command("varsel vand")
    await house.engine.settle()
    elsewhere = {**finn._command("status", house.slack.world.dm("U0FINN")), "channel_id": "D0WITHPIA"}
    answer = await finn._deliver("slash_commands", elsewhere)
    assert "direkte besked med Krisebot" in answer.text
    assert (await finn.command("status")).text == ""


# --- buttons and forms -----------------------------------------------------------------------------------------------


async def test_a_button_does_what_it_says_once(house: House) -> None:
    """R003 D03: the question, with a double press."""
    finn = house.person("U0FINN")
    await finn.command("varsel vand i kælderen")
    await house.engine.settle()
    assert (await finn.presses("Ja")).in_time
    await finn.retry()
    await house.engine.settle()
    assert len([each for each in await house.inbox() if each["kind"] == "press"]) == 1
    assert house.person("U0JENS").sees("Kan du tage den?")[-1].buttons[0] == "Jeg har den"


async def test_a_button_of_another_release_says_so_in_words(house: House) -> None:
    """D03: it was answered 503, and Slack showed a warning sign."""
    finn = house.person("U0FINN")
    block = {"type": "button", "action_id": "a", "block_id": "b", "text": {"type": "plain_text", "text": "Ja"}}
    for carried in ('{"message": "1", "does": "something later"}', "ja", '{"message": 1, "do": [], "args": 2}'):
        pressed = {"actions": [{**block, "value": carried}], "channel": {"id": finn.dm, "name": "directmessage"}}
        assert (await finn._interactive("block_actions", pressed)).status == 200
    await house.engine.settle()
    assert len(finn.sees("hører til en anden udgave af Krisebot")) == 3


async def test_what_is_filled_in_on_a_message_comes_with_the_button(house: House) -> None:
    """R005: the decider gives it a name."""
    await house.person("U0FINN").command("varsel vand")
    await house.engine.settle()
    await house.person("U0FINN").presses("Ja")
    await house.engine.settle()
    jens = house.person("U0JENS")
    await jens.presses("Jeg har den")
    await house.engine.settle()
    await jens.presses("Niveau 2", values={"title": "Skybrud i Hedehusene"})
    await house.engine.settle()
    assert await house.rows(select(Crisis.title)) == ["Skybrud i Hedehusene"]


async def test_a_form_is_filled_in_a_dialog_and_submitted_once(house: House) -> None:
    finn = house.person("U0FINN")
    await finn.command("varsel")
    await house.engine.settle()
    assert (await finn.presses("Send varsel")).in_time
    assert finn.view is not None
    assert len(await house.inbox()) == 1, "opening a dialog changes nothing"
    await finn.submits({"text": "vand i kælderen", "kind": "weather"})
    await finn.retry()
    assert finn.view is None
    await house.engine.settle()
    press = (await house.inbox())[-1]
    assert (press["kind"], press["action"]) == ("press", "warning.typed")
    assert press["values"] == {"text": "vand i kælderen", "kind": "weather", "source": "", "happened": "", "place": ""}
    assert await house.rows(select(func.count()).select_from(Crisis)) == [1]


async def test_the_dialog_is_the_one_that_stands_on_the_message_now(house: House) -> None:
    """A button from a message that has changed since opens no old form."""
    form = (Field("text", "Hvad skal der stå?", value="før"),)
    await house.tell("jens", Card("Nr. 1", buttons=(Button("Ret", "log.correct", {"no": 1}, form=form),)))
    await house.engine.settle()
    jens = house.person("U0JENS")
    old = jens.sees("Nr. 1")[-1]
    await house.tell("jens", Card("Nr. 1 er rettet"))
    await house.engine.settle()
    await jens.presses("Ret", message=old)
    assert jens.view is None
    await house.engine.settle()
    assert jens.sees("Nr. 1")[-1].buttons == []


@pytest.mark.parametrize("how", [ServerError(), OkFalse("expired_trigger_id"), TimeoutBefore(), WrongPage()], ids=repr)
async def test_a_dialog_that_cannot_be_opened_is_told_of_and_can_be_pressed_again(house: House, how: Fault) -> None:
    """R001: also where Slack lets us wait: a fault beside the button, or a time-out, tells nobody what to do."""
    finn = house.person("U0FINN")
    await finn.command("varsel")
    await house.engine.settle()
    house.slack.fail("views.open", with_=how)
    answer = await finn.presses("Send varsel")
    assert (answer.status, answer.in_time) == (200, True)
    await house.engine.settle()
    assert len(finn.sees("Formularen kunne ikke åbnes i Slack. Intet er sendt.")) == 1
    assert (await finn.presses("Send varsel")).status == 200
    assert finn.view is not None


async def test_a_dialog_from_a_messages_menu_that_slack_does_not_open_is_told_of(house: House) -> None:
    """R036: nothing is saved, and whoever chose it knows."""
    kim = house.person("U0KIM")
    await kim.says("der er vand i kælderen")
    mine = next(each for each in kim.messages() if each.text == "der er vand i kælderen")
    for name in ("Gem i log", "Send som varsel"):
        house.slack.fail("views.open", with_=TimeoutBefore())
        assert (await kim.shortcut(name, mine)).status == 200
    await house.engine.settle()
    assert len(kim.sees("Formularen kunne ikke åbnes i Slack. Intet er sendt.")) == 2


async def test_words_that_were_rewritten_before_they_came_in_are_read_as_they_were_rewritten(house: House) -> None:
    """R251: Slack's requests overtake each other. The newest words count; the older ones are not left standing."""
    await house.crisis()
    await house.tell("jens", Card("Står I klar?", buttons=(Button("Ja", "log.correct", {"no": 1}),)))
    jens = house.person("U0JENS")
    place, written = jens._writes("log vand i kelderen", None, "")
    assert (await jens.edits(written, "log vand i kælderen")).status == 200
    await house.engine.settle()
    assert (await jens._event(jens._heard(place, written) | {"channel_type": "im"})).status == 200
    await house.engine.settle()
    assert not jens.sees("Du har rettet")
    await house.forward(minutes=1)
    assert len(jens.sees("Du har rettet")) == 1
    await house.forward(minutes=10)
    assert len(jens.sees("Du har rettet")) == 1


async def test_an_edit_of_what_never_came_in_waits_for_it_no_longer_than_it_may_come(house: House) -> None:
    """R251: it holds up nobody, and ends."""
    jens = house.person("U0JENS")
    _, written = jens._writes("vand", None, "")
    await jens.edits(written, "vand i kælderen")
    await jens.command("hjælp")
    await house.engine.settle()
    assert [each["text"] for each in await house.rows(select(Inbox.body).where(Inbox.state == "done"))] == ["hjælp"]
    await house.forward(minutes=20)
    assert await house.rows(select(Inbox.state).where(Inbox.state != "done")) == []


async def test_the_home_page_tells_what_goes_on_and_starts_what_one_needs(house: House) -> None:
    """R256: Overblik."""
    finn = house.person("U0FINN")
    assert (await finn.opens_home()).status == 200
    await house.engine.settle()
    assert "Der er ingen aktiv krise." in finn.home
    await house.crisis()
    await finn.opens_home()
    await house.engine.settle()
    assert "skybrud i Hedehusene" in finn.home
    assert "Afventer" not in finn.home
    kim = house.person("U0KIM")
    await kim.opens_home()
    await house.engine.settle()
    assert "Afventer" in kim.home
    assert "Fuldt etableret senest" in kim.home
    await finn.presses("Hvem er hvem")
    await house.engine.settle()
    assert finn.sees("Beredskabschef 4K")


async def test_the_home_page_is_no_reason_to_fail(house: House) -> None:
    house.slack.fail("views.publish", with_=ServerError(), times=None)
    assert (await house.person("U0FINN").opens_home()).status == 200
    await house.engine.settle()
    assert house.slack.calls_to("views.publish")


# --- the log ---------------------------------------------------------------------------------------------------------


async def log(house: House, kind: str) -> list[dict[str, Any]]:
    rows = await house.rows(select(LogEntry.canonical).where(LogEntry.kind == kind).order_by(LogEntry.no))
    return [json.loads(row) for row in rows]


async def said_in_the_staff(house: House, text: str) -> FakeMessage:
    await house.crisis()
    await house.person("U0ANNE").says(text, house.room)
    await house.engine.settle()
    return next(each for each in house.slack.messages(house.room) if each.user == "U0ANNE")


@pytest.mark.long
async def test_a_message_is_saved_in_the_log_with_its_own_author_and_time(house: House) -> None:
    """R026 R182: »Gem i log«."""
    message = await said_in_the_staff(house, "40 cm vand & stigende i <Fløng>")
    kim = house.person("U0KIM")
    assert (await kim.shortcut("Gem i log", message)).in_time
    assert kim.view is not None
    assert "Anne Holm" in read(kim.view.body["blocks"])
    assert "40 cm vand & stigende i <Fløng>" in read(kim.view.body["blocks"])
    await kim.submits()
    await kim.retry()
    await house.engine.settle()
    (entry,) = await log(house, "saved")
    assert (entry["summary"], entry["sender"], entry["recorder"]) == ("40 cm vand & stigende i <Fløng>", "anne", "kim")
    assert entry["event_time"].startswith(datetime.fromtimestamp(float(message.ts), UTC).strftime("%Y-%m-%dT%H:%M:%S"))
    assert await house.rows(select(LogState.verification).where(LogState.no == entry["no"])) == ["unconfirmed"]


async def test_the_one_who_saves_may_mend_the_text_and_confirm_it(house: House) -> None:
    """R182 R184 R216: the log keeper says that it is confirmed, and that all may read it."""
    message = await said_in_the_staff(house, "40 cm vnad")
    keeper = house.person(house.plan.persons[house.plan.holders("logfører")[0]].slack or "")
    await keeper.shortcut("Gem i log", message)
    await keeper.submits({"text_1": "40 cm vand", "verification": "confirmed", "grade": "open"})
    await house.engine.settle()
    (entry,) = await log(house, "saved")
    assert (entry["summary"], entry["grade"]) == ("40 cm vand", "open")
    assert await house.rows(select(LogState.verification).where(LogState.no == entry["no"])) == ["confirmed"]


async def test_what_is_too_long_for_one_of_slacks_fields_is_corrected_without_losing_its_end(house: House) -> None:
    """R182 D03: a dialog has room for 3,000 letters a field: the rest was cut off, and lost when the form was sent."""
    await house.crisis()
    keeper = house.person(house.plan.persons[house.plan.holders("logfører")[0]].slack or "")
    text = " ".join(f"{number} cm vnad," for number in range(600))
    await keeper.command(f"log {text}")
    await house.engine.settle()
    await keeper.presses("Ret")
    assert keeper.view is not None
    filled = drawing.initial(keeper.view.body)
    assert "".join(filled.values()) == text
    assert len(filled) == 3
    (first, *_) = filled
    await keeper.submits({first: filled[first].replace("0 cm vnad", "0 cm vand", 1)})
    await house.engine.settle()
    assert (await log(house, "correction"))[-1]["summary"] == text.replace("0 cm vnad", "0 cm vand", 1)


async def test_a_pin_saves_and_a_tick_confirms(house: House) -> None:
    """R182: reactions in the staff's channel."""
    message = await said_in_the_staff(house, "viadukten er lukket")
    keeper = house.person(house.plan.persons[house.plan.holders("logfører")[0]].slack or "")
    await house.person("U0ANNE").reacts("pushpin", message)
    await house.engine.settle()
    (entry,) = await log(house, "saved")
    assert (entry["summary"], entry["sender"]) == ("viadukten er lukket", "anne")
    await keeper.reacts("white_check_mark", message)
    await house.engine.settle()
    assert await house.rows(select(LogState.verification).where(LogState.no == entry["no"])) == ["confirmed"]


async def test_eyes_on_a_message_say_once_who_takes_it(house: House) -> None:
    """Requirement 3.6: 👀 is logged by name, once; from somebody outside the staff it is nothing."""
    message = await said_in_the_staff(house, "der står vand i hele Hovedgaden")
    for user in ("U0NOBODY", "U0KIM", "U0KIM"):
        await house.person(user).reacts("eyes", message)
        await house.engine.settle()
    taken = [
        (line["recorder"], line["summary"]) for line in await log(house, "information") if "tager" in line["summary"]
    ]
    assert taken == [("kim", "Kim Dahl tager: »der står vand i hele Hovedgaden«")]


async def test_editing_the_source_leaves_the_log_and_is_noted(house: House) -> None:
    """D08."""
    message = await said_in_the_staff(house, "40 cm vand")
    anne = house.person("U0ANNE")
    await anne.reacts("pushpin", message)
    await house.engine.settle()
    await anne.edits(message, "4 cm vand")
    await house.engine.settle()
    (entry,) = await log(house, "saved")
    (noted,) = await log(house, "source_edited")
    assert entry["summary"] == "40 cm vand"
    assert f"nr. {entry['no']}" in noted["summary"]


async def test_a_links_preview_is_no_edit_and_a_deletion_is_told(house: House) -> None:
    """D08."""
    message = await said_in_the_staff(house, "se https://dmi.dk")
    anne = house.person("U0ANNE")
    await anne.edits(message, "se https://dmi.dk")
    await anne.deletes(message)
    about = [(each["kind"], each["message"]) for each in await house.inbox() if each["kind"] in ("edited", "deleted")]
    assert about == [("deleted", f"{message.channel}:{message.ts}")]


# --- what goes out ---------------------------------------------------------------------------------------------------


async def sent(house: House) -> list[str]:
    return await house.rows(select(Delivery.state).order_by(Delivery.id))


async def test_an_injection_is_shown_as_text(house: House) -> None:
    """R001: what a stranger writes can't call everybody, link or look like the bot's own words."""
    evil = "<!channel> <https://ond.example|kommunen> *fed* _skrå_ `x`"
    finn = house.person("U0FINN")
    await finn.command(f"varsel {evil}")
    await house.engine.settle()
    (message,) = finn.sees("Varsel nr. 1")
    texts = [
        each for block in message.blocks if block["type"] == "rich_text" for each in block["elements"][0]["elements"]
    ]
    assert {each["type"] for each in texts} <= {"text", "link"}
    led = {each["url"] for each in texts if each["type"] == "link" and not each["url"].startswith("tel:")}
    assert led == {"https://ond.example"}
    assert "<!channel>" not in message.text
    assert "<https" not in message.text
    assert all("fed" not in each["text"] for each in texts if each.get("style"))


async def test_a_long_text_is_shortened_where_it_shows(house: House) -> None:
    await house.tell("jens", Card(f"Melding: {'vand ' * 5000}\n\n*Har du læst den?*"))
    await house.engine.settle()
    (message,) = house.person("U0JENS").sees("Har du læst den?")
    assert "tegn er udeladt her" in read(message.blocks)


async def test_a_message_changes_where_it_stands(house: House) -> None:
    """Few messages: an answer redraws its question."""
    jens = house.person("U0JENS")
    await house.tell("jens", Card("Kan du tage den?", buttons=(Button("Ja", "x.yes"),)))
    await house.engine.settle()
    await house.tell("jens", Card("Du har den."))
    await house.engine.settle()
    (message,) = jens.messages()
    assert (read(message.blocks).strip(), message.buttons, message.edited) == ("Du har den.", [], False)


async def test_a_message_that_was_deleted_is_said_anew(house: House) -> None:
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    house.slack.world.remove(house.slack.messages(house.person("U0JENS").dm)[0])
    await house.tell("jens", Card("Pia har den."))
    await house.engine.settle()
    assert house.posted("Pia har den.") == 1
    assert await sent(house) == ["sent"]


async def test_slack_asks_for_patience_and_gets_it_without_a_word_twice(house: House) -> None:
    """D02: nothing before Retry-After, exactly one after."""
    house.slack.fail("chat.postMessage", with_=RateLimited(retry_after=30))
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    await house.forward(seconds=29)
    assert (house.posted("Kan du tage den?"), len(house.slack.calls_to("chat.postMessage"))) == (0, 1)
    await house.forward(seconds=1)
    assert (house.posted("Kan du tage den?"), await sent(house)) == (1, ["sent"])


async def test_patience_can_be_asked_for_in_the_body_too(house: House) -> None:
    house.slack.fail("chat.postMessage", with_=OkFalse("ratelimited"))
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    assert house.posted("Kan du tage den?") == 0
    await house.forward(seconds=10)
    assert house.posted("Kan du tage den?") == 1


@pytest.mark.long
@hasty
@pytest.mark.parametrize("fault", [Timeout(), DisconnectAfter()], ids=["timeout", "broken"])
@pytest.mark.parametrize("to", ["jens", "staff"])
async def test_a_message_whose_answer_was_lost_is_found_and_not_said_twice(house: House, fault: Fault, to: str) -> None:
    """D02 D03: it was performed, but nobody told us."""
    await house.crisis()
    house.slack.fail("chat.postMessage", with_=fault)
    await house.tell(to, Card("Kan du tage den?"))
    await house.engine.settle()
    assert "sending" in await sent(house)
    await house.forward(minutes=2)
    assert house.posted("Kan du tage den?") == 1
    assert set(await sent(house)) == {"sent"}


@hasty
async def test_a_found_message_that_has_changed_meanwhile_is_brought_up_to_date(house: House) -> None:
    house.slack.fail("chat.postMessage", with_=Timeout())
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    await house.tell("jens", Card("Pia har den."))
    await house.forward(minutes=2)
    assert (house.posted("Kan du tage den?"), house.posted("Pia har den.")) == (0, 1)


@pytest.mark.parametrize("fault", [ServerError(503), DisconnectBefore(), WrongPage(), OkFalse("fatal_error")], ids=str)
async def test_a_message_slack_stumbled_over_is_said_when_it_is_back(house: House, fault: Fault) -> None:
    """D02."""
    house.slack.fail("chat.postMessage", with_=fault, times=2)
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    assert house.posted("Kan du tage den?") == 0
    await house.forward(minutes=2)
    assert (house.posted("Kan du tage den?"), await sent(house)) == (1, ["sent"])


@hasty
async def test_a_message_that_cannot_be_looked_for_is_repeated_and_says_so(house: House) -> None:
    """D02: the scope for the history is missing."""
    house.slack.fail("chat.postMessage", with_=Timeout())
    house.slack.fail("conversations.history", with_=OkFalse("missing_scope", {"needed": "im:history"}), times=None)
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    await house.forward(minutes=2)
    assert house.posted("(gentaget) Kan du tage den?") == 1


async def test_what_slack_will_not_draw_arrives_in_plain_words(house: House) -> None:
    house.slack.fail("chat.postMessage", with_=OkFalse("invalid_blocks"))
    await house.tell("jens", Card("*Kan du tage den?*", buttons=(Button("Ja", "x.yes"),)))
    await house.engine.settle()
    (message,) = house.person("U0JENS").messages()
    assert (message.text, message.blocks) == ("Kan du tage den?", ())


async def test_somebody_whose_account_is_closed_is_told_of_at_once(house: House) -> None:
    """D02 T30: what can't be delivered is a fact in the log; the number to ring is shown to whoever is to ring it."""
    await house.crisis()
    house.slack.deactivate("U0OLE")
    await house.tell("ole", Card("Du indkaldes."), urgency=URGENT)
    await house.engine.settle()
    (noted,) = await log(house, "undeliverable")
    assert "Ole Bach" in noted["summary"]
    assert "20 00 00 06" not in noted["summary"]
    assert house.person("U0JENS").sees("Kom ikke frem til Ole Bach")
    assert house.person("U0JENS").sees("+45 20 00 00 06")


async def test_a_token_that_is_withdrawn_is_told_of_and_nothing_is_lost(house: House) -> None:
    house.slack.fail("chat.postMessage", with_=OkFalse("token_revoked"))
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    assert "token_revoked" in (house.platform.trouble() or "")
    await house.forward(minutes=2)
    assert house.posted("Kan du tage den?") == 1
    assert house.platform.trouble() is None


async def test_it_starts_and_listens_while_slack_is_down(database: Database) -> None:
    async with FakeSlack(users={"U0JENS": "Jens Lund"}) as slack:
        slack.down()
        house = House(slack, database)
        await house.open()
        try:
            assert (await house.person("U0JENS").command("aktiver 2 skybrud")).status == 200
            await house.engine.settle()
            assert await house.rows(select(Crisis.level)) == [2]
            assert await eventually(house.platform.trouble) == "Slack svarer ikke"
        finally:
            await house.close()


async def test_nothing_listens_where_slack_should_be(house: House) -> None:
    away = Slack(house.engine, bot_token="x", signing_secret="x", api_url="http://127.0.0.1:9/", timeout=0.3)
    with pytest.raises(Unavailable):
        await away.admit("C1", {}, ["jens"])
    assert away.trouble() == "Slack kan ikke nås"


# --- the staff's channel ---------------------------------------------------------------------------------------------


async def test_the_staff_gets_a_private_channel_with_its_name_and_its_people(house: House) -> None:
    """R032: krise-<date>-<title>."""
    await house.crisis()
    channel = house.slack.channel("krise-2026-07-02-skybrud-i-hedehusene")
    assert channel.kind == "private_channel"
    assert channel.topic == "skybrud i Hedehusene · niveau 2, fuldt etableret senest kl. 16:00"
    assert {"U0LARS", "U0ANNE", "U0OLE", "U0SARA", "U0JENS"} <= set(channel.members)
    assert house.person("U0LARS").sees("Krisestab nr. 1")


async def test_a_name_that_is_taken_gets_a_number(house: House) -> None:
    """R032: somebody else's channel is left alone."""
    house.slack.add_channel("krise-2026-07-02-skybrud-i-hedehusene", "U0FINN")
    house.slack.add_channel("krise-2026-07-02-skybrud-i-hedehusene-2", "U0FINN", bot=False)
    await house.crisis()
    channel = house.slack.channel("krise-2026-07-02-skybrud-i-hedehusene-3")
    assert "U0LARS" in channel.members
    assert await house.rows(select(StaffChannel.address)) == [channel.id]


@hasty
@pytest.mark.parametrize("fault", [Timeout(), DisconnectAfter()], ids=["timeout", "broken"])
async def test_a_channel_that_was_made_without_our_hearing_of_it_is_used(house: House, fault: Fault) -> None:
    """D03: one crisis, one channel."""
    house.slack.fail("conversations.create", with_=fault)
    await house.crisis()
    await house.forward(minutes=2)
    made = [each for each in house.slack.world.channels.values() if each.name.startswith("krise-")]
    assert [each.topic.partition(" · ")[0] for each in made] == ["skybrud i Hedehusene"]
    assert "U0LARS" in made[0].members


async def test_one_429_loses_no_channel(house: House) -> None:
    house.slack.fail("conversations.create", with_=RateLimited(retry_after=20))
    house.slack.fail("conversations.setTopic", with_=RateLimited(retry_after=20))
    await house.crisis()
    await house.forward(minutes=2)
    made = [each for each in house.slack.world.channels.values() if each.name.startswith("krise-")]
    assert [each.topic.partition(" · ")[0] for each in made] == ["skybrud i Hedehusene"]


async def test_a_crisis_of_the_same_name_gets_a_channel_of_its_own(house: House) -> None:
    await house.crisis()
    (first,) = await house.rows(select(StaffChannel.address))
    address, _ = await house.platform.open_room("krise-2026-07-02-skybrud-i-hedehusene", "Den anden", {})
    assert address != first
    assert house.slack.channel(address).name == "krise-2026-07-02-skybrud-i-hedehusene-2"


async def test_one_who_cannot_come_in_keeps_nobody_else_out(house: House) -> None:
    channel = house.slack.add_channel("stab", "U0LARS")
    house.slack.deactivate("U0OLE")
    inside = await house.platform.admit(channel.id, {}, ["lars", "ole", "anne", "slack:U0FINN", "teams:x"])
    assert set(inside) == {"lars", "anne", "slack:U0FINN"}
    assert "U0ANNE" in channel.members
    assert await house.platform.admit(channel.id, {}, ["ole"]) == []
    assert await house.platform.admit(channel.id, {}, ["lars"]) == ["lars"]


async def test_more_than_a_hundred_are_invited(house: House) -> None:
    channel = house.slack.add_channel("stab")
    for number in range(150):
        house.slack.add_user(f"U{number}", f"Nr. {number}")
    everyone = [f"slack:U{number}" for number in range(150)]
    assert set(await house.platform.admit(channel.id, {}, everyone)) == set(everyone)
    assert len(channel.members) == 151


async def test_whoever_leaves_the_staff_leaves_its_channel(house: House) -> None:
    """D09."""
    channel = house.slack.add_channel("stab", "U0LARS", "U0ANNE")
    await house.platform.dismiss(channel.id, {}, ["anne", "ole"])
    assert "U0ANNE" not in channel.members
    assert "U0LARS" in channel.members


SHUT_OUT = ("cant_invite", "restricted_action", "not_in_channel", "is_archived", "channel_not_found", "no_permission")


@pytest.mark.long
@pytest.mark.parametrize(
    ("method", "error"),
    [
        *(("conversations.invite", each) for each in SHUT_OUT),
        *(("conversations.create", each) for each in ("restricted_action", "no_permission")),
        *(
            ("chat.postMessage", each)
            for each in ("is_archived", "channel_not_found", "not_in_channel", "restricted_action")
        ),
    ],
)
async def test_a_channel_that_refuses_is_told_of_everywhere_and_the_staff_is_written_to_one_by_one(
    house: House, method: str, error: str
) -> None:
    """R030 R032 D02: an empty channel was written into, and nobody was told."""
    channel = None
    if method == "chat.postMessage":
        await house.crisis()
        channel = house.room
    house.slack.fail(method, with_=OkFalse(error), times=None, channel=channel)
    if method != "chat.postMessage":
        await house.crisis()
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.forward(minutes=2)
    assert house.person("U0KIM").sees("risestabens kanal")
    assert house.person("U0ANNE").sees("Stabsmøde nu")
    assert await log(house, "notice")
    assert b"krisebot_channels_in_trouble 1.0" in await Metrics(house.engine, None).text()


def _alone(house: House, user: str, text: str) -> bool:
    """Whether somebody was written to alone."""
    return any(
        text in (read(each.blocks) if each.blocks else each.text) for each in house.slack.world.dm(user).messages
    )


async def _channel(house: House) -> Any:
    (room,) = await house.rows(select(StaffChannel))
    return room


async def test_who_leaves_the_staffs_channel_by_hand_is_told_of_and_goes_on_getting_what_is_said(house: House) -> None:
    """R030 D02 D09: still in the staff, they are written to alone; back again, they are not any more."""
    await house.crisis()
    channel = (await _channel(house)).address
    for _ in range(2):
        await house.person("U0OLE").leaves(channel)
        await house.engine.settle()
    assert _alone(house, "U0KIM", "Ole Bach er gået ud af krisestabens kanal i Slack, men er stadig i krisestaben")
    assert _alone(house, "U0OLE", "er gået ud af dens kanal i Slack")
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.engine.settle()
    assert _alone(house, "U0OLE", "Stabsmøde nu")
    assert not _alone(house, "U0ANNE", "Stabsmøde nu")
    await house.person("U0OLE").joins(channel)
    await house.tell("staff", Card("Mødet er flyttet"), key="flyttet")
    await house.engine.settle()
    assert not _alone(house, "U0OLE", "Mødet er flyttet")
    assert house.posted("Mødet er flyttet") == 1


async def test_who_comes_into_the_staffs_channel_by_hand_is_told_of_by_name_and_gets_no_right(house: House) -> None:
    """T30 D09: they read along, numbers too; whoever runs the staff lets them in or takes them out."""
    await house.crisis()
    channel = (await _channel(house)).address
    await house.person("U0FINN", name="Finn Friis").joins(channel)
    await house.engine.settle()
    said = "Finn Friis er kommet ind i krisestabens kanal i Slack uden at være i krisestaben, og læser med."
    assert _alone(house, "U0KIM", said)
    assert not _alone(house, "U0FINN", "er kommet ind")
    assert "slack:U0FINN" not in [row.person for row in await house.rows(select(Member))]
    other = house.slack.add_channel("frokost", "U0LARS")
    before = len(await house.rows(select(Message)))
    await house.person("U0FINN").joins(other.id)
    await house.person("U0LARS").leaves(other.id)
    await house.engine.settle()
    assert len(await house.rows(select(Message))) == before


@pytest.mark.parametrize("how", [*inbound.CLOSED, "member_left_channel"])
async def test_a_staffs_channel_that_is_closed_by_hand_is_told_of_before_anybody_writes_there(
    house: House, how: str
) -> None:
    """R030 D02: and what was said to the staff is sent to each."""
    await house.crisis()
    channel = (await _channel(house)).address
    assert not _alone(house, "U0ANNE", "Krisestab nr. 1")
    await house.person("U0LARS").happens(how, channel=channel, user=house.slack.world.bot_user)
    await house.engine.settle()
    assert (await _channel(house)).state == "failed"
    assert _alone(house, "U0KIM", "Krisestabens kanal i Slack kan ikke bruges")
    assert _alone(house, "U0ANNE", "Krisestab nr. 1")


async def test_a_channel_that_gets_another_id_is_the_staffs_still(house: House) -> None:
    """R030 D02: as when it is made shared or moved to another workspace."""
    await house.crisis()
    old = (await _channel(house)).address
    new = house.slack.add_channel("krise-flyttet", "U0LARS", "U0KIM")
    await house.person("U0LARS").happens("channel_id_changed", old_channel_id=old, new_channel_id=new.id)
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.engine.settle()
    assert (await _channel(house)).address == new.id
    assert [message for message in new.messages if "Stabsmøde nu" in (message.text or "")]
    assert _alone(house, "U0KIM", "Krisestabens kanal i Slack er flyttet eller delt")


@pytest.mark.parametrize("event", inbound.RENAMED)
async def test_a_staffs_channel_that_is_renamed_is_told_of_and_goes_on(house: House, event: str) -> None:
    """R030 D02: told once however often Slack tells it, and each time that it is renamed; other channels' names are nobody's."""
    await house.crisis()
    channel = await _channel(house)
    finn = house.person("U0FINN")
    for name in ("krise-vand", "krise-vand", "krise-vand-2"):
        about = {"id": channel.address, "name": name, "created": 1783000000}
        assert (await finn.happens(event, channel=about)).status == 200
        await house.engine.settle()
    other = house.slack.add_channel("frokost", "U0LARS")
    await finn.happens(event, channel={"id": other.id, "name": "madpakker", "created": 1783000000})
    await house.engine.settle()
    assert _alone(house, "U0KIM", f"Krisestabens kanal i Slack er omdøbt fra »{channel.name}« til »krise-vand«.")
    assert _alone(house, "U0KIM", "omdøbt fra »krise-vand« til »krise-vand-2«. Den er stadig krisestabens")
    assert len([line for line in await log(house, "notice") if "omdøbt" in line["summary"]]) == 2
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.engine.settle()
    assert house.posted("Stabsmøde nu") == 1


@pytest.mark.parametrize("how", [*inbound.REOPENED, "member_joined_channel"])
async def test_a_staffs_channel_that_is_opened_again_is_the_staffs_again(house: House, how: str) -> None:
    """R030 D02: archived by mistake, or krisebot was taken out and is let in again: what was said meanwhile is said there too."""
    await house.crisis()
    channel = (await _channel(house)).address
    lars, bot = house.person("U0LARS"), house.slack.world.bot_user
    await lars.happens(how, channel=channel, user=bot)
    await house.engine.settle()
    assert not _alone(house, "U0KIM", "kan bruges igen")
    await lars.happens("group_left", channel=channel)
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.engine.settle()
    assert _alone(house, "U0ANNE", "Stabsmøde nu")
    await lars.happens(how, channel=channel, user=bot)
    await house.engine.settle()
    assert (await _channel(house)).state == "open"
    assert _alone(house, "U0KIM", "Krisestabens kanal i Slack kan bruges igen")
    await house.tell("staff", Card("Mødet er flyttet"), key="flyttet")
    await house.engine.settle()
    assert not _alone(house, "U0ANNE", "Mødet er flyttet")
    shown = "".join(
        read(each.blocks) if each.blocks else each.text for each in house.slack.world.place(channel, "U0KIM").messages
    )
    assert "Stabsmøde nu" in shown
    assert "Mødet er flyttet" in shown


async def test_who_comes_in_by_hand_is_on_disk_before_slack_is_asked_for_their_name(house: House) -> None:
    """D03 T30: Slack waits for its answer three seconds, and a name may take as long; stopped in between, nobody is lost."""
    await house.crisis()
    channel = (await _channel(house)).address
    house.slack.fail("users.info", with_=Timeout(), times=None)
    before = len(house.slack.calls_to("users.info"))
    await house.person("U0FINN", name="Finn Friis").joins(channel)
    assert len(house.slack.calls_to("users.info")) == before
    assert (await _channel(house)).detail["strangers"] == {"slack:U0FINN": None}
    await house.engine.settle()
    assert _alone(house, "U0KIM", "er kommet ind i krisestabens kanal i Slack uden at være i krisestaben")


async def test_where_channels_may_not_be_made_the_staff_is_written_to_one_by_one(house: House) -> None:
    house.slack.fail("conversations.create", with_=OkFalse("missing_scope", {"needed": "groups:write"}), times=None)
    await house.crisis()
    assert house.person("U0ANNE").sees("Krisestab nr. 1")
    with pytest.raises(Undeliverable, match="groups:write"):
        await house.platform.open_room("krise-x", "x", {})


async def test_a_person_is_reached_by_the_plans_id_or_by_their_own(house: House) -> None:
    ways = {person: house.platform.lane_of(person) for person in ("jens", "slack:U0FINN", "teams:x", "ukendt")}
    assert ways == {"jens": "U0JENS", "slack:U0FINN": "U0FINN", "teams:x": None, "ukendt": None}


async def test_slacks_wish_is_passed_on_in_seconds(house: House) -> None:
    house.slack.fail("conversations.invite", with_=RateLimited(retry_after=7))
    with pytest.raises(Throttled) as wait:
        await house.platform.admit(house.slack.add_channel("stab").id, {}, ["jens"])
    assert wait.value.seconds == 7


# --- Socket Mode -----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def linked(database: Database) -> AsyncIterator[House]:
    async with a_house(database, signing_secret=None, app_token="xapp-fake", ping=0.05) as house:
        house.address = None
        await house.slack.until(lambda: house.slack.socket.connections)
        yield house


async def test_everything_comes_in_by_the_link_where_slack_cannot_reach_us(database: Database) -> None:
    """D03: acknowledged once kept, and once however often."""
    async with linked(database) as house:
        assert house.platform.routes() == []
        jens = house.person("U0JENS")
        assert (await jens.command("aktiver 2 skybrud")).status == 200
        await jens.retry()
        assert (await jens.says("hej")).status == 200
        await house.engine.settle()
        assert [each["kind"] for each in await house.inbox()] == ["command", "text"]
        assert await house.rows(select(Crisis.level)) == [2]


async def test_a_link_that_dies_without_a_word_is_noticed(database: Database) -> None:
    async with linked(database) as house:
        await eventually(lambda: house.platform.trouble() is None)
        house.slack.socket.go_silent()
        assert "forbindelsen til Slack er nede" in await eventually(house.platform.trouble)
        house.slack.socket.speak()
        await eventually(lambda: house.platform.trouble() is None)


async def test_a_link_that_breaks_is_made_again(database: Database) -> None:
    async with linked(database) as house:
        house.slack.down()
        assert await eventually(house.platform.trouble)
        house.slack.up()
        await house.slack.until(lambda: house.slack.socket.connections)
        assert (await house.person("U0JENS").command("status")).status == 200


# --- the manifest ----------------------------------------------------------------------------------------------------

MANIFEST = Path(__file__).parents[4] / "manifest" / "slack.yaml"


async def test_the_manifest_asks_for_what_is_used_and_no_more(house: House) -> None:
    manifest = YAML(typ="safe").load(MANIFEST.read_text("utf-8"))
    assert manifest["display_information"]["name"] == "Krisebot"
    assert [each["callback_id"] for each in manifest["features"]["shortcuts"]] == [
        "gem_i_log",
        "send_varsel",
        "send_som_varsel",
        "vejledning",
    ]
    assert [each["command"] for each in manifest["features"]["slash_commands"]] == ["/krise"]
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == {
        *(
            "app_mentions:read",
            "chat:write",
            "commands",
            "files:read",
            "im:history",
            "im:write",
            "reactions:read",
            "users:read",
            "usergroups:read",
            "users:read.email",
            "pins:write",
            "bookmarks:write",
        ),
        *(f"{kind}:{right}" for kind, right in (("channels", "history"), ("channels", "read"), ("channels", "manage"))),
        *(f"groups:{right}" for right in ("history", "read", "write")),
    }
    heard = {each.partition(".")[0] for each in manifest["settings"]["event_subscriptions"]["bot_events"]}
    assert heard == {
        "app_home_opened",
        "app_mention",
        "message",
        "reaction_added",
        "member_joined_channel",
        "member_left_channel",
        "channel_id_changed",
        *inbound.RENAMED,
        *inbound.REOPENED,
        *inbound.CLOSED,
    }


async def test_a_reaction_in_somebodys_own_channel_is_met_with_silence(house: House) -> None:
    """Requirement 3.6: a party is no reason to be asked about a crisis."""
    channel = house.slack.add_channel("fredagsbar", "U0ANNE", bot=True)
    anne = house.person("U0ANNE")
    message = house.slack.world.post(channel, "U0ANNE", "God weekend")
    assert (await anne.reacts("tada", message)).status == 200
    await house.engine.settle()
    assert [each.text for each in anne.messages() if each.from_bot] == []


async def test_a_sign_on_a_card_that_asks_is_no_answer_and_the_card_says_which_buttons_are(house: House) -> None:
    """Requirement 3.6: one quiet line on the card, and nobody is written to."""
    finn, jens = house.person("U0FINN"), house.person("U0JENS")
    await finn.says("/krise varsel vand i kælderen")
    await house.engine.settle()
    await finn.presses("Ja")
    await house.engine.settle()
    (asked,) = jens.sees("vand i kælderen")
    before = len(jens.messages())
    for sign in ("thumbsup", "white_check_mark", "thumbsup"):
        assert (await jens.reacts(sign, asked)).status == 200
        await house.engine.settle()
    (shown,) = jens.sees("vand i kælderen")
    assert shown.text.count("Et tegn er ikke et svar. Tryk på Jeg har den.") == 1
    assert len(jens.messages()) == before
    await jens.presses("Jeg har den")
    await house.engine.settle()
    assert finn.sees("Jens Lund")
