"""An invitation as a mail: the words, and beside them the meeting as an alternative of theirs, which is what calendars look
for (RFC 6047).

Apprise sends a file as an attachment alone, and a calendar takes that for a file. So the mail is made here, and sent by
the server that the plan's address names, as apprise has read it.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formataddr, localtime, make_msgid

from apprise.plugins.email import NotifyEmail
from apprise.plugins.email.common import SecureMailMode


def method_of(calendar: str) -> str:
    """Return what a calendar's text asks for, REQUEST or CANCEL."""
    return calendar.partition("METHOD:")[2].split("\r\n", 1)[0].strip()


def mail(server: NotifyEmail, to: str, title: str, text: str, calendar: str, head: Mapping[str, str]) -> EmailMessage:
    """Make the mail.

    Args:
        server: the plan's address, as apprise has read it.
        to: whom it is to.
        title: its subject.
        text: its words.
        calendar: the meeting, in iCalendar.
        head: headers beside the usual.
    """
    made = EmailMessage()
    name, address = (str(part or "") for part in server.from_addr)
    made["From"] = formataddr((name, address))
    made["To"] = to
    made["Subject"] = title
    made["Date"] = localtime()
    made["Message-ID"] = make_msgid(domain=address.rpartition("@")[2] or None)
    for each, value in head.items():
        made[each] = value
    made.set_content(text)
    made.add_alternative(calendar, subtype="calendar", params={"method": method_of(calendar)})
    return made


def send(server: NotifyEmail, made: EmailMessage) -> None:
    """Send a mail by the server that the address names; it takes its time.

    Raises:
        OSError, smtplib.SMTPException: it didn't say that it has it.
    """
    context = ssl.create_default_context()
    if not server.verify_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host, port, wait = str(server.smtp_host), int(server.port or 0), server.socket_connect_timeout
    if server.secure_mode == SecureMailMode.SSL:
        way: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=wait, context=context)
    else:
        way = smtplib.SMTP(host, port, timeout=wait)
    with way:
        if server.secure_mode == SecureMailMode.STARTTLS:
            way.starttls(context=context)
        if server.user and server.password:
            way.login(server.user, server.password)
        way.send_message(made, from_addr=str(server.from_addr[1]))
