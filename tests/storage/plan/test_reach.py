"""One check of who can be reached: what it finds, and what it says to do about it."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.plan import loading, reach
from storage.plan.reach import Known, Way
from tests.tables import examples

PLAN = """\
kommune: Prøvekøbing
personer:
  jens: {navn: Jens Lund, slack: U1, teams: aad-1, mobil: "+4520000001"}
  lars: {navn: Lars Vinther, slack: U2, mobil: "+4510000003"}
  anne: {navn: Anne Holm, mobil: "+4520000005"}
  bo:   {navn: Bo Kjær, slack: U4, mobil: "114"}
  ida:  {navn: Ida Toft, slack: U5}
  eva:  {navn: Eva Lind, mail: eva@example.dk, mobil: "+4520000007"}
roller:
  beredskabschef: {person: jens}
  borgmester: {person: lars}
  direktion: {medlemmer: [anne]}
"""
SLACK, TEAMS, SMS = (
    Way("slack", "Slack"),
    Way("teams", "Teams", first="Giv alle appen"),
    Way("sms", "SMS", reserve=True),
)
THEN = datetime(2026, 7, 2, 12, tzinfo=UTC)
NOTHING = Known({}, {}, {}, {})
FOUND_BY_MAIL = Way("slack", "Slack", directory=True)


def _looked(fault: str) -> Known:
    return Known({}, {}, {}, {}, {("eva", "slack"): fault})


@examples(
    ("person", "ways", "known", "found"),
    [
        ("jens", (SLACK,), NOTHING, []),
        ("jens", (SLACK, TEAMS), NOTHING, [("warning", "Teams")]),
        ("jens", (SLACK, TEAMS), Known({("jens", "teams"): THEN}, {}, {}, {}), []),
        ("jens", (TEAMS,), Known({}, {"jens": THEN}, {}, {}), [("warning", "Teams"), ("warning", "02.07.2026")]),
        ("jens", (SLACK,), Known({}, {}, {"jens": THEN}, {"jens": "mobil: 1"}), [("warning", "mobil: 1")]),
        ("anne", (SLACK,), NOTHING, [("fault", "kan ikke nås")]),
        ("anne", (SLACK, SMS), NOTHING, [("warning", "kun nås på SMS")]),
        ("lars", (SLACK,), NOTHING, [("warning", "+4510000003")]),
        ("bo", (SLACK,), NOTHING, [("warning", "114")]),
        ("ida", (SLACK,), NOTHING, [("warning", "intet telefonnummer")]),
        ("eva", (FOUND_BY_MAIL,), NOTHING, [("warning", "er ikke slået op i Slack endnu")]),
        (
            "eva",
            (FOUND_BY_MAIL,),
            _looked("kontoen er lukket"),
            [("fault", "er ikke fundet i Slack: kontoen er lukket")],
        ),
        (
            "eva",
            (FOUND_BY_MAIL, SMS),
            _looked("flere har mailadressen"),
            [("warning", "er ikke fundet i Slack: flere har mailadressen")],
        ),
    ],
)
def test_what_is_missing_is_found_and_can_be_mended(
    person: str, ways: tuple[Way, ...], known: Known, found: list[tuple[str, str]]
) -> None:
    """R070: the same for `kontakt` and for the doctor."""
    got = reach.findings(loading.parse(PLAN, "planen"), person, ways, known)
    assert [each.level for each in got] == [level for level, _ in found]
    assert all(words in each.what and each.mend for each, (_, words) in zip(got, found, strict=True))
