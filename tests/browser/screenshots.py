"""Take the README's screenshots anew: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from playwright.sync_api import expect

from tests.browser.rehearsal import DESKTOP, PHONE, Program, Screen, chromium, opened, warned, wind

FOLDER = Path(__file__).parents[2] / "bot" / "platforms" / "rehearsal_page" / "screenshots"
SUMMER_AFTERNOON = "2026-07-02T14:00:10+02:00"


def take(folder: Path) -> None:
    """Play the warning and the decision, and look at them on a desktop and on a phone."""
    with TemporaryDirectory() as place, chromium() as browser:
        krisebot = Program(Path(place))
        body = json.dumps({"set": SUMMER_AFTERNOON}).encode()
        urlopen(Request(f"{krisebot.address}/rehearsal/clock", body, {"Content-Type": "application/json"}))
        with (
            opened(browser, krisebot.address, DESKTOP, "finn", "pia") as desktop,
            opened(browser, krisebot.address, PHONE, "pia") as phone,
        ):
            finn, pia, pia_out = Screen(desktop, "Finn"), Screen(desktop, "Pia Krogh"), Screen(phone, "Pia Krogh")
            warned(finn)
            wind(desktop)
            pia_out.sees("Kan du tage den?")
            phone.screenshot(path=folder / "phone.png", animations="disabled")
            pia.presses("Jeg har den")
            pia.presses("Niveau 2")
            finn.sees("Afgjort: niveau 2")
            pia.area.get_by_role("button", name="#krise-").click()
            pia.sees("Krisestab nr. 1")
            expect(desktop.locator("#clock")).not_to_have_attribute("aria-busy", "true")
            desktop.screenshot(path=folder / "desktop.png", animations="disabled")
        krisebot.stop()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    take(FOLDER)
