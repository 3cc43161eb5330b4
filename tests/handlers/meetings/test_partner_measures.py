"""What partners have set going is a record of its own, and the chief is told that it may change the situation."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Stage


@follows(cloudburst)
async def led(stage: Stage) -> None:
    await stage.at("14:20")
    await stage["lars"].commands("rolle krisestabschef Anne, stedfortræder Sara")


stage = after(led)
SAID = "partnertiltag Politiet: spærrer Roskildevej siden kl 14.05, kilde vagtchefen"


@in_teams
async def test_a_partners_measure_is_kept_with_who_what_since_when_and_by_whom(stage: Stage) -> None:
    """R225 R226: §9, "at samarbejdspartnere har iværksat nye tiltag": the chief is told, and it is in log and picture."""
    await stage["mads"].commands(SAID)
    (row,) = await stage.part("partner_measures")
    assert (row["who"], row["partner"], row["source"], row["verification"]) == (
        "Politiet",
        "police",
        "vagtchefen",
        "unconfirmed",
    )
    assert (row["what"], row["written_by"]) == ("spærrer Roskildevej siden kl 14.05", "mads")
    assert datetime.fromisoformat(row["since"]) == datetime(2026, 7, 2, 12, 5, tzinfo=UTC)
    line = (await stage.log("partner"))[-1]
    assert (line["no"], line["sender"], line["direction"]) == (row["log_no"], "Politiet", "in")
    assert line["summary"].endswith("spærrer Roskildevej siden kl 14.05. Kilde: vagtchefen.")
    assert await stage["anne"].sees("situationen kan have ændret sig")
    assert await stage["mads"].sees("PT1")
    await stage["kim"].commands("billede")
    assert await stage["kim"].sees(
        f"PT1 Politiet: spærrer Roskildevej siden kl 14.05 (nr. {row['log_no']}, ubekræftet)"
    )


@in_slack
async def test_it_is_confirmed_by_those_who_confirm_the_log_and_the_picture_says_so(stage: Stage) -> None:
    """R184: the nearest who may not is whoever wrote it."""
    await stage["mads"].commands(SAID)
    await stage["mads"].presses("Bekræft")
    assert [row["verification"] for row in await stage.part("partner_measures")] == ["unconfirmed"]
    await stage["anne"].presses("Bekræft")
    assert [row["verification"] for row in await stage.part("partner_measures")] == ["confirmed"]
    await stage["kim"].commands("partnertiltag")
    assert await stage["kim"].sees("spærrer Roskildevej siden kl 14.05 (nr.")
    await stage["kim"].commands("billede")
    assert ", bekræftet)" in "\n".join(await stage["kim"].reads())


@in_teams
async def test_it_ends_for_whoever_wrote_it_and_those_who_run_the_staff(stage: Stage) -> None:
    """R225: the nearest who may not is another contact, who reads the same card; the line stands, with one that says so."""
    await stage["mads"].commands(SAID)
    await stage["hanne"].presses("Gælder ikke længere")
    assert [row["ended_at"] for row in await stage.part("partner_measures")] == [None]
    assert await stage["hanne"].sees("Det kan kun den, der skrev det")
    await stage["mads"].presses("Gælder ikke længere")
    (row,) = await stage.part("partner_measures")
    assert row["ended_by"] == "mads"
    assert (await stage.log("partner"))[-1]["refs"]["about"] == row["log_no"]
    assert not await stage["anne"].has("Gælder ikke længere")
    await stage["kim"].commands("billede")
    assert not any("PT1 Politiet: spærrer" in said for said in (await stage["kim"].reads())[-1:])


@in_teams
async def test_what_cannot_be_read_is_asked_for_with_the_words_kept(stage: Stage) -> None:
    """R225: nobody types it twice, and a partner of Bilag 5 needs no colon."""
    await stage["kim"].commands("partnertiltag har lukket broen")
    assert await stage["kim"].sees("Hvem har sat det i værk? »har lukket broen« Intet er skrevet.")
    assert await stage.part("partner_measures") == []
    await stage["kim"].fills_in("Nyt partnertiltag", who="Banedanmark", what="har lukket broen", since="14.10")
    await stage["kim"].commands("partnertiltag politiet har spærret Hovedgaden")
    first, second = await stage.part("partner_measures")
    assert (first["who"], first["partner"], first["what"]) == ("Banedanmark", None, "har lukket broen")
    assert datetime.fromisoformat(first["since"]) == datetime(2026, 7, 2, 12, 10, tzinfo=UTC)
    assert (second["who"], second["partner"], second["what"]) == ("politiet", "police", "har spærret Hovedgaden")
    await stage["kim"].commands("partnere politiet spærrer også Torvet")
    assert await stage["kim"].sees("»spærrer også Torvet« er ikke skrevet.")


@in_one_chat
async def test_a_partner_is_read_with_the_whole_of_its_name_and_what_is_lacking_is_asked_for(stage: Stage) -> None:
    """R225: "Region Hovedstaden" is who, and "for mange biler" is nobody's."""
    await stage["kim"].commands("partnertiltag Region Hovedstaden åbner akutmodtagelsen")
    await stage["kim"].commands("partnertiltag Styrelsen for Patientsikkerhed lukker klinikken")
    assert [(row["who"], row["partner"], row["what"]) for row in await stage.part("partner_measures")] == [
        ("Region Hovedstaden", "region", "åbner akutmodtagelsen"),
        ("Styrelsen for Patientsikkerhed", "patient_safety", "lukker klinikken"),
    ]
    await stage["kim"].commands("partnertiltag for mange biler på Roskildevej")
    assert await stage["kim"].sees("Hvem har sat det i værk? »for mange biler på Roskildevej« Intet er skrevet.")
    await stage["kim"].commands("partnertiltag Banedanmark:")
    assert await stage["kim"].sees("Hvad har de sat i værk? »Banedanmark:« Intet er skrevet.")
    await stage["kim"].commands("partnertiltag politiet")
    assert await stage["kim"].sees("Hvad har de sat i værk? »politiet« Intet er skrevet.")
    assert len(await stage.part("partner_measures")) == 2


@in_one_chat
async def test_of_two_crises_it_is_the_one_that_is_chosen(stage: Stage) -> None:
    """R225 D04: asked which, and in that one alone."""
    await stage["ole"].commands("aktiver 2 strømsvigt")
    await stage["ole"].presses("Det er en anden hændelse")
    await stage["kim"].commands(SAID)
    await stage["kim"].presses("2: strømsvigt")
    assert [len(await stage.part("partner_measures", number)) for number in (1, 2)] == [0, 1]
    assert [len(await stage.log("partner", number)) for number in (1, 2)] == [0, 1]


@in_one_chat
async def test_whoever_has_nothing_to_do_with_the_staff_is_refused_by_name(stage: Stage) -> None:
    """R225 D12: the nearest who may not is an employee; a report is everybody's."""
    await stage["finn"].commands(SAID)
    assert await stage.part("partner_measures") == []
    assert await stage["finn"].sees("Det kan kun")


@in_one_chat
async def test_a_confidential_one_stands_in_no_picture(stage: Stage) -> None:
    """R216: as confidential as its line."""
    await stage["kim"].commands("partnertiltag PET: følger en mistænkt i Fløng")
    number = (await stage.part("partner_measures"))[0]["log_no"]
    await stage["kim"].commands(f"grad {number} fortrolig")
    await stage["mads"].commands("billede")
    await stage["mads"].commands("partnertiltag")
    assert not any("mistænkt" in said for said in (await stage["mads"].reads())[-2:])
