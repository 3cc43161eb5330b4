"""What holds for every paper: the municipality's own look, Danish words, times that can't be mistaken, maps and pictures in
their place, and a file that lasts."""

from __future__ import annotations

import importlib
import io
import pkgutil
import re
from typing import Any, Literal, get_args, get_origin

import docx
import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader

from storage import rows
from tests.bot.pages.every_paper import KINDS, MAP_SIZE, PHOTO_SIZE, PLACE_TAKEN
from tests.bot.pages.test_papers import printed

Papers = dict[str, bytes]
pytestmark = pytest.mark.long

# What a row's word and a Danish word have in common, and the names of ways that are names.
DANISH_TOO = {
    "sms",
    "mail",
    "log",
    "system",
    "telefon",
    "postkasse",
    "medie",
    "opkald",
    "slack",
    "teams",
    "level",
    "centre",
}


def document(papers: Papers, kind: str) -> Any:
    return docx.Document(io.BytesIO(papers[f"{kind}.docx"]))


def in_word(papers: Papers, kind: str) -> str:
    """What stands in a DOCX, its tables and headers too."""
    opened = document(papers, kind)
    tables = [*opened.tables, *opened.sections[0].header.tables]
    cells = [cell.text for table in tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(each.text for each in opened.paragraphs), *cells]).split())


def in_pdf(papers: Papers, kind: str) -> str:
    return printed(papers[f"{kind}.pdf"])


def test_there_is_a_paper_of_each_kind_in_both_forms(every_paper: Papers) -> None:
    """R094: picture, agenda, minutes, order, evaluation and case file, for whoever reads and for whoever writes on."""
    assert set(every_paper) == {f"{kind}.{form}" for kind in KINDS for form in ("pdf", "docx")}


@pytest.mark.parametrize("kind", KINDS)
def test_each_pdf_is_made_to_be_kept(every_paper: Papers, kind: str) -> None:
    """R182: PDF/A-2b by its metadata, in Danish, with its title, every font inside, and nothing that it fetches or runs."""
    with pikepdf.open(io.BytesIO(every_paper[f"{kind}.pdf"])) as opened:
        with opened.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("2", "B")
            title = said["dc:title"]
        assert title in in_pdf(every_paper, kind)
        assert str(opened.Root.Lang).startswith("da")
        assert opened.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert not opened.is_encrypted
        every = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary)]
        fonts = [each for each in every if each.get("/Type") == "/FontDescriptor"]
        assert fonts
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys()) for each in fonts)
        assert not [each for each in every if each.get("/S") in ("/JavaScript", "/Launch") or "/EF" in each]


@pytest.mark.parametrize("kind", KINDS)
def test_each_page_has_the_municipalitys_name_and_logo(every_paper: Papers, kind: str) -> None:
    """R182: out of the plan file, in the PDF and in Word."""
    for page in PdfReader(io.BytesIO(every_paper[f"{kind}.pdf"])).pages:
        assert page.extract_text().startswith("Høje-Taastrup Kommune")
        # As the plan has it: three times as wide as it is high.
        assert [each for each in page.images if each.image and abs(each.image.width / each.image.height - 3) < 0.05]
    header = document(every_paper, kind).sections[0].header
    (words, picture) = header.tables[0].rows[0].cells
    assert words.text.startswith("Høje-Taastrup Kommune")
    assert picture._tc.xpath(".//a:blip")


def values() -> set[str]:
    """The English words that rows have for what has Danish names on paper."""
    modules = [importlib.import_module(f"storage.rows.{each.name}") for each in pkgutil.iter_modules(rows.__path__)]
    kinds = [each for module in modules for each in vars(module).values() if get_origin(each) is Literal]
    return {word for kind in kinds for word in get_args(kind) if isinstance(word, str)} - DANISH_TOO


@pytest.mark.parametrize("kind", KINDS)
def test_each_paper_speaks_danish_alone(every_paper: Papers, kind: str) -> None:
    """R233: no word that a row is kept by, none of the programs' own; and Word is told that it is Danish."""
    assert {"in_progress", "unconfirmed", "draft", "closed"} <= values()
    own = values() | {"None", "True", "False", "null", "rehearsal", "python-docx", "page", "of", "the", "untitled"}
    for text in (in_pdf(every_paper, kind), in_word(every_paper, kind)):
        # Addresses and ids are no words of a language.
        words = set(re.findall(r"(?<![\w/.@-])[\w-]+(?![\w/@-]|\.\w)", text))
        assert words & own == set()
    about = document(every_paper, kind).core_properties
    assert (about.language, about.author, about.comments) == ("da-DK", "", "")
    assert about.title in in_word(every_paper, kind)
    languages = document(every_paper, kind).styles.element.xpath("//w:lang/@w:val")
    assert set(languages) == {"da-DK"}


@pytest.mark.parametrize("kind", ["situationsbillede", "dagsorden", "ordre"])
def test_the_intent_stands_on_what_is_handed_on(every_paper: Papers, kind: str) -> None:
    """R204: the picture, the agenda and each order say what it is all for, in both forms."""
    for text in (in_pdf(every_paper, kind), in_word(every_paper, kind)):
        assert "alle skal være i sikkerhed før daggry" in text


def test_whoever_warned_without_being_in_the_plan_has_a_name_on_paper(every_paper: Papers) -> None:
    """R001 R182: as their platform calls them, and no id."""
    for text in (in_pdf(every_paper, "sag"), in_word(every_paper, "sag")):
        assert "rehearsal:" not in text
        assert "Finn" in text


def test_the_hour_that_comes_twice_says_which_of_the_two_it_is(every_paper: Papers) -> None:
    """R187: on each paper that has a time in it, in both forms; both hours in the log."""
    for kind in ("situationsbillede", "dagsorden", "sag"):
        for text in (in_pdf(every_paper, kind), in_word(every_paper, kind)):
            assert "kl. 02:10 (normaltid, UTC+01)" in text, kind
    for text in (in_pdf(every_paper, "sag"), in_word(every_paper, "sag")):
        assert {"02:10:00 (sommertid, UTC+02)", "02:10:00 (normaltid, UTC+01)"} <= set(
            re.findall(r"02:10:00 \(\w+, UTC\+0\d\)", text)
        )
        assert "02:10:00 (" in text
        # None of them without.
        assert not re.search(r"kl\. 02:10(:00)?(?! ?\(|:)", text.replace("sommertid (nr.", "(nr."))


def shown(pdf: bytes) -> list[Image.Image]:
    """The pictures on the pages but the logo, in their order."""
    found = [each.image for page in PdfReader(io.BytesIO(pdf)).pages for each in page.images if each.image]
    return [each for each in found if abs(each.width / each.height - 3) > 0.05]


def test_maps_and_pictures_stand_under_the_tenth_heading_of_the_picture(every_paper: Papers) -> None:
    """R158 R303: those that its lines name, with their numbers, upright; what can't be drawn is told of in its place."""
    text = in_pdf(every_paper, "situationsbillede")
    places = [
        text.index(each) for each in ("10. Kort og illustrationer", "kort.htk.example", "her står vandet", ": vand.png")
    ]
    assert places == sorted(places)
    assert "utydelig.jpg kan ikke vises her" in text
    turned = (PHOTO_SIZE[1], PHOTO_SIZE[0])
    assert [each.size for each in shown(every_paper["situationsbillede.pdf"])] == [MAP_SIZE, turned]
    opened = document(every_paper, "situationsbillede")
    below = [each.text for each in opened.paragraphs]
    (begins,) = [place for place, text in enumerate(below) if text.startswith("10. Kort")]
    held = [bool(each._p.xpath(".//pic:pic")) for each in opened.paragraphs]
    assert [place for place, has in enumerate(held) if has and place > begins] == [begins + 2, begins + 4]
    assert [
        bool(re.match(rf"Nr\. \d+: {name}$", below[place]))
        for place, name in ((begins + 3, "vand.png"), (begins + 5, "kaelder.jpg"))
    ] == [True, True]


def test_the_case_file_has_the_logs_pictures_after_the_log_with_the_numbers_of_their_lines(every_paper: Papers) -> None:
    """R182 R196: and in the picture that stands in it."""
    text = in_pdf(every_paper, "sag")
    begins = text.index("Billeder og kort fra loggen")
    for name in ("vand.png", "kaelder.jpg", "utydelig.jpg"):
        (number,) = re.findall(rf"Nr\. (\d+): {name}", text[begins:])
        assert f"(nr. {number}, " in text
    turned = (PHOTO_SIZE[1], PHOTO_SIZE[0])
    assert [each.size for each in shown(every_paper["sag.pdf"])] == [MAP_SIZE, turned] * 2
    opened = document(every_paper, "sag")
    sizes = [round(each.width / each.height, 2) for each in opened.inline_shapes]
    assert sizes.count(round(MAP_SIZE[0] / MAP_SIZE[1], 2)) == 2


def test_the_evaluations_report_has_every_figure_and_every_word_that_was_asked_for(every_paper: Papers) -> None:
    """R246 R247 R248: how long each step took and whether the plan was kept, who answered and who did not and by which way
    they were tried, what each role was sent, what else was expected, the questionnaire's answers, what was learnt, and
    whose it is to do it."""
    for text in (in_pdf(every_paper, "evaluering"), in_word(every_paper, "evaluering")):
        for said in (
            "Fra varsel til kontakt 2 min",
            "Fra kontakt til beslutning 0 sek 10 min ja",
            "Til alle centre er underrettet ikke sket 30 min NEJ",
            "Til fuldt etableret ikke sket 2 t NEJ",
            "Til første situationsbillede 1 t 20 min 1 t NEJ",
            "Fra møde 1 til udsendt referat 5 min 1 t ja",
            "sekretær 1 1 0 sek 0 sek",
            "referent 1 0 – –",
            "Eva Lind øvelseschat",
            "OB1: hvor mange er ramt på Birkehøj NEJ",
            "Hvad gik godt? alle kom",
            "Hvad skal vi gøre bedre næste gang? flere pumper",
            "Rune Juhl ring til centrene først",
            "F1 nye numre i planen Kim Dahl",
        ):
            assert said in text, (said, text)
        assert re.search(r"Rolle Beskeder .*borgmester [1-9]\d*", text)
        assert "Kim Dahl øvelseschat" not in text


@pytest.mark.parametrize("name", ["situationsbillede.pdf", "sag.pdf", "situationsbillede.docx", "sag.docx"])
def test_a_picture_on_paper_does_not_tell_where_it_was_taken(every_paper: Papers, name: str) -> None:
    """R186: what a telephone writes in it stays in the case's own copy."""
    if name.endswith("pdf"):
        pictures = [each.data for page in PdfReader(io.BytesIO(every_paper[name])).pages for each in page.images]
    else:
        parts = docx.Document(io.BytesIO(every_paper[name])).part.package.iter_parts()
        pictures = [part.blob for part in parts if part.content_type == "image/jpeg"]
    assert pictures
    assert not [each for each in pictures if PLACE_TAKEN.encode() in each]
