"""A person's own words in a mail, as the programs that people have write them; and what no person wrote."""

from __future__ import annotations

from email import message_from_string, policy
from email.message import EmailMessage

import pytest

from bot.platforms.fallback.mail_words import from_a_machine, is_sealed, said
from tests.tables import examples


def mail(text: str, kind: str = "plain", **head: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in head.items():
        made[name.replace("_", "-")] = value
    made.set_content(text, subtype=kind)
    return message_from_string(made.as_string(), policy=policy.default)


@examples(
    ("text", "own"),
    [
        ("1", "1"),
        ("kommer om 20 min\n\n> Du indkaldes\n> Svar med et tal", "kommer om 20 min"),
        ("2\n\nFra: Krisebot <k@htk.example>\nSendt: 2. juli 2026\nEmne: Du indkaldes\n\nDu indkaldes", "2"),
        ("ja\n________________________________\nFra: Krisebot", "ja"),
        ("ok\n\nDen tors. 2. jul. 2026 kl. 14.02 skrev Krisebot <k@htk.example>:\n\nDu", "ok"),
        ("ok\n\nOn Thu, 2 Jul 2026 at 14:02, Krisebot\n<krisebot@htk.example> wrote:\n\n> Du", "ok"),
        ("Kan ikke\nMvh Ole\nDirektør", "Kan ikke"),
        ("har den\n\nSendt fra min iPhone\n\n> Den", "har den"),
        ("> Kan du tage den?\n> Svar\n\nja", "ja"),
        ("Den store pumpe mangler\nDen lille er her", "Den store pumpe mangler\nDen lille er her"),
        ("> kun citat", ""),
        # Outlook's head over what is answered, and not a word above it.
        ("\nFra: Krisebot\nSendt: 2. juli 2026 14:02\nTil: Ole Bach\nEmne: Du indkaldes\n", ""),
        ("Sendt: 2. juli 2026 14:02\nTil: Ole Bach\nEmne: Brand på skolen", ""),
        ("*Fra:* Krisebot\n*Sendt:* 2. juli\n*Emne:* Brand\n", ""),
        ("From: Krisebot\nSent: Thursday\nTo: Ole\nSubject: Brand", ""),
        ("________________________________\nFra: Krisebot\nEmne: Du indkaldes", ""),
        ("Hej Krisebot,\n\n1\n\nVenlig hilsen\nOle Bach\nDirektør", "1"),
        ("Hej\n\nKan ikke\n\nMed venlig hilsen\nOle", "Kan ikke"),
        ("Kære alle\n2\n/Ole", "2\n/Ole"),
        ("Hej Krisebot, jeg kommer", "Hej Krisebot, jeg kommer"),
        ("Hej", "Hej"),
        ("Hej Krisebot,\n\n> Du indkaldes", ""),
        ("EKSTERN AFSENDER: klik ikke på links\n\n1", "1"),
        ("[EXTERNAL EMAIL] Do not click links\nunless you know the sender.\n\nja", "ja"),
        ("CAUTION: This email originated from outside of the organization.\n\nok", "ok"),
        ("Du får ikke ofte mails fra ole@htk.example. Få mere at vide\n\n2", "2"),
        ("> > Du indkaldes\n> svar\n\n1\n\n> > > mere", "1"),
        ("ja\n\n>> Du indkaldes\n> > Svar", "ja"),
    ],
)
def test_a_persons_own_words_are_what_stands_above_what_they_answer(text: str, own: str) -> None:
    assert said(mail(text)) == own


SEALED = [
    ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", True),
    ("application/ms-tnef; name=winmail.dat", True),
    ("multipart/encrypted; protocol=application/pgp-encrypted; boundary=b", True),
    ("text/plain", False),
]


@pytest.mark.parametrize(("kind", "sealed"), SEALED, ids=[kind.partition(";")[0] for kind, _ in SEALED])
def test_what_nobody_here_can_open_is_known(kind: str, sealed: bool) -> None:
    """R204: it was an empty mail, and nobody was told."""
    raw = f"From: ole@htk.example\nContent-Type: {kind}\n\nMIAGCSqGSIb3DQEHA6CAMIACAQAxggHX\n"
    read = message_from_string(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert is_sealed(read) is sealed


def test_winmail_beside_words_is_read() -> None:
    made = mail("kommer")
    made.add_attachment(b"x", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert not is_sealed(message_from_string(made.as_string(), policy=policy.default))


def test_a_mail_without_plain_text_is_read_without_its_tags() -> None:
    html = "<html><head><style>p{}</style></head><body><p>vi mangler 4&nbsp;mand</p><blockquote>Du</blockquote></body></html>"
    assert said(mail(html, "html")) == "vi mangler 4 mand"


@pytest.mark.parametrize(
    "head",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (out of office)"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"Subject": "Automatisk svar: Du indkaldes"},
        {"From": "MAILER-DAEMON@htk.example"},
    ],
    ids=str,
)
def test_what_a_machine_sent_is_nobodys_answer(head: dict[str, str]) -> None:
    assert from_a_machine(mail("ok", **head))


@pytest.mark.parametrize("head", [{}, {"Auto_Submitted": "no"}, {"Subject": "SV: Du indkaldes"}], ids=str)
def test_what_a_person_sent_is_one(head: dict[str, str]) -> None:
    assert not from_a_machine(mail("ok", **head))
