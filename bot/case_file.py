"""What a case file needs beside the export's own document: the bytes of what is attached."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage.case.verification import kept_attachments
from storage.rows.log import content_of


async def attached(db: AsyncSession, told: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    """Put what an export has attached into a folder; returns the files by their SHA-256."""
    found = {}
    for sha256 in {row["sha256"] for row in kept_attachments(told)}:
        content = await content_of(db, sha256)
        if content is not None:
            found[sha256] = folder / sha256
            found[sha256].write_bytes(content)
    return found
