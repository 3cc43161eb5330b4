"""Calls by Twilio, for what hastes and was not answered: a short text read aloud, and an answer on the keypad.

Its address in the plan's `reserve`, beside the plan's own `adresse`, where Twilio brings the answer:

    opkald: twilio://KONTO:NØGLE@+45NUMMER

An answering machine presses nothing, so a call that was taken is no contact; a key is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape, quoteattr

import aiohttp
from aiohttp import web
from sqlalchemy import select

from bot.engine.engine import Engine
from bot.engine.platform import Outgoing, Ref
from bot.engine.rates import Limits, Rate
from bot.platforms.fallback.http_gateway import HttpGateway, Service
from handlers.core.card import Button, Card
from handlers.core.incoming import Incoming
from storage.case import chain
from storage.rows.traffic import Delivery, Message

NAME = "opkald"
FORM = "application/x-www-form-urlencoded"
ANSWER, STATUS = "/opkald/twilio", "/opkald/twilio/status"
# Twilio begins one call a second for an account unless it is told otherwise; what has been said can not be changed.
LIMITS = Limits((Rate(1, 1.0, 1),), edits=())
# How long it rings, in seconds; a mobile's own answering machine takes over at about this.
RINGS = 30
# A language that its voice doesn't speak is an error and not an accent; Twilio's own default voice speaks no Danish.
VOICE = "voice='Polly.Naja' language='da-DK'"
# Characters that are read aloud: about half a minute.
LONGEST = 450
# With more answers than these, nobody remembers which key was which.
MOST_KEYS = 2
# How a call ended, where nobody heard it.
UNHEARD = {
    "busy": "optaget",
    "no-answer": "tog ikke telefonen",
    "failed": "opkaldet kunne ikke stilles igennem",
    "canceled": "opkaldet blev afbrudt",
}


class Twilio(HttpGateway):
    """The platform for calls, and for the key that answers each.

    Args:
        address: the plan's `twilio://…`.
        base: where Twilio is; its own public address when nothing else is set.
        engine: what takes in the answers, and remembers what was sent.
    """

    limits = LIMITS

    def __init__(self, address: str, base: str, engine: Engine) -> None:
        super().__init__(NAME, address, Service("Twilio", "konto eller nøgle", taken=201), base, engine)
        self.way = replace(self.way, aloud=True)
        parts = urlsplit(address)
        self._account, self._token = unquote(parts.username or ""), unquote(parts.password or "")
        self._number = parts.netloc.rpartition("@")[2]

    def _head(self) -> dict[str, str]:
        return {"Authorization": aiohttp.encode_basic_auth(self._account, self._token)}

    def routes(self) -> list[web.RouteDef]:
        """List the webhooks for the key that was pressed and for how the call ended."""
        return [web.post(ANSWER, self._pressed), web.post(STATUS, self._ended)]

    async def send(self, lane: str, post: Outgoing) -> Ref:
        """Ring a person up; raises as `bot.engine.platform.Platform.send` says."""
        form = {
            "To": lane,
            "From": self._number,
            "Twiml": self._script(post.message, post.card, "Dette er en gentagelse." if post.repeated else ""),
            "Timeout": str(RINGS),
            "StatusCallback": self._url(STATUS, post.message),
        }
        told = await self._ask(f"/2010-04-01/Accounts/{self._account}/Calls.json", data=form)
        return {"call": told.get("sid", "")}

    # --- what is said ---

    def _script(self, message: int, card: Card, first: str = "") -> str:
        """Return the call in TwiML: the words twice, and the keys that answer."""
        keys = _keys(card)
        told = [f"Tryk {number} for: {button.label}." for number, button in enumerate(keys, 1)]
        told += [f"Tryk {len(keys) + 1} for at høre det igen." if keys else "Svar i chatten eller på sms."]
        words = " ".join(filter(None, ["Det er Krisebot.", first, aloud(card), *told]))
        said = _say(words, times=2)
        if not keys:
            return f"<Response>{said}</Response>"
        action = quoteattr(self._url(ANSWER, message))
        gather = f"<Gather input='dtmf' numDigits='1' timeout='8' method='POST' action={action}>{said}</Gather>"
        return f"<Response>{gather}{_say('Du trykkede ikke. Svar i chatten eller på sms.')}</Response>"

    def _url(self, path: str, message: int) -> str:
        return f"{self._plan().server}{path}?besked={message}"

    # --- what comes back ---

    async def _pressed(self, request: web.Request) -> web.Response:
        """Answer a pressed key: press the button that it stands for, or say the words once more."""
        form = await self._told(request)
        asked, number = await self._about(request, form)
        digit, call = form.get("Digits", ""), form.get("CallSid", "")
        if not (digit.isdecimal() and len(digit) < 4 and call):
            return self._malformed()
        keys = _keys(Card.from_json(asked.card))
        if not 1 <= int(digit) <= len(keys):
            return _twiml(self._script(asked.id, Card.from_json(asked.card)))
        button = keys[int(digit) - 1]
        await self._engine.intake.accept(self._incoming(asked, number, call, digit, button))
        return _twiml(f"<Response>{_say(f'Tak. Dit svar er: {button.label}. Farvel.')}</Response>")

    def _incoming(self, asked: Message, phone: str, call: str, digit: str, button: Button) -> Incoming:
        known = self._plan().person(asked.recipient)
        return Incoming(
            key=f"{NAME}/{call}/{digit}",
            kind="press",
            platform=self.name,
            sender=asked.recipient,
            place="dm",
            conversation=phone,
            received_at=self._engine.clock.now(),
            text=digit,
            action=button.do,
            args=button.args,
            message=str(asked.id),
            sender_name=known.name if known else phone,
        )

    async def _ended(self, request: web.Request) -> web.Response:
        """Take in how a call ended: taken is delivered, which is not contact; unheard is a failure, and told of."""
        form = await self._told(request)
        asked, number = await self._about(request, form)
        lane, ended = f"{self.name}/{number}", form.get("CallStatus", "")
        if ended == "completed":
            await self._engine.deliverer.arrived(asked.id, lane)
        elif ended in UNHEARD:
            await self._engine.deliverer.came_back(asked.id, lane, UNHEARD[ended])
        return web.Response()

    async def _told(self, request: web.Request) -> dict[str, str]:
        """Return the form of a webhook call, once Twilio's signature is checked.

        Raises:
            HTTPUnauthorized: nobody else's is read, and it leaves no trace but a counter.
        """
        # Twilio sends no other form; of the other kind is a file as well, however it is packed.
        posted: Mapping[str, Any] = {}
        if request.content_type == FORM:
            with suppress(ValueError, LookupError):
                posted = await request.post()
        form = {name: value for name, value in posted.items() if isinstance(value, str)}
        # The address as we gave it: whatever stands between may have called it something else.
        url = f"{self._plan().server}{request.rel_url.raw_path_qs}"
        if not hmac.compare_digest(
            signature(self._token, url, form).encode(),
            request.headers.get("X-Twilio-Signature", "").encode(errors="replace"),
        ):
            self.refused += 1
            raise web.HTTPUnauthorized
        cleaned: dict[str, str] = chain.clean(form)
        return cleaned

    async def _about(self, request: web.Request, form: Mapping[str, str]) -> tuple[Message, str]:
        """Return the message that a call was made for, and the number that it was made to.

        Raises:
            HTTPBadRequest: there was no such call.
        """
        number, to = request.query.get("besked", ""), form.get("To", "")
        if number.isdecimal() and len(number) < 19:
            async with self._engine.database.reading() as db:
                found = await db.scalar(
                    select(Message)
                    .join(Delivery, Delivery.message_id == Message.id)
                    .where(Message.id == int(number), Delivery.lane == f"{self.name}/{to}")
                )
            if found is not None:
                return found, to
        self.refused += 1
        raise web.HTTPBadRequest

    def _malformed(self) -> web.Response:
        self.refused += 1
        return web.Response(status=400)


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """Return what Twilio signs a call of ours with: the address and the form, sorted (its "Validating requests").

    Args:
        token: the account's secret.
        url: the whole address that Twilio called.
        form: what it sent.
    """
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(errors="replace"), hashlib.sha1).digest()).decode()


def aloud(card: Card) -> str:
    """Return a card as it is read aloud: its words, without marks that nobody can pronounce."""
    said = re.sub(r"[^\w\s.,:;!?()/%+–-]", "", card.brief or card.text.split("\n\n")[0])
    said = re.sub(r"\s+", " ", said).strip()
    return said if len(said) <= LONGEST else f"{said[:LONGEST].rsplit(' ', 1)[0]}. Resten er ikke læst op."


def _keys(card: Card) -> list[Button]:
    """Return the buttons that a key can press; none where there are more than can be told apart by ear."""
    every = card.answers
    return every if len(every) <= MOST_KEYS else []


def _say(words: str, times: int = 1) -> str:
    return f"<Say {VOICE} loop='{times}'>{escape(words)}</Say>"


def _twiml(script: str) -> web.Response:
    return web.Response(text=f'<?xml version="1.0" encoding="UTF-8"?>{script}', content_type="text/xml")
