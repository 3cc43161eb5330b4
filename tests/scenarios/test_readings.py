"""How the plan is read where it says little, or says it twice: one reading, the same everywhere."""

from __future__ import annotations

from storage.plan import loading
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

pytestmark = in_one_chat
stage = after(cloudburst)


async def test_when_the_nation_raises_its_level_the_staff_has_a_decision_to_make_with_the_measures_beside(
    stage: Stage,
) -> None:
    """R023 R025: an item for decision, once for each that is told of; measures are taken without any of it."""
    await stage["tina"].commands("tiltag pumpe til Birkehøj @Mads kl 17")
    await stage["mads"].commands("t 1 i gang")
    assert (await stage.part("measures"))[0]["status"] == "in_progress"
    await stage["mads"].commands("forøget NOST")
    items = await stage.part("agenda_items")
    await stage["tina"].commands("forøget NOST")
    await stage["tina"].commands("forøget NOST")
    (item,) = await stage.part("agenda_items")
    assert (items, item["kind"]) == ([], "decision")
    assert "hvilke beredskabsforanstaltninger skal kommunen sætte i værk?" in item["text"]
    assert await stage["tina"].sees("pumpe til Birkehøj – Mads Rosen")
    await stage["tina"].presses("Nyt tiltag", title="strømgeneratorer, kræver politisk godkendelse", owner="Mads")
    await stage["mads"].commands("t 2 i gang")
    assert [each["status"] for each in await stage.part("measures")] == ["in_progress", "pending"]
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 4–5", national="forhøjet beredskab")
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 4–5", national="forhøjet beredskab", staff="let forhøjet beredskab")
    assert ["forhøjet" in each["text"] for each in await stage.part("agenda_items")] == [False, True]


async def test_that_the_nation_is_ready_is_noted_when_somebody_says_so_and_not_before(stage: Stage) -> None:
    """R023: `forøget` alone says nothing of NOST; level and source are what was told."""
    await stage["tina"].commands("forøget")
    assert await stage.part("agenda_items") == []
    await stage["tina"].fills_in("Skriv, hvad der er besluttet", what="forhøjet beredskab", source="DCOK")
    (item,) = await stage.part("agenda_items")
    assert "forhøjet beredskab, kilde DCOK" in item["text"]
    assert "operative stab" not in item["text"]


async def test_a_director_can_do_what_a_centres_chief_can(stage: Stage) -> None:
    """R100: the ordinary hierarchy holds; a chief of another centre is over nobody here."""
    await stage["ole"].commands("tjekliste teknik")
    await stage["ole"].fills_in("Udfyld tjekliste", concerns="ja", note="kloakker")
    (answers,) = await stage.part("checklists")
    assert (answers["centre"], answers["note"]) == ("Teknik", "kloakker")
    await stage["tina"].commands("tiltag pumpe til Birkehøj @Mads kl 17")
    await stage["gitte"].commands("t 1 udført")
    assert (await stage.part("measures"))[0]["status"] == "pending"
    await stage["ole"].commands("t 1 udført")
    assert (await stage.part("measures"))[0]["status"] == "done"


async def test_the_chief_has_several_names_and_the_responsible_director_is_the_chief_unless_named(stage: Stage) -> None:
    """T10: chefen for krisestaben, lederen af krisestaben and krisestabschefen are one; the director approves the agenda."""
    for words, person in (("lederen af krisestaben Anne", "anne"), ("chefen for krisestaben Sara", "sara")):
        await stage["lars"].commands(f"rolle {words}")
        assert (await stage.part("crisis"))["chief"] == person
    await stage["hanne"].commands("punkt nødbolig til 12 beboere")
    await stage["hanne"].presses("Drøftelse")
    await stage["sara"].commands("rolle ansvarlig direktør Ole")
    assert (await stage.part("crisis"))["chief"] == "sara"
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    assert not await stage["anne"].has("Godkend")
    await stage["ole"].presses("Godkend")
    (meeting,) = await stage.part("meetings")
    assert meeting["agenda"][0]["approved_by"] == "ole"


async def test_the_operative_staff_and_the_operational_are_one(stage: Stage) -> None:
    """T15: there are two staffs in what is handed out, however the page spells the second."""
    await stage["kim"].commands("ind Rune")
    members = await stage.part("members")
    assert {each["staff"] for each in members} == {"framing", "operational"}


async def test_the_plans_principles_and_its_steps_are_shown_as_it_has_them(stage: Stage) -> None:
    """T03 T35: four principles, and the work in its printed order: no second step, two thirds, none invented."""
    await stage["finn"].commands("plan")
    assert await stage["finn"].sees("Sektoransvar, Lighed, Handling, Fleksibilitet")
    await stage["finn"].commands("plan principper")
    shown = (await stage["finn"].reads())[-1]
    assert [line.split(":")[0] for line in shown.splitlines()[1:]] == [
        "Sektoransvar",
        "Lighed",
        "Handling",
        "Fleksibilitet",
    ]
    await stage["finn"].commands("plan arbejdsgange")
    steps = [line.split(":")[0] for line in (await stage["finn"].reads())[-1].splitlines()[1:]]
    assert steps == ["Trin 1", "Første trin 3", "Andet trin 3", *(f"Trin {number}" for number in range(4, 10))]


async def test_the_press_lists_are_a_link_and_nothing_is_mailed_to_the_press(stage: Stage) -> None:
    """R307: communication holds them; the communication plan says where."""
    await stage["bo"].commands("komplan")
    assert await stage["bo"].sees("Krisebot sender ikke til pressen")
    link = '  - {titel: Distributionslister til pressen, adresse: "https://intranet.htk.example/presse"}'
    stage.plan = loading.parse(loading.example_text().replace("\nlinks:\n", f"\nlinks:\n{link}\n"), "planen")
    await stage.kill()
    await stage["jens"].commands("aktiver 2 strømsvigt")
    await stage["jens"].presses("Det er en anden hændelse")
    await stage["bo"].commands("komplan")
    await stage["bo"].presses("2: strømsvigt")
    assert await stage["bo"].sees("Distributionslister til pressen: https://intranet.htk.example/presse")
