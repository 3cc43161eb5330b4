"""The four sentences that come back in the language of whoever cries for help, beside the Danish ones. Plan §4."""

from __future__ import annotations

from handlers.core.language import dangers
from handlers.core.language.danger_words import Language

DANGER: dict[Language, str] = {
    "en": "Danger to life: call 112.",
    "de": "Bei Lebensgefahr: 112 anrufen.",
    "uk": "Є загроза життю: телефонуйте 112.",
}
QUESTION: dict[Language, str] = {
    "en": "May it affect the municipality, and is it more than its daily services can handle? Ja = yes, Nej = no, Ved ikke = don't know.",
    "de": "Kann es die Gemeinde betreffen, und ist es mehr, als ihre tägliche Bereitschaft bewältigt? Ja = ja, Nej = nein, Ved ikke = weiß nicht.",
    "uk": "Чи може це стосуватися муніципалітету і чи це більше, ніж щоденні служби можуть подолати? Ja = так, Nej = ні, Ved ikke = не знаю.",
}
SENT: dict[Language, str] = {
    "en": "Your warning has been sent on.",
    "de": "Ihre Warnung ist weitergegeben.",
    "uk": "Ваше попередження передано.",
}
NOT_SENT: dict[Language, str] = {
    "en": "Nothing has been sent.",
    "de": "Es ist nichts gesendet worden.",
    "uk": "Нічого не надіслано.",
}


def beside(text: str, *sentences: dict[Language, str]) -> str:
    """Give those of some sentences that are in the language of a text, each on a line; empty for Danish.

    Args:
        text: what somebody wrote.
        sentences: by language.
    """
    heard = dangers.hear(text)
    language = heard.language if heard else "da"
    return "".join(f"\n{each[language]}" for each in sentences if language in each)
