"""What others rely on over HTTP: the rehearsal chat's JSON door, and what an operator asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib import resources
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from bot.app import GUARDS, Krisebot
from bot.platforms.rehearsal.door import GUESS
from bot.settings import Settings
from storage.database import Database
from storage.plan import loading
from storage.rows.traffic import Inbox, StaffChannel
from tests.databases import Databases
from tests.stage.stage import RehearsalActor, RehearsalStage

EXAMPLE = (resources.files("storage.plan") / "eksempelplan.yaml").read_text("utf-8")

LOOPBACK = {"Host": "127.0.0.1:8080"}


on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[RehearsalStage]:
    async with RehearsalStage(database_url) as stage:
        yield stage


def actor(stage: RehearsalStage, name: str) -> RehearsalActor:
    found = stage[name]
    assert isinstance(found, RehearsalActor)
    return found


async def get(stage: RehearsalStage, path: str, **headers: str) -> tuple[int, Any]:
    async with stage.client.get(f"{stage.address}{path}", headers={**LOOPBACK, **headers}) as answer:
        return answer.status, await answer.json() if answer.content_type == "application/json" else await answer.text()


async def post(stage: RehearsalStage, path: str, headers: dict[str, str] | None = None, **how: Any) -> tuple[int, Any]:
    async with stage.client.post(f"{stage.address}{path}", headers={**LOOPBACK, **(headers or {})}, **how) as answer:
        return answer.status, await answer.json()


@on_sqlite
async def test_what_is_said_gets_a_number_and_the_answer_comes_after_it(stage: RehearsalStage) -> None:
    status, said = await post(stage, "/rehearsal/say", json={"as": "finn", "in": "dm", "text": "/krise varsel røg"})
    assert status == 200
    _, later = await get(stage, f"/rehearsal/messages?for=finn&after={said['seq']}")
    assert [message["buttons"] for message in later] == [["Ja", "Nej", "Ved ikke"]]
    assert {"id", "seq", "in", "from", "text", "buttons", "fields"} <= set(later[0])
    assert later[0]["in"] == "dm"


@on_sqlite
async def test_a_second_question_replaces_the_first_under_the_same_id(stage: RehearsalStage) -> None:
    finn = actor(stage, "finn")
    await finn.commands("varsel røg")
    (first,) = [message for message in await finn.messages() if message["buttons"]]
    await finn.presses("Ja")
    (second,) = [message for message in await finn.messages() if message["id"] == first["id"]]
    assert second["seq"] > first["seq"]
    assert second["text"] != first["text"]


@on_sqlite
async def test_a_refusal_by_the_bot_is_a_message_not_an_error(stage: RehearsalStage) -> None:
    await actor(stage, "pia").commands("aktiver 2 skybrud")
    status, said = await post(stage, "/rehearsal/say", json={"as": "finn", "in": "dm", "text": "/krise nedskaler"})
    assert status == 200
    _, later = await get(stage, f"/rehearsal/messages?for=finn&after={said['seq']}")
    assert len(later) == 1
    assert (await stage.part("crisis"))["level"] == 2


@on_sqlite
@pytest.mark.parametrize(
    "body",
    [
        {"as": "finn", "in": "dm"},
        {"as": "finn", "in": "dm", "text": 7},
        {"as": "finn", "in": "dm", "text": "   "},
        {"as": "", "in": "dm", "text": "hej"},
        {"in": "dm", "text": "hej"},
        {"as": "finn", "in": "krise-2026-07-02-andres", "text": "hej"},
        {"as": "finn", "in": "stab", "text": "hej"},
        ["finn"],
    ],
)
async def test_a_malformed_body_is_a_400_with_words(stage: RehearsalStage, body: Any) -> None:
    status, said = await post(stage, "/rehearsal/say", json=body)
    assert status == 400
    assert said["error"]


@on_sqlite
async def test_only_json_is_read(stage: RehearsalStage) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await post(stage, "/rehearsal/say", form, data=b"as=finn&in=dm&text=hej"))[0] == 400
    broken = {"Content-Type": "application/json"}
    assert (await post(stage, "/rehearsal/say", broken, data=b"{"))[0] == 400
    assert (await post(stage, "/rehearsal/say", broken, data=b"[" * 100_000))[0] == 400
    assert (await post(stage, "/rehearsal/say", broken, data=b"\xff\xfe"))[0] == 400


@on_sqlite
async def test_an_unknown_message_or_button_is_a_404(stage: RehearsalStage) -> None:
    finn = actor(stage, "finn")
    await finn.commands("varsel røg")
    (question,) = [message for message in await finn.messages() if message["buttons"]]
    await finn.posts("press", {"message": "m99999", "button": "Ja"}, expect=404)
    await finn.posts("press", {"message": question["id"], "button": "Måske"}, expect=404)
    await actor(stage, "bo").posts("press", {"message": question["id"], "button": "Ja"}, expect=404)
    assert await stage.part("escalation") == []


@on_sqlite
async def test_another_site_in_the_same_browser_may_not_speak(stage: RehearsalStage) -> None:
    body = {"as": "finn", "in": "dm", "text": "/krise varsel røg"}
    assert (await post(stage, "/rehearsal/say", {"Origin": "https://ond.example"}, json=body))[0] == 403
    assert (await post(stage, "/rehearsal/say", {"Host": "ond.example"}, json=body))[0] == 403
    assert (await post(stage, "/rehearsal/say", {"Origin": "http://127.0.0.1:8080"}, json=body))[0] == 200
    assert await stage.crises() == 1


@on_sqlite
async def test_the_clock_is_wound_through_all_that_falls_due_and_stays_wound_after_a_restart(
    stage: RehearsalStage,
) -> None:
    """D05 R005: the answer comes when everything on the way has been delivered."""
    finn = actor(stage, "finn")
    await finn.commands("varsel røg")
    await finn.presses("Ja")
    before = stage.clock.now()
    status, told = await post(stage, "/rehearsal/clock", json={"advance": "5m"})
    assert status == 200
    assert told["now"] == (before + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    assert await stage["pia"].has("Jeg har den")
    assert (await post(stage, "/rehearsal/clock", json={"advance": "snart"}))[0] == 400
    assert (await post(stage, "/rehearsal/clock", json={"set": "i morgen"}))[0] == 400


@on_sqlite
async def test_the_wound_clock_survives_a_restart(database_url: str) -> None:
    settings = Settings(_env_file=None, KRISEBOT_DATABASE_URL=database_url)  # type: ignore[call-arg]
    database = Database(database_url)
    first = Krisebot(settings, database, loading.example())
    await first.start()
    await first.engine.wind(first.clock, first.clock.now() + timedelta(hours=3))
    await first.stop()
    second = Krisebot(settings, database, loading.example())
    await second.start()
    try:
        assert abs(second.clock.offset - timedelta(hours=3)) < timedelta(seconds=5)
    finally:
        await second.stop()
        await database.close()


@on_sqlite
async def test_an_employee_outside_the_staff_does_not_see_its_channel(stage: RehearsalStage) -> None:
    """D09: whoever leaves the staff loses sight of it, and may not write there."""
    await actor(stage, "lars").commands("aktiver 2 skybrud")
    assert await stage["kim"].sees("Krisestab nr. 1")
    assert not await stage["finn"].sees("Krisestab nr. 1")
    await actor(stage, "lars").commands("ind Rune", "stab")
    assert await stage["rune"].sees("Krisestab nr. 1")
    await actor(stage, "lars").commands("ud Rune", "stab")
    assert not await stage["rune"].sees("Krisestab nr. 1")
    await actor(stage, "rune").posts("say", {"in": "stab", "text": "hej"}, expect=400)


@on_sqlite
async def test_a_message_is_saved_with_the_grade_that_its_saver_may_set(stage: RehearsalStage) -> None:
    """R182 R183 R196 R216: the form offers the right grades, a forged one counts for nothing, what a stranger can't see isn't
    saved, and what a stranger saves is offered as a report.
    """
    await actor(stage, "lars").commands("aktiver 2 skybrud")
    await actor(stage, "anne").says("to beboere er savnet", "stab")
    said = next(each["id"] for each in await actor(stage, "anne").messages() if "savnet" in each["text"])
    for person, offered in {
        "kim": ["open", "internal", "staff", "confidential"],
        "anne": ["staff", "confidential"],
    }.items():
        _, form = await get(stage, f"/rehearsal/save?for={person}&message={said}")
        fields = {each["id"]: each for each in form["fields"]}
        assert (fields["text"]["value"], fields["grade"]["value"]) == ("to beboere er savnet", "staff")
        assert [value for value, _ in fields["grade"]["choices"]] == offered
    assert (await get(stage, f"/rehearsal/save?for=finn&message={said}"))[0] == 404
    values = {"text": "to beboere er savnet", "verification": "confirmed", "grade": "open"}
    await actor(stage, "anne").posts("save", {"message": said, "values": values})
    assert await stage["anne"].sees(
        "Gøre den Åben kan kun logføreren, krisestabschefen eller en stedfortræder: Lars Vinther"
    )
    line = (await stage.part("log"))[-1]
    assert (line["kind"], line["grade"], line["verification"]) == ("saved", "staff", "unconfirmed")
    await actor(stage, "kim").posts("save", {"message": said, "values": {"grade": 3}}, expect=400)
    await actor(stage, "anne").says("politiet må få de to navne", "stab")
    said = next(each["id"] for each in await actor(stage, "kim").messages() if "navne" in each["text"])
    out = {"direction": "out", "party": "Politiet", "grade": "open"}
    await actor(stage, "kim").posts("save", {"message": said, "values": out})
    line = (await stage.part("log"))[-1]
    assert (line["direction"], line["sender"], line["receiver"]) == ("out", "anne", "Politiet")
    await actor(stage, "finn").says("der er røg fra taget", "generelt")
    said = next(each["id"] for each in await actor(stage, "finn").messages() if "røg" in each["text"])
    await actor(stage, "finn").posts("save", {"message": said})
    await stage["finn"].presses("Send som melding")
    assert [each["what"] for each in await stage.part("reports")] == ["der er røg fra taget"]


@on_sqlite
async def test_an_operator_sees_that_it_is_alive_ready_and_what_waits(database_url: str) -> None:
    class TickingStage(RehearsalStage):
        by_itself = True

    async with TickingStage(database_url) as stage:
        assert (await get(stage, "/healthz"))[0] == 200
        status, ready = await get(stage, "/readyz")
        assert (status, ready["faults"], ready["told"]) == (200, {}, [])
        status, figures = await get(stage, "/metrics")
        assert status == 200
        assert 'krisebot_waiting{what="deliveries"} 0.0' in figures
        assert 'krisebot_platform_up{platform="rehearsal"} 1.0' in figures


@on_postgresql
async def test_a_database_that_is_gone_is_not_ready(database_url: str, databases: Databases) -> None:
    async with RehearsalStage(database_url) as stage:
        stage.looked_over = False
        await asyncio.to_thread(databases.drop, database_url)
        status, told = await get(stage, "/readyz")
        assert status == 503
        assert "database" in told["faults"]


@on_sqlite
async def test_a_database_that_cannot_be_written_in_is_not_ready(database_url: str) -> None:
    """A full disk, or a file that is only to be read: it can be asked, and takes no input."""
    async with RehearsalStage(database_url) as stage:
        async with stage.database.engine.connect() as connection:
            await connection.exec_driver_sql(
                "CREATE TRIGGER full BEFORE INSERT ON facts BEGIN SELECT RAISE(FAIL, 'full'); END"
            )
            await connection.commit()
        status, told = await get(stage, "/readyz")
        assert status == 503
        assert "database" in told["faults"]


@pytest.mark.long
@on_postgresql
async def test_what_should_have_been_handled_is_not_ready_and_what_others_should_see_to_is_told(
    database_url: str,
) -> None:
    """Inputs and timers that are late are this process' own; a channel that is archived and an SMS that waits aren't."""
    async with RehearsalStage(database_url) as stage:
        long_ago = stage.clock.now() - timedelta(minutes=2)
        await stage["lars"].commands("aktiver 2 skybrud")
        async with stage.database.transaction() as db:
            room = (await db.scalars(select(StaffChannel))).one()
            room.error = "kanalen er arkiveret"
            db.add(Inbox(key="x", body={}, received_at=long_ago, due_at=long_ago, state="failed"))
        status, told = await get(stage, "/readyz")
        assert set(told["faults"]) == {"clock"}, "nothing ticks here"
        assert any("arkiveret" in each for each in told["told"])
        assert any("lagt til side" in each for each in told["told"])
        _, figures = await get(stage, "/metrics")
        assert "krisebot_channels_in_trouble 1.0" in figures
        async with stage.database.transaction() as db:
            db.add(Inbox(key="y", body={}, received_at=long_ago, due_at=long_ago))
        status, told = await get(stage, "/readyz")
        assert (status, set(told["faults"])) == (503, {"clock", "overdue"})
        stage.looked_over = False


@pytest.mark.long
@on_sqlite
async def test_off_loopback_the_chat_asks_for_the_code_first(database_url: str) -> None:
    class OpenStage(RehearsalStage):
        def settings(self) -> Settings:
            return Settings(_env_file=None, KRISEBOT_DATABASE_URL=self.url, KRISEBOT_HOST="0.0.0.0")  # type: ignore[call-arg]

    async with OpenStage(database_url) as stage:
        code = stage.bot.join_code
        assert code
        assert (await get(stage, "/rehearsal/people"))[0] == 401
        assert len(code) * 4 >= 64, "bits"
        begun = time.monotonic()
        wrong = [post(stage, "/rehearsal/join", json={"code": "forkert"}) for _ in range(3)]
        assert {status for status, _ in await asyncio.gather(*wrong)} == {401}
        assert time.monotonic() - begun >= 3 * GUESS
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as guest:
            async with guest.post(f"{stage.address}/rehearsal/join", json={"code": code}) as answer:
                assert answer.status == 200
            async with guest.get(f"{stage.address}/rehearsal/people") as answer:
                assert answer.status == 200


@on_sqlite
async def test_a_plan_with_faults_is_not_taken_and_the_old_one_stays(database_url: str, tmp_path: Any) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(EXAMPLE, encoding="utf-8")
    settings = Settings(_env_file=None, KRISEBOT_DATABASE_URL=database_url, KRISEBOT_PLAN=str(file))  # type: ignore[call-arg]
    bot = Krisebot(settings, Database(settings.database_url), loading.load(file))
    file.write_text(EXAMPLE.replace("Jens Lund", "Jens Sørensen"), encoding="utf-8")
    await bot.read_plan_again()
    assert bot.plan.persons["jens"].name == "Jens Sørensen"
    file.write_text("kommune: [", encoding="utf-8")
    await bot.read_plan_again()
    assert bot.plan.persons["jens"].name == "Jens Sørensen"
    await bot.database.close()


@on_sqlite
@pytest.mark.parametrize("path", ["/healthz", "/", "/rehearsal/people", "/findes/ikke", "/tavle/forkert"])
async def test_every_answer_is_guarded_and_tells_not_what_we_are_made_of(database_url: str, path: str) -> None:
    async with (
        RehearsalStage(database_url) as stage,
        aiohttp.ClientSession() as client,
        client.get(f"{stage.address}{path}") as answer,
    ):
        assert GUARDS.keys() <= answer.headers.keys()
        assert "Server" not in answer.headers
