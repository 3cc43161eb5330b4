"""The operator's commands: `backup`, `restore`, `retention`, `persondata` and `watchdog`. Exit status as in bot/cli.py."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import sqlite3
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot import settings as configuration
from bot.operations import backup as copies
from bot.operations import logs
from bot.operations.restore import restore as put_back
from bot.operations.retention import tidy
from bot.settings import Settings, SettingsFault
from manifest import package
from storage.database import Database, DatabaseUnavailable
from storage.keeping import persondata as personal
from storage.keeping.snapshot import NotACopy, NotEmpty
from storage.plan import loading
from storage.plan.faults import PlanFaults
from storage.plan.model import Plan

FOUND, COULD_NOT = 1, 2


def add_to(app: typer.Typer) -> None:
    """Add the operator's commands to the command line."""
    for command in (backup, restore, retention, persondata, watchdog, alive):
        app.command()(command)
    app.command("manifest")(write_manifest)
    app.command("teams-package")(package.main)


def backup(
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="En mappe, eller en fil, der ender på .db; ellers KRISEBOT_BACKUP"),
    ] = None,
) -> None:
    """Copy the whole database to a file, while krisebot runs, and verify every log in the copy."""
    settings = _settings()
    where = output or settings.backup
    if where is None:
        _stop(COULD_NOT, ["KRISEBOT_BACKUP: mangler. Skriv mappen til kopierne, eller brug -o"])
    with _database(settings), _writing(where):
        taken = asyncio.run(copies.take(settings.database_url, where))
    print(f"{taken.file}: {taken.about.rows} rækker, {taken.crises} logge er set efter.")
    if taken.faults:
        _stop(FOUND, [f"Kopien er taget, men noget er galt: {fault}" for fault in taken.faults])


def restore(
    file: Annotated[Path, typer.Argument(help="En kopi, som krisebot backup har lavet")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Slet det, der er i databasen nu")] = False,
) -> None:
    """Put a copy back, into either kind of database; krisebot must be stopped first."""
    settings = _settings()
    plan = _plan(settings)
    if _answers(settings) is not False:
        _stop(COULD_NOT, [f"Krisebot kører på {settings.host}:{settings.port}. Stop den først, så intet skrives imens"])
    try:
        with _database(settings):
            done = asyncio.run(put_back(file, settings.database_url, plan, overwrite=overwrite))
    except NotACopy as error:
        _stop(COULD_NOT, [f"{file}: {error}"])
    except NotEmpty:
        _stop(
            COULD_NOT,
            ["KRISEBOT_DATABASE_URL: der er noget i databasen. Tag først en kopi af det, og skriv så --overwrite"],
        )
    at = done.about.at.astimezone(plan.timezone)
    print(f"Genoprettet fra kopien taget {at:%d.%m.%Y kl. %H:%M}: {done.crises} logge er set efter.")
    if done.told:
        print(f"{done.told} kriser er i gang: det står i deres log, og stabene får det at vide, når krisebot starter.")
    if done.faults:
        _stop(FOUND, done.faults)


def retention(
    delete: Annotated[
        bool, typer.Option("--delete", help="Slet det; ellers vises kun, hvad der ville blive slettet")
    ] = False,
) -> None:
    """Show what has been kept long enough by the plan's `opbevaring`, and with --delete let go of it."""
    settings = _settings()
    plan = _plan(settings)
    with _database(settings), _writing(settings.backup):
        tidied = asyncio.run(tidy(settings.database_url, plan, delete=delete, backups=settings.backup))
    for line in tidied.lines(done=delete):
        print(line)


def persondata(
    name: Annotated[str, typer.Argument(help="Personens navn, id, nummer eller mailadresse", metavar="NAVN")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Filen; ellers skærmen")] = None,
) -> None:
    """Write everything that is remembered of one person, for whoever answers their request."""
    settings = _settings()
    plan = _plan(settings)

    if not name.strip():
        _stop(COULD_NOT, ["NAVN: er tomt. Skriv personens navn, id, nummer eller mailadresse"])

    async def gather() -> tuple[personal.Found, dict[str, Any] | None]:
        database = Database(settings.database_url)
        try:
            await database.migrate()
            async with database.reading() as db:
                found = await personal.find(db, plan, name)
                one = found.one
                return found, await personal.document(db, plan, one, datetime.now(UTC)) if one else None
        finally:
            await database.close()

    with _database(settings):
        found, told = asyncio.run(gather())
    if told is None:
        _stop(COULD_NOT, [f"{name}: det hedder flere. Skriv id'et: {', '.join(each.person for each in found.persons)}"])
    if not found.persons:
        print(f"{name}: ingen hedder sådan, så der er kun søgt efter ordene.", file=sys.stderr)
        if found.alike:
            print(f"Mente I: {', '.join(found.alike)}?", file=sys.stderr)
        if not told["fundet"]:
            _stop(FOUND, ["Der er ikke fundet noget. Se efter, om navnet er stavet rigtigt, før I svarer"])
    if told["deles_med"]:
        shared = ", ".join(told["deles_med"])
        print(f"Navn, nummer eller adresse deles med {shared}: se efter, hvem hver række er om.", file=sys.stderr)
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    with _writing(output):
        if output is None:
            sys.stdout.write(text)
        else:
            with os.fdopen(os.open(output, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
                # A file that was there may be anybody's to read: not with this in it. A device's rights are not ours.
                if output.is_file():
                    os.fchmod(out.fileno(), 0o600)
                out.write(text)
    for what, rows in told["fundet"].items():
        print(f"{what}: {len(rows)}", file=sys.stderr)
    print("Læs det igennem, før det udleveres: der kan stå noget om andre i det.", file=sys.stderr)


def watchdog(
    once: Annotated[
        bool, typer.Option("--once", help="Se efter én gang, og slut: 0 alt er vel, 1 noget er galt")
    ] = False,
) -> None:
    """Watch krisebot from a process of its own, and alarm somebody when what is due has not been done."""
    from bot.operations import watchdog as watching

    settings = _settings()
    logs.set_up(settings.log)
    if not settings.watchdog_alarm and not once:
        _stop(
            COULD_NOT,
            ["KRISEBOT_WATCHDOG_ALARM: mangler. Skriv, hvem vagthunden skal alarmere, som apprise skriver det"],
        )
    faults = watching.bad_addresses(settings)
    if faults:
        _stop(COULD_NOT, faults)
    found = asyncio.run(watching.run(settings, once=once, say=lambda line: print(line, flush=True)))
    if found:
        raise typer.Exit(FOUND)


def alive() -> None:
    """Ask a running krisebot whether it is alive, as a container's health check does."""
    settings = _settings()
    if not _answers(settings):
        _stop(FOUND, [f"Krisebot svarer ikke på {settings.host}:{settings.port}"])


def write_manifest(
    folder: Annotated[Path, typer.Argument(help="Mappen; den laves, hvis den ikke er der")],
) -> None:
    """Write the pages, units, rules and other files that an installation needs."""
    with _writing(folder):
        shutil.copytree(
            Path(package.__file__).parent,
            folder,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("*.py", "__pycache__"),
        )
        (folder / loading.EXAMPLE).write_text(loading.example_text(), "utf-8")
    print(f"Skrevet til {folder}. Begynd med GOLIVE.md.")


def _settings() -> Settings:
    try:
        return configuration.load()
    except SettingsFault as error:
        _stop(COULD_NOT, error.faults)


def _plan(settings: Settings) -> Plan:
    try:
        return loading.load(settings.plan) if settings.plan else loading.example()
    except PlanFaults as faults:
        _stop(COULD_NOT, [str(fault) for fault in faults.faults])


@contextmanager
def _database(settings: Settings) -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        _stop(COULD_NOT, [f"KRISEBOT_DATABASE_URL: databasen kan ikke bruges. {error}"])
    except (SQLAlchemyError, sqlite3.Error) as error:
        # A full disk is told so by SQLite, whoever it is that it has no room for.
        _stop(COULD_NOT, [f"KRISEBOT_DATABASE_URL: databasen kan ikke bruges. {str(error).splitlines()[0]}"])


@contextmanager
def _writing(where: Path | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _stop(COULD_NOT, [f"{error.filename or where}: kan ikke skrives ({error.strerror}). Vælg et andet sted"])


def _answers(settings: Settings) -> bool | None:
    """Whether krisebot answers at its own door; None where somebody is there and says nothing."""
    # Past whatever proxy the machine goes out by: that one is not asked about this machine.
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with straight.open(f"{settings.door}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except TimeoutError:
        return None
    except (OSError, ValueError, http.client.HTTPException):
        return False


def _stop(status: int, lines: list[str]) -> NoReturn:
    for line in lines:
        print(line, file=sys.stderr)
    raise typer.Exit(status)
