"""SMS by GatewayAPI, the Danish gateway: out, in, and what became of each. Its address in the plan's `reserve`:

    sms: gatewayapi://TOKEN@4512345678?hemmelighed=DELT_HEMMELIGHED

The sender is the number that answers come to; with letters in it (eleven at most) nobody can answer.
The secret is the one that GatewayAPI signs its webhooks with; without it nothing is taken in. On a short code that is
shared with others, `&nøgleord=KRISE` is the word that an answer begins with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from aiohttp import web

from bot.engine.engine import Engine
from bot.engine.platform import Outgoing, Ref, Unavailable, Undeliverable
from bot.platforms.fallback import opt_out, sms_answer
from bot.platforms.fallback.gateway import sms_text
from bot.platforms.fallback.http_gateway import HttpGateway, Service
from bot.platforms.fallback.sms_alphabet import in_alphabet, parts
from handlers.alert.stop_words import STOP
from handlers.core.context import LONGEST_NUMBER
from storage.case import chain

SCHEME = "gatewayapi"
PATH = "/sms/gatewayapi"
# The states that a message ends in without having arrived.
NEVER = {"UNDELIVERABLE", "EXPIRED", "REJECTED", "SKIPPED", "DELETED"}

# Seconds since 1970 of the year 3000: what is later is no time.
LATEST = 32_503_680_000

# Its codes for a telephone that gets nothing from us: on the account's list, or by its network's word.
BARRED = {"0x0215", "0x1034", "0x103C"}
# Its codes for what no message gets past before somebody has mended it; its other refusals are of one message.
SHUT = {
    "0x0212": "GatewayAPI tillader ikke serverens IP-adresse",
    "0x0213": "GatewayAPI tillader ikke serverens IP-adresse",
    "0x0216": "der er ingen penge på kontoen hos GatewayAPI",
    "0x021D": "kontoen hos GatewayAPI må ikke sende sms",
}


class GatewayApi(HttpGateway):
    """The platform for SMS by GatewayAPI, both ways.

    Args:
        address: the plan's `gatewayapi://…`.
        base: where the gateway is; its own public address when nothing else is set.
        engine: what takes in the answers, and remembers what was sent.
    """

    def __init__(self, address: str, base: str, engine: Engine) -> None:
        super().__init__("sms", address, Service("GatewayAPI", "token", taken=200), base, engine)
        address_parts = urlsplit(address)
        self._token = unquote(address_parts.username or "")
        self._sender = unquote(address_parts.netloc.rpartition("@")[2]) or "Krisebot"
        told = parse_qs(address_parts.query)
        self._secret = told.get("hemmelighed", [""])[0]
        self._keyword = told.get("nøgleord", [""])[0].strip()
        self._after_keyword = re.compile(rf"{re.escape(self._keyword)}(?!\w)[\s:,.–-]*+", re.IGNORECASE)

    def _head(self) -> dict[str, str]:
        return {"Authorization": f"Token {self._token}"}

    def routes(self) -> list[web.RouteDef]:
        """List the webhook for answers and for what became of each message."""
        return [web.post(PATH, self._called)]

    async def send(self, lane: str, post: Outgoing) -> Ref:
        """Send an SMS; raises as `bot.engine.platform.Platform.send` says."""
        code = await sms_answer.code_beside_others(self._engine, lane, post)
        text = sms_text(post, answered=self._sender.lstrip("+").isdecimal(), code=code, keyword=self._keyword)
        body = {
            "sender": self._sender,
            "message": text,
            "encoding": "UTF8" if in_alphabet(text) else "UCS2",
            "userref": str(post.message),
            "recipients": [{"msisdn": int(lane.lstrip("+"))}],
        }
        try:
            told = await self._ask("/rest/mtsms", json=body)
        except _Barred as refused:
            await opt_out.note(self._engine, lane)
            raise Undeliverable(opt_out.WHY) from refused
        return {"ids": told.get("ids", []), "parts": parts(text)}

    def _refusal(self, status: int, told: Mapping[str, Any]) -> Unavailable | Undeliverable:
        """Return what a refusal means, by its code: one with 403 is as often of one telephone as of our key."""
        code, message = _code(told.get("code")), _filled_in(told)
        if _is_barred(code, message):
            return _Barred(opt_out.WHY)
        if code in SHUT:
            return Unavailable(SHUT[code])
        if status == 401 or (status == 403 and not code):
            return super()._refusal(status, told)
        return Undeliverable(f"GatewayAPI: {message or status}")

    async def _called(self, request: web.Request) -> web.Response:
        """Answer the gateway's webhook, signed with the shared secret; anything else is 401 and no trace but a
        counter."""
        signature = request.headers.get("X-Gwapi-Signature", "")
        try:
            told = jwt.decode(signature, self._secret, algorithms=["HS256"]) if self._secret else None
        except (jwt.InvalidTokenError, UnicodeError):
            # Of the second kind are octets that are no letters.
            told = None
        if told is None:
            self.refused += 1
            return web.json_response({"error": "signature"}, status=401)
        raw = await request.read() or signature.encode()
        async with self._engine.intake.reading(self.name, raw, self._engine.clock.now()):
            # No database looks anything up by what it has no room for.
            await self._understand(chain.clean(told))
        return web.json_response({})

    async def _understand(self, told: Mapping[str, Any]) -> None:
        match told:
            case {"id": int() | str() as number, "msisdn": int() | str() as msisdn, "message": str() as written}:
                text = self._own_words(written)
                phone = f"+{str(msisdn).lstrip('+')}"
                if STOP.fullmatch(text) is None:
                    await opt_out.lift(self._engine, phone, self._at(told, "senttime"))
                await sms_answer.take_in(self._engine, f"sms/{number}", phone, text)
            case {"id": _, "msisdn": int() | str() as msisdn, "status": str() as status, "userref": str() as message}:
                barred = _is_barred(_code(told.get("code")), str(told.get("error") or ""))
                await self._fared(f"+{str(msisdn).lstrip('+')}", message, status, self._at(told, "time"), barred=barred)
            case _:
                # Rightly signed and of no use: sent again it would be the same.
                self._engine.intake.not_understood(self.name, "a form that is not known")

    def _own_words(self, written: str) -> str:
        """Return an answer without the word that brought it to us; that word alone is all that was said."""
        said = written.strip()
        found = self._after_keyword.match(said) if self._keyword else None
        return (said[found.end() :] if found else "") or written

    def _at(self, told: Mapping[str, Any], name: str) -> datetime:
        """Return when something was: its notice is brought again until we have taken it, for hours.

        Args:
            told: the notice.
            name: what it has the time under.
        """
        at = told.get(name)
        if isinstance(at, int) and 0 < at < LATEST:
            return datetime.fromtimestamp(at, UTC)
        return self._engine.clock.now()

    async def _fared(self, phone: str, message: str, status: str, at: datetime, *, barred: bool) -> None:
        """Record what became of an SMS: delivered, or failed for good, which makes the next platform be tried."""
        # Ours are numbers that a database has room for; whatever else stands there was sent by somebody else.
        if not (message.isascii() and message.isdecimal() and len(message) <= LONGEST_NUMBER):
            return
        lane = f"{self.name}/{phone}"
        if status == "DELIVERED":
            await opt_out.lift(self._engine, phone, at)
            await self._engine.deliverer.arrived(int(message), lane)
        elif status in NEVER and barred:
            await opt_out.note(self._engine, phone)
            await self._engine.deliverer.came_back(int(message), lane, opt_out.WHY)
        elif status in NEVER:
            await self._engine.deliverer.came_back(int(message), lane, f"SMS ikke leveret: {status}")


class _Barred(Undeliverable):
    """A telephone that the gateway sends nothing to."""


def _is_barred(code: str, said: str) -> bool:
    """Whether it is the telephone that gets nothing; words count where there is no code, since one of them only tells that
    the same message was sent before ("Temporary blacklist")."""
    return code in BARRED or (not code and opt_out.is_opt_out(said))


def _code(told: Any) -> str:
    """Return one of GatewayAPI's codes as its documents write it, "0x021D", whether it came as text or as a number."""
    try:
        number = told if isinstance(told, int) else int(str(told), 16)
    except ValueError:
        return ""
    return f"0x{number:04X}"


def _filled_in(told: Mapping[str, Any]) -> str:
    """Return an error's message with its variables in it: it comes as "MSISDN %1 blacklisted"."""
    message, variables = str(told.get("message") or ""), told.get("variables")
    for place, variable in enumerate(variables if isinstance(variables, list) else [], 1):
        message = message.replace(f"%{place}", str(variable))
    return message
