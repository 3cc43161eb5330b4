"""A mail as it goes over the wire: the words, a meeting as an alternative of theirs, which is what calendars look for
(RFC 6047), and a file."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formataddr, localtime, make_msgid

# What makes a mail an answer to nothing: no out-of-office answers it, and no other machine does (RFC 3834).
FROM_A_MACHINE = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def method_of(calendar: str) -> str:
    """Return what a calendar's text asks for, REQUEST or CANCEL."""
    return calendar.partition("METHOD:")[2].split("\r\n", 1)[0].strip()


def mail(
    sender: tuple[str, str],
    to: str,
    title: str,
    text: str,
    *,
    calendar: str = "",
    head: Mapping[str, str] = FROM_A_MACHINE,
) -> EmailMessage:
    """Make a mail.

    Args:
        sender: the name and the address that it is from.
        to: whom it is to.
        title: its subject.
        text: its words.
        calendar: a meeting in iCalendar; empty for none.
        head: headers beside the usual.
    """
    made = EmailMessage()
    made["From"] = formataddr(sender)
    made["To"] = to
    made["Subject"] = title
    made["Date"] = localtime()
    made["Message-ID"] = make_msgid(domain=sender[1].rpartition("@")[2] or None)
    for name, value in head.items():
        made[name] = value
    made.set_content(text)
    if calendar:
        made.add_alternative(calendar, subtype="calendar", params={"method": method_of(calendar)})
    return made


def attach(made: EmailMessage, file: bytes, name: str) -> None:
    """Put a PDF into a mail, in place.

    Args:
        made: the mail.
        file: the PDF.
        name: what it is called there.
    """
    made.add_attachment(file, maintype="application", subtype="pdf", filename=name)
