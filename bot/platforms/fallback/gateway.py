"""SMS and mail through whatever gateway the municipality has, by apprise, for when the chat doesn't answer and for
haste.

Out only: an apprise gateway has no way back. GatewayAPI's own, with answers, is in
bot/platforms/fallback/gatewayapi.py.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote

import apprise
from aiohttp import web
from apprise.attachment.memory import AttachMemory
from apprise.plugins.email import NotifyEmail

from bot.engine.platform import CannotLook, InDoubt, Outgoing, Ref, Undeliverable
from bot.engine.rates import NO_LIMITS
from bot.platforms.fallback import mime, smtp
from bot.platforms.fallback.aside import aside
from bot.platforms.fallback.numbered_text import in_words
from bot.platforms.fallback.sms_alphabet import GSM7, UCS2, parts, plainly
from storage.plan.model import Plan
from storage.plan.reach import Way

log = logging.getLogger(__name__)

# What an SMS may be: what is longer is read by nobody, and paid for by the part.
MOST_PARTS = 4
LONGEST_SUBJECT = 120
TITLES = {"sms": "SMS", "mail": "mail", "opkald": "opkald"}


class Gateway:
    """A platform for one apprise address that reaches everybody.

    Args:
        name: "sms" or "mail".
        template: an address in apprise's form, with {mobil} or {mail} where the person's goes.
        plan: today's plan.
    """

    has_rooms = False
    limits = NO_LIMITS
    refused = 0

    def __init__(self, name: str, template: str, plan: Callable[[], Plan]) -> None:
        self.name = name
        self.way = Way(name, TITLES[name], reserve=True)
        self._template = template
        self._plan = plan
        self._trouble: str | None = None

    async def start(self) -> None:
        """Do nothing: each message is a call of its own."""

    async def stop(self) -> None:
        """Do nothing: no connection is kept open."""

    def routes(self) -> list[web.RouteDef]:
        """List no HTTP paths: nothing comes in by a gateway of apprise's."""
        return []

    def trouble(self) -> str | None:
        """Return what went wrong the last time; None when it went well."""
        return self._trouble

    def lane_of(self, person: str) -> str | None:
        """Return the person's number or mail address, where the plan has one."""
        known = self._plan().person(person)
        return known.address(self.name) if known else None

    async def send(self, lane: str, post: Outgoing) -> Ref:
        """Send a message through the gateway.

        Raises:
            Undeliverable: the address in the plan is none that apprise knows.
            InDoubt: the gateway didn't say that it has it; apprise doesn't tell why.
        """
        address = self._template.replace("{mobil}", quote(lane, safe="")).replace("{mail}", quote(lane, safe=""))
        if self.name == "mail":
            head = "&".join(f"%2B{name}={quote(value)}" for name, value in mime.FROM_A_MACHINE.items())
            address += f"{'&' if '?' in address else '?'}{head}"
        way = apprise.Apprise()
        if not way.add(address):
            raise Undeliverable(f"planens »reserve: {self.name}« er ikke en adresse, apprise kender")
        text = sms_text(post, answered=False) if self.name == "sms" else mail_text(post)
        title = self.title(lane, post, text)
        if not await self._sent(way, lane, title, text, post):
            self._trouble = f"{self.name}-gatewayen tog ikke imod"
            raise InDoubt(self._trouble)
        self._trouble = None
        return {"to": lane}

    async def _sent(self, way: apprise.Apprise, lane: str, title: str, text: str, post: Outgoing) -> bool:
        server = way[0]
        if self.name == "mail" and post.card.calendar and isinstance(server, NotifyEmail):
            made = mime.mail(smtp.sender_of(server), lane, title, text, calendar=post.card.calendar)
            try:
                await aside(smtp.send, server, made)
            except (OSError, smtplib.SMTPException) as error:
                log.warning("an invitation was not sent: %s", error)
                return False
            return True
        file = _attached(post) if self.name == "mail" else None
        return bool(await aside(way.notify, body=text, title=title, body_format=apprise.NotifyFormat.TEXT, attach=file))

    def title(self, lane: str, post: Outgoing, text: str) -> str:
        """Return a mail's subject; an SMS has none."""
        if self.name != "mail":
            return ""
        first = text.splitlines()[0]
        return first if len(first) <= LONGEST_SUBJECT else f"{first[: LONGEST_SUBJECT - 2].rsplit(' ', 1)[0]} …"

    async def edit(self, lane: str, ref: Ref, post: Outgoing) -> Ref:
        """Return the reference unchanged: what has been sent can't be changed, and the chat shows how it stands now."""
        return ref

    async def find(self, lane: str, post: Outgoing) -> Ref | None:
        """Raise CannotLook: a gateway doesn't tell what it has sent."""
        raise CannotLook

    async def open_room(self, name: str, title: str, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Raise Undeliverable: SMS and mail have no staff channels."""
        raise Undeliverable("en reserve har ingen kanaler")

    async def admit(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> Collection[str]:
        """Let nobody in: SMS and mail have no staff channels."""
        return ()

    async def dismiss(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> None:
        """Do nothing: SMS and mail have no staff channels."""


class _Invitation(AttachMemory):
    """An invitation as a file, for gateways that take nothing else. Its type says what it asks for.

    Apprise refuses a type with parameters when it is given one, so it is said here.
    """

    def __init__(self, calendar: str) -> None:
        super().__init__(calendar.encode(), name="moede.ics", mimetype="text/calendar")  # type: ignore[no-untyped-call]
        self._method = mime.method_of(calendar)

    @property
    def mimetype(self) -> str:
        """The type with the method in it, as RFC 6047 wants it."""
        return f"text/calendar; method={self._method}; charset=utf-8"


def sms_text(post: Outgoing, *, answered: bool, code: str = "", keyword: str = "") -> str:
    """Return what an SMS says: in the alphabet where that can be, and in no more than so many parts.

    Args:
        post: what is sent.
        answered: whether an answer to it comes back.
        code: what its answers begin with, where other questions wait on the same telephone.
        keyword: what all answers begin with, where the number is shared with others.
    """
    longest = GSM7[1] * MOST_PARTS
    while True:
        text = plainly(in_words(post.card, longest, answered=answered, code=code, keyword=keyword))
        text = f"(gentaget) {text}" if post.repeated else text
        if parts(text) <= MOST_PARTS or longest <= UCS2[0]:
            return text
        longest -= 20


def mail_text(post: Outgoing) -> str:
    """Return what a mail says."""
    text = in_words(post.card)
    return f"(gentaget) {text}" if post.repeated else text


def _attached(post: Outgoing) -> apprise.AppriseAttachment | None:
    files: list[AttachMemory] = [_Invitation(post.card.calendar)] if post.card.calendar else []
    if post.file is not None:
        files.append(AttachMemory(post.file, name=post.card.file_name, mimetype="application/pdf"))  # type: ignore[no-untyped-call]
    if not files:
        return None
    attached = apprise.AppriseAttachment()
    for file in files:
        attached.add(file)
    return attached
