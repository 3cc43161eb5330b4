"""A mailbox on loopback that speaks IMAP4rev1 (RFC 3501), as much of it as whoever reads unread mail uses."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from itertools import count

USER, PASSWORD = "krisebot", "hemmelig/kode"


_uids = count(1)


@dataclass
class Kept:
    """A mail in the mailbox; no other one ever has its number."""

    raw: bytes
    seen: bool = False
    uid: int = field(default_factory=lambda: next(_uids))


class FakeImap:
    """The mailbox. Used as a context manager."""

    def __init__(self) -> None:
        self.mails: list[Kept] = []
        self.port = 0

    async def __aenter__(self) -> FakeImap:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        """As the setting has it."""
        return f"imap://{USER}:hemmelig%2Fkode@127.0.0.1:{self.port}/INBOX"

    def unread(self) -> int:
        """How many nobody has read."""
        return sum(not mail.seen for mail in self.mails)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        state = "greeted"
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            tag, _, rest = line.partition(" ")
            said, state = self._answer(rest, state)
            writer.write(said + f"{tag} {'BAD' if state == 'lost' else 'OK'} done\r\n".encode())
            await writer.drain()
            if state in ("over", "lost"):
                break
        writer.close()

    def _answer(self, command: str, state: str) -> tuple[bytes, str]:
        match command.split(" ", 2):
            case ["CAPABILITY"]:
                return b"* CAPABILITY IMAP4rev1\r\n", state
            case ["LOGIN", user, password] if (user.strip('"'), password.strip('"')) == (USER, PASSWORD):
                return b"", "in"
            case ["SELECT", '"INBOX"'] if state == "in":
                return f"* {len(self.mails)} EXISTS\r\n".encode(), "selected"
            case ["UID", "SEARCH", "UNSEEN"] if state == "selected":
                unread = [str(mail.uid) for mail in self.mails if not mail.seen]
                return f"* SEARCH {' '.join(unread)}\r\n".encode(), state
            case ["UID", "FETCH", what] if state == "selected":
                return self._fetched(what), state
            case ["UID", "STORE", what] if state == "selected" and what.endswith(r"+FLAGS (\Seen)"):
                stored = what.split(" ")[0].split(",")
                for mail in self.mails:
                    mail.seen = mail.seen or str(mail.uid) in stored
                return b"", state
            case ["LOGOUT"]:
                return b"* BYE\r\n", "over"
        return b"", "lost"

    def _fetched(self, what: str) -> bytes:
        asked = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", what)
        found = next((mail for mail in self.mails if asked is not None and str(mail.uid) == asked[1]), None)
        if asked is None or found is None:
            return b""
        raw = found.raw[: int(asked[2])]
        return (
            b"* %s FETCH (UID %s BODY[]<0> {%d}\r\n" % (asked[1].encode(), asked[1].encode(), len(raw)) + raw + b")\r\n"
        )
