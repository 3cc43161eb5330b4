"""Mailboxes that krisebot reads: what one is, and one by IMAP."""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import ParamSpec, Protocol, TypeVar

from bot.platforms.fallback.aside import BrokenOff, aside
from bot.settings import MailAccount

# How long a server may take, in seconds of the machine's clock.
PATIENCE = 20.0
# Octets of a mail that are read: words come first, pictures after.
LONGEST = 262_144
AT_ONCE = 50
# How long it may ask to be left alone, in seconds: whoever answers meanwhile is taken for silent.
LONGEST_QUIET = 300.0


P = ParamSpec("P")
T = TypeVar("T")


class MailboxShut(Exception):
    """A mailbox can't be read for now; the exception's text says why, in Danish.

    Args:
        why: that.
        wait: seconds that it asks us to stay away for; more than five minutes are not granted.
    """

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = min(wait, LONGEST_QUIET)


class IncomingMail(Protocol):
    """A mailbox that is krisebot's alone."""

    async def unread(self) -> list[tuple[str, bytes]]:
        """Return the oldest unread mails, by the mailbox's own name for each, as they were sent.

        Raises:
            MailboxShut: it can't be read.
        """
        ...

    async def mark_read(self, *names: str) -> None:
        """Mark mails as read, so that they aren't read again; raises as `unread` does, and some may be marked then."""
        ...


class Mailbox:
    """A mailbox by IMAP.

    Args:
        account: where it is, and what it is opened with.
    """

    def __init__(self, account: MailAccount) -> None:
        self._account = account

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        """Open the folder, and close it when the block ends.

        Raises:
            OSError, imaplib.IMAP4.error: it can't be.
        """
        kind = imaplib.IMAP4_SSL if self._account.tls else imaplib.IMAP4
        server = kind(self._account.host, self._account.port, timeout=PATIENCE)
        try:
            server.login(self._account.user, self._account.password)
            state, told = server.select(f'"{self._account.folder}"')
            if state != "OK":
                raise imaplib.IMAP4.error(f"{self._account.folder}: {told}")
            yield server
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()

    async def unread(self) -> list[tuple[str, bytes]]:
        """Return the oldest unread mails, as `IncomingMail` says."""
        return await _away(self._unread)

    async def mark_read(self, *names: str) -> None:
        """Mark mails as read, as `IncomingMail` says."""
        await _away(self._mark_read, ",".join(names))

    def _unread(self) -> list[tuple[str, bytes]]:
        with self.opened() as server:
            _, found = server.uid("SEARCH", "UNSEEN")
            got = []
            for uid in (found[0] or b"").decode().split()[:AT_ONCE]:
                _, answer = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LONGEST}>)")
                raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
                if raw is not None:
                    got.append((uid, raw))
            return got

    def _mark_read(self, uids: str) -> None:
        with self.opened() as server:
            server.uid("STORE", uids, "+FLAGS", "(\\Seen)")


async def _away(do: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do something aside; raises `MailboxShut` for what a server may come up with."""
    try:
        return await aside(do, *args, **named)
    except (OSError, imaplib.IMAP4.error, BrokenOff) as error:
        raise MailboxShut(str(error)) from error
