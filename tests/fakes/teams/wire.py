"""How Teams delivers to the bot: an activity over HTTP, with a signed token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.fakes.teams.cards import Json
from tests.fakes.teams.server import FakeTeams


@dataclass(frozen=True)
class Answer:
    """What the bot answered: status 0 is that Teams had nothing to deliver."""

    status: int
    text: str = ""
    seconds: float = 0.0

    @property
    def json(self) -> Json:
        """The body as an object; empty when it is none."""
        try:
            body = json.loads(self.text or "{}")
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def in_time(self) -> bool:
        """Whether Teams would be content: a 2xx within ten seconds."""
        return 200 <= self.status < 300 and self.seconds < 10


class Forgery(StrEnum):
    """Requests that are not what Teams sends."""

    NO_HEADER = "without a token"
    NOT_BEARER = "with a password in the place of a token"
    GARBAGE_TOKEN = "a token that is none"
    EXPIRED = "expired an hour ago"
    NO_EXPIRY = "never expires"
    NOT_YET = "good from tomorrow"
    NO_AUDIENCE = "made out to nobody"
    WRONG_AUDIENCE = "made out to another bot"
    NO_ISSUER = "from nobody"
    EMULATOR = "from the Emulator"
    UNKNOWN_KEY = "signed with a key that Microsoft doesn't have"
    BORROWED_KEY_ID = "signed with another key, under the name of Microsoft's"
    NO_KEY_ID = "does not say which key"
    ALG_NONE = "not signed at all"
    HS256 = "signed with Microsoft's public key as if it were a secret"
    MISSING_ENDORSEMENT = "signed with Microsoft's key for another channel"
    NO_SERVICE_URL_CLAIM = "made out for no address"
    OTHER_SERVICE_URL = "asks for the answer to be sent elsewhere"
    NO_SERVICE_URL = "an activity without an address"
    FOREIGN_TENANT = "rightly signed, from another municipality"
    NO_TENANT = "rightly signed, from no municipality"
    NO_CHANNEL_ID = "rightly signed, from no channel"
    OTHER_CHANNEL_ID = "rightly signed, from another channel"
    BROKEN_JSON = "rightly signed, half a JSON object"
    NOT_AN_OBJECT = "rightly signed, a list"
    NOT_UTF8 = "rightly signed, bytes that are no text"
    EMPTY = "rightly signed, nothing in it"


NOT_JSON = {
    Forgery.BROKEN_JSON: b'{"type": "message", "text": ',
    Forgery.NOT_AN_OBJECT: b'["message"]',
    Forgery.NOT_UTF8: b'{"text": "\xff\xfe\xfa"}',
    Forgery.EMPTY: b"",
}
"""Those whose body is at fault, not the token: 400, where the others are 401."""


@dataclass(frozen=True)
class Wire:
    """Where one person's acts are delivered.

    Args:
        target: krisebot's address, such as http://127.0.0.1:8080.
    """

    teams: FakeTeams
    target: str

    async def deliver(self, activity: Json) -> Answer:
        """Delivers an activity, and waits for the answer."""
        return await self.post(json.dumps(activity).encode(), f"Bearer {self.teams.keys.sign(self.teams.claims())}")

    async def post(self, body: bytes, authorization: str | None) -> Answer:
        """Posts just that to the bot."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        headers |= {"Authorization": authorization} if authorization else {}
        began = time.monotonic()
        async with self.teams.courier.post(f"{self.target}/api/messages", data=body, headers=headers) as response:
            return Answer(response.status, await response.text(), time.monotonic() - began)

    async def forge(self, how: Forgery, activity: Json) -> Answer:
        """Delivers something that was forged or spoilt in that way."""
        body = NOT_JSON.get(how, json.dumps(self.spoilt(how, activity)).encode())
        return await self.post(body, self.authorization(how))

    def authorization(self, how: Forgery) -> str | None:
        """The Authorization header for that forgery: the right one, where the header is not what is wrong."""
        keys, claims, now = self.teams.keys, self.teams.claims, time.time()
        match how:
            case Forgery.NO_HEADER:
                return None
            case Forgery.NOT_BEARER:
                return "Basic a3Jpc2U6Ym90"
            case Forgery.GARBAGE_TOKEN:
                return "Bearer pølse.med.brød"
            case Forgery.ALG_NONE:
                return f"Bearer {_raw({'alg': 'none', 'kid': keys.current}, claims())}."
            case Forgery.HS256:
                signed = _raw({"alg": "HS256", "kid": keys.current}, claims())
                secret = json.dumps(keys.jwks()["keys"][0]).encode()
                return f"Bearer {signed}.{_encoded(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"
            case Forgery.NO_KEY_ID:
                return f"Bearer {_raw({'alg': 'RS256'}, claims())}.{_encoded(b'x' * 256)}"
            case Forgery.UNKNOWN_KEY:
                return f"Bearer {keys.sign(claims(), 'key-of-a-stranger')}"
            case Forgery.BORROWED_KEY_ID:
                return f"Bearer {keys.sign(claims(), key='key-of-a-stranger')}"
            case Forgery.MISSING_ENDORSEMENT:
                return f"Bearer {keys.sign(claims(), keys.unendorsed)}"
        changes: dict[Forgery, dict[str, Any]] = {
            Forgery.EXPIRED: {"exp": now - 3600},
            Forgery.NO_EXPIRY: {"exp": None},
            Forgery.NOT_YET: {"nbf": now + 86400, "exp": now + 90000},
            Forgery.NO_AUDIENCE: {"aud": None},
            Forgery.WRONG_AUDIENCE: {"aud": "00000000-0000-4000-8000-000000000bad"},
            Forgery.NO_ISSUER: {"iss": None},
            Forgery.EMULATOR: {"iss": "https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0"},
            Forgery.NO_SERVICE_URL_CLAIM: {"serviceurl": None},
        }
        return f"Bearer {keys.sign(claims(**changes.get(how, {})))}"

    @staticmethod
    def spoilt(how: Forgery, activity: Json) -> Json:
        """The activity for that forgery: as it was, where the activity is not what is wrong."""
        nowhere = {name: value for name, value in activity["conversation"].items() if name != "tenantId"}
        foreign = "00000000-0000-4000-8000-0000000000ff"
        without = {Forgery.NO_SERVICE_URL: "serviceUrl", Forgery.NO_CHANNEL_ID: "channelId"}.get(how)
        changes: dict[Forgery, Json] = {
            Forgery.OTHER_SERVICE_URL: {"serviceUrl": "http://127.0.0.1:9/elsewhere/"},
            Forgery.OTHER_CHANNEL_ID: {"channelId": "webchat"},
            Forgery.NO_TENANT: {"conversation": nowhere, "channelData": {}},
            Forgery.FOREIGN_TENANT: {
                "conversation": {**nowhere, "tenantId": foreign},
                "channelData": {**activity["channelData"], "tenant": {"id": foreign}},
            },
        }
        spoilt = {**activity, **changes.get(how, {})}
        return {name: value for name, value in spoilt.items() if name != without}


def _raw(header: Json, claims: Json) -> str:
    return ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
