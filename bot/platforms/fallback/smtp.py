"""A mail by SMTP, by the server that the plan's address names, as apprise has read it.

Apprise sends a file as an attachment alone, and a calendar takes that for a file. So an invitation is sent from here.
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from apprise.plugins.email import NotifyEmail
from apprise.plugins.email.common import SecureMailMode


def sender_of(server: NotifyEmail) -> tuple[str, str]:
    """Return the name and the address that the plan's address sends from."""
    name, address = (str(part or "") for part in server.from_addr)
    return name, address


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
        way.send_message(made, from_addr=sender_of(server)[1])
