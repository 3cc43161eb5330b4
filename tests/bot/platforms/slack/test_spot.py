"""A spot in a conversation of other people's: its address, and where its answer may be posted."""

from __future__ import annotations

from bot.platforms.slack.spot import Spot
from tests.tables import examples


@examples(
    ("link", "slacks"),
    [
        ("https://hooks.slack.com/commands/T0/1/abc", True),
        ("https://hooks.slack-gov.com/commands/T0/1/abc", True),
        ("http://127.0.0.1:4711/response/abc", True),
        ("http://hooks.slack.com/commands/T0/1/abc", False),
        ("https://hooks.slack.com.ondt.example/abc", False),
        ("https://ondtslack.com/abc", False),
        ("https://hooks.slack.com:8443/abc", False),
        ("https://hooks.slack.com/abc|only|U0PIA", False),
        ("http://127.0.0.1:22/abc", False),
        (f"https://hooks.slack.com/{'a' * 3000}", False),
        ("file:///etc/passwd", False),
        ("https://[", False),
        ("https://ondt.example\\.slack.com/abc", False),
        ("https://hooks.slack.com\\@ondt.example/abc", False),
        ("https://hooks.slack.com/a b", False),
        ("https://hooks.slack.com/\u202eabc", False),
        ("", False),
    ],
)
def test_nothing_is_posted_anywhere_but_to_slack(link: str, slacks: bool) -> None:
    """D12"""
    spot = Spot.of("U0LARS", "C1", link, "http://127.0.0.1:4711/api/")
    assert (bool(spot.link), spot.hidden) == (slacks, True)


def test_a_spot_is_read_as_it_was_written() -> None:
    for hidden in (True, False):
        spot = Spot("U0LARS", "C1", "1.2", "https://hooks.slack.com/a", hidden)
        assert Spot.read(spot.lane) == spot
    assert [Spot.read(lane) for lane in ("C1", "U0LARS", "at|U0", "dm|U|C||")] == [None] * 4
