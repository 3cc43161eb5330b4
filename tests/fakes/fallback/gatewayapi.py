"""GatewayAPI as far as we use it: takes SMS, and calls back with answers and with what became of each, signed.

Its errors, states and codes are those of its documents: an error is a template with its variables beside it, and 403 is as
often of one telephone as of the key.
"""

from __future__ import annotations

import re
import time as _time
import uuid
from dataclasses import dataclass

import jwt
from aiohttp import web

from tests.fakes.fallback.gateway import FakeGateway

TOKEN = "gw-token"
SECRET = "gw-secret-that-is-long-enough-for-hs256"


# What it says in words for each code that we meet, as it stands in its answers.
ERRORS = {
    "0x0213": (403, "Unauthorized IP-address: %1"),
    "0x0214": (403, "Temporary blacklist for MSISDN %1 with hash %2"),
    "0x0215": (403, "MSISDN %1 blacklisted"),
    "0x0216": (403, "Insufficient credit"),
    "0x0217": (403, "Unauthorized destination: country %1"),
    "0x021D": (403, "SMS not enabled for account"),
}
STATES = {
    "SCHEDULED",
    "BUFFERED",
    "ENROUTE",
    "DELIVERED",
    "EXPIRED",
    "DELETED",
    "UNDELIVERABLE",
    "ACCEPTED",
    "REJECTED",
}
STATES |= {"SKIPPED"}


@dataclass(frozen=True)
class Sms:
    """One that was taken."""

    id: int
    to: str
    text: str
    userref: str


class FakeGatewayApi(FakeGateway):
    """The gateway for SMS."""

    def __init__(self, refuse: int | None = None) -> None:
        super().__init__(refuse)
        self.taken: list[Sms] = []
        self.why = "refused"
        self.codes: dict[str, str] = {}
        """By telephone, or "*" for all of them: the code that it is refused with."""
        self._called = 0

    def routes(self) -> list[web.RouteDef]:
        """Where SMS are taken."""
        return [web.post("/rest/mtsms", self._take)]

    def to(self, phone: str) -> list[str]:
        """What a telephone has been sent."""
        return [sms.text for sms in self.taken if sms.to == phone]

    async def answers(
        self,
        phone: str,
        text: str,
        at: str,
        *,
        secret: str = SECRET,
        number: int | None = None,
        time: float | None = None,
    ) -> int:
        """A person writes back, at a time where one is given; gives the status that the webhook answered with."""
        self._called += 1
        told = {"id": number or 1000 + self._called, "msisdn": int(phone[1:]), "receiver": 4512345678, "message": text}
        told |= {} if time is None else {"senttime": int(time)}
        return await self._call(at, told, secret)

    async def tells(
        self,
        sms: Sms,
        status: str,
        at: str,
        *,
        error: str | None = None,
        code: str | None = None,
        time: float | None = None,
    ) -> int:
        """What became of an SMS, and when: a notice that nobody took is brought again for hours."""
        assert status in STATES
        when = int(_time.time() if time is None else time)
        told = {"id": sms.id, "msisdn": int(sms.to[1:]), "time": when, "status": status, "error": error}
        return await self._call(at, {**told, "code": code, "userref": sms.userref}, SECRET)

    async def brings(self, told: dict[str, object], at: str) -> int:
        """Something rightly signed, whatever it is."""
        return await self._call(at, told, SECRET)

    async def _call(self, at: str, told: dict[str, object], secret: str) -> int:
        head = {"X-Gwapi-Signature": jwt.encode(told, secret, algorithm="HS256")}
        async with self._client.post(f"{at}/sms/gatewayapi", json=told, headers=head) as answer:
            return answer.status

    async def _take(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Token {TOKEN}":
            return web.json_response({"message": "no such token"}, status=401)
        if self.refuse is not None:
            return web.json_response({"message": self.why}, status=self.refuse)
        body = await request.json()
        if not re.fullmatch(r"\d{1,15}|[A-Za-z0-9 ]{1,11}", body["sender"]) or body["encoding"] not in ("UTF8", "UCS2"):
            return web.json_response({"code": "0x0308", "message": "Invalid Argument"}, status=400)
        for phone in (f"+{recipient['msisdn']}" for recipient in body["recipients"]):
            code = self.codes.get(phone, self.codes.get("*"))
            if code is not None:
                status, message = ERRORS[code]
                told = {"code": code, "incident_uuid": str(uuid.uuid4()), "message": message}
                return web.json_response({**told, "variables": [phone[1:], "5bd1"]}, status=status)
        ids = []
        for recipient in body["recipients"]:
            sms = Sms(len(self.taken) + 1, f"+{recipient['msisdn']}", body["message"], body["userref"])
            self.taken.append(sms)
            ids.append(sms.id)
        return web.json_response({"ids": ids, "usage": {"countries": {"DK": 1}, "currency": "DKK", "total_cost": 0.12}})
