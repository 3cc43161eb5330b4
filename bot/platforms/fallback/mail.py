"""Mail both ways: out by the plan's gateway, in from a mailbox or by a gateway's webhook. Plan §7, Videreafsendelse.

A sender's address is easily forged. So every mail that goes out has a mark in its subject that only its receiver has
seen, and only an answer that brings the mark back counts as that person's. What else comes from an address in the plan
is taken as from an employee who is not in it: it can warn, and decide nothing. The rest is left alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
import secrets
from contextlib import suppress
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.message import Message as EmailHeaders
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.engine.engine import Engine
from bot.engine.platform import Outgoing, Ref, Unavailable
from bot.platforms.fallback import mail_loops
from bot.platforms.fallback.gateway import Gateway
from bot.platforms.fallback.mail_loops import STRANGER
from bot.platforms.fallback.mail_words import decoded, from_a_machine, is_calendars, is_sealed, said
from bot.platforms.fallback.mailbox import IncomingMail, MailboxShut
from bot.platforms.fallback.mailgun import Mailgun
from bot.platforms.fallback.numbered_text import chosen
from handlers.core.card import Card
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.rows.traffic import Message, Remembered

log = logging.getLogger(__name__)

# How often the mailbox is looked into, in seconds of the machine's clock.
EVERY = 15.0
# What Python's own reader of mails stumbles over in one that is made to trip it.
UNREADABLE = (
    MessageError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    NameError,
    RecursionError,
    AssertionError,
)
MARK = re.compile(r"\[KB\s+(\d{1,18})-([0-9a-f]{16})\]")
# What a server says of a mail that it could not deliver (RFC 3462), and how much of it is read: the original comes last.
REPORT = "multipart/report"
LONGEST_REPORT = 65_536
SEALED = (
    "Din mail til Krisebot er krypteret eller pakket ind, så den kan ikke læses, og intet er sket. "
    "Svar i chatten eller på SMS, eller send en almindelig mail med ren tekst."
)


class Mail(Gateway):
    """The platform for mail, both ways.

    Args:
        template: the plan's gateway, an address in apprise's form.
        engine: what takes answers in.
        mailbox: where they come, if it is one that is looked into.
        signing_key: what a gateway that brings them signs with, if there is one.
    """

    def __init__(self, template: str, engine: Engine, *, mailbox: IncomingMail | None, signing_key: str | None) -> None:
        super().__init__("mail", template, engine.plan)
        self._engine = engine
        self._mailbox = mailbox
        self._key = ""
        self._closed: str | None = None
        self._looking: asyncio.Task[None] | None = None
        self._brought = Mailgun(signing_key, engine.database, self._take, self._refuse) if signing_key else None
        self.refused = 0

    def routes(self) -> list[web.RouteDef]:
        """List the webhook where a gateway brings mails, if one does."""
        return self._brought.routes() if self._brought else []

    async def start(self) -> None:
        """Load the key that the subjects' marks are made with, and start to read the mailbox."""
        async with self._engine.database.turn() as db:
            known = await db.get(Remembered, "mail_key")
            if known is None:
                known = Remembered(name="mail_key", value={"key": secrets.token_hex(32)})
                db.add(known)
            self._key = known.value["key"]
        if self._mailbox is not None:
            self._looking = asyncio.create_task(self._keep_looking(self._mailbox))

    async def stop(self) -> None:
        """Stop reading the mailbox; what has not been taken in is still unread."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def trouble(self) -> str | None:
        """Return what is wrong with the way out or the way in."""
        return self._trouble or self._closed

    def lane_of(self, person: str) -> str | None:
        """Return the person's address; one that wrote without a mark is answered, where it is somebody's in the
        plan."""
        if person.startswith(STRANGER):
            to = person.removeprefix(STRANGER)
            return to if self._plan().find(self.name, to) else None
        return super().lane_of(person)

    async def send(self, lane: str, post: Outgoing) -> Ref:
        """Send a message through the gateway; Undeliverable where it would go round."""
        await mail_loops.hold_back(self._engine, post.message)
        return await self._post(lane, post)

    async def _post(self, lane: str, post: Outgoing) -> Ref:
        return await super().send(lane, post)

    def title(self, lane: str, post: Outgoing, text: str) -> str:
        """Return the subject, with the mark."""
        if not self._key:
            raise Unavailable("ikke startet")
        return f"{super().title(lane, post, text)} [KB {post.message}-{self._mark(post.message, lane)}]"

    def _mark(self, message: int, lane: str) -> str:
        return hmac.new(self._key.encode(), f"{message}/{lane.casefold()}".encode(), hashlib.sha256).hexdigest()[:16]

    async def _keep_looking(self, mailbox: IncomingMail) -> None:
        while True:
            wait = EVERY
            try:
                await self.look(mailbox)
            except MailboxShut as shut:
                # It may be away for a while; the next look is soon, unless it asks for quiet.
                wait = max(wait, shut.wait)
            except Exception as error:
                self._closed = f"postkassen kan ikke læses: {type(error).__name__}"
                log.exception("the mailbox was not read")
            await asyncio.sleep(wait)

    async def look(self, mailbox: IncomingMail) -> None:
        """Take in what is unread, each mail once however often it is read.

        Args:
            mailbox: where.

        Raises:
            MailboxShut: it can't be read for now; `trouble` says so until it can.
        """
        try:
            unread = await mailbox.unread()
            for _, raw in unread:
                await self._take(raw)
            if unread:
                # Only when they are on disk; whoever dies before has them again, and takes each in once.
                await mailbox.mark_read(*(name for name, _ in unread))
        except MailboxShut as shut:
            self._closed = f"postkassen kan ikke læses: {shut}"
            log.warning("the mailbox can't be read: %s", shut)
            raise
        self._closed = None

    async def _take(self, raw: bytes) -> None:
        """Take in a mail, once; one that can't be read is put aside, and keeps no other waiting."""
        async with self._engine.intake.reading(self.name, raw, self._engine.clock.now(), *UNREADABLE):
            await self._read(raw)

    async def _read(self, raw: bytes) -> None:
        # By the reader that takes headers as they stand: the other one can be tripped by an address alone.
        head = BytesHeaderParser(policy=policy.compat32).parsebytes(raw)
        address = parseaddr(str(head.get("from", "")))[1].casefold()
        person = self._plan().find(self.name, address)
        if from_a_machine(head):
            # It comes from whatever server had the mail; what else a machine sends is nobody's words.
            if head.get_content_type() == REPORT:
                await self._report(raw)
            return
        # A stranger's mail is not read: it is theirs to make as long and as odd as they like.
        mail = message_from_bytes(raw, policy=policy.default) if person is not None else None
        text = said(mail) if isinstance(mail, EmailMessage) and not is_calendars(mail) else ""
        if person is not None and isinstance(mail, EmailMessage) and not text and is_sealed(mail):
            await self._answer_another_way(person)
        if person is None or not isinstance(mail, EmailMessage) or not text:
            self._refuse()
            return
        number = self._marked(str(mail.get("subject", "")), address)
        given: dict[str, Any] = {
            "key": f"mail/{str(mail.get('message-id', '')).strip() or hashlib.sha256(raw).hexdigest()}",
            "platform": self.name,
            "sender": f"{STRANGER}{address}" if number is None else person,
            "place": "dm",
            "conversation": address,
            "received_at": self._engine.clock.now(),
            "sender_name": self._plan().persons[person].name,
        }
        button, asked = None, None
        if number is not None:
            async with self._engine.database.reading() as db:
                asked = await db.get(Message, number)
            button = chosen(Card.from_json(asked.card), text.split("\n")[0]) if asked is not None else None
        if button is None:
            known = self._plan().persons[person].name
            senders, answers = (person, f"{STRANGER}{address}"), number is not None or "in-reply-to" in mail
            key = str(given["key"])
            await mail_loops.refuse(self._engine, key, senders, known, text, answers=answers, asked=asked)
            await self._engine.intake.accept(Incoming(**given, kind="text", text=text))
        else:
            await self._engine.intake.accept(
                Incoming(**given, kind="press", action=button.do, args=button.args, message=str(number), text=text)
            )

    async def _answer_another_way(self, person: str) -> None:
        """Tell somebody whose mail nobody here can open how to answer instead; once for as long as it is news."""
        now = self._engine.clock.now()
        key = f"mail_sealed/{person}/{now:%Y-%m-%dT%H}"
        with suppress(IntegrityError):
            # Two that come in the same moment are one piece of news.
            async with self._engine.database.transaction() as db:
                turn = Turn(db, now, self._engine.plan())
                if await db.scalar(select(Message.id).where(Message.key == key)) is None:
                    await turn.say(person, Card(SEALED), key=key, kind="notice")

    def _refuse(self) -> None:
        self.refused += 1

    def _marked(self, subject: str, address: str) -> int | None:
        """Return which of our messages a subject's mark is for, where it was made for that address; else None."""
        found = MARK.search(subject)
        if found is None:
            return None
        message = int(found[1])
        return message if hmac.compare_digest(found[2], self._mark(message, address)) else None

    async def _report(self, raw: bytes) -> None:
        """Read the beginning of what says that a mail came back, as its headers stand: anybody may have made it, and one that
        can't be read alarms nobody."""
        try:
            mail = message_from_bytes(raw[:LONGEST_REPORT], policy=policy.compat32)
        except UNREADABLE as error:
            log.warning("a report can't be read: %s", type(error).__name__)
            self._refuse()
            return
        await self._bounced(mail)

    async def _bounced(self, mail: EmailHeaders) -> None:
        """Record a mail that will never arrive (RFC 3464) as a failed message, which makes the next platform be
        tried."""
        told = {"final-recipient": "", "status": "", "subject": ""}
        for part in list(mail.walk())[1:]:
            # The report, and the head of what was sent; as a message of its own or as text.
            text = part.get_payload(decode=True) if part.get_content_type() == "text/rfc822-headers" else None
            head = message_from_bytes(text, policy=policy.compat32) if isinstance(text, bytes) else part
            told.update({name: decoded(head[name]) for name in told if head[name]})
        address = told["final-recipient"].partition(";")[2].strip()
        number, person = self._marked(told["subject"], address), self._plan().find(self.name, address)
        if number is not None and person is not None and told["status"].startswith("5"):
            lane = self._plan().persons[person].mail
            await self._engine.deliverer.came_back(
                number, f"{self.name}/{lane}", f"mailen kom retur ({told['status']})"
            )
