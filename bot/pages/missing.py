"""A page that isn't there, or no longer: somebody at night with an old link is told what to do. Plan Bilag 1, Klare
kommunikationsveje."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.engine.engine import Engine
from bot.pages.about import HEADERS
from bot.pages.templates import draw
from storage.case import chain


def missing_page(engine: Engine) -> Middleware:
    """Make what answers a browser in words, where a program gets the bare 404.

    Args:
        engine: whose plan says which municipality it is.
    """

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            asked = dict(request.match_info)
            if chain.clean(asked) != asked:
                # No link of ours has signs that no database holds, and none can be looked up by them.
                raise web.HTTPNotFound
            return await handler(request)
        except web.HTTPNotFound:
            if request.method != "GET" or "text/html" not in request.headers.get("Accept", ""):
                raise
            page = draw("findes-ikke.html", municipality=engine.plan().municipality)
            return web.Response(text=page, status=404, content_type="text/html", headers=HEADERS)

    return answer
