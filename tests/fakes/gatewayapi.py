"""GatewayAPI as far as we use it: takes SMS, and calls back with answers and with what became of each, signed."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
import jwt
from aiohttp import web

TOKEN = "gw-token"
SECRET = "gw-secret-that-is-long-enough-for-hs256"


@dataclass(frozen=True)
class Sms:
    """One that was taken."""

    id: int
    to: str
    text: str
    userref: str


class FakeGatewayApi:
    """The gateway.

    Args:
        refuse: an HTTP status that it answers everything with; 200 takes everything.
    """

    def __init__(self, refuse: int = 200) -> None:
        self.refuse = refuse
        self.taken: list[Sms] = []
        self.url = ""
        self._called = 0

    async def __aenter__(self) -> FakeGatewayApi:
        app = web.Application()
        app.add_routes([web.post("/rest/mtsms", self._take)])
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._client = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        await self._runner.cleanup()

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

    async def _call(self, at: str, told: dict[str, object], secret: str) -> int:
        head = {"X-Gwapi-Signature": jwt.encode(told, secret, algorithm="HS256")}
        async with self._client.post(f"{at}/sms/gatewayapi", json=told, headers=head) as answer:
            return answer.status

    async def _take(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Token {TOKEN}":
            return web.json_response({"message": "no such token"}, status=401)
        if self.refuse != 200:
            return web.json_response({"message": "refused"}, status=self.refuse)
        body = await request.json()
        ids = []
        for recipient in body["recipients"]:
            sms = Sms(len(self.taken) + 1, f"+{recipient['msisdn']}", body["message"], body["userref"])
            self.taken.append(sms)
            ids.append(sms.id)
        return web.json_response({"ids": ids})
