"""Nobody's need is read as calm: the rules measured against Danish as people write it. Requirements, section 3.4."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from handlers.core.language.colours import read
from tests.tables import examples

TABLE: dict[str, list[str]] = {
    colour: [str(phrase) for phrase in phrases]
    for colour, phrases in YAML(typ="safe").load(Path(__file__).with_name("phrases.yaml").read_text("utf-8")).items()
}
NEEDS = [*TABLE["yellow"], *TABLE["red"]]
LACKING = [
    "mangler 4 mand",
    "men vi mangler folk",
    "ikke helt",
    "det haster",
    "strømmen er gået",
    "undtagen kælderen",
    "har brug for hjælp",
]


def test_the_table_is_large_enough_to_tell() -> None:
    assert len({phrase for phrases in TABLE.values() for phrase in phrases}) >= 250


def test_no_phrase_that_tells_of_a_need_is_ever_read_as_green() -> None:
    assert [phrase for phrase in NEEDS if read(phrase) == "green"] == []


def test_what_is_unsure_is_never_read_as_green() -> None:
    assert [phrase for phrase in TABLE["unclear"] if read(phrase) == "green"] == []


@examples("colour", sorted(TABLE))
def test_each_phrase_is_read_as_the_table_says(colour: str) -> None:
    assert [(phrase, read(phrase)) for phrase in TABLE[colour] if read(phrase) != colour] == []


@given(
    st.sampled_from(TABLE["green"]),
    st.sampled_from(LACKING),
    st.sampled_from([" ", ", ", ". ", "\n", " - "]),
    st.booleans(),
)
def test_good_news_with_a_need_beside_it_is_not_green(fine: str, need: str, between: str, first: bool) -> None:
    text = f"{need}{between}{fine}" if first else f"{fine}{between}{need}"
    assert read(text) != "green"


@pytest.mark.long
@given(st.text(max_size=80))
def test_anything_at_all_can_be_read(text: str) -> None:
    assert read(text) in TABLE
