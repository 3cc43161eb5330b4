"""Readiness: checks what krisebot depends on, for `doctor`: platforms, money for SMS, what runs out, and the backups.

Each answer is a Danish line that begins with OK, ADVARSEL or FEJL, with what to do where there is something to do.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote, urlsplit

import aiohttp
from babel.dates import format_date

from bot.operations import backup
from bot.settings import Settings
from storage.plan.model import Plan

GOOD, WARNING, FAULT = "OK", "ADVARSEL", "FEJL"
# Somebody has to have the time to get a new one.
SOON = timedelta(days=30)
# Seconds that a gateway or a server may take to answer.
PATIENCE = 10.0
# An evening's messages to everybody, at what a gateway takes for one, in its currency.
PER_PERSON, AT_LEAST = 2.0, 50.0
# Where the recipient stands in a gateway's address.
PLACES = {"sms": "{mobil}", "mail": "{mail}"}


async def told(settings: Settings, plan: Plan, now: datetime) -> list[str]:
    """Check everything around krisebot, in the order of the go-live page."""
    return [
        *platform(settings),
        *plan_file(settings),
        *sms(plan),
        *address(plan),
        *expiries(settings, now.date()),
        *await certificate(plan, now),
        *await balance(settings, plan),
        *await asyncio.to_thread(lambda: list(copies(settings, now))),
        *watch(settings),
    ]


def platform(settings: Settings) -> Iterator[str]:
    """Check that there is a chat at all."""
    if settings.chats:
        yield f"{GOOD}  Platform: {' og '.join(settings.chats)}"
    else:
        yield f"{FAULT}  Ingen platform er sat op, så Krisebot når ingen. Sæt Slack eller Teams op, som SLACK.md og TEAMS.md siger"


def plan_file(settings: Settings) -> Iterator[str]:
    """Whether others on the machine can read the plan, with everybody's numbers in it."""
    if settings.plan is not None and settings.plan.exists() and settings.plan.stat().st_mode & 0o007:
        yield f"{WARNING}  Planen kan læses af alle på maskinen, med folks numre: chmod o= {settings.plan}"


def sms(plan: Plan) -> Iterator[str]:
    """Whether somebody can be reached when the chat is down, or the plan has said that nobody shall."""
    for name, template in (("sms", plan.fallback.sms), ("mail", plan.fallback.mail)):
        if template and not _is_known(template):
            yield f"{FAULT}  »reserve: {name}« kan ikke bruges. Skriv adressen, som apprise gør, med {PLACES[name]}, hvor modtageren skal stå"
    if plan.fallback.sms:
        yield f"{GOOD}  Sms er sat op"
    elif plan.fallback.without_sms:
        yield f"{GOOD}  Sms er fravalgt i planen"
    else:
        yield f"{FAULT}  Uden sms når Krisebot ingen, når chatten er nede. Skriv »reserve: sms« i planen, eller »sms_fravalgt: ja«"


def _is_known(template: str) -> bool:
    """Whether a gateway's address is one that something can be sent by, and has a place for whom it goes to."""
    if template.startswith(("gatewayapi://", "graph://")):
        return True  # they have no place in them, and what is wrong with one is told when it is made
    # Heavy, and only needed where the plan has such an address.
    import apprise

    filled = template.replace("{mobil}", "+4520000000").replace("{mail}", "nogen@htk.example")
    return filled != template and apprise.Apprise().add(filled)


def address(plan: Plan) -> Iterator[str]:
    """Check that links are whole."""
    if plan.server:
        yield f"{GOOD}  Adressen udefra er {plan.server}"
    else:
        yield f"{WARNING}  Planen siger ikke, hvor Krisebot nås udefra: der er ingen links til tavle, kalender, papirer, eksport, nødpakke og kontaktkort. Skriv »adresse: https://…« i planen"


def expiries(settings: Settings, today: date) -> Iterator[str]:
    """Yield a line for each secret or certificate that runs out, as far as the operator has said when."""
    for name, day in sorted(settings.expires.items(), key=lambda each: each[1]):
        when = format_date(day, "d. MMMM y", locale="da")
        if day < today:
            yield f"{FAULT}  {name} udløb {when}. Hent en ny, og ret KRISEBOT_EXPIRES"
        elif day - today <= SOON:
            yield f"{WARNING}  {name} udløber {when}. Hent en ny, og ret KRISEBOT_EXPIRES"
        else:
            yield f"{GOOD}  {name} udløber {when}"
    used = {
        "MICROSOFT_APP_PASSWORD": settings.teams_configured,
        "KRISEBOT_GRAPH_APP_PASSWORD": settings.graph_app_password is not None,
    }
    for name in (name for name, there in used.items() if there and name not in settings.expires):
        yield (
            f"{WARNING}  Ingen har skrevet, hvornår {name} udløber. Se datoen i Entra, og skriv "
            f"KRISEBOT_EXPIRES={name}=år-måned-dag"
        )


async def certificate(plan: Plan, now: datetime) -> list[str]:
    """Check how long the certificate of our own address holds, as it is seen from here."""
    if not plan.server:
        return []
    parts = urlsplit(plan.server)
    if parts.scheme != "https" or not parts.hostname:
        return [f"{WARNING}  {plan.server} er ikke https. Sæt en proxy med TLS foran"]
    port = parts.port or 443
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(parts.hostname, port, ssl=ssl.create_default_context())
            shown = writer.get_extra_info("peercert")
            writer.close()
    except ssl.SSLCertVerificationError as error:
        return [f"{FAULT}  Certifikatet på {parts.hostname} dur ikke ({error.verify_message}). Se proxyens log"]
    except (OSError, TimeoutError) as error:
        return [f"{WARNING}  {plan.server} kan ikke nås herfra ({type(error).__name__}). Se efter fra et andet net"]
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC)
    when = format_date(ends.date(), "d. MMMM y", locale="da")
    if ends - now <= SOON:
        return [f"{WARNING}  Certifikatet på {parts.hostname} udløber {when}. Se, om proxyen fornyer det"]
    return [f"{GOOD}  Certifikatet på {parts.hostname} udløber {when}"]


async def balance(settings: Settings, plan: Plan) -> list[str]:
    """Check that there is money for an evening's messages at the gateways that tell."""
    asked = []
    if plan.fallback.sms and plan.fallback.sms.startswith("gatewayapi://"):
        token = unquote(urlsplit(plan.fallback.sms).username or "")
        head = {"Authorization": f"Token {token}"}
        asked.append(_balance("GatewayAPI", f"{settings.gatewayapi_url.rstrip('/')}/rest/me", head, "credit", plan))
    if plan.fallback.calls:
        parts = urlsplit(plan.fallback.calls)
        account = unquote(parts.username or "")
        head = {"Authorization": aiohttp.encode_basic_auth(account, unquote(parts.password or ""))}
        url = f"{settings.twilio_url.rstrip('/')}/2010-04-01/Accounts/{account}/Balance.json"
        asked.append(_balance("Twilio", url, head, "balance", plan))
    return list(await asyncio.gather(*asked))


async def _balance(name: str, url: str, head: dict[str, str], key: str, plan: Plan) -> str:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE), headers=head) as client,
            client.get(url) as answer,
        ):
            if answer.status in (401, 403):
                return f"{FAULT}  {name} kender ikke nøglen i planens »reserve« ({answer.status}). Ret den"
            if answer.status != 200:
                return f"{WARNING}  {name} siger ikke, hvad der er på kontoen ({answer.status}). Se efter hos dem"
            there = await answer.json()
            left, currency = float(there[key]), str(there.get("currency", ""))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError) as error:
        return f"{WARNING}  {name} kan ikke nås ({type(error).__name__}). Se, om serveren må kalde ud"
    wanted = max(AT_LEAST, PER_PERSON * len(plan.persons))
    if left < wanted:
        return f"{WARNING}  {name}: der er {left:.0f} {currency} tilbage, og en aften kan koste {wanted:.0f}. Sæt penge ind"
    return f"{GOOD}  {name}: der er {left:.0f} {currency} tilbage"


def copies(settings: Settings, now: datetime) -> Iterator[str]:
    """Check that there is a copy of last night."""
    if settings.backup is None:
        yield f"{WARNING}  Der tages ingen sikkerhedskopi. Skriv mappen i KRISEBOT_BACKUP, og kør krisebot backup hver nat"
        return
    try:
        kept = backup.kept(settings.backup)
    except OSError as error:
        yield f"{FAULT}  Sikkerhedskopierne i {settings.backup} kan ikke ses ({error.strerror}). Se, om disken er der"
        return
    if not kept:
        yield f"{WARNING}  Der er ingen sikkerhedskopi i {settings.backup}. Kør krisebot backup"
        return
    at = kept[-1][0]
    shown = f"{at.astimezone():%d.%m.%Y kl. %H:%M}"
    if now - at > backup.OLD:
        yield f"{WARNING}  Den nyeste sikkerhedskopi er fra {shown}. Se, hvorfor der ikke er en fra i nat"
    else:
        yield f"{GOOD}  Den nyeste sikkerhedskopi er fra {shown}"


def lost(settings: Settings, crises: int) -> Iterator[str]:
    """Whether a copy knows of crises that the database doesn't."""
    try:
        told = backup.fewer(backup.most_crises(settings.backup), crises) if settings.backup else None
    except OSError:
        return  # `copies` tells of the folder
    if told:
        yield f"{FAULT}  {told[0].upper()}{told[1:]}"


def watch(settings: Settings) -> Iterator[str]:
    """Whether somebody is told when krisebot stands still, and when the watchdog does."""
    # Its way out is heavy, and asked for by the doctor alone.
    from bot.operations.watchdog import bad_addresses

    bad = bad_addresses(settings)
    if bad:
        yield from (f"{FAULT}  {each}" for each in bad)
    elif settings.watchdog_alarm is None:
        yield f"{WARNING}  Ingen får besked, hvis Krisebot står stille. Skriv KRISEBOT_WATCHDOG_ALARM, og kør krisebot watchdog"
    elif settings.watchdog_heartbeat is None:
        yield f"{WARNING}  Ingen får besked, hvis vagthunden står stille. Skriv en adresse i KRISEBOT_WATCHDOG_HEARTBEAT"
    else:
        yield f"{GOOD}  Vagthunden alarmerer, og en adresse udenfor hører fra den"
