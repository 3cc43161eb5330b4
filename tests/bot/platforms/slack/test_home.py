"""The home page in Slack."""

from __future__ import annotations

import pytest

from tests.bot.platforms.slack.house import House
from tests.fakes.slack import ServerError

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def test_the_home_page_tells_what_goes_on_and_starts_what_one_needs(house: House) -> None:
    """R256: Overblik."""
    finn = house.person("U0FINN")
    assert (await finn.opens_home()).status == 200
    await house.engine.settle()
    assert "Der er ingen aktiv krise." in finn.home
    await house.crisis()
    await finn.opens_home()
    await house.engine.settle()
    assert "skybrud i Hedehusene" in finn.home
    assert "Afventer" not in finn.home
    kim = house.person("U0KIM")
    await kim.opens_home()
    await house.engine.settle()
    assert "Afventer" in kim.home
    assert "Fuldt etableret senest" in kim.home
    await finn.presses("Hvem er hvem")
    await house.engine.settle()
    assert finn.sees("Beredskabschef 4K")


async def test_the_home_page_is_no_reason_to_fail(house: House) -> None:
    house.slack.fail("views.publish", with_=ServerError(), times=None)
    assert (await house.person("U0FINN").opens_home()).status == 200
    await house.engine.settle()
    assert house.slack.calls_to("views.publish")
