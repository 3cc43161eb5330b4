"""A file as an HTTP answer: stored by nobody on the way, and never opened as a page."""

from __future__ import annotations

from aiohttp import web


def file_response(content: bytes, name: str, content_type: str, charset: str | None = None) -> web.Response:
    """Build the HTTP answer that carries a file.

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
