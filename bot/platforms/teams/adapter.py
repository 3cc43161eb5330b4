"""botbuilder's adapter, with our own token check in place of its own and nothing that sends inside a turn.

What is answered goes through the outbox, which survives a restart; only the answer to an invoke goes back by the way
the question came.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
)

from bot.platforms.teams.api import BOT

Json = dict[str, Any]
Logic = Callable[[Json], Awaitable[Json | None]]

INVOKE_RESPONSE = "invokeResponse"


class Malformed(Exception):
    """The request is no activity."""


class Adapter:
    """The adapter that takes a checked activity through botbuilder."""

    def __init__(self) -> None:
        self._adapter = CloudAdapterBase(_OurCheck())

    async def process(self, activity: Json, claims: Mapping[str, Any], logic: Logic) -> Json | None:
        """Run a checked activity through botbuilder's adapter.

        Args:
            activity: as it was sent.
            claims: what its token says.
            logic: gets the activity as it was sent, since botbuilder loses the tenant on the way; returns the answer
                to an invoke, or None.

        Returns:
            the answer to an invoke.

        Raises:
            Malformed: botbuilder can't read it.
        """
        try:
            read = Activity().deserialize(activity)
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            raise Malformed(str(error)) from error
        checked = AuthenticateRequestResult()
        checked.audience = BOT
        checked.claims_identity = ClaimsIdentity(dict(claims), True)
        checked.connector_factory = _Silent()

        async def turn(context: TurnContext) -> None:
            answer = await logic(activity)
            if answer is not None:
                response = InvokeResponse(status=200, body=answer)
                await context.send_activity(Activity(type=INVOKE_RESPONSE, value=response))

        response = await self._adapter.process_activity(checked, read, turn)
        return response.body if isinstance(response, InvokeResponse) else None


class _Silent(ConnectorFactory):  # type: ignore[misc]
    """A connector that sends nothing."""

    async def create(self, service_url: str, audience: str) -> Any:
        return object()


class _OurCheck(BotFrameworkAuthentication):  # type: ignore[misc]
    """A check of botbuilder's that is never asked: its own takes tokens without an expiry."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        raise PermissionError("activities are checked before they come here")

    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        raise PermissionError("streaming is not used")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        return _Silent()

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        return None
