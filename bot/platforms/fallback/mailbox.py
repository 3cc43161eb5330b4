"""A mailbox, by IMAP."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

# How long a server may take, in seconds of the machine's clock.
PATIENCE = 20.0
# Octets of a mail that are read: words come first, pictures after.
LONGEST = 262_144
AT_ONCE = 50


@dataclass(frozen=True)
class Mailbox:
    """A mailbox that is krisebot's alone.

    Args:
        host, port: the server's.
        tls: whether it is spoken to by TLS from the first octet.
        user, password: what it is opened with.
        folder: which folder is looked into.
    """

    host: str
    port: int
    tls: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"

    @classmethod
    def of(cls, url: str) -> Mailbox:
        """As `imaps://user:password@host:993/INBOX` says.

        Raises:
            ValueError: something is missing; the message says what, in Danish.
        """
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            # Without the words of the error: they may be half a password.
            raise ValueError("har ingen port, der kan læses. Særtegn i adgangskoden skrives som %2F") from None
        if parts.scheme not in ("imap", "imaps"):
            raise ValueError("skal begynde med imaps://")
        if not (parts.hostname and parts.username and parts.password):
            raise ValueError("mangler bruger, adgangskode eller server")
        if parts.scheme == "imap" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("sender adgangskoden ukrypteret. Brug imaps://")
        return cls(
            host=parts.hostname,
            port=port or (993 if parts.scheme == "imaps" else 143),
            tls=parts.scheme == "imaps",
            user=unquote(parts.username),
            password=unquote(parts.password),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        """The folder, open.

        Raises:
            OSError, imaplib.IMAP4.error: it can't be.
        """
        kind = imaplib.IMAP4_SSL if self.tls else imaplib.IMAP4
        server = kind(self.host, self.port, timeout=PATIENCE)
        try:
            server.login(self.user, self.password)
            state, told = server.select(f'"{self.folder}"')
            if state != "OK":
                raise imaplib.IMAP4.error(f"{self.folder}: {told}")
            yield server
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()

    def unread(self) -> list[tuple[str, bytes]]:
        """The oldest unread mails, by the server's number for each; raises as `opened` does."""
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
        """So that they aren't read again; raises as `opened` does."""
        with self.opened() as server:
            server.uid("STORE", ",".join(uids), "+FLAGS", "(\\Seen)")
