"""Calls to Slack's Web API, whose failures are raised as the outbox's own errors."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.engine.platform import Closed, InDoubt, NotGranted, Throttled, Unavailable, Undeliverable

Json = dict[str, Any]

# How long a connection may take to be made, in seconds: nothing has been sent before that.
CONNECT = 4.0
# How long to wait when Slack doesn't say, in seconds.
BREATHER = 5.0

BUSY = {"ratelimited", "rate_limited", "message_limit_exceeded"}
# Slack's own words for these are that something may have been done.
BROKEN = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
OUR_ACCESS = {
    "access_denied",
    "account_inactive",
    "ekm_access_denied",
    "invalid_auth",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
}
REASONS = {
    "cannot_dm_bot": "det er en bot i Slack",
    "file_deleted": "Filen er slettet i Slack.",
    "file_not_found": "Krisebot kan ikke se filen i Slack: den er slettet, eller den ligger, hvor Krisebot ikke er med.",
    "channel_not_found": "Slack finder ingen, der kan skrives til",
    "is_archived": "kanalen i Slack er arkiveret",
    "messages_tab_disabled": "Krisebots beskedfane er slået fra i Slack",
    "not_in_channel": "Krisebot er ikke med i kanalen i Slack",
    "restricted_action": "Slacks opsætning tillader det ikke",
    "user_disabled": "kontoen i Slack er lukket",
    "user_not_found": "personen er ikke i Slack",
}


SHUT = {"channel_not_found", "is_archived", "not_in_channel"}


class Refused(Undeliverable):
    """Slack refused the call, and would refuse it again.

    Args:
        error: Slack's own name for why.
        data: all that Slack answered.
    """

    def __init__(self, error: str, data: Json) -> None:
        super().__init__(REASONS.get(error, f"Slack afviste det ({error})"))
        self.error = error
        self.data = data


class Shut(Refused, Closed):
    """Slack takes nothing in that conversation."""


class NoAccess(Unavailable):
    """Slack gives us no access, or not to this: somebody must mend the app's token or its scopes.

    Args:
        told: Danish.
        error: Slack's own name for why.
    """

    def __init__(self, told: str, error: str) -> None:
        super().__init__(told)
        self.error = error


class SlackApi:
    """The client for Slack's Web API. The outbox tries again, so nothing is tried again here.

    Args:
        token: the bot's.
        api_url: Slack's address.
        timeout: seconds a call may take.
    """

    def __init__(self, token: str, api_url: str, timeout: float) -> None:
        self.api = AsyncWebClient(token, api_url, retry_handlers=[])
        self.token = token
        self.trouble: str | None = None
        self._timeout = timeout

    async def open(self) -> None:
        """Open the HTTP session."""
        timeout = aiohttp.ClientTimeout(total=self._timeout, sock_connect=CONNECT)
        self.session = self.api.session = aiohttp.ClientSession(timeout=timeout)

    async def close(self) -> None:
        """Close the HTTP session."""
        if self.api.session is not None:
            await self.api.session.close()

    async def read(self, call: Awaitable[AsyncSlackResponse]) -> Json:
        """Make a call that only asks for something.

        Raises:
            Throttled, Unavailable, NoAccess, Refused: see there.
        """
        try:
            return await self.write(call)
        except InDoubt as lost:
            raise Unavailable(str(lost)) from lost

    async def write(self, call: Awaitable[AsyncSlackResponse]) -> Json:
        """Make a call that changes something.

        Raises:
            Throttled, Unavailable, NoAccess, InDoubt, Refused: see there.
        """
        answer = await self._made(call)
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def respond(self, link: str, said: Json) -> bool:
        """Answer a command by the link that Slack gave us with it; False where it takes no answer any more.

        Raises:
            Throttled, Unavailable, InDoubt: see there.
        """
        client = AsyncWebhookClient(link, session=self.session, retry_handlers=[])
        try:
            answer = await client.send_dict(said)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unavailable("Slack kan ikke nås") from error
        except aiohttp.InvalidURL:
            return False
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeDecodeError) as error:
            # An answer in letters that nobody can read is none.
            raise InDoubt("Slack svarer ikke") from error
        if answer.status_code == 429:
            raise Throttled(_seconds(answer.headers.get("Retry-After")))
        if answer.status_code >= 500:
            raise InDoubt(f"Slack svarer med en fejl ({answer.status_code})")
        if answer.status_code == 200 and answer.body.lstrip().startswith("<"):
            # Somebody between us and Slack answers with a page.
            raise InDoubt("Slack svarer med en side")
        return answer.status_code == 200

    async def granted(self) -> frozenset[str]:
        """Return the scopes that the app has been given. Raises as `read` does."""
        try:
            answer = await self._made(self.api.auth_test())
        except InDoubt as lost:
            raise Unavailable(str(lost)) from lost
        told = str({name.lower(): value for name, value in answer.headers.items()}.get("x-oauth-scopes") or "")
        return frozenset(each.strip() for each in told.split(",") if each.strip())

    async def _made(self, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
        try:
            answer = await call
        except SlackApiError as error:
            raise self._read(error.response) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            self.trouble = "Slack kan ikke nås"
            raise Unavailable(self.trouble) from error
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeDecodeError) as error:
            self.trouble = "Slack svarer ikke"
            raise InDoubt(self.trouble) from error
        self.trouble = None
        return answer

    async def optional(self, call: Awaitable[AsyncSlackResponse], scope: str, lost: str) -> Json:
        """Make a call that takes a scope which the app may have been installed without: then nothing else is amiss.

        Args:
            scope: Slack's name for it.
            lost: Danish, what is done without it.

        Raises:
            NotGranted: the app doesn't have it.
            Throttled, Unavailable, NoAccess, InDoubt, Refused: see there.
        """
        before = self.trouble
        try:
            return await self.write(call)
        except NoAccess as refused:
            if refused.error != "missing_scope":
                raise
            self.trouble = before
            raise NotGranted(scope, lost) from refused

    def _read(self, response: AsyncSlackResponse) -> Exception:
        """Return the error that an answer other than yes means."""
        data: Json = response.data if isinstance(response.data, dict) else {}
        error = str(data.get("error") or "")
        if response.status_code == 429 or error in BUSY:
            return Throttled(_seconds(response.headers.get("Retry-After")))
        if response.status_code != 200 or not error or error in BROKEN:
            self.trouble = f"Slack svarer med en fejl ({error or response.status_code})"
            return InDoubt(self.trouble)
        if error in OUR_ACCESS:
            needed = f", mangler {data['needed']}" if data.get("needed") else ""
            self.trouble = f"Slack afviser Krisebots adgang ({error}{needed})"
            return NoAccess(self.trouble, error)
        self.trouble = None
        return (Shut if error in SHUT else Refused)(error, data)


def _seconds(header: str | None) -> float:
    return float(header) if header and header.isdecimal() else BREATHER
