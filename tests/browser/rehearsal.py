"""The rehearsal chat as a person has it: krisebot as a program of its own, Debian's chromium, and screens to act on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# Milliseconds: a machine that is busy with other things draws a page late, and is not wrong.
expect.set_options(timeout=20_000)
QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = (1280, 800)
PHONE = (390, 844)
NARROW_PHONE = (360, 740)


class Program:
    """Krisebot on a port and a database of its own.

    Args:
        folder: where the database is.
    """

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._folder = folder
        self.address = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Start it; returns when it is open."""
        settings = {
            "KRISEBOT_DATABASE_URL": f"sqlite+aiosqlite:///{self._folder / 'krisebot.db'}",
            "KRISEBOT_PORT": str(self._port),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.getcwd(),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "serve"],
            cwd=self._folder,
            env=settings,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self.address in self._process.stdout.readline(), "krisebot did not start"

    def stop(self) -> None:
        """Stop it, as an operator would."""
        self._process.terminate()
        self._process.communicate(timeout=20)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser; a machine without it fails."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIETLY))
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, address: str, size: tuple[int, int], *persons: str) -> Iterator[Page]:
    """The page, with those persons' screens.

    Args:
        size: width and height in CSS pixels.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="da-DK", timezone_id="Europe/Copenhagen"
    )
    page = context.new_page()
    page.goto(f"{address}/?som={','.join(persons)}")
    # A screen is there when its places are.
    expect(page.locator(".places [data-place=dm]")).to_have_count(len(persons))
    yield page
    context.close()


class Screen:
    """One person's screen on the page.

    Args:
        name: as it stands there, "Pia Krogh".
    """

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.area = page.get_by_role("region", name=f"Skærm for {name}")
        self.composer = self.area.get_by_role("textbox", name=f"Skriv som {name}")

    def says(self, text: str) -> None:
        """Write and press Enter."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def button(self, label: str) -> Locator:
        """The newest button of that label in the conversation."""
        return self.area.locator("article").get_by_role("button", name=label, exact=True).last

    def presses(self, label: str) -> None:
        """Press the newest button of that label."""
        self.button(label).click()

    def message(self, text: str) -> Locator:
        """The messages that say so."""
        return self.area.locator("article").filter(has_text=text)

    def sees(self, text: str) -> None:
        """Wait until a message says so."""
        expect(self.message(text).last).to_be_visible()


def wind(page: Page) -> None:
    """Press "+5 min", and wait until everything on the way has happened."""
    page.get_by_role("button", name="Spol 5 minutter frem").first.click()
    expect(page.locator("#clock")).not_to_have_attribute("aria-busy", "true")


def warned(finn: Screen) -> None:
    """Finn warns and answers the question."""
    finn.says("/krise varsel vand i kælderen på Birkehøj, og viadukten i Hedehusene er lukket")
    finn.sees("Er du i tvivl")
    finn.presses("Ja")
    finn.sees("Jens Lund")
