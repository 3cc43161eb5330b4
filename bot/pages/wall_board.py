"""The wall board: the status for the screen in the staff's room, on a page that renews itself, behind a link that can
be withdrawn."""

from __future__ import annotations

import hmac
from html import escape

from aiohttp import web

from bot.engine.engine import Engine
from handlers.core import clearance
from handlers.core.turn import Turn
from handlers.crisis import status
from handlers.crisis.wall_board import FACT
from storage.rows.crisis import Crisis
from storage.rows.traffic import Remembered

PAGE = """<!doctype html>
<html lang="da"><head><meta charset="utf-8"><meta http-equiv="refresh" content="20">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>Krisetavle</title><style>
body {{ margin: 0; padding: 2.5vw; font: 2.2vmax/1.35 system-ui, sans-serif; background: #0b2e3f; color: #fff; }}
h1 {{ margin: 0 0 1vw; font-size: 3.4vmax; }} p {{ margin: .2em 0; }}
dl {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(26vw, 1fr)); gap: 2vw; margin: 2vw 0; }}
dt {{ color: #9fd3ea; font-weight: 700; }} dd {{ margin: 0; white-space: pre-line; }}
footer {{ color: #9fd3ea; font-size: 1.6vmax; }}
</style></head><body><main><h1>{head}</h1>{text}<dl>{facts}</dl></main><footer>Vist {at}. Siden fornyer sig selv.</footer></body></html>"""


class WallBoard:
    """The page of the wall board.

    Args:
        engine: what knows the crisis.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP path of the wall board."""
        return [web.get("/tavle/{secret}", self._show)]

    async def _show(self, request: web.Request) -> web.Response:
        """Answer with the status of the link's crisis; 404 for any other link, as if there were no such page."""
        async with self._engine.database.reading() as db:
            fact = await db.get(Remembered, FACT)
            secret = str(fact.value.get("secret") or "") if fact else ""
            if (
                fact is None
                or not secret
                or not hmac.compare_digest(secret.encode(), request.match_info["secret"].encode())
            ):
                raise web.HTTPNotFound
            crisis = await db.get_one(Crisis, int(fact.value["crisis"]))
            turn = Turn(db, self._engine.clock.now(), self._engine.plan(), crisis=crisis)
            card = turn.drawn(await clearance.redacted_for(turn, await status.whole(turn), turn.staff))
            at = turn.clock(turn.now)
        head, *lines = card.text.replace("*", "").split("\n")
        text = "".join(f"<p>{escape(line)}</p>" for line in lines)
        facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in card.facts)
        page = PAGE.format(head=escape(head), text=text, facts=facts, at=escape(at))
        headers = {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        }
        return web.Response(text=page, content_type="text/html", headers=headers)
