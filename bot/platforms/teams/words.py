"""The words of an activity: the sender's own, what they answer, and what they send on or save."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.platforms.teams import drawing, files
from bot.platforms.teams.adapter import Malformed
from bot.platforms.teams.payload import data, moment, object_in, text_at
from bot.platforms.teams.place import Here
from bot.platforms.teams.text import (
    bears_meaning,
    from_html,
    has_only_emoji,
    html_without_mention,
    plain,
    sent_on,
    with_names,
    without_mention,
    without_quote,
)
from handlers.core.incoming import Enclosed

Json = dict[str, Any]

# What other apps post: an Office 365 connector (a webhook's "MessageCard"), and the Bot Framework's own simple cards.
CONNECTORS_CARD = "application/vnd.microsoft.teams.card.o365connector"
SIMPLE_CARDS = ("application/vnd.microsoft.card.hero", "application/vnd.microsoft.card.thumbnail")
CARDS_TEXTS = ("title", "subtitle", "activityTitle", "activitySubtitle", "activityText", "text")


@dataclass(frozen=True)
class Own:
    """The sender's own words.

    Args:
        text: without our name in front, and without what is quoted.
        answers: the id of the message that is answered; empty when there is none.
        emoji: whether the pictures in it are emoji, and no photos.
    """

    text: str
    answers: str = ""
    emoji: bool = False


def own_words(here: Here) -> Own:
    """Return what the sender wrote: the plain text, or the HTML beside it where that says more. What those who are mentioned
    call themselves is none of the sender's words."""
    names = here.mentions()
    quoted, plain_text = without_quote(text_at(here.activity, "text"))
    html = next((text_at(each, "content") for each in _attached(here.activity, "text/html")), "")
    answered, html = without_quote(html)
    plain_text, html = (with_names(each, here.called, names) for each in (plain_text, html))
    said = plain_text
    if answered or (html and (bears_meaning(html) or not plain_text.strip())):
        said = from_html(html_without_mention(html, names))
    said = without_mention(said, names) if names else plain(said)
    return Own(said, quoted or answered or _reference(here.activity), has_only_emoji(html))


def _attached(activity: Json, kind: str) -> list[Json]:
    attached = activity.get("attachments")
    every = attached if isinstance(attached, list) else []
    return [each for each in every if isinstance(each, dict) and text_at(each, "contentType") == kind]


def _reference(activity: Json) -> str:
    """Return the id of the message that is quoted by reference, or of the card that a client's answer belongs to."""
    told = (data(each.get("content")) for each in _attached(activity, "messageReference"))
    return next((number for each in told if (number := text_at(each, "messageId"))), "")


def payload_of(value: Json) -> Json:
    """Return the message that a message action was chosen on.

    Raises:
        Malformed: there is none.
    """
    payload = object_in(value, "messagePayload")
    if not text_at(payload, "id"):
        raise Malformed("no message to save")
    return payload


def content_of(payload: Json) -> str:
    """Return what a message says, a card of ours included."""
    said = [from_html(without_quote(text_at(payload, "body", "content"))[1])]
    attached = payload.get("attachments")
    for each in attached if isinstance(attached, list) else []:
        kind = text_at(each, "contentType")
        if kind == drawing.ADAPTIVE_CARD:
            said.append(drawing.words_of(data(each.get("content"))))
        elif kind == CONNECTORS_CARD or kind.startswith(SIMPLE_CARDS):
            said.append(_words_of_card(data(each.get("content"))))
    return "\n".join(part for part in said if part)


def _words_of_card(card: Any, depth: int = 3) -> str:
    """Return what stands in another app's card of an older kind, a line each: its titles, its text, its facts."""
    if not isinstance(card, dict):
        return ""
    lines = [from_html(text_at(card, name)) for name in CARDS_TEXTS]
    within = [_words_of_card(each, depth - 1) for each in _objects(card.get("sections")) if depth]
    if not any((*lines, *within)):
        # For where the card itself can't be shown.
        lines = [from_html(text_at(card, "summary"))]
    for fact in _objects(card.get("facts")):
        name, value = (from_html(text_at(fact, each)) for each in ("name", "value"))
        lines.append(f"{name.rstrip(':')}: {value}" if name else value)
    return "\n".join(line for line in (*lines, *within) if line)


def _objects(value: Any) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def enclosed_in(payload: Json, here: Here) -> tuple[Enclosed, ...]:
    """Return what is attached to a message that is saved: its files, and the pictures in its text."""
    return (
        *files.enclosed(payload.get("attachments"), here.at(text_at(payload, "id"))),
        *files.pictures(text_at(payload, "body", "content"), here.at(text_at(payload, "id"))),
    )


def said_at(payload: Json) -> datetime:
    """Return when a message was written, UTC.

    Raises:
        Malformed: it doesn't say.
    """
    said_at = moment(text_at(payload, "createdDateTime"))
    if said_at is None:
        raise Malformed("no time")
    return said_at


@dataclass(frozen=True)
class SentOn:
    """A message that somebody sent on; what Teams doesn't tell is empty."""

    text: str
    comment: str
    author: str = ""
    said_at: datetime | None = None
    message: str = ""


def sent_on_in(activity: Json) -> SentOn | None:
    """Return the message that was sent on, where one was. A chat shows us its words alone; with a reference the rest
    comes too."""
    attached = activity.get("attachments")
    every = [each for each in attached if isinstance(each, dict)] if isinstance(attached, list) else []
    for each in every:
        if text_at(each, "contentType") == "forwardedMessageReference":
            told = data(each.get("content"))
            conversation, number = text_at(told, "originalConversationId"), text_at(told, "originalMessageId")
            return SentOn(
                from_html(text_at(told, "originalMessageContent")),
                plain(text_at(activity, "text")).strip(),
                text_at(told, "originalMessageSender", "user", "id"),
                moment(text_at(told, "originalSentDateTime")),
                f"{conversation}:{number}" if conversation and number else "",
            )
    for each in every:
        if text_at(each, "contentType") == "text/html" and (parts := sent_on(text_at(each, "content"))):
            return SentOn(parts[1], parts[0])
    return None
