"""The mailbox that stands in for IMAP keeps what RFC 3501 promises."""

from __future__ import annotations

from bot.platforms.fallback.mailbox import Mailbox
from bot.settings import MailAccount
from tests.fakes.fallback.imap import FakeImap, Kept


async def test_a_mail_that_comes_while_others_are_marked_stays_unread() -> None:
    """D03: krisebot looks by itself as well; a fuzz whose mails had others' numbers lost one in it."""
    async with FakeImap() as box:
        mailbox = Mailbox(MailAccount.of(box.url))
        box.mails = [Kept(b"Subject: en\r\n\r\nen")]
        names = [name for name, _ in await mailbox.unread()]
        box.mails = [Kept(b"Subject: to\r\n\r\nto")]
        await mailbox.mark_read(*names)
        assert [raw for _, raw in await mailbox.unread()] == [b"Subject: to\r\n\r\nto"]
