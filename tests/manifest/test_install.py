"""Each way of installing, played from its page in a bare Debian: from nothing to a green doctor and an exercise.

Needs root, debootstrap, Caddy and Prometheus: `make test-install` runs it, and .ci/run installs what it needs.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from manifest import release
from storage.plan import loading
from tests.fakes.slack import FakeSlack, SlackPerson
from tests.manifest.play import HOUSE, Image, Root, blocks, clean_of_ours, run, unit, wheels

pytestmark = pytest.mark.install

MANIFEST = HOUSE / "manifest"
PLAN = loading.example()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("install")


@pytest.fixture(scope="module")
def fetched(place: Path) -> Path:
    (place / "wheels").mkdir()
    return wheels(place / "wheels")


@pytest.fixture(scope="module")
def bare(place: Path, fetched: Path) -> Root:
    return Root.bare(place / "bare", fetched)


@pytest.fixture(scope="module")
def released(place: Path) -> Path:
    """A release's files, as `make release` makes them."""
    found = (HOUSE / "pyproject.toml").read_text("utf-8")
    version = re.search(r'(?m)^version = "([^"]+)"', found)
    assert version is not None
    copy = place / "checkout"
    run(["git", "clone", "--quiet", "--no-hardlinks", str(HOUSE), str(copy)])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        made = release.build(version[1], place / "released")
    sums = subprocess.run(
        ["sha256sum", *(file.name for file in made)], cwd=place / "released", capture_output=True, check=True
    )
    (place / "released" / "SHA256SUMS").write_bytes(sums.stdout)
    return place / "released"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@asynccontextmanager
async def slack() -> AsyncIterator[FakeSlack]:
    users = {person.slack: person.name for person in PLAN.persons.values() if person.slack}
    async with FakeSlack(now=time.time, users=users) as there:
        there.add_channel("generelt", *users, bot=True)
        yield there


def filled_in(text: str, **values: str) -> str:
    """A settings file as somebody fills it in: each value behind its name, and what wasn't there at the end."""
    for name, value in values.items():
        line = f"{name}={value}"
        text, done = re.subn(rf"(?m)^{name}=.*$", line.replace("\\", r"\\"), text)
        text += "" if done else f"{line}\n"
    return text


async def answers(address: str, path: str = "/readyz", seconds: float = 60) -> dict[str, Any]:
    async with aiohttp.ClientSession() as client, asyncio.timeout(seconds):
        while True:
            try:
                async with client.get(f"{address}{path}") as answer:
                    if answer.status == 200:
                        return dict(await answer.json())
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


async def figures(port: int, query: str) -> list[str]:
    """What a Prometheus says to a query, but for what is no number."""
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": query}) as answer,
    ):
        told = await answer.json()
    assert told["status"] == "success", told
    return [each["value"][1] for each in told["data"]["result"] if each["value"][1] != "NaN"]


async def exercise(there: FakeSlack, address: str) -> None:
    """The page's last step: the chief begins an exercise, and another is asked, told that it is one."""
    jens = SlackPerson(there, "U0JENS", address, name="Jens Lund")
    pia = SlackPerson(there, "U0PIA", address, name="Pia Krogh")
    await jens.command("øvelse aktiver 2 prøve af Krisebot", None)
    async with asyncio.timeout(30):
        while not any("ØVELSE" in message.shown for message in pia.messages() if message.from_bot):
            await asyncio.sleep(0.1)


async def test_the_page_from_its_first_line_to_the_first_exercise(
    bare: Root, released: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With pipx, as the page says; its units are held by what they say, since a root has no systemd of its own."""
    page = (MANIFEST / "GOLIVE.md").read_text("utf-8")
    port = free_port()
    began = time.monotonic()
    async with slack() as there:
        with bare.copy(place / "pipx") as root:
            for file in released.iterdir():
                shutil.copy(file, root.folder / "root")
            before = blocks(page)
            for number, commands in enumerate(before):
                await asyncio.to_thread(root.play, commands)
                if "plan.yaml" in commands and "krisebot.env" in commands:
                    # What the page asks somebody to write.
                    root.write(
                        "/etc/krisebot/.env",
                        filled_in(
                            root.read("/etc/krisebot/.env"),
                            SLACK_BOT_TOKEN=there.bot_token,
                            SLACK_SIGNING_SECRET=there.signing_secret,
                            SLACK_API_URL=there.url,
                            KRISEBOT_PORT=str(port),
                        ),
                    )
                    plan = root.read("/etc/krisebot/plan.yaml")
                    root.write("/etc/krisebot/plan.yaml", plan.replace("reserve:", "reserve:\n  sms_fravalgt: ja"))
                assert number < len(before)
            service = unit((MANIFEST / "systemd" / "krisebot.service").read_text("utf-8"))
            (command,) = service["ExecStart"]
            said = place / "pipx.log"
            root.start(command.split(), service["WorkingDirectory"][0], service["User"][0], said)
            address = f"http://127.0.0.1:{port}"
            try:
                await answers(address)
            except TimeoutError:
                raise AssertionError(said.read_text("utf-8")) from None
            told = "".join([await asyncio.to_thread(root.play, each) for each in blocks(page, "kører")])
            assert "FEJL" not in told, told
            assert "Alt er vel." in told
            await exercise(there, address)
            took = time.monotonic() - began
            private = root.play("find /var/lib/krisebot -type f -perm /077")
            assert private == "", private
            for line in said.read_text("utf-8").splitlines():
                assert line.startswith(("{", "Krisebot")), line
    with capsys.disabled():
        print(f"\nFrom the page's first line to the first exercise: {took:.0f} s, without the time that people take.")
    assert took < 30 * 60


async def test_the_images_steps_give_a_krisebot_that_is_alive_on_a_read_only_root(bare: Root, place: Path) -> None:
    """Every instruction of the Containerfile, in two bare roots; then as its user, with only its volumes to write to."""
    port = free_port()
    numbers = iter(range(9))
    opened: list[Root] = []

    def stages() -> Iterator[Root]:
        while True:
            root = bare.copy(place / f"image-{next(numbers)}")
            opened.append(root.__enter__())
            yield root

    image = Image(stages(), HOUSE)
    async with slack() as there:
        try:
            root = await asyncio.to_thread(image.build, (MANIFEST / "Containerfile").read_text("utf-8"))
            run(["mount", "--bind", str(root.folder), str(root.folder)])
            for volume in ("/var/lib/krisebot", "/var/backups/krisebot"):
                run(["mount", "--bind", f"{root.folder}{volume}", f"{root.folder}{volume}"])
            run(["mount", "-o", "remount,bind,ro", str(root.folder)])
            plan = place / "plan.yaml"
            settings = {
                **image.environment,
                "KRISEBOT_PORT": str(port),
                "SLACK_BOT_TOKEN": there.bot_token,
                "SLACK_SIGNING_SECRET": there.signing_secret,
                "SLACK_API_URL": there.url,
            }
            assert image.user not in ("0", "root")
            said = place / "image.log"
            words = [*image.entry, *image.command]
            root.start(words, image.within, image.user, said, **settings)
            try:
                await answers(f"http://127.0.0.1:{port}")
            except TimeoutError:
                raise AssertionError(said.read_text("utf-8")) from None
            healthy = f"setpriv --reuid={image.user} --clear-groups {' '.join(image.health)}"
            await asyncio.to_thread(root.play, healthy, "/", **settings)
            await exercise(there, f"http://127.0.0.1:{port}")
            with pytest.raises(AssertionError, match="Read-only"):
                root.play("touch /opt/krisebot/x")
            assert not plan.exists()
        finally:
            for each in opened:
                each.stop()
            for mounted in reversed([line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]):
                if mounted.startswith(str(place / "image-")):
                    run(["umount", "--lazy", mounted])


# --- what reads our files as their users' own programs do -----------------------------------------------------------


def test_the_proxys_file_is_one_that_caddy_takes() -> None:
    run(["caddy", "validate", "--adapter", "caddyfile", "--config", str(MANIFEST / "Caddyfile")])


async def test_the_proxy_lets_in_what_shall_be_reached_and_nothing_else(place: Path) -> None:
    """Over HTTP, before a server that says what it was asked for; TLS and its certificate are Caddy's own."""
    from aiohttp import web

    seen: list[str] = []

    async def take(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(text="krisebot", headers={"Server": "krisebot"})

    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", take)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = free_port()
    environment = clean_of_ours() | {
        "KRISEBOT_DOMAIN": f"http://127.0.0.1:{port}",
        "KRISEBOT_UPSTREAM": f"127.0.0.1:{runner.addresses[0][1]}",
        "KRISEBOT_OWN_NETWORK": "10.0.0.0/8",
        "XDG_DATA_HOME": str(place),
        "XDG_CONFIG_HOME": str(place),
    }
    words = ["caddy", "run", "--adapter", "caddyfile", "--config", str(MANIFEST / "Caddyfile")]
    proxy = await asyncio.create_subprocess_exec(*words, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with aiohttp.ClientSession() as client, asyncio.timeout(30):
            while True:
                try:
                    await client.get(f"http://127.0.0.1:{port}/")
                    break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
            let_in = [
                "/slack/events",
                "/api/messages",
                "/sms/gatewayapi",
                "/mail/mailgun/mime",
                "/opkald/1/svar",
                "/vilkaar",
            ]
            kept_out = [
                "/",
                "/metrics",
                "/readyz",
                "/healthz",
                "/rehearsal/people",
                "/tavle/x",
                "/eksport/x",
                "/papir/x.pdf",
            ]
            for path in let_in + kept_out:
                async with client.get(f"http://127.0.0.1:{port}{path}") as answer:
                    assert answer.status == (200 if path in let_in else 404), path
                    assert "Server" not in answer.headers
            assert seen == let_in
    finally:
        proxy.terminate()
        await proxy.wait()
        await runner.cleanup()


def test_the_alert_rules_are_ones_that_prometheus_takes_and_each_goes_off_when_it_should() -> None:
    folder = MANIFEST / "prometheus"
    run(["promtool", "check", "config", str(folder / "prometheus.yaml")])
    run(["promtool", "test", "rules", str(folder / "alerts_test.yaml")])


def test_the_units_are_ones_that_systemd_takes_and_are_as_tight_as_they_can_be(place: Path) -> None:
    units = place / "units"
    shutil.copytree(MANIFEST / "systemd", units)
    for file in units.glob("*.service"):
        # The program is elsewhere on this machine.
        file.write_text(file.read_text("utf-8").replace("/usr/local/bin/krisebot", "/bin/true"), "utf-8")
    found = run(["systemd-analyze", "verify", "--man=no", *map(str, sorted(units.iterdir()))])
    assert not [line for line in found.splitlines() if str(units) in line], found
    for name in ("krisebot.service", "krisebot-watchdog.service", "krisebot-backup.service"):
        run(["systemd-analyze", "security", "--offline=true", "--threshold=20", str(units / name)])


async def test_every_query_of_the_dashboard_gives_a_figure_of_a_running_bot(place: Path) -> None:
    """A real Prometheus asks a krisebot in which somebody warns and somebody is summoned."""
    from tests.databases import SQLite
    from tests.stage.slack import SlackStage

    dashboard = json.loads((MANIFEST / "grafana" / "krisebot.json").read_text("utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(queries) >= 10
    (place / "db").mkdir()
    (place / "copies").mkdir()
    stage = SlackStage(SQLite(place / "db").migrated())
    own = stage.settings
    stage.settings = lambda: own().model_copy(update={"backup": place / "copies"})  # type: ignore[method-assign]
    port = free_port()
    config = place / "prometheus.yaml"
    async with stage:
        shown = (MANIFEST / "prometheus" / "prometheus.yaml").read_text("utf-8")
        config.write_text(
            shown.replace("127.0.0.1:8080", stage.address.removeprefix("http://")).replace("15s", "1s"), "utf-8"
        )
        shutil.copy(MANIFEST / "prometheus" / "alerts.yaml", place)
        words = [
            "prometheus",
            f"--config.file={config}",
            f"--storage.tsdb.path={place / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ]
        prometheus = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.DEVNULL)
        try:
            from bot.operations import backup

            await stage["finn"].commands("varsel vand i kælderen")
            await backup.take(stage.url, place / "copies")
            await answers(f"http://127.0.0.1:{port}", "/api/v1/status/runtimeinfo")
            async with asyncio.timeout(60):
                while not await figures(port, "krisebot_turn_seconds_count"):
                    await asyncio.sleep(0.2)
            await stage["jens"].commands("aktiver 2 skybrud")
            await stage.forward(minutes=10)
            left = list(queries)
            for _ in range(30):
                left = [query for query in left if not await figures(port, query)]
                if not left:
                    break
                await asyncio.sleep(1)
            assert left == []
        finally:
            prometheus.terminate()
            await prometheus.wait()
