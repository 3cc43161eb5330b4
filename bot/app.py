"""The application: puts the parts together, and serves the HTTP server that they share."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.engine import stalls
from bot.engine.clock import SystemClock
from bot.engine.engine import Engine
from bot.engine.platform import Platform
from bot.operations import systemd
from bot.pages.about import About
from bot.pages.away import come_again
from bot.pages.calendar_file import CalendarFile
from bot.pages.case_download import CaseDownload
from bot.pages.contact_file import ContactFile
from bot.pages.health import Health
from bot.pages.missing import missing_page
from bot.pages.papers import Papers
from bot.pages.wall_board import WallBoard
from bot.platforms.entra import AppTokens
from bot.platforms.fallback.exchange import Exchange, mailbox_of
from bot.platforms.rehearsal.platform import Rehearsal
from bot.settings import MailAccount, Settings, SettingsFault
from handlers.alert import contact_test
from handlers.core import registry
from handlers.core.turn import Turn
from handlers.preparedness import accounts, emergency_pack, upkeep
from handlers.staff import duty_rota
from storage.database import Database, DatabaseUnavailable
from storage.plan import loading
from storage.plan.faults import PlanFaults
from storage.plan.model import Plan
from storage.rows.traffic import Remembered

log = logging.getLogger(__name__)

# Larger than any message a platform sends; smaller than what would hurt.
LARGEST_BODY = 4 * 1024**2


class Krisebot:
    """A running krisebot.

    Args:
        settings: how it is set up.
        database: where it remembers.
        plan: the municipality's plan.
        clock: the time; the machine's unless somebody winds it.
    """

    def __init__(self, settings: Settings, database: Database, plan: Plan, clock: SystemClock | None = None) -> None:
        registry.load()
        self.settings = settings
        self.database = database
        self.plan = self._reachable(plan)
        self.clock = clock or SystemClock()
        self.engine = Engine(database, self.clock, lambda: self.plan)
        self.join_code: str | None = None
        self.platforms = self._platforms()
        self.engine.use(self.platforms)

    def _reachable(self, plan: Plan) -> Plan:
        """Give a plan that doesn't say where we are reached our own door, in a rehearsal: whoever plays has it open."""
        here = self.settings.rehearsal and plan.server is None
        return plan.model_copy(update={"server": self.settings.door}) if here else plan

    def _platforms(self) -> list[Platform]:
        settings, found = self.settings, list[Platform]()
        if settings.slack_configured:
            from bot.platforms.slack.platform import Slack

            found.append(Slack.from_settings(self.engine, settings))
        if settings.teams_configured:
            from bot.platforms.teams.platform import Teams

            found.append(Teams.from_settings(self.engine, settings))
        if settings.rehearsal:
            self.join_code = None if settings.loopback else secrets.token_hex(8)
            found.append(Rehearsal(self.engine, self.clock, settings.host, settings.port, self.join_code))
        else:
            found += self._reserves()
        return found

    def _reserves(self) -> list[Platform]:
        """Make the platforms for SMS, mail and calls, where the plan has a gateway for them; none in a rehearsal, which
        must reach nobody outside it.

        Raises:
            SettingsFault: mail comes in, and there is no way to write; or the mailbox can't be opened.
        """
        from bot.platforms.fallback.gateway import Gateway
        from bot.platforms.fallback.gatewayapi import SCHEME, GatewayApi
        from bot.platforms.fallback.graph_mail import GraphMail
        from bot.platforms.fallback.mail import Mail
        from bot.platforms.fallback.mailbox import Mailbox
        from bot.platforms.fallback.twilio import Twilio

        found: list[Platform] = []
        sms, mail = self.plan.fallback.sms, self.plan.fallback.mail
        if sms and sms.startswith(f"{SCHEME}://"):
            found.append(GatewayApi(sms, self.settings.gatewayapi_url, self.engine))
        elif sms:
            found.append(Gateway("sms", sms, lambda: self.plan))
        if self.plan.fallback.calls:
            found.append(Twilio(self.plan.fallback.calls, self.settings.twilio_url, self.engine))
        imap, key, mail_in = self.settings.imap_url, self.settings.mailgun_signing_key, self.settings.mail_in
        signing_key = key.get_secret_value() if key else None
        if mail and mail.startswith("graph://"):
            found.append(GraphMail(self._exchange(mail), self.engine, signing_key=signing_key))
        elif mail and mail_in:
            mailbox = Mailbox(MailAccount.of(imap.get_secret_value())) if imap else None
            found.append(Mail(mail, self.engine, mailbox=mailbox, signing_key=signing_key))
        elif mail:
            found.append(Gateway("mail", mail, lambda: self.plan))
        elif mail_in:
            lack = "planen har ingen »reserve: mail« at svare fra. Skriv den, eller fjern indstillingen"
            raise SettingsFault([f"{name}: {lack}" for name in mail_in])
        return found

    def _exchange(self, address: str) -> Exchange:
        """Return the mailbox in Exchange Online that the plan names, with the app that opens it.

        Raises:
            SettingsFault: it names none, there is no app, or mail is read in another place as well.
        """
        settings, mailbox = self.settings, mailbox_of(address)
        faults = []
        if not mailbox:
            faults.append("»reserve: mail« kan ikke bruges. Skriv graph://krisebot@jeres-kommune.dk, uden adgangskode")
        if settings.graph_app is None:
            faults.append(
                "KRISEBOT_GRAPH_APP_ID: mangler. Planens »reserve: mail« er graph://…, og en app skal åbne den"
            )
        if settings.imap_url is not None:
            faults.append("KRISEBOT_IMAP_URL: mail læses allerede i planens graph://…. Fjern den ene")
        if faults or settings.graph_app is None:
            raise SettingsFault(faults)
        app_id, password, tenant = settings.graph_app
        tokens = AppTokens(app_id, password, tenant, settings.microsoft_login_url)
        return Exchange(mailbox, tokens, settings.microsoft_graph_url)

    async def read_plan_again(self) -> None:
        """Read the plan file again as it is now; one with faults is reported, and the old plan kept."""
        try:
            self.plan = self._reachable(load_plan(self.settings.plan))
        except PlanFaults as faults:
            for fault in faults.faults:
                log.error("the plan is not taken: %s", fault)
        else:
            log.info("the plan has been read again: %d persons", len(self.plan.persons))
            await self._keep_up()

    async def start(self, *, by_itself: bool = True) -> None:
        """Start the engine and the platforms, with a wound clock where it was; `by_itself` as for the engine."""
        async with self.database.reading() as db:
            wound = await db.get(Remembered, "clock")
        if wound is not None and self.settings.rehearsal:
            self.clock.offset = timedelta(seconds=wound.value["offset"])
        await self._keep_up()
        await self.engine.start(by_itself=by_itself)

    async def _keep_up(self) -> None:
        """Begin the plan's own upkeep and its contact tests, and ask about a plan that has changed."""
        async with self.database.turn() as db:
            turn = Turn(db, self.clock.now(), self.plan, ways=[platform.way for platform in self.platforms])
            await upkeep.begin(turn)
            await contact_test.begin(turn)
            await emergency_pack.begin(turn)
            await duty_rota.begin(turn)
            await accounts.begin(turn)

    async def stop(self) -> None:
        """Stop the engine and the platforms; what is under way is in the rows."""
        await self.engine.stop()

    def server(self) -> web.Application:
        """Build the HTTP server with every path that krisebot answers on."""
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[come_again, missing_page(self.engine)])
        app.on_response_prepare.append(_guarded)
        app.add_routes(
            [
                *Health(self.engine, self.settings.backup).routes(),
                *WallBoard(self.engine).routes(),
                *CalendarFile(self.engine).routes(),
                *ContactFile(self.engine).routes(),
                *Papers(self.engine).routes(),
                *About(self.engine).routes(),
                *CaseDownload(self.database, self.clock).routes(),
                *(route for platform in self.platforms for route in platform.routes()),
            ]
        )
        return app


# Nobody frames our pages, guesses what a file is, or learns from a link where it stood.
GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'",
}


async def _guarded(_request: web.Request, response: web.StreamResponse) -> None:
    """Put on every answer what guards it, and take off what tells what we are made of."""
    for name, value in GUARDS.items():
        response.headers.setdefault(name, value)
    response.headers.pop("Server", None)


def load_plan(path: Path | None) -> Plan:
    """Load the municipality's plan, or the packaged example where no path is given.

    Raises:
        storage.plan.model.PlanFaults: it can't be used; every fault with its line.
    """
    return loading.load(path) if path else loading.example()


async def serve(settings: Settings, say: Callable[[str], None] = print) -> None:
    """Run krisebot until it is told to stop.

    Args:
        settings: how it is set up.
        say: called with each line that is for whoever started it.

    Raises:
        storage.plan.model.PlanFaults, storage.database.DatabaseUnavailable, SettingsFault, OSError: it can't start.
    """
    plan = load_plan(settings.plan)
    database = Database(settings.database_url)
    try:
        await database.migrate()
    except DatabaseUnavailable:
        await database.close()
        raise
    bot = Krisebot(settings, database, plan)
    with stalls.broken_off(last=stalls.LAST):
        await _serve(bot, say)


async def _serve(bot: Krisebot, say: Callable[[str], None]) -> None:
    settings, database = bot.settings, bot.database
    await bot.start()
    runner = web.AppRunner(bot.server(), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        address = f"http://{settings.host}:{settings.port}"
        if settings.rehearsal:
            say(f"Øvelseschatten er åben på {address}")
            say(
                "Vær Finn, og skriv: /krise varsel vand i kælderen på Birkehøj. Åbn Jens ved siden af, og se ham blive spurgt."
            )
            if bot.join_code:
                say(f"Adgangskode: {bot.join_code}")
        else:
            say(f"Krisebot kører på {address}: {', '.join(platform.name for platform in bot.platforms)}")
        async with systemd.watched(bot.engine.wakefulness):
            await _until_told(bot.read_plan_again)
    finally:
        await runner.cleanup()
        await bot.stop()
        await database.close()


async def _until_told(hang_up: Callable[[], Coroutine[Any, Any, None]]) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    under_way: set[asyncio.Task[None]] = set()

    def again() -> None:
        task = loop.create_task(hang_up())
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    loop.add_signal_handler(signal.SIGHUP, again)
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    await told.wait()
