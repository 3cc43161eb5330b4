"""Who has which role, the addresses that go with it, and the screen in the staff's room."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from storage.plan import loading
from storage.rows.staff import Member
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import RehearsalStage, Stage

stage = after(cloudburst)


@in_one_chat
async def test_the_chief_and_the_deputy_are_named_and_every_gate_that_says_chief_follows(stage: RehearsalStage) -> None:
    """R054 T20: S1 14:45; until then the mayor acts as chief."""
    await stage["hanne"].commands("rolle krisestabschef Hanne")
    assert (await stage.part("crisis"))["chief"] is None
    await stage["ole"].commands("rolle krisestabschef Anne, stedfortræder Sara")
    assert (await stage.part("crisis"))["chief"] == "anne"
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 1–3", s2="Sundhed: ingen kendte")
    await stage["lars"].commands("billede")
    await stage["lars"].presses("Godkend")
    assert (await stage.part("pictures"))[0]["state"] == "draft"
    await stage["sara"].commands("billede")
    await stage["sara"].presses("Godkend")
    assert (await stage.part("pictures"))[0]["approved_by"] == "sara"


@pytest.mark.long
@in_teams
async def test_whom_the_secretariat_would_have_as_chief_is_put_before_the_mayor_who_is_chief_until_then(
    stage: Stage,
) -> None:
    """R031 R054 T20: before the first meeting was held; the nearest who may not name the chief is the secretary."""
    await stage["kim"].commands("rolle krisestabschef Anne, logfører Eva")
    assert (await stage.part("crisis"))["chief"] is None
    assert await stage["kim"].sees("Jeg har foreslået Anne Holm som krisestabschef for Lars Vinther")
    assert await stage["kim"].sees("Udpeget – logfører: Eva Lind.")
    assert await stage["lars"].sees("Kim Dahl foreslår Anne Holm som krisestabschef.")
    assert not await stage["kim"].has("Udpeg Anne Holm")
    await stage["lars"].presses("Udpeg Anne Holm")
    assert (await stage.part("crisis"))["chief"] == "anne"
    assert not await stage["lars"].has("Udpeg Anne Holm")
    await stage["anne"].commands("rolle stedfortræder Sara")
    assert [line["receiver"] for line in await stage.log("notice") if "Udpeget: Sara Nygaard" in line["summary"]]


@in_one_chat
async def test_after_a_meeting_was_held_its_minutes_say_who_is_chief_and_the_secretariat_writes_it(
    stage: Stage,
) -> None:
    """R054: "udpeges på første møde"."""
    await stage["anne"].fills_in("Start mødet")
    await stage["anne"].presses("Slut mødet")
    await stage["kim"].commands("rolle krisestabschef Anne")
    assert (await stage.part("crisis"))["chief"] == "anne"


@in_one_chat
async def test_the_secretariat_is_named_by_the_staff_and_has_the_right_at_once(stage: RehearsalStage) -> None:
    """R130 R145: a role that the plan gives to somebody else, or to nobody."""
    await stage["kim"].commands("log vand i kælderen")
    number = (await stage.part("log"))[-1]["no"]
    await stage["lars"].commands("rolle logfører Hanne")
    await stage["hanne"].commands(f"bekræft {number}")
    assert (await stage.part("log_state"))[str(number)]["verification"] == "confirmed"
    await stage["lars"].commands("rolle krisesekretariat Line")
    assert await stage["lars"].sees("Udpeget – sekretær: Line Brix")
    await stage["lars"].commands("rolle brandmand Hanne")
    assert not await stage["lars"].sees("Udpeget – brandmand")


@pytest.mark.long
@in_teams
async def test_whoever_is_replaced_in_a_role_leaves_the_place_that_they_had_by_it_alone(stage: Stage) -> None:
    """R051 R254 D09: named by the staff, or called by the plan; who sits there for something else too stays, and `Fortryd`
    puts them back."""
    await stage["lars"].commands("rolle referent Pia")
    assert await stage["eva"].sees("Du er ikke længere referent og derfor ikke længere med om krisestaben")
    await stage["eva"].commands("log jeg er her endnu")
    assert await stage["eva"].sees("Det kan kun krisestaben og dem, der er om den")
    await stage["lars"].commands("rolle logfører Eva, referent Hanne, sekretær Rune")
    assert await stage["pia"].sees("Du er ikke længere referent")
    # Kim is Byråd's contact too.
    assert not await stage["kim"].sees("ikke længere med om krisestaben")
    assert {"kim", "eva", "hanne", "rune"} <= await _inside(stage)
    assert "pia" not in await _inside(stage)
    await stage["lars"].presses("Fortryd")
    assert "pia" in await _inside(stage)
    assert not {"eva", "rune"} & await _inside(stage)


@in_slack
async def test_a_chief_who_is_replaced_leaves_the_staff_and_a_director_stays_in_it(stage: Stage) -> None:
    """R051 R054 R030."""
    await stage["lars"].commands("rolle krisestabschef Rune, stedfortræder Anne")
    await stage["lars"].commands("rolle krisestabschef Gitte, stedfortræder Ole")
    assert await stage["rune"].sees("Du er ikke længere krisestabschef og derfor ikke længere med")
    assert not await stage["anne"].sees("ikke længere med om krisestaben")
    assert {"anne", "ole", "gitte"} <= await _inside(stage)
    assert "rune" not in await _inside(stage)


async def _inside(stage: Stage) -> set[str]:
    async with stage.database.reading() as db:
        return set(await db.scalars(select(Member.person).where(Member.until.is_(None))))


@in_one_chat
async def test_the_copied_addresses_say_when_they_are_not_right_any_more(stage: RehearsalStage) -> None:
    """R138 R051: the staff's and the support's, and who has come and gone since."""
    await stage["kim"].commands("adresser")
    assert await stage["kim"].sees("anne@htk.example")
    await stage["kim"].commands("ind Hanne")
    await stage["kim"].commands("ind Gitte")
    assert await stage["kim"].sees("Mailgruppen er ændret")
    await stage["kim"].commands("adresser")
    copied = [line["refs"]["members"] for line in await stage.log("addresses")]
    assert set(copied[1]) - set(copied[0]) == {"gitte"}


def boards(said: list[str]) -> list[str]:
    """The paths of the boards' links, each once."""
    return list(dict.fromkeys(re.findall(r"https://krise\.htk\.example(/tavle/\S+)", "\n".join(said))))


@pytest.mark.long
@in_one_chat
async def test_the_board_is_seen_by_its_link_alone_and_the_link_can_be_withdrawn(stage: RehearsalStage) -> None:
    """R204: nothing without the link; what users wrote is text on it; it ends by itself after three days."""
    await stage["kim"].commands("t <b>pumpe</b> til Birkehøj @Mads kl 18")
    await stage["kim"].commands("tavle")
    (path,) = boards(await stage["kim"].reads())
    async with stage.client.get(stage.address + path) as answer:
        page = await answer.text()
    assert (answer.status, "skybrud" in page, "<b>pumpe" in page, "&lt;b&gt;pumpe" in page) == (200, True, False, True)
    async with stage.client.get(f"{stage.address}/tavle/gaet") as guessed:
        assert guessed.status == 404
    await stage["kim"].presses("Træk linket tilbage")
    async with stage.client.get(stage.address + path) as gone:
        assert (gone.status, "pumpe" in await gone.text()) == (410, False)
    await stage["kim"].commands("tavle åben")
    (*_, lobby) = boards(await stage["kim"].reads())
    async with stage.client.get(stage.address + lobby) as answer:
        page = await answer.text()
    assert (answer.status, "skybrud" in page, "pumpe" in page) == (200, True, False)
    await stage.forward(days=3, minutes=1)
    async with stage.client.get(stage.address + lobby) as over:
        assert over.status == 410


@in_one_chat
async def test_no_board_shows_what_is_confidential(stage: RehearsalStage) -> None:
    """R168 R204: a screen is read by whoever passes."""
    await stage["kim"].commands("tavle fortrolig")
    assert await stage["kim"].sees("En tavle kan vise Åben, Intern, Stab.")
    assert not await stage["kim"].sees("/tavle/")


@in_one_chat
async def test_the_intent_is_set_by_the_chief_or_the_mayor_and_stands_where_the_staff_looks(
    stage: RehearsalStage,
) -> None:
    """R204: on the agenda, the picture, the orders and the board; the secretary may not set it."""
    await stage["kim"].commands("hensigt alle skal hjem")
    assert await stage["kim"].sees("Det kan kun krisestabschefen, borgmesteren eller en stedfortræder: ")
    await stage["lars"].commands("hensigt " + "x" * 301)
    assert await stage["lars"].sees("højst 300 tegn")
    assert await stage.part("intents") == []
    await stage["lars"].commands("hensigt ingen kommer til skade")
    (intent,) = await stage.part("intents")
    assert (intent["text"], intent["by"]) == ("ingen kommer til skade", "lars")
    await stage["kim"].commands("møde i morgen kl 10 stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].commands("billede")
    heads = [text for text in await stage["kim"].reads() if "Hensigt: ingen kommer til skade" in text.replace("*", "")]
    assert len(heads) >= 2
    await stage["kim"].commands("ordre luk for vandet på Hovedgaden")
    assert (await stage.part("orders"))[-1]["why"] == "Hensigt: ingen kommer til skade"


@pytest.mark.long
@in_one_chat
async def test_a_staff_that_grows_too_large_is_told_of_with_whom_one_could_let_go(stage: RehearsalStage) -> None:
    """R255: above twelve, with those who have said nothing."""
    for name in ("Rune", "Gitte", "Per", "Ulla", "Jon", "Kaj", "Mads", "Hanne"):
        await stage["kim"].commands(f"ind {name}")
    assert not await stage["kim"].sees("bliver for stor")
    await stage["mads"].commands("log pumpen kører")
    await stage["kim"].commands("ind Line")
    (warned,) = [text for text in await stage["kim"].reads() if "bliver for stor" in text]
    assert "Gitte Krag" in warned
    assert "Mads Rosen" not in warned


@in_one_chat
async def test_how_large_a_staff_may_be_stands_in_the_plan(open_stage: Stage) -> None:
    """R255: as many as the municipality says."""
    stage = open_stage
    smaller = loading.example_text().replace("krisestab_højst: 12", "krisestab_højst: 4")
    stage.plan = loading.parse(smaller, "planen")
    await stage.kill()
    await stage["jens"].commands("aktiver 2 skybrud")
    assert not await stage["kim"].sees("bliver for stor")
    await stage["kim"].commands("ind Rune")
    assert await stage["kim"].sees("Krisestaben er nu 5; planen advarer mod, at den bliver for stor.")


@in_one_chat
async def test_where_mail_and_telephones_are_sent_is_a_task_and_is_told_to_all(stage: RehearsalStage) -> None:
    """R197: the number and the mailbox of the plan."""
    (task,) = [line for line in await stage.log("task") if "Omstil telefoner" in line["summary"]]
    assert "4359 1000" in task["summary"]
    assert "dl_krisestab@htk.example" in task["summary"]
    await stage["finn"].commands("melding")
    assert await stage["finn"].sees("4359 1000")


@in_one_chat
async def test_whoever_led_is_told_that_somebody_else_does_now(stage: Stage) -> None:
    """R031 T20: a director names another one chief, and the mayor, who had the chief's right, reads it alone."""
    await stage["sara"].commands("rolle krisestabschef Sara")
    (named,) = [line for line in await stage.log("notice") if "Udpeget: Sara Nygaard" in line["summary"]]
    assert "lars" in named["receiver"].split(", ")
    await stage["sara"].commands("rolle krisestabschef Anne")
    assert (await stage.log("notice"))[-1]["receiver"].split(", ")[0] == "anne"


@in_one_chat
async def test_what_the_chiefs_deputy_decides_approves_and_orders_is_on_the_chiefs_behalf(
    stage: RehearsalStage,
) -> None:
    """R007 D13: in the log and in the export; the chief's own is the chief's."""
    await stage["lars"].commands("rolle krisestabschef Anne, stedfortræder Sara")
    await stage["sara"].commands("beslut vi lukker Hovedgaden")
    await stage["anne"].commands("beslut vi åbner hallen")
    by = {each["text"]: (each["decided_by"], each["on_behalf_of"]) for each in await stage.part("decisions")}
    assert by == {"vi lukker Hovedgaden": ("sara", "anne"), "vi åbner hallen": ("anne", None)}
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 1–3", s2="Sundhed: ingen kendte")
    await stage["sara"].commands("billede")
    await stage["sara"].presses("Godkend")
    await stage["sara"].commands("ordre evakuér stuen på Birkehøj @Gitte kl 18")
    await stage["sara"].presses("Udsted ordre")
    for kind in ("picture", "order", "decision"):
        assert any("Sara Nygaard på vegne af Anne Holm" in line["summary"] for line in await stage.log(kind)), kind


@in_slack
async def test_whoever_has_left_is_not_asked_any_longer_whether_they_come(stage: Stage) -> None:
    """R051 D14 R131: let out or replaced before they answered, they were reminded, and the staff was told to ring them; whoever
    is still in is."""
    await stage["lars"].commands("rolle referent Hanne")
    await stage["kim"].commands("ud Bo")
    assert await stage["lars"].sees("Kim Dahl, Hanne Toft og Tina Friis")
    for gone in ("eva", "bo"):
        assert not await stage[gone].has("Kommer")
        assert await stage[gone].sees("Du er ikke længere med: du skal ikke svare.")
    await stage.forward(minutes=6)
    assert await stage["nils"].sees("Påmindelse – du har ikke svaret")
    for gone in ("eva", "bo"):
        assert not await stage[gone].sees("Påmindelse – du har ikke svaret")
    await stage.forward(minutes=11)
    (ring,) = [said for said in await stage["lars"].reads() if "Har ikke svaret på indkaldelsen. Ring:" in said]
    assert "Nils Fog" in ring
    assert "Eva Lind" not in ring
    assert "Bo Kjær" not in ring
    await stage["anne"].presses("Kommer")
    assert await stage["lars"].sees("Eva Lind: ikke med længere")
