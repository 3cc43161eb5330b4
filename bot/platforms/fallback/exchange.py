"""A mailbox in Exchange Online, by Microsoft Graph: read, marked and sent from as an app, since it takes no password.

Mails come and go as MIME, as they do by IMAP and SMTP, so that headers and invitations are the same whichever way they
take. Apprise's own way by Graph sends neither, and doesn't tell an answer from none.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Mapping
from email import policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp

from bot.engine.platform import InDoubt, NotGranted, Throttled, Unavailable, Undeliverable
from bot.platforms.entra import AppTokens, Json, read_json, seconds
from bot.platforms.fallback.mailbox import AT_ONCE, LONGEST, MailboxShut

log = logging.getLogger(__name__)

SCHEME = "graph"
READ, SEND = "Mail.ReadWrite", "Mail.Send"
LOST = {READ: "svar på mail bliver ikke læst.", SEND: "der går ingen mail ud."}
# Octets that one call to Graph takes; MIME goes as base64, four for three.
LARGEST_CALL = 4 * 1024**2
LARGEST = LARGEST_CALL // 4 * 3
# How many pages of a list are read at most: Graph may answer with empty ones, and what can't be read stays in front.
PAGES = 10
# How many mails that Exchange can't give us are passed by in one look.
MOST_FAILED = 10
# Exchange lets an app have four calls at a time to one mailbox.
CALLS_AT_ONCE = 3
PATIENCE = aiohttp.ClientTimeout(total=20, sock_connect=4)
# Ids that stay when a mail is moved to another folder.
HEAD = {"Prefer": 'IdType="ImmutableId"'}
# An id that no mail has: whoever may change mails is told so, and whoever may not is told that.
NO_MAIL = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A"
# What Graph says of a mailbox that isn't there, has no licence, or is on a server of the municipality's own.
NO_MAILBOX = {"ErrorInvalidUser", "MailboxNotEnabledForRESTAPI", "Request_ResourceNotFound", "ResourceNotFound"}


def mailbox_of(address: str) -> str:
    """Return the mailbox that the plan's `graph://krisebot@kommune.example` names; empty where it names none."""
    parts = urlsplit(address)
    return f"{parts.username}@{parts.hostname}" if parts.username and parts.hostname and not parts.password else ""


class Refused(Undeliverable):
    """Graph understood the call, and refused it.

    Args:
        status: the HTTP status.
        code: Microsoft's own word for it.
    """

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"Exchange siger nej ({status} {code})".replace(" )", ")"))
        self.status = status
        self.code = code


class Exchange:
    """A mailbox of krisebot's own in Exchange Online.

    Args:
        mailbox: its address.
        tokens: the app that is let into it.
        graph_url: Graph's address, without a version.
    """

    def __init__(self, mailbox: str, tokens: AppTokens, graph_url: str) -> None:
        self.mailbox = mailbox
        self._tokens = tokens
        self._graph = graph_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._at_once = asyncio.Semaphore(CALLS_AT_ONCE)
        self._trouble: str | None = None
        # Whoever may read may yet not send: no look into the mailbox shows that this is mended.
        self._shut_out: str | None = None

    @property
    def trouble(self) -> str | None:
        """What is wrong with the way to it, in Danish; None while nothing is."""
        return self._trouble or self._shut_out

    async def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()

    async def unread(self) -> list[tuple[str, bytes]]:
        """Return the oldest unread mails, as `bot.platforms.fallback.mailbox.IncomingMail` says.

        One that Exchange can't give us stays unread, and keeps no other waiting.
        """
        got: list[tuple[str, bytes]] = []
        failed = 0
        try:
            async for name in self._unread_names():
                try:
                    got.append((name, await self._call("GET", self._message(name, "/$value"), longest=LONGEST)))
                except (InDoubt, Refused) as error:
                    failed += 1
                    if failed > MOST_FAILED or (isinstance(error, Refused) and error.status == 403):
                        raise
                    log.warning("a mail can't be fetched: %s", error)
                if len(got) == AT_ONCE:
                    break
        except Throttled as throttled:
            # What was read before is good; the rest comes when Exchange wants us again.
            if not got:
                raise MailboxShut("Exchange beder os vente", throttled.seconds) from throttled
        except (Unavailable, InDoubt, Refused) as error:
            if not got:
                raise MailboxShut(self._told(error)) from error
        return got

    async def mark_read(self, *names: str) -> None:
        """Mark mails as read, as `bot.platforms.fallback.mailbox.IncomingMail` says; one that is gone is read by somebody.

        One that Exchange won't have marked keeps no other from being: what is unread is read again before what is new.
        """
        last: Refused | None = None
        try:
            for name in names:
                try:
                    await self._call("PATCH", self._message(name), json={"isRead": True})
                except Refused as refused:
                    if refused.status == 403 or refused.code in NO_MAILBOX:
                        raise
                    last = refused if refused.status != 404 else last
            if last is not None:
                raise last
        except Throttled as throttled:
            raise MailboxShut("Exchange beder os vente", throttled.seconds) from throttled
        except (Unavailable, InDoubt, Refused) as error:
            raise MailboxShut(f"det, der er læst, kan ikke markeres som læst ({self._told(error)})") from error

    async def send(self, made: EmailMessage) -> None:
        """Send a mail.

        Raises:
            Throttled, Unavailable, InDoubt, Undeliverable: see there.
        """
        body = base64.b64encode(made.as_bytes(policy=policy.SMTP))
        try:
            await self._call("POST", self._user("sendMail"), data=body, head={"Content-Type": "text/plain"})
        except Refused as refused:
            if refused.status == 403 or refused.code in NO_MAILBOX:
                # Not this mail, but every one of them: it waits until somebody has mended it.
                self._shut_out = self._told(refused)
                raise Unavailable(self._shut_out) from refused
            raise
        self._shut_out = None

    async def lacking(self) -> list[NotGranted]:
        """Ask what we have not been given in the mailbox. Nothing is sent, read or changed.

        Entra's token doesn't say: an Exchange administrator's role for the one mailbox is in no token. So each is tried
        with something that whoever may is refused for another reason.

        Raises:
            Throttled, Unavailable, Undeliverable: it doesn't say.
        """
        tried: dict[str, tuple[str, str, dict[str, Any]]] = {
            READ: ("PATCH", self._message(NO_MAIL), {"json": {"isRead": True}}),
            SEND: ("POST", self._user("sendMail"), {"data": b"*", "head": {"Content-Type": "text/plain"}}),
        }
        found = []
        for permission, (method, path, what) in tried.items():
            try:
                await self._call(method, path, **what)
            except Refused as refused:
                if refused.code in NO_MAILBOX:
                    raise Unavailable(self._told(refused)) from refused
                if refused.status == 403:
                    found.append(NotGranted(permission, LOST[permission], optional=False))
            except InDoubt as silent:
                raise Unavailable(str(silent)) from silent
        return found

    async def opens(self, other: str) -> bool:
        """Whether we are let into somebody else's mailbox, as nobody should have let us. Its folder's id is asked for, and
        nothing in it.

        Args:
            other: the mailbox's address.

        Raises:
            Throttled, Unavailable: it doesn't say.
        """
        try:
            await self._call("GET", f"users/{quote(other, safe='@')}/mailFolders/inbox?$select=id")
        except Refused:
            return False
        except InDoubt as silent:
            raise Unavailable(str(silent)) from silent
        return True

    def _told(self, error: Exception) -> str:
        """Return what is wrong, for whoever has to mend it."""
        if not isinstance(error, Refused):
            return str(error)
        if error.code in NO_MAILBOX:
            return f"{self.mailbox} er ingen postkasse i Exchange Online ({error.code})"
        if error.status == 403:
            return f"Krisebot har ikke lov til at bruge {self.mailbox} ({error.code or error.status})"
        return str(error)

    def _user(self, what: str) -> str:
        return f"users/{quote(self.mailbox, safe='@')}/{what}"

    def _message(self, name: str, what: str = "") -> str:
        return self._user(f"messages/{quote(name, safe='')}{what}")

    async def _unread_names(self) -> AsyncIterator[str]:
        """Yield the ids of what is unread in the inbox, oldest first."""
        asked = {
            # What is sorted by has to stand in the filter, and first.
            "$filter": "receivedDateTime ge 1900-01-01T00:00:00Z and isRead eq false",
            "$orderby": "receivedDateTime asc",
            "$select": "id",
            "$top": str(AT_ONCE),
        }
        path = self._user(f"mailFolders/inbox/messages?{urlencode(asked, quote_via=quote, safe='$')}")
        for _ in range(PAGES):
            data = read_json((await self._call("GET", path)).decode("utf-8", "replace")) or {}
            rows = data.get("value")
            for row in rows if isinstance(rows, list) else []:
                if isinstance(row, dict) and isinstance(row.get("id"), str):
                    yield row["id"]
            following = data.get("@odata.nextLink")
            # Our token goes nowhere but to Graph.
            if not isinstance(following, str) or not following.startswith(f"{self._graph}/v1.0/"):
                return
            path = following.removeprefix(f"{self._graph}/v1.0/")

    async def _call(
        self,
        method: str,
        path: str,
        *,
        json: Json | None = None,
        data: bytes | None = None,
        head: Mapping[str, str] | None = None,
        longest: int = LARGEST_CALL,
    ) -> bytes:
        """Call Graph; `path` comes after "v1.0/".

        Returns:
            what it answered, no more than `longest` octets of it.

        Raises:
            Throttled, Unavailable, InDoubt, Refused: see there.
        """
        what: dict[str, Any] = {"json": json, "data": data, "longest": longest, "head": {**HEAD, **(head or {})}}
        async with self._at_once:
            status, headers, body = await self._ask(method, path, **what)
            if status == 401:
                # It may have been revoked; a fresh one is tried once.
                self._tokens.forget(self._graph)
                status, headers, body = await self._ask(method, path, **what)
        if 200 <= status < 300:
            self._trouble = None
            return body
        wait = headers.get("Retry-After")
        if status == 429 or (status == 503 and wait):
            raise Throttled(seconds(wait))
        if status == 401:
            self._trouble = "Microsoft afviser Krisebots adgang til postkassen (401)"
            raise Unavailable(self._trouble)
        if 400 <= status < 500 and status != 408:
            error = (read_json(body.decode("utf-8", "replace")) or {}).get("error")
            raise Refused(status, str(error.get("code") or "") if isinstance(error, dict) else "")
        self._trouble = f"Exchange svarer med en fejl ({status})"
        raise InDoubt(self._trouble)

    async def _ask(
        self, method: str, path: str, *, json: Json | None, data: bytes | None, head: Mapping[str, str], longest: int
    ) -> tuple[int, Mapping[str, str], bytes]:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=PATIENCE)
        token = await self._tokens.of(self._session, self._graph)
        try:
            async with self._session.request(
                method,
                f"{self._graph}/v1.0/{path}",
                json=json,
                data=data,
                headers={**head, "Authorization": f"Bearer {token}"},
                allow_redirects=False,
            ) as answer:
                body = bytearray()
                async for piece in answer.content.iter_chunked(65_536):
                    body += piece[: longest - len(body)]
                    if len(body) >= longest:
                        break
                return answer.status, answer.headers, bytes(body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            self._trouble = "Exchange kan ikke nås"
            raise Unavailable(self._trouble) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._trouble = "Exchange svarer ikke"
            raise InDoubt(self._trouble) from error
