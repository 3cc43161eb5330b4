"""Exchange Online as far as krisebot uses it: one tenant's mailboxes by Graph, with Entra beside it, as unkind as they are.

What is enforced is what Microsoft writes: a token for Graph, application permissions or an Exchange role for single
mailboxes, a sort order that stands in the filter, pages that may be empty, ids that change with the folder unless
immutable ones are asked for, four calls at a time to a mailbox, four megabytes a call, and base64 that is base64.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiohttp import web

from tests.fakes.fallback.gateway import FakeGateway
from tests.fakes.teams.faults import Fault, Faults, TeamsError
from tests.fakes.teams.keys import GRAPH, Entra

MAILBOX = "krisebot@htk.example"
APP_ID, APP_PASSWORD, TENANT = "0d1e-the-mail-app", "mail-app-password", "4ea-the-tenant"
LARGEST_CALL = 4 * 1024**2
CONCURRENT = 4
PAGE = 2
SORTED = "receivedDateTime ge 1900-01-01T00:00:00Z and isRead eq false"


@dataclass
class Kept:
    """A mail in the mailbox; `id` is the one that changes when it is moved."""

    raw: bytes
    seen: bool = False
    immutable: str = field(default_factory=lambda: f"AAkALg-{secrets.token_urlsafe(6)}/+=")
    id: str = field(default_factory=lambda: f"AAMkAG-{secrets.token_urlsafe(6)}=")
    folder: str = "inbox"
    broken: int = 0
    """The status that its content is answered with, where Exchange can't make MIME of it."""


class FakeExchange(FakeGateway):
    """The tenant. Used as a context manager."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Kept] = []
        self.sent: list[EmailMessage] = []
        self.entra = Entra(TENANT, APP_ID, APP_PASSWORD)
        self.consents = {"Mail.ReadWrite", "Mail.Send"}
        """What Entra has given the app, in every mailbox; it stands in its tokens."""
        self.roles: set[tuple[str, str]] = set()
        """What Exchange's administrator has given it beside that, mailbox by mailbox; it stands in no token."""
        self.only: set[str] | None = {MAILBOX}
        """The mailboxes that an application access policy leaves it; None where there is no policy."""
        self.mailboxes = {MAILBOX, "jens@4k.example", "anne@htk.example"}
        self.unlicensed: set[str] = set()
        self.calls: list[str] = []
        self.empty_pages = 1
        self.elsewhere = ""
        """Where the next page is said to be, if not here."""
        self._faults = Faults()
        self._open = 0
        self.most_open = 0
        self.slow = 0.0
        self.entra.roles = lambda: sorted(self.consents)

    def settings(self) -> dict[str, Any]:
        """As the environment has it."""
        return {
            "KRISEBOT_GRAPH_APP_ID": APP_ID,
            "KRISEBOT_GRAPH_APP_PASSWORD": APP_PASSWORD,
            "KRISEBOT_GRAPH_TENANT_ID": TENANT,
            "MICROSOFT_LOGIN_URL": self.url,
            "MICROSOFT_GRAPH_URL": self.url,
        }

    def routes(self) -> list[web.RouteDef]:
        """Entra's tokens, and Graph's mail."""
        user = "/v1.0/users/{mailbox}"
        return [
            web.post("/{tenant}/oauth2/v2.0/token", self._token),
            web.get(f"{user}/mailFolders/inbox", self._graph("folder", "Mail.ReadWrite", self._folder)),
            web.get(f"{user}/mailFolders/inbox/messages", self._graph("list", "Mail.ReadWrite", self._list)),
            web.get(f"{user}/messages/{{id}}/$value", self._graph("fetch", "Mail.ReadWrite", self._fetch)),
            web.patch(f"{user}/messages/{{id}}", self._graph("mark", "Mail.ReadWrite", self._mark)),
            web.post(f"{user}/sendMail", self._graph("send", "Mail.Send", self._send)),
        ]

    # -- what a test arranges -----------------------------------------------------------------------------------------

    def unread(self) -> int:
        """How many nobody has read."""
        return sum(not mail.seen for mail in self.mails)

    def move(self, mail: Kept, folder: str) -> None:
        """Somebody, or a rule, moves a mail: its id is another one, and its immutable one is not."""
        mail.folder, mail.id = folder, f"AAMkAG-{secrets.token_urlsafe(6)}="

    def fail(self, what: str, *, with_: Fault, times: int | None = 1) -> None:
        """Let calls fail: "token", "folder", "list", "fetch", "mark" or "send"; None is until `heal`."""
        self._faults.order(what, times, with_, None)

    def heal(self) -> None:
        """Forget every failure that was asked for."""
        self._faults.clear()

    # -- what krisebot reaches ----------------------------------------------------------------------------------------

    async def _token(self, request: web.Request) -> web.StreamResponse:
        fault = self._faults.take("token", set())
        if fault is not None:
            return await fault.answer(request)
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            return web.json_response(self.entra.token(request.match_info["tenant"], form))
        except TeamsError as error:
            return web.json_response(error.body, status=error.status)

    def _graph(
        self, what: str, permission: str, perform: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.calls.append(what)
            self._open += 1
            self.most_open = max(self.most_open, self._open)
            try:
                fault = self._faults.take(what, set())
                if fault is not None and not fault.performs:
                    return await fault.answer(request)
                if self._open > CONCURRENT:
                    message = "Application is over its MailboxConcurrency limit."
                    body = TeamsError(429, "ApplicationThrottled", message).body
                    return web.json_response(body, status=429, headers={"Retry-After": "1"})
                if self.slow:
                    await asyncio.sleep(self.slow)
                try:
                    self.entra.admit(request.headers.get("Authorization", ""), GRAPH, self.url)
                    self._let_in(request.match_info["mailbox"].casefold(), permission)
                    answer = await perform(request)
                except TeamsError as error:
                    answer = web.json_response(error.body, status=error.status)
                return answer if fault is None else await fault.answer(request)
            finally:
                self._open -= 1

        return handle

    def _let_in(self, mailbox: str, permission: str) -> None:
        everywhere = permission in self.consents
        policy_says_no = self.only is not None and mailbox not in self.only
        if (mailbox, permission) not in self.roles and (not everywhere or policy_says_no):
            raise TeamsError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        if mailbox in self.unlicensed:
            message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
            raise TeamsError(404, "MailboxNotEnabledForRESTAPI", message)
        if mailbox not in self.mailboxes:
            raise TeamsError(404, "ErrorInvalidUser", f"The requested user '{mailbox}' is invalid.")

    async def _folder(self, request: web.Request) -> web.StreamResponse:
        assert request.query.get("$select") == "id", "nothing in a colleague's mailbox may be asked for"
        return web.json_response({"id": "AAMkAG-inbox"})

    async def _list(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        if asked.get("$orderby", "").split(" ")[0] not in asked.get("$filter", "").partition(" and ")[0]:
            raise TeamsError(
                400, "InefficientFilter", "The restriction or sort order is too complex for this operation."
            )
        if asked.get("$filter") != SORTED:
            raise TeamsError(400, "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes.")
        skip, empty = int(asked.get("$skip", "0")), int(asked.get("$skiptoken", "0"))
        there = [mail for mail in self.mails if not mail.seen and mail.folder == "inbox"]
        page = [] if empty < self.empty_pages else there[skip : skip + min(PAGE, int(asked.get("$top", "10")))]
        answer: dict[str, Any] = {"value": [{"id": self._shown(request, mail)} for mail in page]}
        if empty < self.empty_pages or skip + len(page) < len(there):
            following = request.url.update_query({"$skip": str(skip + len(page)), "$skiptoken": str(empty + 1)})
            answer["@odata.nextLink"] = f"{self.elsewhere or self.url}{following.raw_path_qs}"
        return web.json_response(answer)

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        mail = self._found(request)
        if mail.broken:
            raise TeamsError(mail.broken, "ErrorMimeContentConversionFailed", "The message can't be converted.")
        return web.Response(body=mail.raw, content_type="text/plain")

    async def _mark(self, request: web.Request) -> web.StreamResponse:
        mail = self._found(request)
        if await request.json() != {"isRead": True}:
            raise TeamsError(400, "ErrorInvalidPropertySet", "The property is read-only and can't be set.")
        mail.seen = True
        return web.json_response({"id": self._shown(request, mail), "isRead": True})

    async def _send(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Content-Type") != "text/plain":
            raise TeamsError(400, "BadRequest", "Unable to read JSON request payload.")
        body = await request.content.read(LARGEST_CALL + 1)
        if len(body) > LARGEST_CALL:
            raise TeamsError(413, "RequestEntityTooLarge", "The request body is too large.")
        try:
            mail = message_from_bytes(base64.b64decode(body, validate=True), policy=policy.default)
        except binascii.Error:
            raise TeamsError(
                400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content."
            ) from None
        if mail["From"] is None or mail["From"].addresses[0].addr_spec != request.match_info["mailbox"]:
            raise TeamsError(403, "ErrorSendAsDenied", "The user account doesn't have the right to send on behalf.")
        if mail["To"] is None or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", str(mail["To"])):
            raise TeamsError(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
        self.sent.append(mail)
        return web.Response(status=202)

    def _shown(self, request: web.Request, mail: Kept) -> str:
        return mail.immutable if request.headers.get("Prefer") == 'IdType="ImmutableId"' else mail.id

    def _found(self, request: web.Request) -> Kept:
        name = request.match_info["id"]
        found = [mail for mail in self.mails if name in (mail.id, mail.immutable)]
        if not found:
            raise TeamsError(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        return found[0]
