"""A person's own words in a mail, as the programs that people have write them; and what no person wrote."""

from __future__ import annotations

from email import message_from_string, policy
from email.message import EmailMessage

import pytest

from bot.platforms.fallback.mail_words import from_a_machine, said
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
    ],
)
def test_a_persons_own_words_are_what_stands_above_what_they_answer(text: str, own: str) -> None:
    assert said(mail(text)) == own


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
