"""What somebody lacks is read out of what they wrote, and only suggested."""

from __future__ import annotations

from handlers.core.language.needs import Need, lacking, place, read
from storage.plan import loading
from tests.tables import examples

PLAN = loading.example()


@examples(
    ("text", "quantity", "what", "where"),
    [
        ("vi mangler 4 mand på Birkehøj", "4", "mand", "Birkehøj"),
        ("ok men vi mangler 4 mand", "4", "mand", ""),
        ("på birkehøj har vi brug for to vogne nu", "to", "vogne", "Birkehøj"),
        ("Vi MANGLER strøm i Fløng!", "", "strøm", "Fløng"),
        ("kan vi få 12 feltsenge til Hedehusne, der står 20 borgere", "12", "feltsenge", "Hedehusene"),
        ("mangler flere sandsække. 40 cm vand", "flere", "sandsække", ""),
    ],
)
def test_a_lack_is_read_with_its_number_its_noun_and_the_plans_place(
    text: str, quantity: str, what: str, where: str
) -> None:
    """R220: requirements 3.4, number + noun."""
    assert lacking(PLAN, text) == Need(quantity, what, where)


@examples("text", ["ok", "alt ok her", "vi er 4 mand på vej", "vi mangler", "40 cm vand i Fløng"])
def test_what_lacks_nothing_suggests_nothing(text: str) -> None:
    """R220: only what says that something is lacked."""
    assert lacking(PLAN, text) is None


def test_a_request_needs_no_such_word() -> None:
    """R220: `bistand 4 mand til Birkehøj nu`."""
    assert read(PLAN, "4 mand til Birkehøj nu") == Need("4", "mand", "Birkehøj")
    assert read(PLAN, "mangler en lastbil") == Need("en", "lastbil", "")


@examples("heard", ["birkehøj", "Birke høj", "birkehøjde", "BIRKEHOEJ", "birkhøj"])
def test_a_place_is_known_as_it_is_dictated(heard: str) -> None:
    """R220: requirements 3.4, "Birke høj", "birkehøjde"."""
    assert place(PLAN, f"vand i kælderen på {heard} nu") == "Birkehøj"


def test_another_place_is_none_of_the_plans() -> None:
    """R220: nothing is guessed."""
    assert place(PLAN, "vi holder ved Roskilde Birk, højt vand") == ""
