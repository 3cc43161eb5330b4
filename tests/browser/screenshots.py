"""Take the screenshots of the README and the guide anew: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from playwright.sync_api import expect

from tests.browser.cards import drawn, played
from tests.browser.rehearsal import DESKTOP, PHONE, Program, Screen, chromium, opened, warned, wind
from tests.databases import SQLite, run

FOLDER = Path(__file__).parents[2] / "bot" / "platforms" / "rehearsal" / "page" / "screenshots"
GUIDE = Path(__file__).parents[2] / "handlers" / "guide" / "billeder"
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


def take_board(folder: Path) -> None:
    """The board of answers, as the rehearsal chat and as Microsoft's own renderer draw it on a phone."""
    with TemporaryDirectory() as place, chromium() as browser:
        card = run(played(SQLite(Path(place)).migrated()))["board"]
        with drawn(browser, card, PHONE) as page:
            page.locator(".ac-adaptiveCard").screenshot(path=folder / "tavle-teams.png")
        krisebot = Program(Path(place))
        body = json.dumps({"set": SUMMER_AFTERNOON}).encode()
        urlopen(Request(f"{krisebot.address}/rehearsal/clock", body, {"Content-Type": "application/json"}))
        with opened(browser, krisebot.address, PHONE, "kim") as phone:
            kim = Screen(phone, "Kim Dahl")
            asked(krisebot.address)
            kim.area.get_by_role("button", name="#krise-").click()
            kim.sees("hvordan står det til?")
            kim.message("hvordan står det til?").last.scroll_into_view_if_needed()
            phone.screenshot(path=folder / "tavle.png", animations="disabled")
        krisebot.stop()


def asked(address: str) -> None:
    """What `played` plays, up to the board, through the chat's door."""
    for person, place, text in (
        ("jens", "dm", "/krise aktiver 2 skybrud, kloak står op i Hedehusene"),
        ("kim", "dm", "/krise ping alle hvordan står det til? svar 15"),
        ("hanne", "dm", "ok men vi mangler 4 mand på Birkehøj"),
        ("mads", "dm", "alt ok"),
    ):
        body = json.dumps({"as": person, "in": place, "text": text}).encode()
        urlopen(Request(f"{address}/rehearsal/say", body, {"Content-Type": "application/json"}))


if __name__ == "__main__":
    for where in (FOLDER, GUIDE):
        where.mkdir(exist_ok=True)
    take(FOLDER)
    take_board(GUIDE)
