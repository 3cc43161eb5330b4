"""Who knocks from Slack: what is forged is turned away, and what is spoilt or somebody else's is acknowledged and kept nowhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from bot.engine import stalls
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.traffic import Inbox
from tests.bot.platforms.slack.house import House, a_house
from tests.fakes.slack import Forgery

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


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
