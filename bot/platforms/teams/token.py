"""The check of a request's token: that it really comes from Teams, is for us, and is from a municipality that we serve.

botbuilder's own check takes tokens without an expiry, knows no tenants, and stands still while Microsoft's key server
does: so this one is asked first, and botbuilder only gets what has passed it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt

CHANNEL = "msteams"
ISSUER = "https://api.botframework.com"
ALGORITHM = "RS256"

LEEWAY = 5 * 60.0
"""Seconds that clocks may differ."""
KEYS_LAST = 24 * 3600.0
"""Seconds before the keys are asked for again."""
ASK_AGAIN_AFTER = 30.0
"""Seconds between two questions to the key server, however many unknown keys strangers show us."""


class Refused(Exception):
    """The activity is not what it claims to be, or not for us.

    Args:
        reason: a fixed word or two, for counters and logs; never told to the sender.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeysUnavailable(Exception):
    """Microsoft's keys can't be fetched just now, so nobody can tell. Asked to come again, Teams does."""


@dataclass(frozen=True)
class Claims:
    """The contents of a checked token.

    Args:
        tenant: the sender's tenant id, one of those allowed, as the allowed list spells it.
        service_url: where answers go, as the activity spells it.
        token: all the claims, for botbuilder.
    """

    tenant: str
    service_url: str
    token: Mapping[str, Any]


@dataclass(frozen=True)
class _Key:
    key: jwt.PyJWK
    endorsements: frozenset[str]


class TokenCheck:
    """The check that every inbound activity passes through.

    Args:
        app_id: our app id, which tokens must be made out to.
        tenants: ids of the tenants we serve.
        metadata_url: the OpenID metadata that says where the signing keys are.
        session: the HTTP client to fetch them with.
        clock: seconds, which the age of the keys is measured by. Tokens keep the machine's own time.
        patience: seconds that the key server may take; Teams itself waits about ten.
    """

    def __init__(
        self,
        app_id: str,
        tenants: Collection[str],
        metadata_url: str,
        session: aiohttp.ClientSession,
        clock: Callable[[], float] = time.monotonic,
        patience: float = 4.0,
    ) -> None:
        if not app_id or not tenants:
            raise ValueError("an app id and at least one tenant are needed, or everybody would be let in")
        self._app_id = app_id
        self._tenants = {tenant.lower(): tenant for tenant in tenants}
        self._keys = _Keys(metadata_url, session, clock, patience)

    async def check(self, authorization: str | None, activity: Mapping[str, Any]) -> Claims:
        """Check an activity's token and return what it says.

        Args:
            authorization: the request's Authorization header, if it has one.
            activity: the request's body as it was sent; any JSON value is put up with.

        Raises:
            Refused: it is missing, forged, too old, or not for us: 401.
            KeysUnavailable: its key is not known here and can't be fetched: 503.
        """
        service_url = _text(activity, "serviceUrl")
        if not service_url:
            raise Refused("no service url")
        if _text(activity, "channelId") != CHANNEL:
            raise Refused("channel")
        tenant = self._tenant(activity)
        token = _bearer(authorization)
        key = await self._keys.find(_key_id(token))
        claims = self._verified(token, key)
        claimed = claims.get("serviceurl")
        if not isinstance(claimed, str) or claimed.rstrip("/") != service_url.rstrip("/"):
            raise Refused("service url")
        return Claims(tenant, service_url, claims)

    def _tenant(self, activity: Mapping[str, Any]) -> str:
        """Return the allowed tenant that the activity is from; where it names two, both must be allowed."""
        named = [_text(activity, "channelData", "tenant", "id"), _text(activity, "conversation", "tenantId")]
        allowed = [self._tenants.get(each.lower()) for each in named if each]
        if not allowed or allowed[0] is None or None in allowed:
            raise Refused("tenant")
        return allowed[0]

    def _verified(self, token: str, key: _Key) -> dict[str, Any]:
        if CHANNEL not in key.endorsements:
            raise Refused("endorsement")
        try:
            return jwt.decode(
                token,
                key.key,
                algorithms=[ALGORITHM],
                audience=self._app_id,
                issuer=ISSUER,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud"], "strict_aud": True},
            )
        except jwt.ExpiredSignatureError:
            raise Refused("expired") from None
        except jwt.ImmatureSignatureError:
            raise Refused("not yet valid") from None
        except jwt.InvalidAudienceError:
            raise Refused("audience") from None
        except jwt.InvalidIssuerError:
            raise Refused("issuer") from None
        except jwt.MissingRequiredClaimError as missing:
            raise Refused(f"no {missing.claim}") from None
        except jwt.InvalidSignatureError:
            raise Refused("signature") from None
        except jwt.PyJWTError:
            raise Refused("malformed") from None


class _Keys:
    """The set of Microsoft's signing keys: fetched when needed, kept when the key server is down."""

    def __init__(
        self, metadata_url: str, session: aiohttp.ClientSession, clock: Callable[[], float], patience: float
    ) -> None:
        self._metadata_url = metadata_url
        self._session = session
        self._clock = clock
        self._patience = patience
        self._known: dict[str, _Key] = {}
        self._fetched_at = float("-inf")
        self._asked_at = float("-inf")
        self._answered = False
        self._asking = asyncio.Lock()

    async def find(self, key_id: str) -> _Key:
        """Return the key of that id.

        Raises:
            Refused: Microsoft has no such key.
            KeysUnavailable: Microsoft can't be asked.
        """
        if not self._has(key_id):
            async with self._asking:
                if not self._has(key_id) and self._clock() - self._asked_at >= ASK_AGAIN_AFTER:
                    await self._ask()
        if key_id in self._known:
            return self._known[key_id]
        if not self._answered:
            raise KeysUnavailable
        raise Refused("unknown key")

    def _has(self, key_id: str) -> bool:
        return key_id in self._known and self._clock() - self._fetched_at < KEYS_LAST

    async def _ask(self) -> None:
        self._asked_at = self._clock()
        self._answered = False
        try:
            async with asyncio.timeout(self._patience):
                metadata = await self._get(self._metadata_url)
                known = _read_keys(await self._get(_text(metadata, "jwks_uri")))
        except (aiohttp.ClientError, OSError, ValueError, RecursionError):
            return
        if known:
            self._known, self._fetched_at, self._answered = known, self._asked_at, True

    async def _get(self, url: str) -> Any:
        async with self._session.get(url, raise_for_status=True) as answer:
            return await answer.json(content_type=None)


def _read_keys(jwks: Any) -> dict[str, _Key]:
    """Return the usable keys of a key set, by id."""
    entries = jwks.get("keys") if isinstance(jwks, dict) else None
    known = {}
    for entry in entries if isinstance(entries, list) else []:
        key_id, endorsements = _text(entry, "kid"), entry.get("endorsements") if isinstance(entry, dict) else None
        if not key_id or not isinstance(endorsements, list):
            continue
        try:
            key = jwt.PyJWK(entry, algorithm=ALGORITHM)
        except jwt.PyJWTError:
            continue
        known[key_id] = _Key(key, frozenset(each for each in endorsements if isinstance(each, str)))
    return known


def _bearer(authorization: str | None) -> str:
    if not authorization:
        raise Refused("no token")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused("no token")
    return token.strip()


def _key_id(token: str) -> str:
    """Return the id of the key that a token says it is signed with; nothing is believed yet."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError):
        raise Refused("malformed") from None
    if header.get("alg") != ALGORITHM:
        raise Refused("algorithm")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise Refused("unknown key")
    return key_id


def _text(data: Any, *path: str) -> str:
    """Return the text at the end of a path into JSON; empty when there is none."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data if isinstance(data, str) else ""
