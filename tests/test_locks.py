"""What the locks say, and what they keep quiet about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NPM = sorted(ROOT.glob("tests/*/package-lock.json"))
PYPI = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock"]


def in_folder(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("lock", NPM, ids=in_folder)
def test_an_npm_lock_has_a_hash_for_every_package_and_an_address_for_none(lock: Path) -> None:
    """Whoever installs asks the registry that their own machine knows; what comes is what was locked."""
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    installed = {name: each for name, each in packages.items() if name}
    assert installed
    assert [name for name, each in installed.items() if "resolved" in each] == []
    assert [name for name, each in installed.items() if not each["integrity"].startswith("sha512-")] == []
    assert [name for name, each in installed.items() if "://" in json.dumps({**each, "funding": None})] == []


@pytest.mark.parametrize("lock", PYPI, ids=in_folder)
def test_a_python_lock_has_hashes_and_no_address(lock: Path) -> None:
    """The same for what comes from PyPI."""
    text = lock.read_text("utf-8")
    assert "--hash=sha256:" in text
    assert "://" not in text
