"""Names: what an input names by a platform's ids gets its names once it is on disk, and before its turn begins.

They are asked for as soon as it is kept, many at once, so that a turn seldom waits for them. Where the platform doesn't
tell, the turn goes on without.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace

from bot.engine.intake import NotUnderstood, understood
from bot.engine.platform import HasNames, Platform
from handlers.core.incoming import Incoming


class Naming:
    """Asks the platforms for names.

    Args:
        platforms: by their names.
    """

    def __init__(self, platforms: Mapping[str, Platform]) -> None:
        self._platforms = platforms
        self._asking: dict[str, asyncio.Task[None]] = {}

    def ask(self, incoming: Incoming) -> asyncio.Task[None] | None:
        """Begin to ask for the names that an input is without; return what is waited for, None where nobody can tell."""
        platform = self._platforms.get(incoming.platform)
        if not isinstance(platform, HasNames):
            return None
        if incoming.key not in self._asking:
            asking = asyncio.create_task(platform.meet(incoming))
            self._asking[incoming.key] = asking
            asking.add_done_callback(lambda _: self._asking.pop(incoming.key, None))
        return self._asking[incoming.key]

    async def named(self, incoming: Incoming) -> Incoming:
        """Return an input with the names that it was without, as far as its platform tells them in time."""
        asking, platform = self.ask(incoming), self._platforms.get(incoming.platform)
        if asking is not None:
            await asyncio.wait({asking})
        if isinstance(platform, HasNames):
            try:
                return replace(understood(platform.named(incoming)), unnamed={})
            except NotUnderstood:
                pass
        return replace(incoming, unnamed={})

    async def stop(self) -> None:
        """Ask no more. What has no name yet is asked for again when its turn begins."""
        asking = list(self._asking.values())
        for each in asking:
            each.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


def with_names(incoming: Incoming, names: Mapping[str, str]) -> Incoming:
    """Return an input with the names in its texts.

    Args:
        names: by what stands there for them.
    """
    if not names:
        return incoming
    # The longest first, and no part of a longer id; what is written on after it, as a genitive's s, stays.
    shown = "|".join(re.escape(each) for each in sorted(names, key=len, reverse=True))
    stands = re.compile(rf"(?:{shown})(?![A-Z0-9])")

    def put(text: str) -> str:
        return stands.sub(lambda found: names[found[0]], text)

    values = {field: put(value) for field, value in incoming.values.items()}
    return replace(incoming, text=put(incoming.text), comment=put(incoming.comment), values=values)
