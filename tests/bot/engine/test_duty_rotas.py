"""Calendars are fetched from the open internet alone, in little time and few bytes."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.engine import duty_rotas
from handlers.staff.duty_rota import UnreadableRota
from tests.tables import examples

Served = tuple[str, ssl.SSLContext]


def certificate(folder: Path) -> Path:
    """One for 127.0.0.1 and localhost, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    alternatives = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(alternatives, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A calendar server over TLS, as unkind as there are."""

    async def good(_: web.Request) -> web.Response:
        return web.Response(body=b"BEGIN:VCALENDAR")

    async def large(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x" * (duty_rotas.LARGEST + 1))

    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound("https://127.0.0.1/secret")

    async def refuses(_: web.Request) -> web.Response:
        return web.Response(status=403)

    app = web.Application()
    app.add_routes(
        [web.get("/good", good), web.get("/large", large), web.get("/elsewhere", elsewhere), web.get("/no", refuses)]
    )
    pem = certificate(tmp_path)
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(pem)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=ours)
    yield f"https://localhost:{server.port}", ssl.create_default_context(cafile=str(pem))
    await server.close()


async def test_a_calendar_is_read_over_tls(served: Served) -> None:
    """Where it may be; and not where the certificate is nobody's."""
    url, tls = served
    assert await duty_rotas.read(f"{url}/good", may=lambda _: True, tls=tls) == b"BEGIN:VCALENDAR"
    with pytest.raises(UnreadableRota, match="svarer ikke"):
        await duty_rotas.read(f"{url}/good", may=lambda _: True)


@pytest.mark.parametrize(
    ("path", "told"), [("/large", "for stor"), ("/elsewhere", "302"), ("/no", "403"), ("/none", "404")]
)
async def test_what_is_served_otherwise_is_refused_in_words(served: Served, path: str, told: str) -> None:
    """No redirect is followed, and no more is read than a rota takes."""
    url, tls = served
    with pytest.raises(UnreadableRota, match=told):
        await duty_rotas.read(f"{url}{path}", may=lambda _: True, tls=tls)


async def test_a_server_inside_is_never_asked(served: Served) -> None:
    """By name and by number."""
    url, tls = served
    for inside in (url, url.replace("localhost", "127.0.0.1"), "https://[::1]", "https://2130706433", "https://127.1"):
        with pytest.raises(UnreadableRota, match=r"eget net|svarer ikke"):
            await duty_rotas.read(f"{inside}/good", tls=tls)


@examples(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "fd00::1",
     "::ffff:10.0.0.1", "0.0.0.0", "224.0.0.1", "100.64.0.1", "2130706433", "localhost"],
)  # fmt: skip
def test_no_address_inside_is_one_outside(address: str) -> None:
    """Loopback, private, link-local, shared, multicast, and what is none at all."""
    assert not duty_rotas.is_outside(address)
    assert duty_rotas.is_outside("93.184.215.14")
    assert duty_rotas.is_outside("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


async def test_a_file_is_read_by_its_path_and_a_large_or_odd_one_is_not(tmp_path: Path) -> None:
    """A folder, a device and what isn't there are no files."""
    (tmp_path / "a.ics").write_bytes(b"BEGIN")
    assert await duty_rotas.read(str(tmp_path / "a.ics")) == b"BEGIN"
    (tmp_path / "b.ics").write_bytes(b"x" * (duty_rotas.LARGEST + 1))
    for path in (tmp_path, tmp_path / "none.ics", Path("/dev/zero"), tmp_path / "b.ics"):
        with pytest.raises(UnreadableRota):
            await duty_rotas.read(str(path))
