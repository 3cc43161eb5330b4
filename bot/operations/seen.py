"""What has been seen to work, which no permission tells of: a home page that was drawn, a quoted answer that was read as one, a
staff's channel whose new name was heard."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.operations.readiness import GOOD, WARNING
from storage.rows.home_pages import HomePage
from storage.rows.traffic import Inbox, StaffChannel

# A page that was opened so long ago and isn't drawn is not drawn.
LATE = timedelta(minutes=1)
# So many of the newest inputs are looked through.
NEWEST = 2000


async def told(db: AsyncSession, now: datetime, zone: ZoneInfo) -> list[str]:
    """Return a line for each that has happened, as `doctor` has them; none for what nobody has tried.

    Args:
        db: where it stands.
        now: UTC.
        zone: the plan's.
    """
    return [*await _home_pages(db, now), *await _quoted(db, zone), *await _renamed(db)]


async def _home_pages(db: AsyncSession, now: datetime) -> list[str]:
    pages = list(await db.scalars(select(HomePage).where(HomePage.platform == "slack")))
    drawn = sum(bool(page.drawn) for page in pages)
    late = sum(not page.drawn and now - page.opened_at > LATE for page in pages)
    lines = [f"{GOOD}  Slack: Hjem er tegnet for {drawn}, der har det åbent"] if drawn else []
    if late:
        lines.append(
            f"{WARNING}  Slack: Hjem er åbnet af {late}, og er ikke tegnet. Slå Home Tab til i appens opsætning (App Home)"
        )
    return lines


async def _quoted(db: AsyncSession, zone: ZoneInfo) -> list[str]:
    newest = select(Inbox.body, Inbox.received_at).order_by(Inbox.id.desc()).limit(NEWEST)
    for body, at in await db.execute(newest):
        if body.get("platform") == "teams" and body.get("answers_to") and body.get("kind") in ("text", "command"):
            return [f"{GOOD}  Teams: et citeret svar er læst som svar, senest {at.astimezone(zone):%d.%m.%Y kl. %H:%M}"]
    return []


async def _renamed(db: AsyncSession) -> list[str]:
    rooms = await db.scalars(select(StaffChannel))
    heard = sorted({room.platform.capitalize() for room in rooms if room.detail.get("called")})
    return [f"{GOOD}  {name}: en omdøbt kanal er hørt" for name in heard]
