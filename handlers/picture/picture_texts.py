"""The texts of the situation picture: its versions and the words in its sections, none of which is lost. Plan §7.

A form carries the revision of each section that it was opened on. Where somebody else has written since, both stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import func, select

from handlers.core.context import Context
from handlers.core.turn import Turn
from storage.rows.picture import Picture, PictureText

# What fills a section by itself; people's words go before it.
MACHINE = "krisebot"
# No platform's form takes more of a text than this and gives it back whole.
FORM_ROOM = 2900
FROM_LOG = re.compile(r"\(nr\. (\d+),")


@dataclass(frozen=True)
class Merged:
    """A section after somebody wrote in it.

    Args:
        text: all of it.
        clash: somebody else's words stand there that the writer hadn't seen.
    """

    text: str
    clash: bool = False


async def newest(turn: Context, state: str | None = None) -> Picture | None:
    """Return the newest version, or the newest in that state."""
    query = select(Picture).where(Picture.crisis_id == turn.the_crisis.id)
    if state:
        query = query.where(Picture.state == state)
    found: Picture | None = await turn.db.scalar(query.order_by(Picture.version.desc()).limit(1))
    return found


async def before(turn: Context, row: Picture) -> Picture | None:
    """Return the version before one."""
    found: Picture | None = await turn.db.scalar(
        select(Picture).where(Picture.crisis_id == row.crisis_id, Picture.version == row.version - 1)
    )
    return found


async def revisions(turn: Context) -> dict[int, int]:
    """Return each section's newest revision; a section that never said anything has none."""
    found = await turn.db.execute(
        select(PictureText.section, func.max(PictureText.revision))
        .where(PictureText.crisis_id == turn.the_crisis.id)
        .group_by(PictureText.section)
    )
    return dict(found.all())


async def since(turn: Context, section: int, revision: int) -> list[PictureText]:
    """Return a section's revisions from one on, oldest first."""
    found = await turn.db.scalars(
        select(PictureText)
        .where(
            PictureText.crisis_id == turn.the_crisis.id,
            PictureText.section == section,
            PictureText.revision >= revision,
        )
        .order_by(PictureText.revision)
    )
    return list(found)


async def put(
    turn: Turn, row: Picture, section: int, text: str, writer: str, *, typed: str = "", clash: bool = False
) -> PictureText:
    """Set what a section says from now on; what it said before is kept.

    Args:
        row: a draft.
        section: the heading's number.
        writer: a person, or `MACHINE`.
        typed: what they sent, as typed.
        clash: both theirs and somebody else's words stand in it now.
    """
    key = str(section)
    row.sections = {**row.sections, key: text}
    if writer != MACHINE:
        row.writers = {**row.writers, key: writer}
    row.revision += 1
    row.written_at = turn.now
    written = PictureText(
        crisis_id=row.crisis_id,
        section=section,
        revision=(await revisions(turn)).get(section, 0) + 1,
        text=text,
        typed=typed,
        writer=writer,
        clash=clash,
        at=turn.now,
    )
    turn.db.add(written)
    await turn.db.flush()
    return written


def shown(text: str) -> tuple[str, str]:
    """Split a section into what a form shows of it and what it has no room for, between two words where there are
    any."""
    if len(text) <= FORM_ROOM:
        return text, ""
    cut = max(text.rfind("\n", 0, FORM_ROOM), text.rfind(" ", FORM_ROOM - 200, FORM_ROOM))
    cut = cut if cut > 0 else FORM_ROOM
    return text[:cut], text[cut:]


def merged(seen: str, stands: str, typed: str, writer: str, *, by_people: bool = True) -> Merged | None:
    """Merge a section with what a form brings back; None when its writer changed nothing.

    Args:
        seen: what the section said when the form was opened.
        stands: what it says now.
        typed: what came back: only as much of the section as a form has room for.
        writer: their name.
        by_people: whether a person wrote what stands there since; else it filled itself.
    """
    typed = typed.replace("\r\n", "\n").strip()
    visible, rest = shown(seen)
    if typed == visible.strip():
        return None
    wanted = (typed + rest).strip()
    if stands == seen:
        return Merged(wanted)
    if not by_people:
        return Merged("\n".join([wanted, *new_lines(wanted, "\n".join(new_lines(seen, stands)))]).strip())
    added = new_lines(stands, typed)
    if not added:
        return None
    return Merged("\n".join(filter(None, [stands, f"{writer} skrev samtidig:", *added])), clash=True)


def new_lines(known: str, text: str) -> list[str]:
    """Return the lines of a text that aren't known; a line from the log is known by its number, confirmed since or
    not."""
    lines = {line.strip() for line in known.split("\n")}
    numbers = set(FROM_LOG.findall(known))
    return [
        line
        for line in text.split("\n")
        if line.strip() and line.strip() not in lines and not _repeats(line, numbers, lines)
    ]


def _repeats(line: str, numbers: set[str], lines: set[str]) -> bool:
    """Whether a line is one of the log's that is known under another mark, and says nothing else."""
    found = FROM_LOG.search(line)
    if found is None or found[1] not in numbers:
        return False
    return any(FROM_LOG.split(known)[0] == FROM_LOG.split(line)[0] for known in lines)
