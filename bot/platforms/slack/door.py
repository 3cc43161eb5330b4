"""Who knocks: what is signed and of our own workspace is let in, through Slack's own Bolt.

Bolt is told to answer only when its listener is done, since it would otherwise acknowledge an event before anybody has
kept it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from contextvars import ContextVar
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.engine import Engine
from bot.engine.intake import STRANGE, unreachable
from bot.engine.platform import InDoubt, Throttled, Unavailable
from bot.engine.stalls import TookTooLong
from bot.platforms.slack.people import NAME
from storage.case import chain

log = logging.getLogger(__name__)

Json = dict[str, Any]

PATH = "/slack/events"
# Slack's own requests are far smaller; a form's text is at most 3000 characters a field.
LARGEST_BODY = 1024**2

# Whether what is being read is another organisation's: known by who knocks, and told with what is kept.
outside: ContextVar[bool] = ContextVar("outside", default=False)


class SlackDoor:
    """The way in for what Slack sends, by HTTP or over Socket Mode.

    Args:
        engine: what keeps the inputs, and counts what nobody understood.
        base_url: where Slack's own API is.
        signing_secret: what Slack signs with; None where only Socket Mode is used.
        team_ids: the only workspaces that are let in; empty for any that has the secret.
    """

    def __init__(self, engine: Engine, base_url: str, signing_secret: str | None, team_ids: Collection[str]) -> None:
        self._engine = engine
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None
        self._team_ids = set(team_ids)
        self.refused = 0
        self.app = AsyncApp(
            # Bolt sets the level of the logger that is called so, once and for all: ours is not to be its child.
            name="krisebot-slack",
            signing_secret=signing_secret or "",
            client=AsyncWebClient(base_url=base_url, retry_handlers=[]),
            authorize=_one_workspace,
            process_before_response=True,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
            raise_error_for_unhandled_request=True,
        )
        self.app.middleware(self._clean)
        self.app.middleware(self._own_team)
        self.app.error(self._could_not_keep)

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP path for Slack's requests, where Slack can reach us."""
        return [web.post(PATH, self._request)] if self._verifier else []

    async def _request(self, request: web.Request) -> web.Response:
        body = await request.read()
        if len(body) > LARGEST_BODY:
            return self._turn_away(413)
        if not self._signed(body, request.headers):
            return self._turn_away(401)
        try:
            understood = await to_bolt_request(request)
        except STRANGE as error:
            return self.leave(error)
        if not understood.body:
            return self.leave("nothing in it")
        async with self._engine.intake.reading(NAME, body, self._engine.clock.now()):
            try:
                return await to_aiohttp_response(await self.app.async_dispatch(understood))
            except STRANGE as error:
                # Bolt itself looks into what was sent, for whose it is.
                return self.leave(error)
        return web.Response()

    def _signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        try:
            return self._verifier is not None and self._verifier.is_valid_request(body, headers)
        except (ValueError, TypeError, OverflowError):
            return False

    def _turn_away(self, status: int) -> web.Response:
        self.refused += 1
        return web.Response(status=status)

    def leave(self, why: Exception | str) -> web.Response:
        """Acknowledge what is signed and of no use: sent again it would be the same, and Slack goes silent after many.

        Args:
            why: what it stumbled over.
        """
        self._engine.intake.not_understood(NAME, why)
        return web.Response()

    async def _clean(self, req: AsyncBoltRequest, next: Any) -> None:
        """Replace what no database holds before anything is looked up by it."""
        req.body = chain.clean(req.body)
        await next()

    async def _own_team(self, context: AsyncBoltContext, body: Json, next: Any) -> BoltResponse | None:
        # An installation on a whole Grid organisation names that, and perhaps no workspace.
        whole = str(body.get("is_enterprise_install")).lower() == "true"
        ours = {context.team_id or _team_of_user(body), *([context.enterprise_id] if whole else [])}
        if self._team_ids and not ours & self._team_ids:
            self.refused += 1
            return BoltResponse(status=401)
        outside.set(self._is_outside(context, body))
        await next()
        return None

    def _is_outside(self, context: AsyncBoltContext, body: Json) -> bool:
        """Whether another organisation's person did it. In a shared channel Slack doesn't always say whose it was: then
        it is one of ours only where the plan knows them."""
        actor = _team_of_user(body) or context.actor_team_id
        if actor is None and body.get("is_ext_shared_channel") is True:
            return self._engine.plan().find(NAME, str(context.user_id)) is None
        if actor is None or actor in self._team_ids:
            return False
        if not (body.get("team") or body.get("team_id")):
            # Installed on a whole Grid organisation, and no workspace of it named: Bolt takes the person's own for ours.
            return self._engine.plan().find(NAME, str(context.user_id)) is None
        own = {context.team_id, *self._team_ids} - {None}
        return bool(own) and actor not in own

    async def _could_not_keep(self, error: Exception) -> BoltResponse:
        if isinstance(error, TookTooLong):
            raise error
        if isinstance(error, (Throttled, Unavailable, InDoubt)) or unreachable(error):
            log.error("an input from Slack was not kept: %s", error, exc_info=error)
            return BoltResponse(status=503)
        not_ours = isinstance(error, BoltUnhandledRequestError)
        self._engine.intake.not_understood(NAME, "nothing of ours" if not_ours else error)
        return BoltResponse(status=200)


def _team_of_user(body: Json) -> str | None:
    """Return the workspace that whoever pressed something belongs to, where Slack says so beside the installation's."""
    user = body.get("user")
    team = user.get("team_id") if isinstance(user, dict) else None
    return team if isinstance(team, str) else None


async def _one_workspace(context: AsyncBoltContext) -> AuthorizeResult:
    """Authorise without asking Slack, which may be down: there is one workspace and one token."""
    return AuthorizeResult(enterprise_id=context.enterprise_id, team_id=context.team_id)
