"""Twilio as far as we use it: makes calls, and calls back with the key that was pressed and with how each ended, signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree

import aiohttp
from aiohttp import web

from tests.fakes.fallback.gateway import FakeGateway

ACCOUNT, TOKEN, NUMBER = "AC0123456789", "tw-token", "+4570102030"
# What the world outside calls krisebot; a proxy brings it to where it runs.
PUBLIC = "https://krise.kommune.example"


@dataclass
class Call:
    """One that was begun.

    Args:
        sid: its number.
        to: the telephone.
        script: what is read aloud, TwiML.
        status: the address that is told how it ended.
    """

    sid: str
    to: str
    script: str
    status: str

    @property
    def said(self) -> str:
        """The words, by a voice that speaks Danish: one that doesn't says nothing at all."""
        said = list(ElementTree.fromstring(self.script).iter("Say"))
        assert {(each.get("voice"), each.get("language")) for each in said} == {("Polly.Naja", "da-DK")}
        return " ".join(each.text or "" for each in said)


class FakeTwilio(FakeGateway):
    """The gateway for calls."""

    def __init__(self, refuse: int | None = None) -> None:
        super().__init__(refuse)
        self.calls: list[Call] = []

    def routes(self) -> list[web.RouteDef]:
        """Where a call is begun."""
        return [web.post("/2010-04-01/Accounts/{account}/Calls.json", self._begin)]

    def to(self, phone: str) -> list[Call]:
        """The calls that a telephone has got."""
        return [call for call in self.calls if call.to == phone]

    async def presses(self, call: Call, key: str, at: str, *, token: str = TOKEN) -> tuple[int, str]:
        """Whoever took the call presses a key; gives the status, and what is then read aloud."""
        (gather,) = ElementTree.fromstring(call.script).iter("Gather")
        assert gather.get("numDigits") == "1"
        status, text = await self._tell(
            gather.get("action") or "", {"CallSid": call.sid, "To": call.to, "Digits": key}, at, token
        )
        if status == 200:
            call.script = text
        return status, text

    async def ends(self, call: Call, how: str, at: str) -> int:
        """The call is over: completed, busy, no-answer, failed or canceled."""
        form = {"CallSid": call.sid, "To": call.to, "CallStatus": how}
        return (await self._tell(call.status, form, at, TOKEN))[0]

    async def _tell(self, address: str, form: dict[str, str], at: str, token: str) -> tuple[int, str]:
        assert address.startswith(f"{PUBLIC}/")
        parts = urlsplit(address)
        form = {"AccountSid": ACCOUNT, "From": NUMBER, "ApiVersion": "2010-04-01", **form}
        signed = address + "".join(name + value for name, value in sorted(form.items()))
        head = {
            "X-Twilio-Signature": base64.b64encode(
                hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
            ).decode()
        }
        async with self._client.post(f"{at}{parts.path}?{parts.query}", data=form, headers=head) as answer:
            return answer.status, await answer.text()

    async def _begin(self, request: web.Request) -> web.Response:
        basic = aiohttp.encode_basic_auth(ACCOUNT, TOKEN)
        if request.headers.get("Authorization") != basic or request.match_info["account"] != ACCOUNT:
            return web.json_response({"code": 20003, "message": "Authenticate", "status": 401}, status=401)
        if self.refuse is not None:
            told = {"code": 21211, "message": "The 'To' number is not a valid phone number.", "status": self.refuse}
            return web.json_response(told, status=self.refuse)
        form = await request.post()
        assert form["From"] == NUMBER
        assert len(str(form["Twiml"])) <= 4000
        call = Call(f"CA{len(self.calls):04}", str(form["To"]), str(form["Twiml"]), str(form["StatusCallback"]))
        self.calls.append(call)
        return web.json_response({"sid": call.sid, "status": "queued"}, status=201)
