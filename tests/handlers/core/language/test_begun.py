"""When something began is read where its words say so, and left to be asked about where they don't."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.core.language import begun, times_read
from tests.stage.stage import DENMARK, SUMMER_AFTERNOON
from tests.tables import examples

NOW = SUMMER_AFTERNOON.astimezone(UTC)


def local(at: datetime | None) -> str:
    return at.astimezone(DENMARK).strftime("%d/%m %H:%M") if at else ""


@examples(
    ("said", "when"),
    [
        ("vand i kælderen siden kl 13.30", "02/07 13:30"),
        ("Siden kl. 13:30 har der stået vand i kælderen, og nu kl 14 stiger det", "02/07 13:30"),
        ("ingen strøm siden ca. kl 12, vi bruger lygter", "02/07 12:00"),
        ("uden vand siden halv et", "02/07 12:30"),
        ("ingen telefoner siden i går kl 22", "01/07 22:00"),
        ("ingen telefoner siden i går aftes kl 22.15", "01/07 22:15"),
        ("lukket siden fredag kl 12", "26/06 12:00"),
        ("strømmen har været væk fra kl. 13", "02/07 13:00"),
        ("strømmen var væk fra kl 12 til kl 13", "02/07 12:00"),
        ("brand i skuret kl 13:30 i dag", "02/07 13:30"),
        ("i går aftes kl 22 løb det ind", "01/07 22:00"),
        ("I dag kl. 11 væltede masten", "02/07 11:00"),
        ("røg i hallen kl 13.50", "02/07 13:50"),
        ("der gik ild i den for en time siden", "02/07 13:00"),
        ("for ca. 20 min. siden faldt masten", "02/07 13:40"),
        ("det begyndte for halvanden time siden og stiger", "02/07 12:30"),
        ("masten faldt i formiddags kl 10", "02/07 10:00"),
    ],
)
def test_words_that_say_when_it_began_are_read(said: str, when: str) -> None:
    """R001 R003 R300."""
    assert local(begun.read(said, NOW, DENMARK)) == when


@examples(
    "said",
    [
        "vand i kælderen på Birkehøj",
        "vejen er lukket til kl 13",
        "DMI varsler skybrud fra kl 13",
        "vi åbner fra kl 18",
        "orkan rammer kl 6",
        "der ventes regn kl 8 i morgen",
        "demonstration fredag kl 12",
        "demonstration 28/6 kl 12",
        "først kl 13, så igen kl. 13.40",
        "uden strøm siden kl 12 og uden vand siden kl 13",
        "der står vand på siden 12 m fra muren",
        "masten har stået siden 2019",
        "5 m siden af vejen",
        "vandet steg fra 2.20 til 2.50",
        "stig ud fra 13 biler",
        "det har stået på siden i formiddags",
        "siden sidst er der intet",
        "lukker siden kl 18",
        "siden kl 25",
    ],
)
def test_words_about_what_is_to_come_an_end_or_two_times_say_nothing_of_when_it_began(said: str) -> None:
    """R001 R003 R300: what nobody has said stands in no field."""
    assert begun.read(said, NOW, DENMARK) is None


@examples(
    ("said", "words"),
    [
        ("vand i kælderen siden i formiddags", "siden i formiddags"),
        ("det begyndte i går aftes", "i går aftes"),
        ("Siden i nat har der ikke været strøm", "Siden i nat"),
        ("for et par timer siden faldt masten", "for et par timer siden"),
        ("ingen varme siden i mandags", "siden i mandags"),
        ("for 3 dage siden", "for 3 dage siden"),
        ("storm i nat", ""),
        ("vi skal bruge pumper i eftermiddag", ""),
        ("på siden i kælderen", ""),
    ],
)
def test_words_that_do_not_say_it_to_the_hour_are_kept_as_they_are(said: str, words: str) -> None:
    """R001."""
    assert begun.words(said) == words


@examples(
    ("said", "when"),
    [
        ("i går aftes kl 22", "01/07 22:00"),
        ("i formiddags kl 10", "02/07 10:00"),
        ("i mandags kl 8", "29/06 08:00"),
    ],
)
def test_a_day_that_has_been_is_read_by_the_word_for_it(said: str, when: str) -> None:
    """R001: in a form's field, too."""
    assert local(times_read.parse_past(said, NOW, DENMARK)) == when
