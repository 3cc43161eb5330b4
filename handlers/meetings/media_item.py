"""What the media say of the crisis, in one line: for the agenda's item on communication, and wherever else it is read. Plan §8."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from handlers.core import clearance
from handlers.core.context import Context
from storage.rows.media_analyses import MediaAnalysis, Tone

TONES: dict[Tone, str] = {"positive": "positiv", "neutral": "neutral", "critical": "kritisk", "mixed": "blandet"}


async def newest(turn: Context) -> MediaAnalysis | None:
    """Return the newest analysis; None where nobody has written one."""
    found: MediaAnalysis | None = await turn.db.scalar(
        select(MediaAnalysis)
        .where(MediaAnalysis.crisis_id == turn.the_crisis.id)
        .order_by(MediaAnalysis.number.desc())
        .limit(1)
    )
    return found


def counted(counts: Mapping[str, int]) -> str:
    """Write how many findings there are, and where: "5 omtaler (Facebook 3, tv 2)"."""
    total = sum(counts.values())
    by_medium = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    where = ", ".join(f"{medium or 'uden medie'} {number}" for medium, number in by_medium)
    return f"{total} omtale{'r' if total != 1 else ''}{f' ({where})' if where else ''}"


def in_words(row: MediaAnalysis) -> str:
    """Write an analysis as one text: counts, tone, what fills it, what is wrong, what was done."""
    parts = [
        f"{counted(row.counts)}, tonen er {TONES[row.tone]}. Forkert: {row.wrong}, rettet: {row.corrected}.",
        f"Fylder: {row.says}" if row.says else "",
        f"Forkert: {row.faults}" if row.faults else "",
        f"Gjort: {row.done}" if row.done else "",
    ]
    return " ".join(filter(None, parts))


async def line(turn: Context) -> str:
    """Write what the agenda, which is the staff's, says of the newest analysis; that there is none, where nobody has written one."""
    row = await newest(turn)
    if row is None or not (await clearance.visible_rows(turn, [row], turn.staff))[0]:
        return "ikke skrevet endnu: */krise medieanalyse*"
    return f"{turn.dated(row.written_at)}: {in_words(row)}"
