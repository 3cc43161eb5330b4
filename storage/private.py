"""Files and folders for the service's user alone, also where root typed the command. SECURITY.md."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where they aren't there.

    Raises:
        OSError: it can't be made.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _give(folder)


def make_file(file: Path) -> None:
    """Make an empty file where there is none; what SQLite puts beside it gets the same owner and rights.

    One that an older krisebot left open to others is its owner's alone from now on.

    Raises:
        OSError: it can't be made.
    """
    if file.exists():
        for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
            with suppress(OSError):  # a device, or another's: whoever opens it is told
                if each.is_file():
                    each.chmod(each.stat().st_mode & 0o700)
        return
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    _give(file)


def _give(made: Path) -> None:
    """Give what root makes in the service's folder to the service: else it could never be opened again."""
    if os.geteuid() == 0:
        owner = made.parent.stat()
        os.chown(made, owner.st_uid, owner.st_gid)
