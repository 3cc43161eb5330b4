"""A mailbox, by IMAP."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bot.settings import MailAccount

# How long a server may take, in seconds of the machine's clock.
PATIENCE = 20.0
# Octets of a mail that are read: words come first, pictures after.
LONGEST = 262_144
AT_ONCE = 50


class Mailbox:
    """A mailbox that is krisebot's alone.

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

    def unread(self) -> list[tuple[str, bytes]]:
        """Return the oldest unread mails, by the server's number for each; raises as `opened` does."""
        with self.opened() as server:
            _, found = server.uid("SEARCH", "UNSEEN")
            got = []
            for uid in (found[0] or b"").decode().split()[:AT_ONCE]:
                _, answer = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LONGEST}>)")
                raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
                if raw:
                    got.append((uid, raw))
            return got

    def mark_read(self, *uids: str) -> None:
        """Mark mails as read, so that they aren't read again; raises as `opened` does."""
        with self.opened() as server:
            server.uid("STORE", ",".join(uids), "+FLAGS", "(\\Seen)")
