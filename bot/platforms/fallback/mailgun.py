"""Mail in by a webhook, as Mailgun brings what a route forwards: the whole mail as it was sent. Plan §7, Videreafsendelse.

The gateway signs when it called and a token, but not the mail. So a signature is only good for a few minutes, and for one
mail: what it brought is remembered as long as it could be used again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from bot.engine.intake import LONGEST_KEY
from bot.platforms.fallback.mailbox import LONGEST
from handlers.core.context import LONGEST_NUMBER
from storage.case import chain
from storage.database import Database
from storage.rows.traffic import MailToken

# A route whose address ends in "mime" is brought the mail itself, and not what the gateway made of it.
PATH = "/mail/mailgun/mime"
# So old a signature may be, either way; the machine's clock keeps the time, as for every other signature.
FRESH = timedelta(minutes=5)
# Octets of everything that is brought; Mailgun's own limit for a mail is 25 MB.
LARGEST = 32 * 1024**2
AT_A_TIME = 65_536
# What the reading of a form ends in that is none.
NO_FORM = (ValueError, LookupError, AssertionError, HttpProcessingError)
FIELDS = ("timestamp", "token", "signature", "body-mime")


class Mailgun:
    """The webhook that takes in mails.

    Args:
        key: what the gateway signs with ("HTTP webhook signing key").
        database: where used signatures are remembered.
        take: takes in one mail, as it was sent; once, however often it is brought.
        refuse: counts one that was turned away.
    """

    def __init__(
        self, key: str, database: Database, take: Callable[[bytes], Awaitable[None]], refuse: Callable[[], None]
    ) -> None:
        self._key = key.encode()
        self._database = database
        self._take = take
        self._refuse = refuse

    def routes(self) -> list[web.RouteDef]:
        """List the webhook that the gateway's route forwards to."""
        return [web.post(PATH, self._brought)]

    async def _brought(self, request: web.Request) -> web.Response:
        """Take in a mail; answer 200 when it is on disk, 401 when it is forged, stale or used before, 400 when
        malformed, 413 when too large."""
        try:
            fields = await _fields(request)
        except NO_FORM:
            fields = {}
        if not all(fields.get(name) for name in FIELDS):
            return self._turned_away(400)
        mail = fields["body-mime"]
        token = str(chain.clean(fields["token"].decode("utf-8", "replace")))
        if len(token) > LONGEST_KEY:
            token = hashlib.sha256(token.encode()).hexdigest()
        if not self._signed(fields) or not await self._unused(token, mail):
            return self._turned_away(401)
        await self._take(mail)
        return web.json_response({})

    def _signed(self, fields: dict[str, bytes]) -> bool:
        told = hmac.new(self._key, fields["timestamp"] + fields["token"], hashlib.sha256).hexdigest()
        if not hmac.compare_digest(told.encode(), fields["signature"]):
            return False
        stamp = fields["timestamp"].decode("ascii", "replace")
        return (
            stamp.isdecimal()
            and len(stamp) <= LONGEST_NUMBER
            and abs(datetime.now(UTC).timestamp() - int(stamp)) <= FRESH.total_seconds()
        )

    async def _unused(self, token: str, mail: bytes) -> bool:
        """Whether the token has brought nothing yet, or this very mail: a gateway that lost our answer comes again."""
        brought, now = hashlib.sha256(mail).hexdigest(), datetime.now(UTC)
        try:
            async with self._database.transaction() as db:
                await db.execute(delete(MailToken).where(MailToken.at < now - 2 * FRESH))
                known = await db.scalar(select(MailToken.brought).where(MailToken.token == token))
                if known is None:
                    db.add(MailToken(token=token, brought=brought, at=now))
                return known in (None, brought)
        except IntegrityError:
            # Another replica was brought it in the same moment.
            async with self._database.reading() as db:
                return brought == await db.scalar(select(MailToken.brought).where(MailToken.token == token))

    def _turned_away(self, status: int) -> web.Response:
        self._refuse()
        return web.Response(status=status)


async def _fields(request: web.Request) -> dict[str, bytes]:
    """Return the form's fields that are needed; of the mail as much as is read of one in a mailbox. Attachments are
    left out.

    Raises:
        ValueError, LookupError, AssertionError, HttpProcessingError: it is no form.
        HTTPRequestEntityTooLarge: it is larger than any mail.
    """
    if not request.content_type.startswith("multipart/"):
        return {name: str(value).encode() for name, value in (await request.post()).items() if name in FIELDS}
    found: dict[str, bytes] = {}
    length = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise ValueError("a form in a form")
        kept = bytearray()
        while piece := await part.read_chunk(AT_A_TIME):
            length += len(piece)
            if length > LARGEST:
                raise web.HTTPRequestEntityTooLarge(LARGEST, length)
            if part.name in FIELDS and len(kept) < LONGEST:
                kept += piece[: LONGEST - len(kept)]
        if part.name in FIELDS:
            found[part.name] = bytes(kept)
    return found
