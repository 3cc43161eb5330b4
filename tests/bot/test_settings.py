"""Settings that stand for each other."""

from __future__ import annotations

import re

from pydantic import AliasChoices

from bot.settings import Settings
from tests import source


def test_without_an_app_of_its_own_the_teams_app_opens_the_mailbox() -> None:
    """R213: the first tenant is the one that issues our tokens."""
    teams = {"MICROSOFT_APP_ID": "a", "MICROSOFT_APP_PASSWORD": "b", "MICROSOFT_APP_TENANT_ID": "c, d"}
    own = {"KRISEBOT_GRAPH_APP_ID": "x", "KRISEBOT_GRAPH_APP_PASSWORD": "y", "KRISEBOT_GRAPH_TENANT_ID": "z"}
    assert Settings(_env_file=None, **teams).graph_app == ("a", "b", "c")  # type: ignore[call-arg, arg-type]
    assert Settings(_env_file=None, **teams, **own).graph_app == ("x", "y", "z")  # type: ignore[call-arg, arg-type]
    assert Settings(_env_file=None).graph_app is None  # type: ignore[call-arg]


# Others' addresses, which nobody but a test gives; and what lets a test client in.
FOR_TESTS = {
    *("SLACK_API_URL", "MICROSOFT_OPENID_METADATA_URL", "MICROSOFT_LOGIN_URL", "MICROSOFT_GRAPH_URL"),
    *("MICROSOFT_SERVICE_URL", "KRISEBOT_TEAMS_UNVERIFIED"),
}


def test_every_setting_stands_in_the_readme() -> None:
    """Whoever runs krisebot reads there what there is to set."""
    aliases = [field.validation_alias for field in Settings.model_fields.values()]
    names = {str(name) for alias in aliases if isinstance(alias, AliasChoices) for name in alias.choices}
    told = set(re.findall(r"[A-Z]{2,}(?:_[A-Z]+)+", (source.ROOT / "README.md").read_text("utf-8")))
    assert len(names) > 30
    assert names - told == FOR_TESTS
    assert sorted(each for each in told - names if each.startswith("KRISEBOT_")) == []
