"""The templates of the pages that krisebot serves. What people wrote is escaped, whoever writes the page."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

_ENVIRONMENT = Environment(
    loader=PackageLoader("bot.pages", "board"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def draw(name: str, **shown: object) -> str:
    """Draw a template.

    Args:
        name: its file in bot/pages/board.
        shown: what it shows, by the names that it has for them.
    """
    return _ENVIRONMENT.get_template(name).render(**shown)
