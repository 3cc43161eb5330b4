"""The command line. Exit status: 0 done, 1 it found a fault, 2 it could not run, with one line for each fault."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn, TypeVar

import typer
from sqlalchemy import select

from bot import doctor as checkup
from bot import settings as configuration
from bot.engine.packing import attached, emergency_paper
from bot.operations import commands, logs, readiness, rota_check
from bot.operations.whole_files import whole_files
from bot.playing import scenario
from bot.settings import Settings, SettingsFault
from bot.version import VERSION
from handlers.alert import contacts
from handlers.core.turn import Turn
from handlers.log import seal
from handlers.preparedness import emergency_pack as pack
from storage.case import archive, lines, verification
from storage.case import export as exports
from storage.case.chain import Break
from storage.case.pages import emergency_pack as on_paper
from storage.case.pages import pdf, volumes
from storage.case.pages.blocks import Names
from storage.database import Database, DatabaseUnavailable
from storage.grades import Grade
from storage.plan import loading, to_mend
from storage.plan.faults import PlanFaults
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from storage.rows.traffic import strangers

T = TypeVar("T")

FOUND, COULD_NOT = 1, 2

app = typer.Typer(
    help="Krisebot: kommunens beredskabsplan i arbejde, i Slack og i Teams.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
plan_app = typer.Typer(help="Planfilen.", no_args_is_help=True)
app.add_typer(plan_app, name="plan")
commands.add_to(app)


class Format(StrEnum):
    """The formats that an export may be written in."""

    JSON = "json"
    CSV = "csv"
    PDF = "pdf"
    DOCX = "docx"
    ZIP = "zip"


def _version(wanted: bool) -> None:
    if wanted:
        print(f"krisebot {VERSION}")
        raise typer.Exit


@app.callback()
def default(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Vis, hvilken krisebot det er")
    ] = False,
) -> None:
    """Start krisebot as `serve` does, when no command is given."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve() -> None:
    """Start krisebot."""
    from bot import app as running

    settings = _settings()
    logs.set_up(settings.log)
    try:
        asyncio.run(running.serve(settings, lambda line: print(line, flush=True)))
    except PlanFaults as faults:
        _stop(COULD_NOT, [str(fault) for fault in faults.faults])
    except SettingsFault as error:
        _stop(COULD_NOT, error.faults)
    except DatabaseUnavailable as error:
        _stop(COULD_NOT, [f"KRISEBOT_DATABASE_URL: databasen kan ikke bruges. {error}"])
    except OSError as error:
        _stop(
            COULD_NOT, [f"KRISEBOT_HOST, KRISEBOT_PORT: kan ikke åbnes ({error.strerror or error}). Vælg en anden port"]
        )


@plan_app.command("check")
def plan_check(
    file: Annotated[Path | None, typer.Argument(help="Planfilen; ellers den, der er sat op")] = None,
) -> None:
    """Tell every fault in the plan file, with line and remedy."""
    path = file or _settings().plan
    if path is not None and not path.is_file():
        _stop(COULD_NOT, [f"{path}: filen findes ikke. Skriv stien til planfilen"])
    try:
        plan = loading.load(path) if path else loading.example()
    except PlanFaults as faults:
        _stop(FOUND, [str(fault) for fault in faults.faults])
    _, warnings, rota_faults = asyncio.run(rota_check.told(plan, datetime.now(UTC)))
    if rota_faults:
        _stop(FOUND, [f"{each}." for each in rota_faults])
    for warning in [*to_mend.warnings_on(plan, checkup.today()), *warnings]:
        print(f"Advarsel: {warning}", file=sys.stderr)
    print(f"Planen kan bruges: {len(plan.persons)} personer, {len(plan.centres)} centre.")


@plan_app.command("import")
def plan_import(
    file: Annotated[Path, typer.Argument(help="Listen med kontakter: CSV eller Excel (.xlsx)")],
    write: Annotated[Path | None, typer.Option("--write", help="Skriv den nye plan hertil; ellers vises kun")] = None,
    plan_file: Annotated[Path | None, typer.Option("--plan", help="Planfilen; ellers den, der er sat op")] = None,
    keep: Annotated[bool, typer.Option("--behold", help="De, der ikke er i listen, bliver i planen")] = False,
) -> None:
    """Show what a list of contacts would change in the plan; with --write, write the plan so."""
    from storage.plan import importing as lists

    path = plan_file or _settings().plan
    try:
        text = path.read_text("utf-8-sig") if path else loading.example_text()
        plan = loading.parse(text, str(path or "eksempelplan.yaml"))
        rows = lists.read(file)
    except (OSError, UnicodeDecodeError) as error:
        _stop(COULD_NOT, [f"{path}: planfilen kan ikke læses ({error}). Skriv stien til planfilen"])
    except PlanFaults as faults:
        _stop(COULD_NOT, [str(fault) for fault in faults.faults])
    except lists.Unreadable as error:
        _stop(COULD_NOT, [f"{file}: {error}"])
    found = lists.compare(plan, rows, str(file), keep=keep)
    for line in lists.in_words(plan, found, plan.lines_of_persons()):
        print(line)
    if found.faults:
        _stop(FOUND, [str(fault) for fault in sorted(found.faults)])
    new = lists.written(text, found)
    try:
        loading.parse(new, str(write or "den nye plan"))
        if write is None:
            return
        write.write_text(new, "utf-8")
    except PlanFaults as faults:
        _stop(FOUND, [str(fault) for fault in faults.faults])
    except OSError as error:
        _stop(COULD_NOT, [f"{write}: kan ikke skrives ({error.strerror}). Vælg et andet sted"])
    print(f"Skrevet til {write}.")


@app.command()
def doctor() -> None:
    """Check that krisebot can reach everybody it must reach."""
    lines = _run(checkup.examine(_settings()))
    for line in lines:
        print(line)
    if any(line.startswith(readiness.FAULT) for line in lines):
        raise typer.Exit(FOUND)


@app.command()
def export(
    crisis: Annotated[str, typer.Argument(help="Krisens nummer, eller latest")],
    format: Annotated[Format, typer.Option("--format", help="Filens form")] = Format.JSON,
    grade: Annotated[Grade | None, typer.Option("--grade", help="Den højeste fortrolighed, der tages med")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Filen; ellers skærmen")] = None,
) -> None:
    """Write a crisis' case to a file."""
    with tempfile.TemporaryDirectory(prefix="krisebot-") as folder, Bar() as bar:
        bar.step("databasen")
        told, names, files = _run(
            _on_crisis(crisis, lambda database, found: _export(database, found, grade, format, Path(folder)))
        )
        bar.steps(1 + archive.steps(format, told))
        try:
            with whole_files() as opened:
                if format in archive.PAPER:
                    _write_papers(format, told, names, files, output, bar, opened)
                else:
                    target = output or Path(folder) / f"sag.{format}"
                    archive.write(format, told, names, opened(target), bar.step, files)
            if output is None and format not in archive.PAPER:
                with target.open("rb") as written:
                    shutil.copyfileobj(written, sys.stdout.buffer)
        except BrokenPipeError:
            raise
        except pdf.CannotDraw as error:
            _stop(COULD_NOT, [f"Siden kan ikke tegnes ved {error}"])
        except OSError as error:
            _stop(COULD_NOT, [f"{output or 'skærmen'}: kan ikke skrives ({error.strerror}). Vælg et andet sted"])


def _write_papers(
    format: Format,
    told: dict[str, Any],
    names: Names,
    files: Mapping[str, Path],
    output: Path | None,
    bar: Bar,
    opened: Callable[[Path], IO[bytes]],
) -> None:
    """Write the export as PDF or DOCX: a long log in several volumes, each a file ("sag.pdf", "sag-2.pdf" and so
    on)."""
    every = volumes(told)
    if output is None and every > 1:
        _stop(COULD_NOT, [f"Sagen er i {every} bind, hver sin fil. Skriv -o sag.{format}"])
    for number, content in enumerate(archive.papers(format, told, names, bar.step, files), 1):
        if output is None:
            sys.stdout.buffer.write(content)
        else:
            opened(output.with_name(archive.numbered(output.name, number))).write(content)
    if output is not None and every > 1:
        print(f"Sagen er i {every} bind: {output.name} til {archive.numbered(output.name, every)}.", file=sys.stderr)


@app.command("nødpakke")
@app.command("noedpakke", hidden=True)
def emergency_pack(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Filen (PDF); ellers skærmen")] = None,
) -> None:
    """Write what is needed on paper when the chat is down: who to ring, roles, log and blank log lines."""
    content = _run(_emergency_pack())
    try:
        if output is None:
            sys.stdout.buffer.write(content)
        else:
            with whole_files() as opened:
                opened(output).write(content)
    except BrokenPipeError:
        raise
    except OSError as error:
        _stop(COULD_NOT, [f"{output or 'skærmen'}: kan ikke skrives ({error.strerror}). Vælg et andet sted"])


@app.command()
def verify(
    what: Annotated[str, typer.Argument(help="Krisens nummer, latest, eller en eksports sti")],
    head: Annotated[str | None, typer.Option("--head", help="En hash, der er slået op tidligere")] = None,
) -> None:
    """Find every changed, removed, inserted or moved line of the log."""
    if what.isdecimal() or what == "latest":
        found = _run(_on_crisis(what, lambda database, found: _verify_crisis(database, found, head)))
    else:
        found = _verify_file(Path(what), head)
    if found:
        _stop(FOUND, [f"nr. {each.no}: {each.what}" for each in found])
    print("Loggen er hel.")


@app.command()
def rehearse(
    file: Annotated[
        Path, typer.Argument(help="Scenariets fil, eller navnet på et medfølgende", metavar="SCENARIO.yaml")
    ],
    speed: Annotated[
        float | None,
        typer.Option(
            "--speed",
            min=0.1,
            metavar="N",
            help="N gange så hurtigt som i virkeligheden, med øvelseschatten åben; ellers så hurtigt som muligt",
        ),
    ] = None,
) -> None:
    """Play a scenario, and check what is expected along the way."""
    from bot.playing import rehearse as stage

    # A door that takes longer than it has patience for is no news here: `rehearse` waits for the rest. Nor is what a chat
    # doesn't take that the scenario itself has taken away.
    for chatty in ("aiohttp.server", "krisebot.event"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    port = _settings().port if speed else 0
    try:
        played = scenario.read(file)
        unmet = _run(stage.play(played, file, lambda line: print(line, flush=True), speed=speed, port=port))
    except PlanFaults as faults:
        _stop(COULD_NOT, [str(fault) for fault in faults.faults])
    except OSError as error:
        where, mend = (
            ("KRISEBOT_PORT", "Vælg en anden port") if speed else (str(file), "Giv plads på disken til at spille")
        )
        _stop(COULD_NOT, [f"{where}: kan ikke åbnes ({error.strerror or error}). {mend}"])
    if unmet:
        _stop(FOUND, [str(each) for each in unmet])


class Bar:
    """A progress bar for a case file, drawn on stderr, and only when stderr is a terminal."""

    def __init__(self) -> None:
        self._bar: Any = typer.progressbar(length=2, file=sys.stderr) if sys.stderr.isatty() else None
        self._begun = False

    def __enter__(self) -> Bar:
        if self._bar:
            self._bar.__enter__()
        return self

    def __exit__(self, *fault: Any) -> None:
        if self._bar:
            if not fault[0]:
                self.step("færdig")
            self._bar.__exit__(*fault)

    def steps(self, every: int) -> None:
        """Set how many steps there are, once that is known."""
        if self._bar:
            self._bar.length = every

    def step(self, what: str) -> None:
        """Show what is being written now, and count the step before it as done."""
        if self._bar:
            self._bar.label = what.ljust(12)
            self._bar.update(1 if self._begun else 0)
            self._bar.render_progress()
            self._begun = True


async def _export(
    database: Database, number: int, grade: Grade | None, format: Format, folder: Path
) -> tuple[dict[str, Any], Names, dict[str, Path]]:
    """Return the export, how its ids are written and what is attached; the log's seal is left for the staff's channel.

    The seal takes a turn; the rest is only read, so that those at work don't wait for a long log.
    """
    settings = _settings()
    plan = loading.load(settings.plan) if settings.plan else loading.example()
    async with database.turn() as db:
        await seal.post(Turn(db, datetime.now(UTC), plan, crisis=await db.get_one(Crisis, number)))
    async with database.reading() as db:
        crisis = await db.get_one(Crisis, number)
        told = await exports.spooled(db, crisis, grade)
        files = await attached(db, told, folder) if format is Format.ZIP or format in archive.PAPER else {}
        names = Names.of(Plan.thawed(crisis.plan, plan), await strangers(db))
        if grade in (None, "staff", "confidential"):
            checked = await contacts.last_checked(Turn(db, datetime.now(UTC), plan, crisis=crisis))
            names = replace(names, phones=contacts.printed(plan), checked=checked)
    return told, names, files


async def _emergency_pack() -> bytes:
    """Return the emergency pack as things stand now; where the database can't be used, without what is in it."""
    settings, now = _settings(), datetime.now(UTC)
    try:
        plan = loading.load(settings.plan) if settings.plan else loading.example()
    except PlanFaults as faults:
        _stop(COULD_NOT, [str(fault) for fault in faults.faults])
    database = Database(settings.database_url)
    try:
        await database.migrate()
        async with database.reading() as db:
            blocks = await pack.gathered(Turn(db, now, plan))
    except DatabaseUnavailable as error:
        print(f"Advarsel: databasen kan ikke bruges ({error}). Pakken er lavet af planen alene.", file=sys.stderr)
        names = replace(Names.of(plan), phones=contacts.printed(plan))
        blocks = on_paper.pack(plan, names, [], now)
    finally:
        await database.close()
    return emergency_paper(plan, blocks, now)


async def _verify_crisis(database: Database, number: int, head: str | None) -> list[Break]:
    async with database.reading() as db:
        return await verification.verify_crisis(db, await db.get_one(Crisis, number), head)


def _verify_file(path: Path, head: str | None) -> list[Break]:
    try:
        with path.open("rb") as file:
            if file.peek().startswith(archive.MAGIC):
                return archive.verify(file, head)
            try:
                told = lines.read(file)
            except (ValueError, RecursionError):
                told = None
    except OSError as error:
        _stop(
            COULD_NOT,
            [f"{path}: kan ikke læses ({error.strerror}). Skriv et nummer, latest eller stien til en eksport"],
        )
    if not isinstance(told, dict):
        return [Break(0, "filen er ikke en eksport, der kan læses")]
    return verification.verify_export(told, head)


async def _on_crisis(which: str, do: Callable[[Database, int], Awaitable[T]]) -> T:
    """Run `do` on a crisis that is named by its number, or as the latest, with the number of its row."""
    database = Database(_settings().database_url)
    try:
        await database.migrate()
        async with database.reading() as db:
            crises = list(await db.scalars(select(Crisis).order_by(Crisis.number)))
            real = [crisis for crisis in crises if not crisis.exercise]
            found = real[-1:] if which == "latest" else [crisis for crisis in crises if str(crisis.number) == which]
            if not found:
                numbers = ", ".join(str(crisis.number) for crisis in crises) or "ingen"
                _stop(COULD_NOT, [f"{which}: den krise findes ikke. Der er: {numbers}"])
        return await do(database, found[0].id)
    except DatabaseUnavailable as error:
        _stop(COULD_NOT, [f"KRISEBOT_DATABASE_URL: databasen kan ikke bruges. {error}"])
    except PlanFaults as faults:
        _stop(COULD_NOT, [str(fault) for fault in faults.faults])
    finally:
        await database.close()


def _settings() -> Settings:
    try:
        return configuration.load()
    except SettingsFault as error:
        _stop(COULD_NOT, error.faults)


def _run(work: Any) -> Any:
    return asyncio.run(work)


def _stop(status: int, lines: list[str]) -> NoReturn:
    for line in lines:
        print(line, file=sys.stderr)
    raise typer.Exit(status)


def main() -> None:
    """Run the command line: the console entry point."""
    # Exports, attachments and copies are for whoever runs it, and nobody beside.
    os.umask(0o077)
    try:
        app()
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(COULD_NOT)


if __name__ == "__main__":
    main()
