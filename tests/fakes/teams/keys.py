"""The keys that Teams signs with, and the tokens that Entra gives out."""

from __future__ import annotations

import functools
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.fakes.teams.cards import Json
from tests.fakes.teams.faults import TeamsError

ISSUER = "https://api.botframework.com"
BOT = "https://api.botframework.com"
GRAPH = "https://graph.microsoft.com"


@functools.cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """A key of that name; made once, since making one is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class SigningKeys:
    """Microsoft's signing keys, as the key server shows them."""

    unendorsed = "key-for-another-channel"

    def __init__(self) -> None:
        self.endorsements = ["msteams", "directline"]
        self.current = "key-1"

    def rotate(self) -> None:
        """A new key signs from now on, and the old one is no longer shown."""
        self.current = f"key-{int(self.current.removeprefix('key-')) + 1}"

    def jwks(self) -> Json:
        """What the key server answers."""
        return {"keys": [self._jwk(self.current, self.endorsements), self._jwk(self.unendorsed, ["webchat"])]}

    def sign(self, claims: Any, key_id: str | None = None, key: str | None = None) -> str:
        """A token.

        Args:
            claims: any JSON, or bytes to sign as they are.
            key_id: the key it says it is signed with; the current one when not given.
            key: the key it is signed with.
        """
        key_id = key_id or self.current
        payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        headers = {"kid": key_id, "x5t": key_id}
        return jwt.PyJWS().encode(payload, rsa_key(key or key_id), "RS256", headers)

    @staticmethod
    def _jwk(key_id: str, endorsements: list[str]) -> Json:
        public = json.loads(RSAAlgorithm.to_jwk(rsa_key(key_id).public_key()))
        return {**public, "kid": key_id, "x5t": key_id, "use": "sig", "endorsements": endorsements}


@dataclass(frozen=True)
class Issued:
    audience: str
    until: float


class Entra:
    """Who gives our app its tokens.

    Args:
        lasts: seconds that a token is good for.
    """

    def __init__(self, tenant: str, app_id: str, secret: str, lasts: float = 3599) -> None:
        self.tenant, self.app_id, self.secret, self.lasts = tenant, app_id, secret, lasts
        self._issued: dict[str, Issued] = {}
        self.roles: Callable[[], list[str]] = list
        """What an administrator has consented to in Graph."""

    def token(self, tenant: str, form: dict[str, str]) -> Json:
        """Answers a client's request for a token."""
        if tenant != self.tenant:
            raise EntraError(400, "invalid_request", "AADSTS90002: Tenant not found")
        if form.get("grant_type") != "client_credentials":
            raise EntraError(400, "unsupported_grant_type", "AADSTS70003")
        if form.get("client_id") != self.app_id:
            raise EntraError(400, "unauthorized_client", "AADSTS700016: Application not found in the directory")
        if form.get("client_secret") != self.secret:
            raise EntraError(401, "invalid_client", "AADSTS7000215: Invalid client secret provided")
        audience, slash, default = form.get("scope", "").rpartition("/")
        if default != ".default" or not slash:
            raise EntraError(400, "invalid_scope", "AADSTS1002012: the scope must end in /.default")
        claims: Json = {"aud": audience, "jti": secrets.token_urlsafe(12)}
        claims |= {} if audience == BOT else {"roles": self.roles()}
        token = jwt.encode(claims, "Entra's own key, which is nobody else's business", "HS256")
        self._issued[token] = Issued(audience, time.time() + self.lasts)
        return {"token_type": "Bearer", "expires_in": int(self.lasts), "ext_expires_in": 3599, "access_token": token}

    def revoke(self) -> None:
        """No token given out so far is good any longer."""
        self._issued.clear()

    def admit(self, authorization: str, *audiences: str) -> None:
        """Lets a caller in whose token is for one of the audiences.

        Raises:
            TeamsError: 401.
        """
        issued = self._issued.get(authorization.removeprefix("Bearer "))
        if issued is None or issued.until < time.time() or issued.audience not in audiences:
            raise TeamsError(401, "Unauthorized", "Authorization has been denied for this request.")


class EntraError(TeamsError):
    """Entra's own form of an error."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(status, error)
        self.body = {"error": error, "error_description": description, "error_codes": []}
