"""Who may see what, on every screen, in every message, search and export; and who may know what is decided by the staff."""

from __future__ import annotations

import io
import json
import zipfile

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from bot.cli import names_of
from bot.platforms.slack_home import home
from handlers import registry
from handlers.incoming import Incoming
from storage import archive, export
from storage.grades import GRADES, within
from storage.tables import Crisis
from storage.verification import verify_crisis, verify_export
from tests.stage import RehearsalStage, Stage, log_of, told
from tests.stages import in_one_chat

# What was logged with each grade, and what only became confidential after many had been told of it.
SECRETS = {"open": "kodeordalfa", "internal": "kodeordbravo", "staff": "kodeordcharlie", "confidential": "kodeorddelta"}
AFTERWARDS = ("kodeordecho", "kodeordfoxtrot", "kodeordgolf", "kodeordhotel", "kodeordindia")
MAY_SEE = {
    "lars": "confidential",  # the chief
    "kim": "confidential",  # the log keeper
    "anne": "staff",  # a member of the staff
    "hanne": "staff",  # a centre's contact, who is in the channel
    "gitte": "internal",  # a centre's chief, who isn't
    "finn": "open",  # any other employee
}


@pytest.fixture
async def stage(open_stage: Stage) -> Stage:
    await open_stage["jens"].commands("aktiver 2 skybrud")
    return open_stage


@pytest.fixture
async def secretive(stage: Stage) -> RehearsalStage:
    """A crisis with something of each grade, and with what was graded too late."""
    assert isinstance(stage, RehearsalStage)
    kim, lars = stage["kim"], stage["lars"]
    await kim.commands("ind ekstern Lone Bak, Politiet, 114, Åben")
    for grade, secret in SECRETS.items():
        await kim.commands(f"log {stage.plan.grade_name(grade)}: ved Kaninbakke er der {secret}")
    await kim.commands("billede", "stab")
    await kim.commands("log ved Harebakke er der kodeordecho", "stab")
    await lars.commands("beslut ikke at lukke Harebakke for kodeordfoxtrot")
    await kim.commands("t pumpe til Harebakke mod kodeordgolf @Mads", "stab")
    await stage["hanne"].commands("melding på Harebakke er set kodeordhotel")
    await stage["line"].commands("erfaring at Harebakke ikke kendte kodeordindia")
    for entry in (await stage.export())["log"]:
        if "Harebakke" in entry["summary"]:
            await kim.commands(f"grad {entry['no']} fortrolig")
    states = (await stage.export())["log_state"]
    assert sum(state["grade"] == "confidential" for state in states.values()) >= 2 * (len(AFTERWARDS) + 1) - 1
    return stage


def hidden_from(person: str) -> list[str]:
    highest = MAY_SEE[person]
    late = [] if highest == "confidential" else list(AFTERWARDS)
    return [secret for grade, secret in SECRETS.items() if not within(grade, highest)] + late


@in_one_chat
async def test_no_verb_shows_anybody_what_is_above_their_grade(secretive: RehearsalStage) -> None:
    """R215 R216: every verb there is, alone and about each line, by everybody, alone and in the channel."""
    stage = secretive
    registry.load()
    lines = {entry["no"]: entry["summary"] for entry in (await stage.export())["log"]}
    numbers = [str(no) for no, said in lines.items() if "kodeord" in said]
    every = [verb.name for verb in registry.verbs.values() if verb.name not in ("nedskaler", "afblæs")]
    asked = [*every, "find Kaninbakke", "find Harebakke", "delbart Lone Bak", "delbart centerchefer"]
    asked += [f"{verb} {number}" for verb in ("find", "bekræft", "journal", "grad") for number in numbers]
    for person, places in {**dict.fromkeys(MAY_SEE, ("dm",)), "kim": ("dm", "stab"), "lars": ("dm", "stab")}.items():
        for place in places:
            for text in asked:
                await stage[person].posts("say", {"in": place, "text": f"/krise {text}"})
    await stage.settle()
    assert (await stage.export())["crisis"]["level"] == 2
    for person in MAY_SEE:
        read = "\n".join(
            json.dumps(each["card"], ensure_ascii=False) for each in await stage[person].messages() if each["card"]
        )
        read += "\n".join(await stage[person].reads())
        assert [secret for secret in hidden_from(person) if secret in read] == [], person
    for person in ("lars", "kim", "anne", "hanne", "gitte"):
        seen = [secret for grade, secret in SECRETS.items() if within(grade, MAY_SEE[person])]
        assert all([await stage[person].sees(secret) for secret in seen]), person
    assert await stage["gitte"].sees("linjer er ikke vist: de er Stab eller Fortrolig")


@in_one_chat
async def test_what_many_look_at_shows_no_more_than_all_of_them_may_see(secretive: RehearsalStage) -> None:
    """R168 R204 R215 R216: the home page, the wall board, C3, and what is given to those from outside."""
    stage = secretive
    for person in MAY_SEE:
        opened = Incoming(f"home/{person}", "home", "slack", person, "dm", "", stage.clock.now())
        drawn = json.dumps((await home(stage.bot.engine, opened)).to_json(), ensure_ascii=False)
        assert [secret for secret in hidden_from(person) if secret in drawn] == [], person
        assert ("kodeordfoxtrot" in drawn) is (MAY_SEE[person] == "confidential")
    kim = stage["kim"]
    await kim.commands("tavle")
    path = next(word for word in (await kim.reads())[-1].split() if word.startswith("/tavle/"))
    async with stage.client.get(f"{stage.address}{path}", headers={"Host": "127.0.0.1:8080"}) as answer:
        board = await answer.text()
    await kim.commands("c3")
    to_c3 = (await kim.reads())[-1]
    for shown in (board, to_c3):
        assert [secret for secret in hidden_from("anne") if secret in shown] == []
    assert "er ikke vist: de er Fortrolig" in to_c3
    assert SECRETS["staff"] in to_c3
    await kim.commands("delbart Lone Bak")
    given = (await kim.reads())[-1]
    assert [secret for secret in hidden_from("finn") if secret in given] == []
    assert SECRETS["open"] in given


@in_one_chat
async def test_no_export_shows_what_is_above_its_grade_in_any_of_its_forms(secretive: RehearsalStage) -> None:
    """R215 R216: every part, as data, as a sheet, on paper; the chain holds, and a line keeps its place."""
    async with secretive.database.reading() as db:
        crisis = await db.scalar(select(Crisis))
        assert crisis is not None
        assert await verify_crisis(db, crisis) == []
        documents = {grade: await export.document(db, crisis, grade) for grade in GRADES}
    for grade, document in documents.items():
        assert verify_export(document) == []
        texts = _texts(archive.render("zip", document, names_of(secretive.plan)))
        above = [secret for each, secret in SECRETS.items() if not within(each, grade)]
        above += AFTERWARDS if grade != "confidential" else ()
        assert {name: secret for name, text in texts.items() for secret in above if secret in text} == {}, grade
        below = [secret for each, secret in SECRETS.items() if within(each, grade)]
        assert all(secret in texts[name] for name in ("sag.json", "sag.pdf", "sag.docx", "log.csv") for secret in below)
        for entry in document["log"]:
            assert set(entry) == {"no", "omitted", "previous_hash", "hash"} or not entry.get("omitted")
    assert [entry["no"] for entry in documents["open"]["log"]] == [entry["no"] for entry in documents["staff"]["log"]]


def _texts(packed: bytes) -> dict[str, str]:
    """What stands in each file of a case file, without the breaks between lines."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        for name in files.namelist():
            content = files.read(name)
            if name.endswith(".pdf"):
                found[name] = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
                found[name] = "".join(found[name].split())
            elif name.endswith(".docx"):
                document = docx.Document(io.BytesIO(content))
                cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
                found[name] = "\n".join([*cells, *(paragraph.text for paragraph in document.paragraphs)])
            else:
                found[name] = content.decode("utf-8-sig")
    return found


async def test_a_line_gets_another_grade_afterwards_and_its_words_are_taken_back(stage: Stage) -> None:
    """R215 R216: by the log keeper; it is a line of its own, and the channel no longer shows the words."""
    await stage["kim"].commands("log ! beboeren på stue 12 er smittet", "stab")
    line = log_of(await stage.export(), "information")[-1]
    assert await stage["anne"].sees("stue 12 er smittet")
    await stage["hanne"].commands(f"grad {line['no']} åben")
    assert (await stage.export())["log_state"][str(line["no"])]["grade"] == "staff"
    await stage["kim"].commands(f"grad {line['no']} fortrolig", "stab")
    told_so = await stage.export()
    assert told_so["log_state"][str(line["no"])]["grade"] == "confidential"
    change = log_of(told_so, "grade")[-1]
    assert (change["grade"], change["refs"]) == ("confidential", {"sets_grade_of": line["no"]})
    assert not any("stue 12 er smittet" in seen for seen in (await stage["anne"].reads())[-3:])
    assert not await stage["lars"].sees("stue 12 er smittet")
    await stage["lars"].commands(f"find {line['no']}")
    assert await stage["lars"].sees("stue 12 er smittet")
    await stage["kim"].fills_in("Fortrolighed", grade="staff")
    assert (await stage.export())["log_state"][str(line["no"])]["grade"] == "staff"
    assert verify_export(await stage.export()) == []


async def test_the_centre_chiefs_get_of_the_log_what_is_decided_and_not_before(stage: Stage) -> None:
    """R215 R216: S3 08:55: the matrix is stored; entries graded Stab and Fortrolig are not in that share."""
    await stage["kim"].commands("log ! intern: skolerne holder åbent")
    await stage["kim"].commands("log ! en vikar mangler i køkkenet")
    await stage["kim"].commands("delbart alle centerchefer")
    assert (await stage.export())["sharings"] == []
    assert log_of(await stage.export(), "shared") == []
    await stage["hanne"].commands("deling log centerchefer Stab")
    assert (await stage.export())["sharings"] == []
    await stage["lars"].commands("deling")
    await stage["lars"].fills_in("Beslut deling", subject="log", audience="centerchefer", grade="internal")
    told_so = await stage.export()
    (decided,) = told_so["sharings"]
    assert (decided["subject"], decided["audience"], decided["grade"], decided["decided_by"]) == (
        "log",
        "centerchefer",
        "internal",
        "lars",
    )
    assert log_of(told_so, "decision")[-1]["no"] == decided["log_no"]
    await stage["kim"].commands("delbart alle centerchefer")
    shared = log_of(await stage.export(), "shared")[-1]
    assert "rune" in shared["receiver"].split(", ")
    for chief in ("rune", "gitte"):
        assert chief in told(await stage.export(), "notice")
        assert await stage[chief].sees("skolerne holder åbent")
        assert not await stage[chief].sees("en vikar mangler")


@in_one_chat
async def test_minutes_go_no_further_than_is_decided(stage: Stage) -> None:
    """R092 R215: the grade is checked before they are sent, and who can change it is told."""
    await stage["lars"].commands("deling referat centerchefer ikke")
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage.at("17:00")
    await stage["kim"].fills_in("Start mødet")
    await stage["eva"].fills_in("Nyt punkt", text="vikarer", decision="tre vikarer hentes fra Greve i aften")
    await stage["kim"].fills_in("Slut mødet", next_at="ingen")
    await stage["lars"].fills_in("Godkend", forward="centerchefer")
    (minutes,) = (await stage.export())["meetings"][0]["minutes"]
    assert (minutes["approved_by"], minutes["sent_at"]) == (None, None)
    assert await stage["lars"].sees("*/krise deling*") or await stage["lars"].sees("/krise deling")
    assert not await stage["rune"].sees("tre vikarer")
    await stage["gitte"].commands("referat")
    assert not await stage["gitte"].sees("tre vikarer")
    await stage["lars"].commands("deling referat centerchefer Stab")
    await stage["lars"].fills_in("Godkend", forward="centerchefer")
    (minutes,) = (await stage.export())["meetings"][0]["minutes"]
    assert "rune" in minutes["recipients"]
    assert await stage["rune"].sees("tre vikarer")
    await stage["gitte"].commands("referat")
    assert (await stage["gitte"].reads())[-1].count("tre vikarer") == 1


@in_one_chat
async def test_confidential_minutes_are_for_those_who_may_see_them(stage: Stage) -> None:
    """R092 R216: neither the channel nor the members below that grade; what was decided has it too."""
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage.at("17:00")
    await stage["kim"].fills_in("Start mødet")
    await stage["eva"].fills_in("Nyt punkt", text="navne", decision="politiet får de tre navne i aften")
    await stage["kim"].fills_in("Slut mødet", next_at="ingen")
    await stage["lars"].fills_in("Godkend", forward="kim", grade="confidential")
    told_so = await stage.export()
    (minutes,) = told_so["meetings"][0]["minutes"]
    assert (minutes["grade"], set(minutes["recipients"])) == ("confidential", {"lars", "kim"})
    states = told_so["log_state"]
    assert {states[str(line["no"])]["grade"] for line in log_of(told_so, "minutes")} == {"confidential"}
    assert any(states[str(line["no"])]["grade"] == "confidential" for line in log_of(told_so, "decision"))
    assert not await stage["anne"].sees("de tre navne")
