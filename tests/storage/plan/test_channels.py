"""A channel that the plan knows is known wherever persons are read, imported and told of."""

from __future__ import annotations

import pytest

from storage.case.pages.evaluation import WAYS
from storage.plan.importing import COLUMNS, TAKEN
from storage.plan.persons import Person
from storage.plan.words import CHANNELS, CHATS

# The key that a person has in the plan for each channel: by default the channel's own name.
KEYS = {"sms": "mobil"}
ID = {"sms": "+45 20 30 40 50", "mail": "nils@example.dk"}


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_person_is_reached_by_each_channel_alone(channel: str) -> None:
    """R070: an id, a number or an address is enough."""
    key = KEYS.get(channel, channel)
    assert key in {field.alias for field in Person.model_fields.values()}, f"storage/plan/persons.py has no »{key}«"
    person = Person.model_validate({"navn": "Nils Fog", key: ID.get(channel, "U123")})
    assert person.in_file(channel), f"storage/plan/persons.py: in_file does not know {channel}"
    assert CHANNELS.index(channel) < len(CHATS) or channel in ID, f"is {channel} a chat? Then CHATS has it"


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_channel_is_read_from_a_list_and_has_a_name_on_paper(channel: str) -> None:
    key = KEYS.get(channel, channel)
    assert key in COLUMNS, f"storage/plan/importing.py: COLUMNS lacks {key}"
    assert key in TAKEN, f"storage/plan/importing.py: TAKEN lacks {key}"
    assert channel in WAYS, f"storage/case/pages/evaluation.py: WAYS lacks {channel}"
