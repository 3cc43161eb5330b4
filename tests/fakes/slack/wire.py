"""How Slack delivers to the bot: signed HTTP, or an envelope down Socket Mode."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from tests.fakes.slack.blocks import Json
from tests.fakes.slack.server import FakeSlack


@dataclass(frozen=True)
class Answer:
    """What the bot answered: status 0 is that it never did, or that Slack had nothing to deliver."""

    status: int
    text: str = ""
    seconds: float = 0.0

    @property
    def json(self) -> Json:
        """The body as an object; empty when it is none."""
        try:
            body = json.loads(self.text or "{}")
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def in_time(self) -> bool:
        """Whether Slack would be content: a 200 within three seconds."""
        return self.status == 200 and self.seconds < 3


@dataclass(frozen=True)
class Delivery:
    """One thing Slack tells the bot. `kind` is named as in Socket Mode."""

    kind: str
    payload: Json

    @property
    def content_type(self) -> str:
        return "application/json" if self.kind == "events_api" else "application/x-www-form-urlencoded"

    @property
    def body(self) -> bytes:
        if self.kind == "events_api":
            return json.dumps(self.payload).encode()
        form = self.payload if self.kind == "slash_commands" else {"payload": json.dumps(self.payload)}
        return urlencode(form).encode()


class Forgery(StrEnum):
    """Requests that are not what Slack sends."""

    BAD_SIGNATURE = "signed with another secret"
    NO_SIGNATURE = "without a signature"
    NO_TIMESTAMP = "without a timestamp"
    OLD_TIMESTAMP = "signed six minutes ago"
    NON_NUMERIC_TIMESTAMP = "a timestamp that is no number"
    CHANGED_BODY = "changed after it was signed"
    OTHER_TEAM = "rightly signed, from another workspace"
    BROKEN_JSON = "rightly signed, half a JSON object"
    BROKEN_PAYLOAD = "rightly signed, a payload that is no JSON"
    NOT_UTF8 = "rightly signed, bytes that are no text"
    EMPTY = "rightly signed, nothing in it"


@dataclass
class Wire:
    """Where one person's acts are delivered.

    Args:
        target: krisebot's address, such as http://127.0.0.1:8080; None is Socket Mode.
    """

    slack: FakeSlack
    target: str | None
    signing_secret: str
    headers: dict[str, str] = field(default_factory=dict)

    async def deliver(self, it: Delivery, retry: int = 0) -> Answer:
        """Delivers it, and waits for the answer."""
        if self.target is None:
            return await self._envelope(it, retry)
        headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}
        return await self.post(it.body, {**self.signed(it.body), **headers, "Content-Type": it.content_type})

    def signed(self, body: bytes, timestamp: str | None = None, secret: str | None = None) -> dict[str, str]:
        """Slack's two headers; the machine's own time unless another is given."""
        timestamp = timestamp or str(int(time.time()))
        key = (secret or self.signing_secret).encode()
        signature = hmac.new(key, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={signature}"}

    async def post(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Posts just that to the bot."""
        began = time.monotonic()
        async with self.slack.courier.post(f"{self.target}/slack/events", data=body, headers=headers) as response:
            return Answer(response.status, await response.text(), time.monotonic() - began)

    async def forge(self, how: Forgery, it: Delivery) -> Answer:
        """Delivers something that was forged or spoilt in that way."""
        body = it.body
        if how is Forgery.OTHER_TEAM:
            body = Delivery(it.kind, {**it.payload, "team_id": "T0OTHER", "team_domain": "other"}).body
        body = {
            Forgery.BROKEN_JSON: b'{"type": "event_callback", "event": ',
            Forgery.BROKEN_PAYLOAD: b"payload=%7Bhalf",
            Forgery.NOT_UTF8: b"command=%2Fkrise&text=\xff\xfe\xfa",
            Forgery.EMPTY: b"",
        }.get(how, body)
        headers = self.signed(body)
        if how is Forgery.BAD_SIGNATURE:
            headers = self.signed(body, secret="somebody else's secret")
        elif how is Forgery.OLD_TIMESTAMP:
            headers = self.signed(body, timestamp=str(int(time.time()) - 6 * 60))
        elif how is Forgery.NON_NUMERIC_TIMESTAMP:
            headers = self.signed(body, timestamp="i-går")
        elif how is Forgery.NO_SIGNATURE:
            del headers["X-Slack-Signature"]
        elif how is Forgery.NO_TIMESTAMP:
            del headers["X-Slack-Request-Timestamp"]
        elif how is Forgery.CHANGED_BODY:
            body = body.replace(b"text=", b"text=x")
        return await self.post(body, {**headers, "Content-Type": it.content_type})

    async def _envelope(self, it: Delivery, retry: int) -> Answer:
        began = time.monotonic()
        envelope = await self.slack.socket.send(it.kind, it.payload, retry)
        acks: dict[str, Any] = self.slack.socket.acks
        if self.slack.socket.silent:
            return Answer(0)
        try:
            await self.slack.until(lambda: envelope in acks, within=10)
        except AssertionError:
            return Answer(0, "not acknowledged", time.monotonic() - began)
        return Answer(200, json.dumps(acks[envelope]) if acks[envelope] else "", time.monotonic() - began)
