"""GatewayAPI as far as we use it: takes SMS, and calls back with answers and with what became of each, signed."""

from __future__ import annotations

from dataclasses import dataclass

import jwt
from aiohttp import web

from tests.fakes.gateway import FakeGateway

TOKEN = "gw-token"
SECRET = "gw-secret-that-is-long-enough-for-hs256"


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
        self._called = 0

    def routes(self) -> list[web.RouteDef]:
        """Where SMS are taken."""
        return [web.post("/rest/mtsms", self._take)]

    def to(self, phone: str) -> list[str]:
        """What a telephone has been sent."""
        return [sms.text for sms in self.taken if sms.to == phone]

    async def answers(self, phone: str, text: str, at: str, *, secret: str = SECRET, number: int | None = None) -> int:
        """A person writes back; gives the status that the webhook answered with."""
        self._called += 1
        told = {"id": number or 1000 + self._called, "msisdn": int(phone[1:]), "receiver": 4512345678, "message": text}
        return await self._call(at, told, secret)

    async def tells(self, sms: Sms, status: str, at: str) -> int:
        """What became of an SMS."""
        told = {"id": sms.id, "msisdn": int(sms.to[1:]), "status": status, "userref": sms.userref}
        return await self._call(at, told, SECRET)

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
        ids = []
        for recipient in body["recipients"]:
            sms = Sms(len(self.taken) + 1, f"+{recipient['msisdn']}", body["message"], body["userref"])
            self.taken.append(sms)
            ids.append(sms.id)
        return web.json_response({"ids": ids})
