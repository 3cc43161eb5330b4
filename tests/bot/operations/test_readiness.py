"""`krisebot doctor` says what around krisebot doesn't stand ready, before the night it is needed."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot import settings as configuration
from bot.operations import backup, logs, readiness
from bot.settings import Settings, SettingsFault
from storage.plan import loading
from storage.plan.model import Plan

NOW = datetime(2026, 7, 2, 12, tzinfo=UTC)
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "x"}
TEAMS = {"MICROSOFT_APP_ID": "1", "MICROSOFT_APP_PASSWORD": "x", "MICROSOFT_APP_TENANT_ID": "t"}


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


def planned(more: str = "") -> Plan:
    return loading.parse(loading.example_text().partition("\nreserve:")[0] + "\n" + more, "planen")


def test_no_platform_is_a_fault_and_either_one_is_enough() -> None:
    assert [line[:4] for line in readiness.platform(settings())] == ["FEJL"]
    assert list(readiness.platform(settings(**SLACK))) == ["OK  Platform: Slack"]
    assert list(readiness.platform(settings(**SLACK, **TEAMS))) == ["OK  Platform: Slack og Teams"]


@pytest.mark.parametrize(
    ("more", "begins"),
    [
        ("", "FEJL"),
        ("reserve: {sms_fravalgt: ja}", "OK"),
        ("reserve: {sms_fravalgt: nej}", "FEJL"),
        ('reserve: {sms: "gatewayapi://t@Krisebot?hemmelighed=h"}', "OK"),
    ],
)
def test_no_sms_is_a_fault_unless_the_plan_says_that_it_is_declined(more: str, begins: str) -> None:
    assert next(readiness.sms(planned(more))).startswith(begins)


def test_no_address_is_a_warning_that_says_what_is_lost() -> None:
    (told,) = readiness.address(planned())
    assert told.startswith("ADVARSEL")
    for lost in ("tavle", "kalender", "papirer", "eksport", "nødpakke", "adresse: https://"):
        assert lost in told
    assert next(readiness.address(planned("adresse: https://krise.kommune.example"))).startswith("OK")


@pytest.mark.parametrize(
    ("day", "begins"),
    [("2026-07-01", "FEJL"), ("2026-07-02", "ADVARSEL"), ("2026-08-01", "ADVARSEL"), ("2026-08-02", "OK")],
)
def test_a_secret_that_runs_out_within_thirty_days_is_told(day: str, begins: str) -> None:
    found = list(readiness.expiries(settings(KRISEBOT_EXPIRES=f"GatewayAPI={day}"), NOW.date()))
    assert [line.partition(" ")[0] for line in found] == [begins]
    assert "GatewayAPI" in found[0]


def test_a_teams_secret_whose_end_nobody_has_written_down_is_told() -> None:
    assert any("MICROSOFT_APP_PASSWORD" in line for line in readiness.expiries(settings(**TEAMS), NOW.date()))
    known = settings(**TEAMS, KRISEBOT_EXPIRES="MICROSOFT_APP_PASSWORD=2028-01-01")
    assert [line[:2] for line in readiness.expiries(known, NOW.date())] == ["OK"]


def test_a_date_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRISEBOT_EXPIRES", "GatewayAPI=til sommer")
    with pytest.raises(SettingsFault, match="KRISEBOT_EXPIRES"):
        configuration.load()


def certified(folder: Path, ends: datetime) -> tuple[Path, Path]:
    """A certificate of our own for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends - timedelta(days=400))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@asynccontextmanager
async def served(*routes: web.RouteDef, tls: tuple[Path, Path] | None = None) -> AsyncIterator[int]:
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "localhost", 0, ssl_context=context).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.mark.parametrize(("days", "begins"), [(29, "ADVARSEL"), (31, "OK"), (-1, "FEJL")])
async def test_a_certificate_that_runs_out_within_thirty_days_is_told(
    days: int, begins: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    paths = certified(tmp_path, now + timedelta(days=days, hours=1))
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    async with served(tls=paths) as port:
        (line,) = await readiness.certificate(planned(f"adresse: https://localhost:{port}"), now)
    assert line.startswith(begins)


async def test_an_address_that_is_not_there_is_a_warning_and_not_a_wait() -> None:
    (line,) = await readiness.certificate(planned("adresse: https://localhost:1"), NOW)
    assert line.startswith("ADVARSEL")


@pytest.mark.parametrize(
    ("credit", "status", "begins"),
    [(500.0, 200, "OK"), (12.5, 200, "ADVARSEL"), (500.0, 401, "FEJL"), (500.0, 500, "ADVARSEL")],
)
async def test_a_low_sms_balance_is_told(credit: float, status: int, begins: str) -> None:
    seen = []

    async def me(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.json_response({"credit": credit, "currency": "DKK", "id": 1}, status=status)

    plan = planned('reserve: {sms: "gatewayapi://t%2F1@Krisebot?hemmelighed=h"}')
    async with served(web.get("/rest/me", me)) as port:
        (line,) = await readiness.balance(settings(KRISEBOT_GATEWAYAPI_URL=f"http://localhost:{port}"), plan)
    assert line.startswith(begins)
    assert seen == ["Token t/1"]


async def test_a_low_balance_for_calls_is_told() -> None:
    async def there(request: web.Request) -> web.Response:
        return web.json_response({"balance": "3.10", "currency": "USD"})

    more = 'adresse: https://krise.kommune.example\nreserve: {opkald: "twilio://AC1:n@+4570102030"}'
    async with served(web.get("/2010-04-01/Accounts/AC1/Balance.json", there)) as port:
        (line,) = await readiness.balance(settings(KRISEBOT_TWILIO_URL=f"http://localhost:{port}"), planned(more))
    assert line.startswith("ADVARSEL  Twilio: der er 3 USD")


def test_a_backup_that_is_old_or_missing_or_not_set_up_is_told(tmp_path: Path) -> None:
    assert "KRISEBOT_BACKUP" in next(readiness.copies(settings(), NOW))
    here = settings(KRISEBOT_BACKUP=tmp_path)
    assert "ingen sikkerhedskopi" in next(readiness.copies(here, NOW))
    (tmp_path / backup.NAME.format(at=NOW - timedelta(hours=27))).touch()
    assert next(readiness.copies(here, NOW)).startswith("ADVARSEL")
    (tmp_path / backup.NAME.format(at=NOW - timedelta(hours=3))).touch()
    assert next(readiness.copies(here, NOW)).startswith("OK")


def test_a_watchdog_that_alarms_nobody_or_that_nobody_watches_is_told() -> None:
    assert "KRISEBOT_WATCHDOG_ALARM" in next(readiness.watch(settings()))
    alarm = {"KRISEBOT_WATCHDOG_ALARM": "json://127.0.0.1"}
    assert "KRISEBOT_WATCHDOG_HEARTBEAT" in next(readiness.watch(settings(**alarm)))
    assert next(readiness.watch(settings(**alarm, KRISEBOT_WATCHDOG_HEARTBEAT="https://x"))).startswith("OK")


def test_an_alarm_that_can_be_sent_to_nobody_is_told_by_its_number_and_without_its_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An address that apprise doesn't know may have a key in it: it is in no line, of ours or of apprise's."""
    assert "apprise" in logs.HUSHED  # which every command has imported
    told = list(readiness.watch(settings(KRISEBOT_WATCHDOG_ALARM="json://127.0.0.1 findesikke://bruger:HEMMELIG")))
    assert len(told) == 1
    assert told[0].startswith("FEJL  KRISEBOT_WATCHDOG_ALARM: adresse 2")
    assert "HEMMELIG" not in told[0] + caplog.text


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("sms", "findesikke://HEMMELIG@{mobil}"),
        ("sms", "json://127.0.0.1/en-til-alle"),
        ("mail", "mailtos://bruger:HEMMELIG@smtp.htk.example"),
    ],
)
def test_a_gateway_that_nothing_can_be_sent_by_is_a_fault_and_no_way(name: str, address: str) -> None:
    """The address is no one's, or has no place for whom it goes to."""
    plan = loading.parse(loading.example_text().replace(f"  {name}: null", f'  {name}: "{address}"'), "planen")
    told = next(readiness.sms(plan))
    assert told.startswith(f"FEJL  »reserve: {name}« kan ikke bruges")
    assert "HEMMELIG" not in told


def test_a_folder_of_copies_that_cannot_be_looked_into_is_a_fault(tmp_path: Path) -> None:
    """As when the disk is gone, or somebody else owns it: a name that no disk takes does as well, also for root."""
    here = settings(KRISEBOT_BACKUP=tmp_path / ("x" * 300))
    assert next(readiness.copies(here, NOW)).startswith("FEJL")


def test_a_heartbeat_that_is_no_address_is_refused_without_being_repeated() -> None:
    (fault,) = settings(KRISEBOT_WATCHDOG_HEARTBEAT="HEMMELIG nøgle").faults()
    assert fault.startswith("KRISEBOT_WATCHDOG_HEARTBEAT")
    assert "HEMMELIG" not in fault


@pytest.mark.parametrize(
    ("host", "door"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("10.0.0.7", "10.0.0.7")]
)
def test_the_door_is_looked_for_where_it_is(host: str, door: str) -> None:
    assert settings(KRISEBOT_HOST=host).door == f"http://{door}:8080"


@pytest.mark.parametrize(("mode", "told"), [(0o644, True), (0o640, False), (0o600, False)])
def test_a_plan_that_everybody_on_the_machine_can_read_is_told_of(tmp_path: Path, mode: int, told: bool) -> None:
    """It has everybody's numbers in it; the service's group may read it."""
    file = tmp_path / "plan.yaml"
    file.write_text("")
    file.chmod(mode)
    settings = Settings(_env_file=None, KRISEBOT_PLAN=file)  # type: ignore[call-arg]
    assert bool(list(readiness.plan_file(settings))) == told
