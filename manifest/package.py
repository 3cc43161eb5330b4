"""The app package that an administrator uploads to Teams: `krisebot teams-package -o krisebot-teams.zip`.

How it is used is told in TEAMS.md.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from manifest.icons import COLOR, FOLDER, OUTLINE, size

Json = dict[str, Any]

PLACEHOLDER = "{{MICROSOFT_APP_ID}}"
EXAMPLE = "https://krisebot.example.dk/"
# What Teams demands of a manifest, with the most characters that it takes.
TEXTS = {
    ("manifestVersion",): 16,
    ("version",): 256,
    ("id",): 36,
    ("developer", "name"): 32,
    ("developer", "websiteUrl"): 2048,
    ("developer", "privacyUrl"): 2048,
    ("developer", "termsOfUseUrl"): 2048,
    ("name", "short"): 30,
    ("name", "full"): 100,
    ("description", "short"): 80,
    ("description", "full"): 4000,
    ("icons", "color"): 2048,
    ("icons", "outline"): 2048,
    ("accentColor",): 7,
}
# Without these the staff gets no channel of its own, or the bot doesn't hear what is said in it.
CONSENTS = {"Channel.Create.Group", "ChannelSettings.Read.Group", "ChannelMessage.Read.Group"}
ACTIONS = {
    "gemILog": ["message"],
    "sendSomVarsel": ["message"],
    "vejledning": ["message"],
    "sendVarsel": ["compose", "commandBox"],
}


def read(app_id: str, website: str | None = None, address: str | None = None) -> Json:
    """The manifest, made out to an app.

    Args:
        app_id: MICROSOFT_APP_ID.
        website: the municipality's own address, in the place of the example's.
        address: krisebot's own, where the pages on personal data and terms are.
    """
    manifest: Json = json.loads((FOLDER / "manifest.json").read_text("utf-8").replace(PLACEHOLDER, app_id))
    about = manifest["developer"]
    if website:
        about["websiteUrl"] = website.rstrip("/") + "/"
    if address:
        for name in ("privacyUrl", "termsOfUseUrl"):
            about[name] = about[name].replace(EXAMPLE, address.rstrip("/") + "/")
    return manifest


def faults(manifest: Json) -> Iterator[str]:
    """What Teams would refuse, or what krisebot can't do without; in Danish."""
    for path, most in TEXTS.items():
        value = _at(manifest, *path)
        name = ".".join(path)
        if not isinstance(value, str) or not value:
            yield f"{name}: mangler i manifest.json"
        elif len(value) > most:
            yield f"{name}: er {len(value)} tegn. Skriv højst {most}"
        elif name.endswith("Url") and not value.startswith("https://"):
            yield f"{name}: skal begynde med https://"
    if not re.fullmatch(r"\d+\.\d+\.\d+", str(manifest.get("version"))):
        yield "version: skriv tre tal, fx 1.0.1"
    ids = {
        "id": manifest.get("id"),
        "bots.botId": _at(manifest, "bots", 0, "botId"),
        "composeExtensions.botId": _at(manifest, "composeExtensions", 0, "botId"),
        "webApplicationInfo.id": _at(manifest, "webApplicationInfo", "id"),
    }
    for name, value in ids.items():
        if not _is_guid(value):
            yield f"{name}: »{value}« er ikke et app-id. Kopiér »Application (client) ID« fra Entra til MICROSOFT_APP_ID"
    scopes = _at(manifest, "bots", 0, "scopes") or []
    if not {"personal", "team", "groupChat"} <= set(scopes):
        yield "bots.scopes: skal nævne personal, team og groupChat"
    commands = _at(manifest, "composeExtensions", 0, "commands") or []
    for name, context in ACTIONS.items():
        its: Json = next((each for each in commands if each.get("id") == name), {})
        if (its.get("type"), its.get("context"), its.get("fetchTask")) != ("action", context, True):
            yield f"composeExtensions: handlingen {name} mangler, eller den er rettet"
    asked = _at(manifest, "authorization", "permissions", "resourceSpecific") or []
    for consent in sorted(CONSENTS - {each.get("name") for each in asked if each.get("type") == "Application"}):
        yield f"authorization: {consent} mangler"
    for (name, side), key in ((COLOR, "color"), (OUTLINE, "outline")):
        file = FOLDER / name
        if _at(manifest, "icons", key) != name or not file.exists():
            yield f"icons.{key}: filen {name} mangler"
        elif size(file.read_bytes()) != (side, side):
            yield f"icons.{key}: {name} skal være en PNG på {side} x {side} punkter"


def build(manifest: Json, target: Path) -> None:
    """Write the package.

    Raises:
        OSError: it can't be written.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2))
        for name, _ in (COLOR, OUTLINE):
            package.write(FOLDER / name, name)


def main(
    app_id: Annotated[str, typer.Option(envvar="MICROSOFT_APP_ID", help="»Application (client) ID« fra Entra")] = "",
    website: Annotated[str | None, typer.Option(help="kommunens egen adresse, https://…")] = None,
    address: Annotated[
        str | None,
        typer.Option(help="hvor krisebot nås udefra, som planens »adresse«: siderne /persondata og /vilkaar"),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="filen, der skrives")] = Path("krisebot-teams.zip"),
) -> None:
    """Byg app-pakken til Teams, og se den efter."""
    if not app_id:
        typer.echo(
            "MICROSOFT_APP_ID: mangler. Kopiér »Application (client) ID« fra Entra, eller skriv --app-id", err=True
        )
        raise typer.Exit(2)
    manifest = read(app_id.strip().lower(), website, address)
    found = list(faults(manifest))
    for fault in found:
        typer.echo(fault, err=True)
    if found:
        raise typer.Exit(1)
    if EXAMPLE in json.dumps(manifest):
        typer.echo(
            "Bemærk: pakken har eksemplets adresser. Skriv --website med kommunens egen og --address med Krisebots",
            err=True,
        )
    try:
        build(manifest, output)
    except OSError as error:
        typer.echo(f"{output}: kan ikke skrives: {error.strerror}", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"{output} er klar til upload i Teams Administration")


def _at(data: Any, *path: str | int) -> Any:
    for name in path:
        try:
            data = data[name]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _is_guid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


if __name__ == "__main__":
    typer.run(main)
