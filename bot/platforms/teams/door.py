"""The door that Teams knocks at: an activity is checked first, written to disk next, acknowledged last."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.engine.engine import Engine
from bot.engine.intake import STRANGE
from bot.platforms.teams import payload
from bot.platforms.teams.adapter import Adapter, Malformed
from bot.platforms.teams.inbound import TeamsInbound, left
from bot.platforms.teams.payload import text_at
from bot.platforms.teams.people import NAME
from bot.platforms.teams.token import KeysUnavailable, Refused, TokenCheck
from storage.case import chain
from storage.database import UNREACHABLE

log = logging.getLogger(__name__)

Json = dict[str, Any]

# Teams' own requests are far smaller, also those with a whole message in them.
LARGEST_BODY = 1024**2
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class TeamsDoor:
    """The handler of every request to `/api/messages`.

    Args:
        engine: what inputs are put into.
        inbound: who reads an activity that is believed.
        check: who believes an activity, or not; None takes unsigned ones, from this machine alone.
    """

    def __init__(self, engine: Engine, inbound: TeamsInbound, check: TokenCheck | None) -> None:
        self._engine = engine
        self._inbound = inbound
        self._check = check
        self._adapter = Adapter()
        self.refused = 0

    async def request(self, request: web.Request) -> web.Response:
        """Answer one request from Teams."""
        body = await request.content.read(LARGEST_BODY + 1)
        while len(body) <= LARGEST_BODY and (more := await request.content.read(LARGEST_BODY + 1 - len(body))):
            body += more
        if len(body) > LARGEST_BODY:
            return self._turn_away(413)
        activity = payload.read(body)
        if activity is None:
            # A token is good for the address that the activity names; where there is none, nothing is signed.
            return self._turn_away(400)
        try:
            claims = await self._believe(request.headers.get("Authorization"), activity)
        except Refused as refused:
            log.warning("an activity was turned away: %s", refused.reason)
            return self._turn_away(401)
        except KeysUnavailable:
            return web.Response(status=503)
        activity, answer = chain.clean(activity), None
        try:
            async with self._engine.intake.reading(NAME, body, self._engine.clock.now()):
                answer = await self._adapter.process(activity, claims, self._inbound.understand)
        except (Malformed, *STRANGE) as error:
            # Rightly signed and of no use: sent again it would be the same.
            self._engine.intake.not_understood(NAME, error)
            answer = left(activity)
        except (*UNREACHABLE, TimeoutError) as error:
            log.error("an input from Teams was not kept: %s", error, exc_info=error)
            return web.Response(status=503)
        return web.json_response(answer if answer is not None else {})

    async def _believe(self, authorization: str | None, activity: Json) -> Mapping[str, Any]:
        if self._check is not None:
            return (await self._check.check(authorization, activity)).token
        try:
            host = urlsplit(text_at(activity, "serviceUrl")).hostname
        except ValueError:
            host = None
        if host not in LOOPBACK:
            raise Refused("service url")
        return {}

    def _turn_away(self, status: int) -> web.Response:
        self.refused += 1
        return web.Response(status=status)
