"""What a case file needs beside the export's own document: the bytes of what is attached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage.parts.attachments import content_of
from storage.verification import kept_attachments


async def attached(db: AsyncSession, told: Mapping[str, Any]) -> dict[str, bytes]:
    """The bytes of what an export has attached, by their SHA-256."""
    hashes = {row["sha256"] for row in kept_attachments(told)}
    return {sha256: content for sha256 in hashes if (content := await content_of(db, sha256)) is not None}
