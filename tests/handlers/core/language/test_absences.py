"""How long somebody says that they are away."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from handlers.core.language import absences
from tests.tables import examples

ZONE = ZoneInfo("Europe/Copenhagen")
# A Thursday, two in the afternoon.
NOW = datetime(2026, 7, 2, 12, 0, 10, tzinfo=UTC)
READ = {
    "til mandag": ("2/7 14:00", "6/7 00:00"),
    "til og med mandag": ("2/7 14:00", "7/7 00:00"),
    "til torsdag": ("2/7 14:00", "9/7 00:00"),
    "til i morgen": ("2/7 14:00", "3/7 00:00"),
    "til mandag morgen": ("2/7 14:00", "6/7 00:00"),
    "til mandag kl 12": ("2/7 14:00", "6/7 12:00"),
    "til 18.30": ("2/7 14:00", "2/7 18:30"),
    "fra onsdag til fredag": ("8/7 00:00", "11/7 00:00"),
    "fra fredag til onsdag": ("3/7 00:00", "9/7 00:00"),
    "onsdag-fredag": ("8/7 00:00", "11/7 00:00"),
    "fra den 3/7 til den 10/7": ("3/7 00:00", "11/7 00:00"),
    "3.-10. juli": ("3/7 00:00", "11/7 00:00"),
    "i dag": ("2/7 14:00", "3/7 00:00"),
    "i morgen": ("3/7 00:00", "4/7 00:00"),
    "uge 29": ("13/7 00:00", "20/7 00:00"),
    "uge 29-31": ("13/7 00:00", "3/8 00:00"),
    "uge 2": ("11/1 00:00", "18/1 00:00"),
    "3 dage": ("2/7 14:00", "5/7 00:00"),
    "to uger": ("2/7 14:00", "16/7 00:00"),
    "resten af ugen": ("2/7 14:00", "6/7 00:00"),
    "næste uge": ("6/7 00:00", "13/7 00:00"),
    "weekenden": ("4/7 00:00", "6/7 00:00"),
    "syg til mandag": ("2/7 14:00", "6/7 00:00"),
    "På ferie fra lørdag til 20/7": ("4/7 00:00", "21/7 00:00"),
    "fra fredag": ("3/7 00:00", None),
    "indtil videre": ("2/7 14:00", None),
}
UNREAD = (
    "", "syg", "bla bla", "til jul", "til 1/7", "til 31/2", "fra 10/7 til 3/7", "mandag og tirsdag", "uge 54", "400 dage",
    "til 1/1 2031", "slut", "i aftes",
)  # fmt: skip


def local(at: datetime | None) -> str | None:
    if at is None:
        return None
    there = at.astimezone(ZONE)
    return f"{there.day}/{there.month} {there:%H:%M}"


@examples("words", sorted(READ))
def test_an_absence_is_read_as_it_is_written(words: str) -> None:
    """ "til" a day ends as it begins; "fra … til" a day has it in it."""
    away = absences.read(words, NOW, ZONE)
    assert away is not None
    assert (local(away.since), local(away.until)) == READ[words]


@examples("words", UNREAD)
def test_what_is_no_absence_ahead_is_not_guessed_at(words: str) -> None:
    """One that is over, longer than a year, or no time at all."""
    assert absences.read(words, NOW, ZONE) is None


@examples("words", ["slut", "er tilbage", "Jeg er tilbage", "tilbage nu", "stop"])
def test_somebody_who_is_back_says_so_in_their_own_words(words: str) -> None:
    assert absences.is_back(words)
    assert not absences.is_back(f"{words} til mandag")
