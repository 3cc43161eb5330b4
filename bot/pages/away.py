"""What is brought to us while the database is away, or full, is to be brought again."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from storage.database import UNREACHABLE

log = logging.getLogger(__name__)


@web.middleware
async def come_again(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 503 where nothing could be kept, whichever way it came: a gateway tries again then."""
    try:
        return await handler(request)
    except UNREACHABLE as error:
        if request.method != "POST":
            raise
        log.error("what was brought to %s was not kept: %s", request.path, type(error).__name__)
        return web.Response(status=503)
