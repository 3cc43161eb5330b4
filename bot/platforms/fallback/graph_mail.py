"""Mail both ways by a mailbox in Exchange Online. Its address in the plan's `reserve`:

mail: graph://krisebot@kommune.example
"""

from __future__ import annotations

from bot.engine.engine import Engine
from bot.engine.platform import NotGranted, Outgoing, Ref
from bot.platforms.fallback import mime
from bot.platforms.fallback.exchange import LARGEST, SCHEME, Exchange
from bot.platforms.fallback.gateway import mail_text
from bot.platforms.fallback.mail import Mail

NAME = "Krisebot"
TOO_LARGE = "(Filen er for stor til en mail; den ligger i sagen.)"
LIMIT = "Adgang til én postkasse"
OPEN = (
    "appen kan åbne andres postkasser. Begræns den til Krisebots egen (DRIFT.md, »Mail i Exchange Online«), "
    "før den er i drift."
)


class GraphMail(Mail):
    """The platform for mail by Exchange Online, both ways.

    Args:
        exchange: the mailbox that mails are read in and sent from.
        engine: what takes answers in.
        signing_key: what a gateway that brings mails as well signs with, if there is one.
    """

    def __init__(self, exchange: Exchange, engine: Engine, *, signing_key: str | None) -> None:
        super().__init__(f"{SCHEME}://{exchange.mailbox}", engine, mailbox=exchange, signing_key=signing_key)
        self._exchange = exchange

    async def stop(self) -> None:
        """Stop reading, and close the connections."""
        await super().stop()
        await self._exchange.close()

    def trouble(self) -> str | None:
        """Return what is wrong with the way out or the way in."""
        return self._exchange.trouble or super().trouble()

    async def _post(self, lane: str, post: Outgoing) -> Ref:
        text = mail_text(post)
        title = self.title(lane, post, text)
        made = mime.mail((NAME, self._exchange.mailbox), lane, title, text, calendar=post.card.calendar)
        if post.file is not None:
            mime.attach(made, post.file, post.card.file_name)
            if len(made.as_bytes()) > LARGEST:
                # The words count; without them nobody would know that there is a file.
                words = f"{text}\n\n{TOO_LARGE}"
                made = mime.mail((NAME, self._exchange.mailbox), lane, title, words, calendar=post.card.calendar)
        await self._exchange.send(made)
        return {"to": lane}

    async def lacking(self) -> list[NotGranted]:
        """Ask what we have not been given in the mailbox, and whether we have been let into more than it; raises as
        `bot.engine.platform.KnowsGrants.lacking` does."""
        try:
            found = await self._exchange.lacking()
            others = (each.mail for each in self._plan().persons.values() if each.mail)
            other = next((each for each in others if each.casefold() != self._exchange.mailbox.casefold()), None)
            if other is not None and await self._exchange.opens(other):
                found.append(NotGranted(LIMIT, OPEN))
            return found
        finally:
            await self._exchange.close()
