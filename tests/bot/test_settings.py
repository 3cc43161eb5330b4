"""Settings that stand for each other."""

from __future__ import annotations

from bot.settings import Settings


def test_without_an_app_of_its_own_the_teams_app_opens_the_mailbox() -> None:
    """R213: the first tenant is the one that issues our tokens."""
    teams = {"MICROSOFT_APP_ID": "a", "MICROSOFT_APP_PASSWORD": "b", "MICROSOFT_APP_TENANT_ID": "c, d"}
    own = {"KRISEBOT_GRAPH_APP_ID": "x", "KRISEBOT_GRAPH_APP_PASSWORD": "y", "KRISEBOT_GRAPH_TENANT_ID": "z"}
    assert Settings(_env_file=None, **teams).graph_app == ("a", "b", "c")  # type: ignore[call-arg, arg-type]
    assert Settings(_env_file=None, **teams, **own).graph_app == ("x", "y", "z")  # type: ignore[call-arg, arg-type]
    assert Settings(_env_file=None).graph_app is None  # type: ignore[call-arg]
