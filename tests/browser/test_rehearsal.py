"""The rehearsal chat in a browser: what a person at a table-top exercise is promised."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from tests.browser.rehearsal import DESKTOP, NARROW_PHONE, PHONE, Program, Screen, opened, warned, wind

pytestmark = pytest.mark.browser


def test_two_people_live_through_it_side_by_side(browser: Browser, krisebot: Program) -> None:
    """R001 R003 R005 R006 R007 R031 T06: a warning, a silent chief, his deputy, a decision and the staff's channel."""
    with opened(browser, krisebot.address, DESKTOP, "finn", "pia", "lars") as page:
        page.evaluate("window.neverReloaded = true")
        finn, pia, lars = Screen(page, "Finn"), Screen(page, "Pia Krogh"), Screen(page, "Lars Vinther")
        warned(finn)
        expect(pia.message("Kan du tage den?")).to_have_count(0)
        wind(page)
        pia.sees("Kan du tage den?")
        pia.presses("Jeg har den")
        finn.sees("Pia Krogh har taget det")
        expect(lars.area.get_by_role("button", name="#krise-")).to_have_count(0)
        pia.presses("Niveau 2")
        finn.sees("Afgjort: niveau 2")
        lars.area.get_by_role("button", name="#krise-").click()
        lars.sees("Krisestab nr. 1")
        assert page.evaluate("window.neverReloaded")


def test_a_message_is_changed_where_it_stands(browser: Browser, krisebot: Program) -> None:
    """R003: the question becomes its outcome; it is not said once more."""
    with opened(browser, krisebot.address, DESKTOP, "finn", "jens") as page:
        finn = Screen(page, "Finn")
        finn.says("/krise varsel vand i kælderen på Birkehøj")
        finn.sees("Er du i tvivl")
        page.evaluate("document.querySelector('article.bot').kept = true")
        expect(finn.area.locator("article.bot")).to_have_count(1)
        finn.presses("Ja")
        finn.sees("er sendt videre")
        assert page.evaluate("document.querySelector('article.bot').kept")
        expect(finn.message("Er du i tvivl")).to_have_count(0)


def test_it_can_be_used_without_a_mouse(browser: Browser, krisebot: Program) -> None:
    """From opening the page to the answer of both questions, with the keyboard alone."""
    with opened(browser, krisebot.address, DESKTOP, "finn", "jens") as page:
        finn, keys = Screen(page, "Finn"), page.keyboard
        keys.press("Tab")
        expect(page.get_by_role("link", name="Gå til skrivefeltet")).to_be_focused()
        keys.press("Enter")
        expect(finn.composer).to_be_focused()
        keys.type("/krise varsel vand i kælderen")
        keys.press("Shift+Enter")
        keys.type("og på loftet")
        keys.press("Enter")
        expect(finn.composer).to_have_value("")
        finn.sees("og på loftet")
        expect(finn.button("Ja")).to_be_visible()
        tab_to(page, "Ja", backwards=True)
        keys.press("Enter")
        finn.sees("Jens Lund")
        # Whoever pressed stays where they were: in the card that the question has become.
        assert page.evaluate("document.activeElement.closest('article') !== null")


def test_half_typed_text_stays_when_its_message_is_changed(browser: Browser, krisebot: Program) -> None:
    """A title under way is kept, with the cursor in it, when the card around it is updated; so is the composer's text."""
    with opened(browser, krisebot.address, DESKTOP, "finn", "jens") as page:
        finn, jens = Screen(page, "Finn"), Screen(page, "Jens Lund")
        warned(finn)
        jens.presses("Jeg har den")
        jens.composer.fill("jeg ringer lige til")
        card = jens.message("Hvad beslutter du?")
        title = card.get_by_role("textbox")
        title.press_sequentially("skybrud i Hede")
        finn.composer.fill("/krise varsel ogs")
        wind(page)
        jens.sees("ikke besluttet noget endnu")
        expect(title).to_have_value("skybrud i Hede")
        expect(title).to_be_attached()
        expect(jens.composer).to_have_value("jeg ringer lige til")
        expect(finn.composer).to_have_value("/krise varsel ogs")
        card.get_by_role("button", name="Niveau 2").click()
        expect(jens.area.get_by_role("button", name="skybrud-i-hede")).to_be_visible()
        expect(jens.composer).to_have_value("jeg ringer lige til")


def test_a_picture_is_attached_with_the_keyboard_and_comes_along(browser: Browser, krisebot: Program) -> None:
    """R182: chosen, regretted, chosen again and sent without a word; the bot has it."""
    photo = FilePayload(name="foto.jpg", mimeType="image/jpeg", buffer=b"vand" * 1000)
    with opened(browser, krisebot.address, DESKTOP, "finn", "jens") as page:
        finn = Screen(page, "Finn")
        attach = finn.area.get_by_role("button", name="Vedhæft billede eller fil")
        chooser = finn.area.locator("input[type=file]")
        # The browser's own chooser is no page of ours: that it is asked for, and what it gives, are what we have to do with.
        chooser.evaluate("input => input.addEventListener('click', () => { input.dataset.asked = 'yes' })")
        for again in (True, False):
            attach.focus()
            page.keyboard.press("Enter")
            expect(chooser).to_have_attribute("data-asked", "yes")
            chooser.evaluate("input => delete input.dataset.asked")
            chooser.set_input_files(photo)
            expect(attach).to_be_focused()
            assert nameless(page) == []
            if again:
                finn.area.get_by_role("button", name="Fjern foto.jpg").click()
        finn.composer.press("Enter")
        finn.sees("foto.jpg (4 kB)")
        finn.sees("1 bilag: foto.jpg")
        expect(finn.area.get_by_role("list", name="Det, du er ved at sende")).to_have_count(0)
        expect(finn.button("Send som melding")).to_be_visible()


def test_a_message_is_saved_in_the_log_with_the_keyboard(browser: Browser, krisebot: Program) -> None:
    """R026 R182 R216: what Anne wrote becomes a line, mended and graded by the log keeper, who is back where they were."""
    with opened(browser, krisebot.address, DESKTOP, "anne", "kim") as page:
        anne, kim = Screen(page, "Anne Holm"), Screen(page, "Kim Dahl")
        anne.says("/krise aktiver 2 skybrud")
        expect(anne.composer).to_have_value("")
        for screen in (anne, kim):
            screen.area.get_by_role("button", name="#krise-").click()
        anne.says("40 cm vnad i Fløng")
        save = kim.message("40 cm vnad").get_by_role("button", name="Gem i log: Anne Holm")
        expect(save.locator("..")).to_have_css("opacity", "0")
        save.focus()
        expect(save.locator("..")).to_have_css("opacity", "1")
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Gem i log")
        expect(dialog.get_by_label("Tekst")).to_be_focused()
        assert nameless(page) == []
        dialog.get_by_label("Tekst").fill("40 cm vand i Fløng")
        page.keyboard.press("Escape")
        expect(save).to_be_focused()
        page.keyboard.press("Enter")
        expect(dialog.get_by_label("Tekst")).to_have_value("40 cm vand i Fløng")
        assert dialog.get_by_label("Hvem må se linjen?").locator("option").all_text_contents() == [
            "Åben",
            "Intern",
            "Stab",
            "Fortrolig",
        ]
        dialog.get_by_label("Hvem må se linjen?").select_option("Intern")
        dialog.get_by_role("button", name="Gem i log").press("Enter")
        kim.sees("(ubekræftet, Intern).")
        expect(kim.message("»40 cm vand i Fløng«").last).to_be_visible()
        expect(save).to_be_focused()


@pytest.mark.parametrize("size", [PHONE, NARROW_PHONE], ids=["390 wide", "360 wide"])
def test_a_phone_shows_everything_without_scrolling_sideways(
    browser: Browser, krisebot: Program, size: tuple[int, int]
) -> None:
    """One screen at a time; the chief's card, the level card and the staff's channel fit the width."""
    with opened(browser, krisebot.address, size, "finn", "jens") as page:
        finn, jens = Screen(page, "Finn"), Screen(page, "Jens Lund")
        warned(finn)
        assert fits(page)
        page.get_by_role("navigation", name="Skærme").get_by_role("button", name="Jens Lund").click()
        jens.sees("Kan du tage den?")
        assert fits(page)
        jens.presses("Jeg har den")
        expect(jens.button("Niveau 2")).to_be_in_viewport()
        assert fits(page)
        jens.presses("Niveau 2")
        expect(jens.area.get_by_role("button", name="#krise-")).to_be_attached()
        assert fits(page)
        jens.says("/krise")
        jens.sees("Alle kommandoer")
        assert fits(page)
        jens.area.get_by_role("button", name="#krise-").click()
        jens.sees("Krisestab nr. 1")
        assert fits(page)
        jens.says("Viadukten er lukket, og der er 40 cm vand i kælderen på Birkehøj.")
        expect(jens.area.get_by_role("button", name="Gem i log: Dig")).to_be_visible()
        assert fits(page)


def test_a_frightened_persons_first_minute_fits_a_phone(browser: Browser, krisebot: Program) -> None:
    """R001: their words, 112, the question and who gets it on one screen, without news of the plan; the form fits too."""
    with opened(browser, krisebot.address, PHONE, "finn") as page:
        finn = Screen(page, "Finn")
        finn.says("hjælp!! der er røg i kælderen på Birkehøj plejecenter, 3. sal")
        finn.sees("Ved fare for liv: ring 112.")
        for label in ("Ja", "Nej", "Ved ikke"):
            expect(finn.button(label)).to_be_in_viewport()
        assert "Planperioden" not in finn.area.inner_text()
        assert fits(page)
        finn.presses("Ja")
        finn.sees("er sendt videre")
        finn.presses("Slags og kilde")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        box = dialog.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
        assert fits(page)


def test_facts_and_long_words_in_the_staffs_channel_fit_a_phone(browser: Browser, krisebot: Program) -> None:
    """R204: who is who, and a word that has no end; what is read can be read."""
    with opened(browser, krisebot.address, PHONE, "jens") as page:
        jens = Screen(page, "Jens Lund")
        jens.says("/krise aktiver 2 skybrud")
        jens.sees("Krisestaben er aktiveret")
        jens.area.get_by_role("button", name="#krise-").click()
        jens.sees("Krisestab nr. 1")
        jens.says("/krise hvem")
        jens.sees("Hvem er hvem")
        assert fits(page)
        named, told = jens.area.locator(".facts dt").last, jens.area.locator(".facts dd").last
        for each in (named, told):
            box = each.bounding_box()
            assert box is not None
            # A name or a number on a line of its own, in letters as large as the message's.
            assert box["width"] > 150
            assert float(each.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")) >= 14
        jens.says("/krise log " + "Speciallæge" * 60)
        jens.sees("SpeciallægeSpeciallæge")
        assert fits(page)


@pytest.mark.parametrize("size", [PHONE, NARROW_PHONE], ids=["390 wide", "360 wide"])
def test_the_staffs_dialogs_fit_a_phone_and_their_last_button_can_be_reached(
    browser: Browser, krisebot: Program, size: tuple[int, int]
) -> None:
    """R229 R258: the order, and the time of an outage, by somebody who runs the staff."""
    with opened(browser, krisebot.address, size, "jens", "kim") as page:
        jens, kim = Screen(page, "Jens Lund"), Screen(page, "Kim Dahl")
        jens.says("/krise aktiver 2 skybrud")
        jens.sees("Krisestaben er aktiveret")
        page.get_by_role("navigation", name="Skærme").get_by_role("button", name="Kim Dahl").click()
        for words, label in (
            ("/krise ordre", "Skriv ordre"),
            ("/krise kritisk nødkald nede", "Ret tidspunkt"),
        ):
            kim.says(words)
            kim.presses(label)
            dialog = page.get_by_role("dialog")
            expect(dialog).to_be_visible()
            box = dialog.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= size[0]
            last = dialog.get_by_role("button").last
            last.scroll_into_view_if_needed()
            expect(last).to_be_in_viewport()
            assert fits(page)
            page.keyboard.press("Escape")
            expect(dialog).to_be_hidden()


@pytest.mark.parametrize("path", ["persondata", "vilkaar", "tavle/findes-ikke", "papir/x.pdf", "eksport/x", "intet"])
def test_every_page_fits_a_phone_and_one_that_is_gone_says_what_to_do(
    browser: Browser, krisebot: Program, path: str
) -> None:
    """R251: no bare "404: Not Found" for somebody with an old link."""
    page = browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    page.goto(f"{krisebot.address}/{path}")
    assert fits(page)
    if path not in ("persondata", "vilkaar"):
        expect(page.get_by_role("heading", name="Siden findes ikke")).to_be_visible()
        expect(page.get_by_text("ring 112")).to_be_visible()
    page.close()


def test_every_control_says_what_it_is(browser: Browser, krisebot: Program) -> None:
    """A screen reader has a name for each button, field and link, mid-crisis and in the dialogs."""
    with opened(browser, krisebot.address, DESKTOP, "finn", "jens") as page:
        finn, jens = Screen(page, "Finn"), Screen(page, "Jens Lund")
        assert nameless(page) == []
        warned(finn)
        jens.presses("Jeg har den")
        jens.button("Niveau 2").wait_for()
        assert nameless(page) == []
        page.get_by_role("button", name="Sådan gør du").click()
        expect(page.get_by_role("dialog", name="Sådan gør du")).to_be_visible()
        assert nameless(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Spol tiden frem, vælg selv").click()
        expect(page.get_by_role("dialog", name="Spol tiden frem")).to_be_visible()
        assert nameless(page) == []


def test_what_is_written_while_the_server_is_gone_is_kept_and_can_be_sent_later(
    browser: Browser, krisebot: Program
) -> None:
    """The page says that it didn't get through, keeps the words, and picks up by itself when krisebot is back."""
    with opened(browser, krisebot.address, DESKTOP, "finn", "jens") as page:
        finn = Screen(page, "Finn")
        finn.says("/krise varsel vand i kælderen")
        finn.sees("Er du i tvivl")
        krisebot.stop()
        finn.says("/krise status")
        expect(finn.area.get_by_role("alert")).to_contain_text("ingen forbindelse")
        expect(finn.composer).to_have_value("/krise status")
        expect(page.locator("#link")).to_contain_text("Forbindelsen er afbrudt")
        krisebot.start()
        expect(page.locator("#link")).to_be_hidden(timeout=15_000)
        finn.composer.press("Enter")
        expect(finn.composer).to_have_value("")
        expect(finn.area.get_by_role("alert")).to_have_count(0)
        finn.presses("Ja")
        finn.sees("er sendt videre")


def tab_to(page: Page, label: str, backwards: bool = False) -> None:
    """Press Tab until that button has focus."""
    for _ in range(30):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate("document.activeElement.textContent") == label:
            return
    raise AssertionError(f"the keyboard never reaches {label!r}")


def fits(page: Page) -> bool:
    """Whether nothing stands outside the window's width; rows of their own that are swiped through may."""
    wider: Any = page.evaluate(
        """[...document.querySelectorAll("body *")].filter((each) => each.checkVisibility()
            && !each.closest(".visually-hidden, .skip, .chips, .tabs, .places")
            && each.getBoundingClientRect().right + scrollX > innerWidth + 1).map((each) => each.outerHTML.slice(0, 200))"""
    )
    assert wider == []
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def nameless(page: Page) -> list[str]:
    """Controls in sight that the browser's accessibility tree has no name for."""
    client = page.context.new_cdp_session(page)
    controls = {"button", "textbox", "combobox", "link", "log", "dialog", "region"}
    tree = client.send("Accessibility.getFullAXTree")["nodes"]
    return [
        str(node)
        for node in tree
        if not node["ignored"]
        and node["role"]["value"] in controls
        and not node.get("name", {}).get("value", "").strip()
    ]


def test_what_is_sent_while_something_else_is_on_its_way_is_sent_after_it_and_once(
    browser: Browser, krisebot: Program
) -> None:
    """Whoever is frightened writes on before the first is there: Enter is never met with nothing."""
    with opened(browser, krisebot.address, DESKTOP, "finn") as page:
        finn = Screen(page, "Finn")
        held: list[Route] = []
        page.route("**/say", lambda route: held.append(route) if not held else route.continue_())
        finn.says("/krise hvem")
        finn.says("/krise status")
        finn.composer.press("Enter")
        expect(finn.composer).to_have_value("/krise status")
        held[0].continue_()
        finn.sees("Hvem er hvem")
        expect(finn.composer).to_have_value("")
        expect(finn.area.locator("article").filter(has_text="/krise status")).to_have_count(1)
