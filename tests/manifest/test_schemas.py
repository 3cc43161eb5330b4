"""Both manifests, read by the schemas of those who take them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from manifest.package import read
from tests.manifest.test_package import APP_ID

# Microsoft's own package, which `make test` installs; nothing is fetched.
SCHEMAS = (
    Path(__file__).parents[1] / "cards" / "node_modules" / "@microsoft" / "app-manifest" / "build" / "json-schemas"
)


def faults(manifest: dict[str, Any]) -> list[str]:
    """What Microsoft's schema of the manifest's own version has against it."""
    import jsonschema  # half a second, which whoever only collects the tests need not take

    schema = json.loads(
        (SCHEMAS / "teams" / f"v{manifest['manifestVersion']}" / "MicrosoftTeams.schema.json").read_text()
    )
    found = jsonschema.Draft7Validator(schema).iter_errors(manifest)
    return [f"{'/'.join(map(str, each.absolute_path))}: {each.message[:200]}" for each in found]


def test_microsofts_own_schema_takes_the_teams_manifest() -> None:
    """R001: what Teams' administration checks first, checked here."""
    manifest = read(APP_ID)
    assert manifest["$schema"].endswith(f"/teams/v{manifest['manifestVersion']}/MicrosoftTeams.schema.json")
    assert faults(manifest) == []


def test_teams_is_asked_for_messages_to_one_alone_and_for_the_slash() -> None:
    """R001: an answer in a channel of others' is for whoever asked, and a phone's "/" shows what can be written."""
    (bot,) = read(APP_ID)["bots"]
    assert bot["supportsTargetedMessages"] is True
    assert any("slash" in commands.get("triggers", []) for commands in bot["commandLists"])


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("name", "short"), "x" * 31),
        (("bots", 0, "scopes"), ["everywhere"]),
        (("bots", 0, "commandLists", 0, "commands"), [{"title": "x" * 129, "description": "y"}]),
        (("unknown",), 1),
    ],
    ids=str,
)
def test_it_would_have_found_it(at: tuple[Any, ...], value: Any) -> None:
    manifest: Any = read(APP_ID)
    place = manifest
    for each in at[:-1]:
        place = place[each]
    place[at[-1]] = value
    assert faults(manifest)
