"""What krisebot keeps about people, and on what terms it is used: two pages that anybody may read. GDPR articles 12 to 14."""

from __future__ import annotations

from aiohttp import web

from bot.engine.engine import Engine
from bot.pages.templates import draw
from handlers.core.language import times_shown
from storage.keeping.inventory import HELD, Rule
from storage.plan.sections import Retention

HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}


class About:
    """The pages on personal data and terms, which both platforms' manifests link to.

    Args:
        engine: whose plan says which municipality it is, and how long all is kept.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """List the two HTTP paths."""
        return [web.get("/persondata", self._personal_data), web.get("/vilkaar", self._terms)]

    async def _personal_data(self, request: web.Request) -> web.Response:
        """Answer with what is kept, why, how long, and what whom it is about may ask for."""
        plan = self._engine.plan()
        kept = [
            (how, sorted(each.what for each in HELD.values() if each.rule == rule))
            for rule, how in lengths(plan.retention).items()
        ]
        page = draw(
            "persondata.html",
            municipality=plan.municipality,
            kept=kept,
            backups=times_shown.span(plan.retention.backups),
            platforms=[platform.way.title for platform in self._engine.platforms.values()],
        )
        return web.Response(text=page, content_type="text/html", headers=HEADERS)

    async def _terms(self, request: web.Request) -> web.Response:
        """Answer with what it may be used for, and what it promises."""
        page = draw("vilkaar.html", municipality=self._engine.plan().municipality)
        return web.Response(text=page, content_type="text/html", headers=HEADERS)


def lengths(retention: Retention) -> dict[Rule, str]:
    """Return how long what has personal data in it is kept, in words, by its rule."""
    return {
        "sager": (
            f"{times_shown.span(retention.cases)} efter krisen (øvelser {times_shown.span(retention.exercises)}), "
            "og ikke før sagen er journaliseret"
        ),
        "beskeder": times_shown.span(retention.traffic),
        "kontakttest": times_shown.span(retention.contact_tests),
    }
