"""What is measured, and the floor it is measured against: programs of their own, so that neither shares our loop."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

FLOOR = """
import asyncio, os
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

app = AsyncApp(
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
    client=AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
)

@app.command("/krise")
async def acknowledge(ack, client, body):
    await ack()
    if body["text"] == "svar":
        await client.chat_postMessage(channel=body["user_id"], text="svar")

async def main():
    runner = web.AppRunner(app.web_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["KRISEBOT_PORT"])).start()
    print("open", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
"""Slack's own app on Slack's own server, which acknowledges and keeps nothing."""

KRISEBOT = "import sys; sys.argv = ['krisebot', 'serve']; from bot.cli import main; main()"
IMPORTS = "import slack_bolt, botbuilder.core, sqlalchemy, aiohttp; print('open', flush=True); input()"


@asynccontextmanager
async def running(program: str, settings: dict[str, str] | None = None) -> AsyncIterator[tuple[str, int]]:
    """A Python program that says a line when it is open, until the block ends.

    Returns:
        its address and its process id.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "KRISEBOT_PORT": str(port), **(settings or {})}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline(), "the program did not open"
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        await process.communicate()
