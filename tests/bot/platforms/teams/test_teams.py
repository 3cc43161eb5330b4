"""Teams through the real botbuilder adapter, over real HTTP, with a real database: what people in Teams are promised."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import func, select

from bot.engine.clock import SystemClock
from bot.engine.engine import Engine
from bot.engine.platform import Throttled, Unavailable
from bot.pages.metrics import Metrics
from bot.platforms.teams.api import BOT
from bot.platforms.teams.platform import Teams
from handlers.core import registry
from handlers.core.card import Button, Card, Field
from handlers.core.turn import Turn
from storage.database import Database
from storage.plan import loading
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry
from storage.rows.traffic import Address, Delivery, Inbox, StaffChannel
from tests.fakes.teams import (
    NOT_JSON,
    DisconnectAfter,
    DisconnectBefore,
    FakeMessage,
    FakeTeams,
    Fault,
    Forgery,
    Precondition,
    RateLimited,
    Refusal,
    ServerError,
    TeamsPerson,
    Timeout,
    WrongPage,
)
from tests.fakes.teams_cards import inputs

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

START = datetime(2026, 7, 2, 12, 0, 10, tzinfo=UTC)
GROUP = "00000000-0000-0000-0000-00000000aaaa"


class StoppedClock(SystemClock):
    """A clock that stands still until it is wound."""

    def __init__(self) -> None:
        super().__init__()
        self._now = START

    def now(self) -> datetime:
        return self._now

    def set(self, to: datetime) -> None:
        self._now = to


class House:
    """A tenant with krisebot in it."""

    def __init__(self, teams: FakeTeams, url: str, **how: Any) -> None:
        self.teams = teams
        self.url = url
        self.how = how
        self.clock = StoppedClock()
        self.plan: Plan = loading.example()

    async def open(self) -> None:
        registry.load()
        self.database = Database(self.url)
        self.engine = Engine(self.database, self.clock, lambda: self.plan)
        ours = {"app_id": self.teams.app_id, "app_password": self.teams.app_password, "tenants": [self.teams.tenant]}
        addresses = {
            name: getattr(self.teams, name) for name in ("metadata_url", "login_url", "graph_url", "service_url")
        }
        self.platform = Teams(self.engine, **{**ours, **addresses, **self.how})
        self.engine.use([self.platform])
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
        await self.database.close()

    async def restart(self) -> None:
        await self.close()
        await self.open()

    def person(self, user: str, name: str = "") -> TeamsPerson:
        return TeamsPerson(self.teams, user, self.address, name=name)

    async def settle(self) -> None:
        await self.engine.settle()

    async def forward(self, **span: float) -> None:
        await self.engine.wind(self.clock, self.clock.now() + timedelta(**span))

    async def tell(self, person: str, card: Card, key: str = "besked") -> None:
        """Put something in the outbox, for somebody or for "staff", and send it."""
        async with self.database.transaction() as db:
            turn = Turn(db, self.clock.now(), self.plan, crisis=await db.scalar(select(Crisis)))
            await turn.say(turn.staff if person == "staff" else person, card, key=key, kind="notice")
        await self.settle()

    async def rows(self, query: Any) -> list[Any]:
        async with self.database.reading() as db:
            return list(await db.scalars(query))

    async def inbox(self) -> list[dict[str, Any]]:
        return await self.rows(select(Inbox.body).order_by(Inbox.id))

    async def crisis(self) -> None:
        """Jens decides on level 2; the staff's channel is made."""
        await self.person("aad-jens").says("aktiver 2 skybrud i Hedehusene")
        await self.settle()

    async def room(self) -> StaffChannel:
        room: StaffChannel
        (room,) = await self.rows(select(StaffChannel))
        return room

    @property
    def left(self) -> int:
        """How much was acknowledged without being understood."""
        return int(
            self.engine.telemetry.registry.get_sample_value("krisebot_not_understood_total", {"platform": "teams"}) or 0
        )

    def posted(self, text: str) -> int:
        """How many messages with that text stand in Teams."""
        return sum(text in each.shown for place in self.teams.world.conversations.values() for each in place.messages)


@asynccontextmanager
async def a_house(url: str, **how: Any) -> AsyncIterator[House]:
    people = {known.teams: known.name for known in loading.example().persons.values() if known.teams}
    async with FakeTeams(people={**people, "aad-finn": "Finn Holst"}) as teams:
        teams.add_team(GROUP, "Krisestab", "aad-jens", "aad-eva")
        house = House(teams, url, **how)
        # The plan names the team and its general channel.
        general = house.plan.rooms.teams.model_copy(update={"channel": teams.channel("General").id})
        rooms = house.plan.rooms.model_copy(update={"teams": general})
        house.plan = house.plan.model_copy(update={"rooms": rooms})
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
hasty = pytest.mark.parametrize("patience", [0.4], ids=["hasty"])


@pytest.fixture
async def house(database_url: str, patience: float) -> AsyncIterator[House]:
    async with a_house(database_url, timeout=patience) as house:
        yield house


# --- what comes in ---------------------------------------------------------------------------------------------------


async def test_what_is_written_to_the_bot_is_on_disk_before_it_is_acknowledged(house: House) -> None:
    """R001 D03: nothing runs here, so what is in the inbox was there when Teams got its answer."""
    assert (await house.person("aad-jens").says("vand < 3 m & *stigende*")).status == 200
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["place"], kept["sender"]) == ("text", "dm", "jens")
    assert kept["text"] == "vand < 3 m & *stigende*"


async def test_a_message_takes_effect_once_however_often_teams_sends_it(house: House) -> None:
    """D03: S1, 14:00:41."""
    finn = house.person("aad-finn")
    answers = [await finn.says("varsel vand i kælderen på Birkehøj"), await finn.retry(), await finn.retry()]
    assert all(answer.in_time for answer in answers)
    await house.settle()
    assert len(await house.inbox()) == 1
    assert await house.rows(select(func.count()).select_from(Crisis)) == [1]
    assert len(finn.sees("vand i kælderen på Birkehøj")) == 1


async def test_what_cannot_be_kept_is_not_acknowledged_and_teams_next_try_lands(house: House) -> None:
    """D03: the database is away for a moment."""
    finn = house.person("aad-finn")
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
    assert (await finn.says("vand i kælderen")).status == 503
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox")
    assert (await finn.retry()).status == 200
    assert [each["text"] for each in await house.inbox()] == ["vand i kælderen"]


async def test_an_employee_outside_the_plan_is_known_by_name(house: House) -> None:
    """R001: everybody may warn, and is not a number to those who are rung up."""
    await house.person("aad-finn").says("varsel vand")
    (kept,) = await house.inbox()
    assert (kept["sender"], kept["sender_name"]) == ("teams:aad-finn", "Finn Holst")


@pytest.mark.parametrize("gap", ["&nbsp;", " ", "\xa0", ""])
async def test_a_mention_in_a_channel_is_a_command_whatever_space_teams_puts_in_it(house: House, gap: str) -> None:
    """R005: Teams has no slash command of ours."""
    await house.person("aad-jens").mentions("aktiver 2 skybrud", "General", gap=gap)
    await house.settle()
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["text"], kept["place"]) == ("command", "aktiver 2 skybrud", "channel")
    assert kept["conversation"] == house.teams.channel("General").id
    assert await house.rows(select(Crisis.level)) == [2]


async def test_what_is_said_in_a_channel_without_a_mention_is_heard_where_it_is_granted(house: House) -> None:
    house.teams.hears_all = True
    await house.person("aad-jens").says("vandet stiger", "General")
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["place"]) == ("text", "channel")


async def test_an_edited_and_a_deleted_message_are_told_of_under_the_messages_own_name(house: House) -> None:
    """D08."""
    jens = house.person("aad-jens")
    await jens.says("40 cm vand")
    said = jens.messages()[0]
    await jens.edits(said, "60 cm vand")
    await jens.deletes(jens.messages()[0])
    kept = await house.inbox()
    assert [each["kind"] for each in kept] == ["text", "edited", "deleted"]
    assert len({each["message"] for each in kept}) == 1


async def test_every_edit_is_told_of_once(house: House) -> None:
    """D03 D08."""
    jens = house.person("aad-jens")
    await jens.says("40 cm vand")
    for text in ("50 cm vand", "60 cm vand"):
        await jens.edits(jens.messages()[0], text)
        await jens.retry()
    assert [each["text"] for each in await house.inbox()] == ["40 cm vand", "50 cm vand", "60 cm vand"]


async def test_whoever_gets_the_app_is_remembered_and_left_in_peace(house: House) -> None:
    """R022: it is rolled out to everybody at once; Teams tells of it in two ways."""
    finn = house.person("aad-finn")
    await finn.installs()
    await house.settle()
    assert [each["kind"] for each in await house.inbox()] == ["joined"]
    assert finn.messages() == []
    async with house.database.reading() as db:
        assert (await db.get_one(Address, ("teams:aad-finn", "teams"))).reference


@pytest.mark.parametrize("how", Forgery, ids=[how.name.lower() for how in Forgery])
async def test_a_forged_or_spoilt_activity_leaves_no_trace(house: House, how: Forgery) -> None:
    answer = await house.person("aad-jens").forged(how, "aktiver 2 skybrud")
    assert answer.status == (400 if how in NOT_JSON else 401)
    assert await house.inbox() == []
    assert house.platform.refused == 1


async def test_while_microsofts_keys_cannot_be_had_teams_is_asked_to_come_again(house: House) -> None:
    house.teams.metadata_down()
    assert (await house.person("aad-jens").says("status")).status == 503
    assert await house.inbox() == []


SPOILT: dict[str, dict[str, Any]] = {
    "a conversation that is none": {"conversation": "x", "channelData": {"tenant": {"id": ""}}},
    "no conversation": {"conversation": {}},
    "no sender": {"from": None},
    "a sender that is none": {"from": "jens"},
    "no id": {"id": None},
    "a time that is none": {"timestamp": "i går"},
    "entities that are none": {"entities": [1, 2]},
    "attachments that are none": {"attachments": {"a": 1}},
    "an invoke without anything in it": {"type": "invoke", "name": "adaptiveCard/action", "value": None},
    "a press of somebody else's button": {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "value": {"action": {"data": {"another_app": 7}}},
    },
    "a press whose action is a list": {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": []}},
    "a form from nowhere": {"type": "invoke", "name": "task/submit", "value": {"data": "x"}},
    "a message action without a message": {
        "type": "invoke",
        "name": "composeExtension/fetchTask",
        "value": {"commandId": "gemILog", "messagePayload": []},
    },
}


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT.keys())
async def test_rightly_signed_nonsense_is_acknowledged_and_kept_nowhere(house: House, change: dict[str, Any]) -> None:
    jens = house.person("aad-jens")
    activity = jens.activity({"type": "message", "text": "status"}, house.teams.world.personal("aad-jens"))
    change = {**change, "channelData": activity["channelData"]}
    assert (await jens.wire.deliver({**activity, **change})).status == 200
    assert await house.inbox() == []
    assert house.left == 1


async def test_a_button_of_another_release_says_so_in_words(house: House) -> None:
    """D03: it was answered "Modtaget.", and nothing came of it."""
    jens = house.person("aad-jens")
    carried = {"krisebot": {"message": 7, "does": "something later"}}
    value = {"action": {"type": "Action.Execute", "verb": "do", "data": carried}, "trigger": "manual"}
    answer = await jens._invoke("adaptiveCard/action", value, house.teams.world.personal("aad-jens"), "")
    assert answer.json["value"].startswith("Knappen er der ikke længere.")
    await house.settle()
    assert jens.sees("hører til en anden udgave af Krisebot")


@pytest.mark.parametrize("kind", ["typing", "event", "endOfConversation", "messageReaction", "7"])
async def test_what_means_nothing_to_us_is_acknowledged_and_not_kept(house: House, kind: str) -> None:
    jens = house.person("aad-jens")
    activity = jens.activity({"type": kind}, house.teams.world.personal("aad-jens"))
    assert (await jens.wire.deliver(activity)).status == 200
    assert await house.inbox() == []


async def test_a_body_beyond_all_bounds_is_refused(house: House) -> None:
    assert (await house.person("aad-jens").wire.post(b"x" * (1024**2 + 1), "Bearer x")).status == 413


async def test_unsigned_activities_are_taken_from_a_test_client_on_this_machine_alone(database_url: str) -> None:
    async with a_house(database_url, unverified=True) as house:
        jens = house.person("aad-jens")
        activity = jens.activity({"type": "message", "text": "status"}, house.teams.world.personal("aad-jens"))
        elsewhere = {**activity, "serviceUrl": "https://smba.example/emea/"}
        assert (await jens.wire.post(json.dumps(elsewhere).encode(), None)).status == 401
        assert (await jens.wire.post(json.dumps(activity).encode(), None)).status == 200
        assert len(await house.inbox()) == 1


async def test_a_photo_without_words_is_not_lost(house: House) -> None:
    """R001."""
    jens = house.person("aad-jens")
    place = house.teams.world.personal("aad-jens")
    image = {"contentType": "image/*", "contentUrl": "https://smba.example/1"}
    file = {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "kælder.jpg"}
    for attached in (image, file):
        await jens.wire.deliver(jens.activity({"type": "message", "attachments": [attached], "value": {}}, place))
    heard = await house.inbox()
    assert [(each["text"], each["enclosed"][0]["name"]) for each in heard] == [("", "billede"), ("", "kælder.jpg")]


async def test_what_a_bot_writes_is_not_heard(house: House) -> None:
    jens, place = house.person("aad-jens"), house.teams.channel("General")
    for kind, event in (("message", ""), ("messageUpdate", "editMessage")):
        activity = jens.activity({"type": kind, "text": "status"}, place, channel_data={"eventType": event})
        answer = await jens.wire.deliver({**activity, "from": {"id": "28:en-anden-robot", "name": "Robot"}})
        assert answer.status == 200
    assert await house.inbox() == []


# --- buttons and dialogs ---------------------------------------------------------------------------------------------


async def test_a_press_is_answered_with_the_card_as_it_then_stands(house: House) -> None:
    """R005: whoever pressed sees at once what became of it, and everybody after that."""
    await house.person("aad-finn").says("varsel vand i kælderen")
    await house.settle()
    finn = house.person("aad-finn")
    question = await finn.gets("vand i kælderen")
    assert "Ja" in question.buttons
    answer = await finn.presses("Ja", question)
    assert answer.json["type"] == "application/vnd.microsoft.card.adaptive"
    await house.settle()
    (pressed,) = [each for each in await house.inbox() if each["kind"] == "press"]
    assert pressed["message"].isdecimal()
    assert finn.sees("vand i kælderen")[-1].card == answer.json["value"]


async def test_the_same_press_twice_is_one_and_two_presses_are_two(house: House) -> None:
    """D03."""
    await house.person("aad-finn").says("varsel vand i kælderen")
    await house.settle()
    finn = house.person("aad-finn")
    question = await finn.gets("vand i kælderen")
    await finn.presses("Ja", question)
    await finn.retry()
    await finn.presses("Nej", question)
    assert [each["kind"] for each in await house.inbox()] == ["text", "press", "press"]


ASKING = Card(
    "Hvornår kommer du?",
    buttons=(
        Button(
            "Kommer",
            "test.eta",
            {"n": 1},
            form=(Field("eta", "Hvornår?", "time", required=True), Field("note", "Bemærkning", "long")),
            form_title="Kommer",
        ),
    ),
)


async def test_a_button_with_a_form_opens_it_and_what_is_filled_in_comes_back(house: House) -> None:
    await house.tell("jens", ASKING)
    jens = house.person("aad-jens")
    await jens.presses("Kommer")
    assert jens.dialog is not None
    assert jens.dialog.fields == ["eta", "eta@date", "eta@time", "note"]
    await jens.submits({"eta": "kl. 15", "note": "parkerer ved 4K"})
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["action"], kept["args"]) == ("press", "test.eta", {"n": 1})
    assert kept["values"] == {"eta": "kl. 15", "note": "parkerer ved 4K"}
    assert jens.dialog is None


async def test_a_form_opens_also_where_the_plan_spells_the_persons_id_otherwise(house: House) -> None:
    jens = house.plan.persons["jens"].model_copy(update={"teams": "AAD-Jens"})
    house.plan = house.plan.model_copy(update={"persons": {**house.plan.persons, "jens": jens}})
    await house.person("aad-jens").says("hej")
    await house.settle()
    await house.tell("jens", ASKING)
    person = house.person("aad-jens")
    await person.presses("Kommer")
    assert person.dialog is not None


def first_button(message: FakeMessage) -> dict[str, Any]:
    """What the first button below a message sends along."""
    assert message.card is not None
    data: dict[str, Any] = message.card["body"][-1]["actions"][0]["data"]
    return data


async def test_a_press_from_a_client_that_knows_no_new_buttons_counts(house: House) -> None:
    await house.tell("jens", ASKING)
    jens = house.person("aad-jens")
    data = first_button(jens.messages()[-1])
    place = house.teams.world.personal("aad-jens")
    await jens.wire.deliver(jens.activity({"type": "message", "value": {**data, "eta": "kl. 15"}}, place))
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["action"], kept["values"]) == ("press", "test.eta", {"eta": "kl. 15"})


async def test_nobody_is_shown_a_form_or_a_card_that_was_not_sent_to_them(house: House) -> None:
    """Teams hands us what a client says was pressed; a number in it opens nothing."""
    await house.tell("jens", ASKING)
    theirs = house.person("aad-jens").messages()[-1]
    eva = house.person("aad-eva")
    await house.tell("eva", Card("Noget andet", buttons=(Button("Ja", "test.no"),)), key="andet")
    button = json.loads(json.dumps(first_button(theirs)))
    place = house.teams.world.personal("aad-eva")
    fetch = {"type": "invoke", "name": "task/fetch", "value": {"data": button}}
    answer = await eva.wire.deliver(eva.activity(fetch, place))
    assert answer.json["task"]["type"] == "message"
    pressed = {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"data": button}}}
    answer = await eva.wire.deliver(eva.activity(pressed, place))
    assert answer.json["value"].startswith("Knappen er der ikke længere.")


async def test_gem_i_log_saves_with_the_messages_own_author_and_time(house: House) -> None:
    """R182 R026 R216: the message action catches a line in Teams; who is no log keeper may only keep it for fewer."""
    await house.crisis()
    house.teams.hears_all = True
    channel = (await house.room()).address
    assert channel is not None
    eva, jens = house.person("aad-eva"), house.person("aad-jens")
    await eva.says("40 cm vand i Fløng <b>nu</b>", channel)
    said = next(each for each in jens.messages() if "Fløng" in each.text)
    await house.forward(minutes=3)
    await jens.saves(said)
    assert jens.dialog is not None
    assert "Eva Lind" in jens.dialog.shown
    (grade,) = [each for each in inputs(jens.dialog.card) if each["id"] == "grade"]
    assert [each["title"] for each in grade["choices"]] == ["Stab", "Fortrolig"]
    assert grade["value"] == "staff"
    await jens.submits({"verification": "confirmed", "grade": "confidential"})
    await house.settle()
    (entry,) = await house.rows(select(LogEntry).where(LogEntry.kind == "saved"))
    line = json.loads(entry.canonical)
    assert (line["summary"], line["sender"]) == ("40 cm vand i Fløng <b>nu</b>", "eva")
    assert line["grade"] == "confidential"
    assert house.posted("Linjen er gemt som ubekræftet") == 1
    assert line["event_time"].startswith(datetime.fromtimestamp(int(said.id) / 1000, UTC).isoformat()[:19])
    await eva.edits(said, "60 cm")
    await house.settle()
    assert await house.rows(select(func.count()).where(LogEntry.kind == "source_edited")) == [1]


# --- what goes out ---------------------------------------------------------------------------------------------------


async def test_somebody_never_heard_from_is_written_to_first(house: House) -> None:
    """R002: an escalation doesn't wait until the person has said something."""
    await house.tell("jens", Card("Ring til mig"))
    assert house.posted("Ring til mig") == 1
    (made,) = house.teams.calls_to("create")
    assert made.body["tenantId"] == house.teams.tenant


async def test_where_somebody_is_written_to_is_known_after_a_restart(house: House) -> None:
    """D03: the commonest fault in bots for Teams."""
    await house.person("aad-finn").says("hej")
    await house.settle()
    await house.tell("jens", Card("Første"))
    await house.restart()
    await house.tell("jens", Card("Anden"), key="to")
    await house.tell("teams:aad-finn", Card("Tredje"), key="tre")
    assert (house.posted("Anden"), house.posted("Tredje")) == (1, 1)
    assert len(house.teams.calls_to("create")) == 1


async def test_a_changed_message_is_changed_where_it_stands(house: House) -> None:
    await house.tell("jens", Card("Første"))
    await house.tell("jens", Card("Anden"))
    assert (house.posted("Første"), house.posted("Anden")) == (0, 1)


async def test_a_message_that_is_gone_is_said_anew_when_it_changes(house: House) -> None:
    await house.tell("jens", Card("Første"))
    house.teams.world.remove(house.person("aad-jens").messages()[-1])
    await house.tell("jens", Card("Anden"))
    assert house.posted("Anden") == 1


@pytest.mark.parametrize("wait", [7, None])
async def test_when_teams_asks_us_to_wait_we_wait_and_say_it_once(house: House, wait: int | None) -> None:
    """T13."""
    house.teams.fail("send", with_=RateLimited(wait))
    await house.tell("jens", Card("Ring til mig"))
    assert house.posted("Ring til mig") == 0
    await house.forward(seconds=wait or 5)
    assert house.posted("Ring til mig") == 1
    assert house.posted("(gentaget)") == 0


@hasty
@pytest.mark.parametrize("fault", [Timeout(), DisconnectAfter(), WrongPage()], ids=["timeout", "cut off", "wrong page"])
async def test_what_may_have_been_said_is_said_again_and_says_so(house: House, fault: Fault) -> None:
    """D03: Teams lets no bot look; better twice than never."""
    house.teams.fail("send", with_=fault)
    await house.tell("jens", Card("Ring til mig"))
    await house.forward(seconds=5)
    assert house.posted("(gentaget) Ring til mig") == 1
    assert house.posted("Ring til mig") in (1, 2)


@pytest.mark.parametrize("fault", [DisconnectBefore(), ServerError(), Precondition()], ids=["cut off", "500", "412"])
async def test_what_was_not_said_is_said_when_teams_is_well_again(house: House, fault: Fault) -> None:
    house.teams.fail("send", with_=fault)
    await house.tell("jens", Card("Ring til mig"))
    await house.forward(seconds=5)
    assert house.posted("Ring til mig") == 1


@hasty
async def test_a_chat_whose_opening_is_in_doubt_is_opened_again_and_nothing_is_said_twice(house: House) -> None:
    house.teams.fail("create", with_=Timeout())
    await house.tell("jens", Card("Ring til mig"))
    await house.forward(seconds=5)
    assert house.posted("Ring til mig") == 1
    assert house.posted("(gentaget)") == 0


async def test_while_entra_is_down_nothing_is_in_doubt_and_it_is_told(house: House) -> None:
    house.teams.fail("token", with_=ServerError(), times=3)
    house.platform._calls._tokens.forget(BOT)
    await house.tell("jens", Card("Ring til mig"))
    assert "Entra" in (house.platform.trouble() or "")
    await house.forward(seconds=30)
    assert house.posted("Ring til mig") == 1
    assert house.posted("(gentaget)") == 0
    assert house.platform.trouble() is None


async def test_a_token_that_was_revoked_is_replaced(house: House) -> None:
    await house.tell("jens", Card("Første"))
    house.teams.entra.revoke()
    await house.tell("jens", Card("Anden"), key="to")
    assert house.posted("Anden") == 1


async def test_somebody_without_the_app_cannot_be_reached_this_way_and_it_is_said_why(house: House) -> None:
    """R002: it is another way's turn, at once."""
    house.teams.install("aad-jens", False)
    await house.tell("jens", Card("Ring til mig"))
    (delivery,) = await house.rows(select(Delivery).where(Delivery.error.is_not(None)))
    assert (delivery.state, delivery.error) == ("failed", "Krisebot er ikke installeret hos personen i Teams")


async def test_somebody_who_has_blocked_the_bot_is_told_apart(house: House) -> None:
    house.teams.block("aad-jens")
    await house.tell("jens", Card("Ring til mig"))
    (delivery,) = await house.rows(select(Delivery).where(Delivery.error.is_not(None)))
    assert delivery.error == "personen har blokeret Krisebot i Teams"


async def test_a_change_for_somebody_who_has_lost_the_app_keeps_the_reason_and_is_not_a_lost_message(
    house: House,
) -> None:
    """D02: what was said did arrive; only the change of it can't be shown."""
    await house.tell("jens", Card("Første"))
    house.teams.install("aad-jens", False)
    await house.tell("jens", Card("Anden"))
    (error,) = await house.rows(select(Delivery.error).where(Delivery.state == "sent"))
    assert error == "Krisebot er ikke installeret hos personen i Teams"


async def test_what_is_too_long_for_teams_is_shortened_and_says_so(house: House) -> None:
    await house.tell("jens", Card("Vandet stiger. 💧" * 20_000, facts=(("Sted", "Å" * 40_000),)))
    assert house.posted("tegn er udeladt her") == 1


async def test_a_card_that_teams_will_not_draw_is_said_in_words(house: House) -> None:
    twice = (Field("navn", "Navn"), Field("navn", "Navn igen"))
    await house.tell("jens", Card("*Ring* til mig", fields=twice))
    assert [each.text for each in house.person("aad-jens").messages()] == ["Ring til mig"]


async def test_what_a_user_wrote_is_shown_to_the_letter(house: House) -> None:
    nasty = "**fed** [link](https://ond.example) <at>Alle</at> _skrå_ # stor\n- liste"
    await house.tell("jens", Card(f"»{nasty}«".replace("*", "∗"), facts=(("Hvor", nasty),)))
    (message,) = house.person("aad-jens").messages()
    assert "[link](https://ond.example) <at>Alle</at> _skrå_ # stor\n- liste«" in message.shown
    # Only a plain text block would read Markdown, and there is none.
    assert message.card is not None
    assert not [each for each in message.card["body"] if each["type"] == "TextBlock"]


# --- the staff's channel ---------------------------------------------------------------------------------------------


async def test_the_staff_gets_a_channel_of_its_own_with_its_members_in_the_team(house: House) -> None:
    """R017: as soon as level 2 is decided."""
    await house.crisis()
    room = await house.room()
    channel = house.teams.channel("krise-2026-07-02-skybrud-i-hedehusene")
    assert (room.state, room.address) == ("open", channel.id)
    assert set(room.inside) >= {"jens", "lars", "anne"}
    assert "aad-lars" in house.teams.world.teams[GROUP].members.values()
    assert channel.messages


async def test_what_is_asked_in_the_staffs_channel_is_answered_there(house: House) -> None:
    await house.crisis()
    channel = house.teams.channel("krise-2026-07-02-skybrud-i-hedehusene")
    before = len(channel.messages)
    await house.person("aad-jens").mentions("status", channel.id)
    await house.settle()
    assert [each.from_bot for each in channel.messages[before:]] == [False, True]
    assert (await house.inbox())[-1]["conversation"] == channel.id


async def test_a_second_channel_of_the_same_name_gets_a_number(house: House) -> None:
    house.teams.add_channel("krise-2026-07-02-skybrud-i-hedehusene", GROUP)
    await house.crisis()
    assert house.teams.channel("krise-2026-07-02-skybrud-i-hedehusene-2").id == (await house.room()).address


@pytest.mark.long
@hasty
async def test_a_channel_that_was_made_without_our_hearing_of_it_is_taken_up(house: House) -> None:
    """D03: no second channel for the same staff."""
    house.teams.fail("graph", with_=Timeout())
    await house.crisis()
    await house.forward(seconds=10)
    made = [each for each in house.teams.world.conversations.values() if each.name.startswith("krise-")]
    assert [each.id for each in made] == [(await house.room()).address]


async def test_a_channel_that_a_staff_already_has_is_not_taken_from_it(house: House) -> None:
    """A second crisis of the same name on the same day."""
    await house.crisis()
    first = await house.room()
    address, _ = await house.platform.open_room(first.name, first.title, {})
    assert address == house.teams.channel(f"{first.name}-2").id


@pytest.mark.long
async def test_where_graph_is_not_granted_the_staff_gets_a_thread_in_its_channel(house: House) -> None:
    house.teams.graph_granted = False
    await house.crisis()
    room = await house.room()
    general = house.teams.channel("General")
    assert room.address is not None
    assert room.address.startswith(f"{general.id};messageid=")
    assert "jens" in room.inside
    root = room.address.rpartition("=")[2]
    await house.tell("staff", Card("Til staben"))
    assert [each.root for each in general.messages if "Til staben" in each.shown] == [root]
    await house.person("aad-jens").mentions("status", "General", root=root)
    await house.settle()
    assert (await house.inbox())[-1]["conversation"] == room.address


@pytest.mark.long
async def test_where_members_may_not_be_changed_those_in_the_team_are_in(house: House) -> None:
    """Those who aren't are told so, and written to one by one: they were taken for being in it."""
    house.teams.consents.discard("TeamMember.ReadWrite.All")
    await house.crisis()
    room = await house.room()
    assert room.inside == ["eva", "jens"]
    assert "anne" in room.detail["outside"]
    await house.tell("staff", Card("Til staben"))
    assert house.person("aad-anne").sees("Til staben")
    assert house.person("aad-anne").sees("kunne ikke lukkes ind i dens kanal i Teams")
    told = house.person("aad-jens").sees("Til staben")
    assert {each.conversation for each in told} <= {str(room.address).partition(";")[0]}


@pytest.mark.long
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "BotNotInConversationRoster"),
        (403, "NotEnoughPermissions"),
        (404, "ConversationNotFound"),
        (404, "NotFound"),
        (410, "Gone"),
    ],
)
@pytest.mark.parametrize("then", ["send", "graph"])
async def test_a_channel_that_refuses_is_told_of_everywhere_and_the_staff_is_written_to_one_by_one(
    house: House, status: int, code: str, then: str
) -> None:
    """R030 R032 D02: an archived or removed channel swallowed what was said to the staff."""
    if then == "send":
        await house.crisis()
        channel = (await house.room()).name
        house.teams.fail("send", with_=Refusal(status, code), times=None, channel=channel)
    else:
        nowhere = house.plan.rooms.teams.model_copy(update={"channel": None})
        rooms = house.plan.rooms.model_copy(update={"teams": nowhere})
        house.plan = house.plan.model_copy(update={"rooms": rooms})
        house.teams.fail("graph", with_=Refusal(status, code), times=None)
        await house.crisis()
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.forward(minutes=2)
    assert house.person("aad-kim").sees("risestabens kanal i Teams")
    assert house.person("aad-anne").sees("Stabsmøde nu")
    assert b"krisebot_channels_in_trouble 1.0" in await Metrics(house.engine, None).text()


def _alone(house: House, user: str, text: str) -> bool:
    """Whether somebody was written to alone."""
    return any(text in each.shown for each in house.teams.world.personal(user).messages)


async def test_a_staffs_channel_that_is_renamed_is_told_of_and_goes_on(house: House) -> None:
    """R030 D02: told once however often Teams tells it; another channel's name is nobody's."""
    await house.crisis()
    room = await house.room()
    eva = house.person("aad-eva")
    for _ in range(2):
        assert (await eva.happens("channelRenamed", str(room.address), name="Vand i Hedehusene")).status == 200
        await house.settle()
    await eva.happens("channelRenamed", house.teams.add_channel("Frokost", GROUP).id, name="Madpakker")
    await house.settle()
    said = "er omdøbt fra »krise-2026-07-02-skybrud-i-hedehusene« til »Vand i Hedehusene«. Den er stadig krisestabens"
    assert _alone(house, "aad-kim", f"Krisestabens kanal i Teams {said}")
    notices = await house.rows(select(LogEntry).where(LogEntry.kind == "notice"))
    assert len([line for line in notices if "omdøbt" in line.summary]) == 1
    await house.tell("staff", Card("Stabsmøde nu"))
    assert not _alone(house, "aad-kim", "Stabsmøde nu")
    assert "Stabsmøde nu" in "".join(each.shown for each in house.teams.world.named("Vand i Hedehusene").messages)


@pytest.mark.parametrize(
    ("closes", "reopens"),
    [
        ("channelDeleted", "channelRestored"),
        ("teamArchived", "teamUnarchived"),
        ("teamDeleted", "teamRestored"),
        ("teamHardDeleted", "teamRestored"),
        ("teamMemberRemoved", "teamMemberAdded"),
        ("remove", "add"),
    ],
)
async def test_a_staffs_channel_that_is_closed_and_opened_by_hand_is_told_of_and_the_staff_goes_on(
    house: House, closes: str, reopens: str
) -> None:
    """R030 R032 D02: before anybody writes there what was said is sent to each, and afterwards it is said there again."""
    await house.crisis()
    room, eva = await house.room(), house.person("aad-eva")
    other, me = house.teams.add_channel("Frokost", GROUP).id, [{"id": house.teams.world.bot_id}]

    async def happens(event: str, place: str) -> None:
        if event in ("add", "remove"):
            await eva.happens("", place, kind="installationUpdate", action=event)
        else:
            members = {"teamMemberRemoved": "membersRemoved", "teamMemberAdded": "membersAdded"}
            about: dict[str, Any] = {members[event]: me} if event in members else {}
            await eva.happens(event, place, **about)
        await house.settle()

    if closes == "channelDeleted":
        await happens(closes, other)
        assert (await house.room()).state == "open"
    await happens(closes, room.name)
    await house.tell("staff", Card("Stabsmøde nu"))
    assert (await house.room()).state == "failed"
    assert _alone(house, "aad-kim", "Krisestabens kanal i Teams kan ikke bruges")
    assert _alone(house, "aad-anne", "Stabsmøde nu")
    await happens(reopens, room.name)
    assert (await house.room()).state == "open"
    assert _alone(house, "aad-kim", "Krisestabens kanal i Teams kan bruges igen")
    await house.tell("staff", Card("Mødet er flyttet"), key="flyttet")
    assert not _alone(house, "aad-anne", "Mødet er flyttet")
    shown = "".join(each.shown for each in house.teams.world.named(room.name).messages)
    assert "Stabsmøde nu" in shown
    assert "Mødet er flyttet" in shown


async def test_who_comes_into_the_staffs_team_by_hand_or_leaves_it_is_told_of(house: House) -> None:
    """R030 D02 D09 T30: in Teams whoever is in the team reads its channels along."""
    await house.crisis()
    room, eva = await house.room(), house.person("aad-eva")
    house.teams.add_person("aad-finn", "Finn Friis")
    finn, anne = ({"id": f"29:{user}", "aadObjectId": user} for user in ("aad-finn", "aad-anne"))
    other_app = {"id": "28:another"}
    await eva.happens("teamMemberAdded", room.name, membersAdded=[finn, other_app])
    await house.settle()
    assert (await house.room()).detail["strangers"].keys() == {"teams:aad-finn"}
    assert _alone(house, "aad-kim", "er kommet ind i krisestabens kanal i Teams uden at være i krisestaben")
    await eva.happens("teamMemberRemoved", room.name, membersRemoved=[finn, anne])
    await house.settle()
    assert (await house.room()).detail["strangers"] == {}
    assert _alone(house, "aad-kim", "Anne Holm er gået ud af krisestabens kanal i Teams")
    await house.tell("staff", Card("Stabsmøde nu"))
    assert _alone(house, "aad-anne", "Stabsmøde nu")


@pytest.mark.long
async def test_without_a_team_and_without_a_channel_the_staff_is_written_to_one_by_one(house: House) -> None:
    nowhere = house.plan.rooms.model_copy(update={"teams": type(house.plan.rooms.teams)()})
    house.plan = house.plan.model_copy(update={"rooms": nowhere})
    await house.crisis()
    room = await house.room()
    assert (room.state, room.error) == (
        "failed",
        "planen nævner hverken et team eller en kanal til krisestaben i Teams",
    )
    await house.tell("staff", Card("Til staben"))
    assert house.person("aad-jens").sees("Til staben")


async def test_an_unreachable_teams_is_no_doubt(house: House) -> None:
    nowhere = "http://127.0.0.1:9/"
    with pytest.raises(Unavailable):
        await house.platform._calls.connector("POST", nowhere, "conversations", {})


async def test_waiting_is_told_in_seconds(house: House) -> None:
    house.teams.fail("create", with_=RateLimited(9))
    with pytest.raises(Throttled) as waits:
        await house.platform._calls.connector("POST", house.teams.service_url, "conversations", {})
    assert waits.value.seconds == 9


async def test_a_wrong_secret_is_told_as_soon_as_krisebot_runs(database_url: str) -> None:
    async with a_house(database_url, app_password="forkert") as house:
        with pytest.raises(Unavailable):
            await house.platform._calls.look()
        assert house.platform.trouble() == "Entra giver os ikke adgang (invalid_client)"


async def test_somebody_in_no_plan_and_on_no_platform_has_no_lane(house: House) -> None:
    assert house.platform.lane_of("slack:U0FINN") is None
    assert house.platform.lane_of("teams:aad-finn") == "dm:aad-finn"
    assert house.platform.lane_of("jens") == "dm:aad-jens"


async def test_forty_people_at_once_are_all_kept(house: House) -> None:
    people = [house.person(f"aad-{number}", f"Person {number}") for number in range(40)]
    answers = await asyncio.gather(*(each.says("varsel vand") for each in people))
    assert {answer.status for answer in answers} == {200}
    assert len(await house.inbox()) == 40


async def test_a_sign_on_a_card_that_asks_is_no_answer_and_the_card_says_which_buttons_are(house: House) -> None:
    """Requirement 3.6: one quiet line on the card, and nobody is written to."""
    finn, jens = house.person("aad-finn"), house.person("aad-jens")
    await finn.says("varsel vand i kælderen")
    await house.engine.settle()
    await finn.presses("Ja")
    await house.engine.settle()
    (asked,) = jens.sees("Kan du tage den?")
    before = len(jens.messages())
    for sign in ("like", "heart"):
        assert (await jens.reacts(sign, asked)).status == 200
        await house.engine.settle()
    (shown,) = jens.sees("Kan du tage den?")
    assert shown.shown.count("Et tegn er ikke et svar. Tryk på") == 1
    assert len(jens.messages()) == before
    # One on a card that asks nothing is met with silence.
    (told,) = finn.sees("Jens Lund")[-1:]
    await finn.reacts("like", told)
    await house.engine.settle()
    assert not finn.sees("Et tegn er ikke et svar")
