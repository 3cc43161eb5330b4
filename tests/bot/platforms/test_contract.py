"""Every platform's room stands in the contract that keeps platforms from knowing each other."""

from __future__ import annotations

import pkgutil
import tomllib
from pathlib import Path

import bot.platforms

ROOT = Path(__file__).parents[3]


def test_no_platform_is_left_out_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (kept,) = [each["modules"] for each in contracts if each["name"] == "platforms do not know each other"]
    rooms = {f"bot.platforms.{each.name}" for each in pkgutil.iter_modules(bot.platforms.__path__) if each.ispkg}
    assert rooms == set(kept), "write the new room into the contract in pyproject.toml"
