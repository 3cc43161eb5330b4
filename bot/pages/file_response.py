"""A file that is handed out by a link: for whoever has it, kept nowhere on the way, and never opened as a page."""

from __future__ import annotations

from aiohttp import web


def file_response(content: bytes, name: str, content_type: str, charset: str | None = None) -> web.Response:
    """The answer that carries it.

    Args:
        content: the file.
        name: what it is called where it is saved.
        content_type: what it is.
        charset: how its letters are written, where it has letters.
    """
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=content, content_type=content_type, charset=charset, headers=headers)
