"""Expenses: what the crisis costs is written down with its receipt, added up, mended, and handed over to finance."""

from __future__ import annotations

import csv
import io
import zipfile

from storage.case import archive
from storage.case.pages.blocks import Names
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_slack
async def test_what_is_bought_stands_in_the_log_the_picture_and_the_list(stage: Stage) -> None:
    """R222 R303: Bilag 2, 8 c: an account, and a sum in the picture's resources."""
    await stage["mads"].commands("udgift 4500 pumper")
    await stage["kim"].commands("udgift 2 hotelværelser 1.800,50 kr")
    assert await stage["kim"].sees("I alt 6.300,50 kr. på 2 poster, konto 4711-09.")
    first, second = await stage.part("expenses")
    assert (first["kroner"], first["text"], first["account"], first["written_by"]) == (
        "4500.00",
        "pumper",
        "4711-09",
        "mads",
    )
    assert (second["kroner"], second["text"]) == ("1800.50", "2 hotelværelser")
    assert [line["summary"] for line in await stage.log("resource")][-2:] == [
        "Udgift U1: 4.500 kr. – pumper (konto 4711-09)",
        "Udgift U2: 1.800,50 kr. – 2 hotelværelser (konto 4711-09)",
    ]
    await stage["kim"].commands("billede")
    assert await stage["kim"].sees("Udgifter: I alt 6.300,50 kr. på 2 poster")
    await stage["kim"].commands("udgift")
    assert await stage["kim"].sees("U1: 4.500 kr. – pumper (Mads")


@in_teams
async def test_an_amount_that_cannot_be_read_is_asked_for_with_the_words_kept(stage: Stage) -> None:
    """R222: nothing is guessed, and nothing has to be typed again."""
    await stage["kim"].commands("udgift pumper fra Greve")
    assert await stage.part("expenses") == []
    assert await stage["kim"].sees("Jeg kan ikke se, hvor mange kroner det er: »pumper fra Greve«. Intet er skrevet.")
    await stage["kim"].fills_in("Ny udgift", amount="4.500,-", text="pumper fra Greve")
    (row,) = await stage.part("expenses")
    assert (row["kroner"], row["text"]) == ("4500.00", "pumper fra Greve")
    await stage["kim"].commands("udgift")
    await stage["kim"].fills_in("Ny udgift", amount="mange", text="både")
    assert len(await stage.part("expenses")) == 1
    assert await stage["kim"].sees("Jeg kan ikke læse »mange« (Beløb i kroner).")
    await stage["kim"].fills_in("Ret", amount="300")
    assert [row["text"] for row in await stage.part("expenses")] == ["pumper fra Greve", "både"]


@in_one_chat
async def test_a_sum_that_is_not_sure_is_never_added_up(stage: Stage) -> None:
    """R222: what is paid back, a price apiece, a telephone number and a count are asked about."""
    for said in ("-500 kr retur", "2 pumper á 450 kr", "20 00 00 01 taxa", "2 pumper 4500", "1e9", "010203-1234"):
        await stage["kim"].commands(f"udgift {said}")
    assert await stage.part("expenses") == []
    assert await stage["kim"].sees("Jeg kan ikke se, hvor mange kroner det er: »2 pumper 4500«. Intet er skrevet.")


@in_one_chat
async def test_whoever_wrote_it_or_runs_the_staff_takes_it_out_of_the_sum(stage: Stage) -> None:
    """R222 D03: the nearest who may not is another in the staff; the line stands, with one that says so."""
    await stage["mads"].commands("udgift 4500 pumper")
    await stage["mads"].commands("udgift 500 kaffe", "stab")
    await stage["hanne"].presses("Gælder ikke")
    assert [bool(row["void_at"]) for row in await stage.part("expenses")] == [False, False]
    assert await stage["hanne"].sees("Det kan kun den, der skrev den")
    await stage["mads"].presses("Gælder ikke")
    assert [bool(row["void_at"]) for row in await stage.part("expenses")] == [False, True]
    assert await stage["mads"].sees("I alt 4.500 kr. på 1 post")
    assert (await stage.log("resource"))[-1]["summary"] == "Udgift U2 gælder ikke: 500 kr. – kaffe"


@in_one_chat
async def test_finance_gets_the_sum_when_the_crisis_is_over_and_the_sheet_is_in_the_case_file(stage: Stage) -> None:
    """R222 D11: a list for finance, that no spreadsheet runs as a formula; bills come in after the end too."""
    await stage["kim"].commands('udgift 4500 kr =HYPERLINK("http://ond.example")')
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert await stage["jon"].sees("er slut. Udgifter:* I alt 4.500 kr. på 1 post, konto 4711-09.")
    await stage["kim"].commands("udgift 800 taxa")
    rows = await stage.part("expenses")
    assert [row["kroner"] for row in rows] == ["4500.00", "800.00"]
    packed = archive.render("zip", await stage.export(), Names.of(stage.plan))
    with zipfile.ZipFile(io.BytesIO(packed)) as case:
        sheet = list(csv.reader(io.StringIO(case.read("udgifter.csv").decode("utf-8-sig")), delimiter=";"))
    assert [row[:3] for row in sheet] == [
        ["Udgift", "Kroner", "Til"],
        ["1", "4500,00", '\'=HYPERLINK("http://ond.example")'],
        ["2", "800,00", "taxa"],
    ]


@in_one_chat
async def test_a_crisis_that_cost_nothing_tells_finance_nothing(stage: Stage) -> None:
    """R222: no message without news."""
    before = await stage["jon"].reads()
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert "Udgifter" not in "\n".join((await stage["jon"].reads())[len(before) :])


@in_one_chat
async def test_what_a_confidential_expense_was_for_is_not_in_the_list_of_whoever_may_not_know(stage: Stage) -> None:
    """R216 R222: the nearest who may not is a contact beside the staff, and the channel; the sum is of them all."""
    await stage["kim"].commands("udgift 4500 pumper")
    await stage["kim"].commands("udgift 900 krisepsykolog til familien Holm")
    (_, secret) = await stage.part("expenses")
    await stage["kim"].commands(f"grad {secret['log_no']} fortrolig")
    for person, place in (("mads", "dm"), ("kim", "stab")):
        await stage[person].commands("udgift", place)
        said = (await stage["mads"].reads())[-1]
        assert "I alt 5.400 kr. på 2 poster" in said
        assert "U1: 4.500 kr. – pumper" in said
        assert "familien" not in said
        assert "1 linje er ikke vist: den er Fortrolig." in said
    await stage["kim"].commands("udgift")
    assert "familien Holm" in (await stage["kim"].reads())[-1]
