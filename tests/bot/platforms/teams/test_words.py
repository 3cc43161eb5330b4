"""What people write in Teams is read as their own words, with what the marks around them mean, and nobody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.platforms.teams.people import TeamsDirectory
from bot.platforms.teams.place import Here
from bot.platforms.teams.text import from_html, without_mention
from bot.platforms.teams.words import content_of, own_words
from storage.plan import loading
from tests.tables import examples

BOT = {"id": "28:bot", "name": "Krisebot"}
REPLY = (
    '<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="171">\r\n<strong itemprop="mri">Krisebot'
    '</strong><span itemprop="time" itemid="171"></span>\r\n<p itemprop="preview">Er der brand?</p>\r\n</blockquote>\r\n'
)
EMOJI = '<img alt="{}" itemtype="http://schema.skype.com/Emoji" src="https://statics.teams.cdn.office.net/x/20_f.png">'


def here(text: str, html: str = "", names: tuple[str, ...] = (), *others: dict[str, Any]) -> Here:
    attached = [{"contentType": "text/html", "content": html}] if html else []
    activity = {
        "id": "172",
        "text": text,
        "from": {"id": "29:finn", "aadObjectId": "aad-finn"},
        "recipient": BOT,
        "conversation": {"id": "19:x@thread.tacv2;messageid=170", "conversationType": "channel"},
        "entities": [{"type": "mention", "mentioned": BOT, "text": name} for name in names],
        "attachments": [*attached, *others],
    }
    plan = loading.example()
    return Here(activity, TeamsDirectory(None, None, lambda: plan, None))  # type: ignore[arg-type]


AT = ("<at>Krisebot</at>",)


@examples(
    ("text", "html", "names", "own", "answers"),
    [
        ('<quoted messageId="171"/>ja', "", (), "ja", "171"),
        ('<quoted messageId="171"></quoted> ja', "", (), " ja", "171"),
        ('<quoted messageId="171"/><at>Krisebot</at>&nbsp;ja', "", AT, "ja", "171"),
        ("<quoted messageId='171' />\n<at>Krisebot</at> log vand", "", AT, "log vand", "171"),
        ("Krisebot\r\nEr der brand?\r\n\r\nja", f"{REPLY}<p>ja</p>", (), "ja", "171"),
        ("Er der brand? <at>Krisebot</at> ja", f'{REPLY}<p><at id="0">Krisebot</at> ja</p>', AT, "ja", "171"),
        (
            "Er der brand? <at>Krisebot</at> nej",
            f'{REPLY}<p><span itemtype="http://schema.skype.com/Mention" itemid="0">Krisebot</span>&nbsp;nej</p>',
            AT,
            "nej",
            "171",
        ),
        ("vand &lt; 3", "<p>vand &amp;lt; 3</p>", (), "vand &lt; 3", ""),
        # The plain text has lost what the marks mean.
        ("alt ok ikke ok", "<p><s>alt ok</s> ikke ok</p>", (), "[overstreget: alt ok] ikke ok", ""),
        ("se kortet", '<p>se <a href="https://kort.dk/7">kortet</a></p>', (), "se kortet (https://kort.dk/7)", ""),
        ("https://kort.dk/7", '<a href="https://kort.dk/7">https://kort.dk/7</a>', (), "https://kort.dk/7", ""),
        ("", "<table><tr><td>Fløng</td><td>40 cm</td></tr><tr><td>Hede</td><td>5</td></tr></table>", (),
         "Fløng | 40 cm\nHede | 5", ""),
        ("luk pumpen", "<ol><li>luk</li><li>pump</li></ol>", (), "1. luk\n2. pump", ""),
        ("", EMOJI.format("👍"), (), "👍", ""),
        ("", "<p>" + EMOJI.format("👍") + EMOJI.format("🌊") + "</p>", (), "👍🌊", ""),
        # Names as Teams writes them in one place and not in the other.
        ("<at>Krise &amp; Co</at> status", "", ("<at>Krise & Co</at>",), "status", ""),
        ("<at>Krise  bot</at>  status", "", ("<at>Krise bot</at>",), "status", ""),
        ("<at>Krisebot</at> ring til <at>Ole &lt;IT&gt;</at>", "", AT, "ring til Ole <IT>", ""),
    ],
)  # fmt: skip
def test_the_senders_own_words(text: str, html: str, names: tuple[str, ...], own: str, answers: str) -> None:
    """R005 D08: what was quoted was logged as the writer's, and what was struck out as meant."""
    said = own_words(here(text, html, names))
    assert (said.text, said.answers) == (own, answers)


def test_an_emoji_alone_is_no_photo_and_a_photo_is_none_the_less() -> None:
    picture = {
        "contentType": "image/*",
        "contentUrl": "https://smba.trafficmanager.net/emea/v3/attachments/1/views/original",
    }
    assert own_words(here("", EMOJI.format("👍"), (), picture)).emoji
    assert not own_words(here("", '<p><img src="https://graph/x" alt="billede"></p>', (), picture)).emoji
    assert not own_words(here("vand", "<p>vand</p>")).emoji


def test_what_is_quoted_is_not_saved_as_the_writers_words() -> None:
    """D08: `Gem i log` on an answer."""
    payload = {"id": "1", "body": {"contentType": "html", "content": f"{REPLY}<p>ja, i kælderen</p>"}}
    assert content_of(payload) == "ja, i kælderen"


@pytest.mark.long
@pytest.mark.parametrize(
    "html", ["<table" * 2000, "<blockquote " * 2000, "<s>" * 2000 + "x", "<a href=" * 2000, "<quoted " * 2000]
)
def test_marks_without_end_are_read_all_the_same(html: str) -> None:
    assert isinstance(from_html(html), str)
    assert isinstance(own_words(here(html, html, AT)).text, str)
    assert isinstance(without_mention(html, list(AT)), str)


def posted(kind: str, content: Any) -> dict[str, Any]:
    """What another app has posted in a channel, as `Send som varsel` brings it."""
    attached = {"id": "a1", "contentType": kind, "content": content, "contentUrl": None, "name": None}
    body = {"contentType": "html", "content": '<attachment id="a1"></attachment>'}
    return {"id": "1", "body": body, "attachments": [attached]}


ALARM = {
    "@type": "MessageCard",
    "@context": "https://schema.org/extensions",
    "summary": "Alarm",
    "title": "Pumpe 4 er standset",
    "text": "Vandstanden stiger på <strong>Hovedgaden</strong> &amp; Vestergade",
    "sections": [
        {
            "activityTitle": "Overvågning",
            "facts": [{"name": "Vandstand:", "value": "2,4 m"}, {"name": "Kl.", "value": "14:02"}, "x"],
        },
        {"title": "Ring", "text": "70 10 20 30"},
        7,
    ],
    "potentialAction": [{"@type": "OpenUri", "name": "Åbn"}],
}


@pytest.mark.parametrize("as_text", [False, True])
def test_an_office_365_connectors_card_keeps_its_title_its_text_and_its_facts(as_text: bool) -> None:
    """R001: an alarm that comes by a webhook had no words in `Send som varsel`."""
    kind = "application/vnd.microsoft.teams.card.o365connector"
    assert content_of(posted(kind, json.dumps(ALARM) if as_text else ALARM)) == (
        "Pumpe 4 er standset\nVandstanden stiger på Hovedgaden & Vestergade\n"
        "Overvågning\nVandstand: 2,4 m\nKl.: 14:02\nRing\n70 10 20 30"
    )


@examples(
    ("kind", "content", "words"),
    [
        ("teams.card.o365connector", {"summary": "Pumpe 4"}, "Pumpe 4"),
        ("card.hero", {"title": "Pumpe", "subtitle": "nr. 4", "text": "står stille"}, "Pumpe\nnr. 4\nstår stille"),
        ("card.thumbnail", {"text": "står stille", "images": [{"url": "x"}]}, "står stille"),
        ("teams.card.o365connector", "{", ""),
        ("teams.card.o365connector", [1], ""),
        ("teams.card.o365connector", {"sections": {"a": 1}, "facts": "x", "text": 7}, ""),
    ],
)
def test_another_apps_simple_card_has_its_words_and_an_odd_one_none(kind: str, content: Any, words: str) -> None:
    """R001 D03"""
    assert content_of(posted(f"application/vnd.microsoft.{kind}", content)) == words
