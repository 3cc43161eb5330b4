"""Krisebot's own numbers as a contact file: they stand in every SMS, so there is nothing to guess."""

from __future__ import annotations

from aiohttp import web

from bot.engine.engine import Engine
from bot.pages.file_response import file_response
from handlers.alert import night_test


class ContactFile:
    """The page that serves the contact.

    Args:
        engine: what knows the plan.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP path of the contact."""
        return [web.get(night_test.PATH, self._fetch)]

    async def _fetch(self, _request: web.Request) -> web.Response:
        """Answer with the contact; 404 where krisebot has no number of its own."""
        plan = self._engine.plan()
        if not plan.fallback.own_numbers:
            raise web.HTTPNotFound
        return file_response(night_test.vcard(plan).encode(), "krisebot.vcf", "text/vcard", "utf-8")
