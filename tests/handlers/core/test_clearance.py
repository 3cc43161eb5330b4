"""Nobody is shown what is above their grade: by any verb, button or clock, on any screen, in any export."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.core import clearance, registry, router
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from handlers.crisis import status
from storage.case import archive, export
from storage.case.pages.blocks import Names
from storage.case.verification import verify_crisis, verify_export
from storage.database import Database
from storage.grades import GRADES, Grade, within
from storage.plan import loading
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry, state_of
from storage.rows.traffic import Inbox, Message, StaffChannel, Timer

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

registry.load()
PLAN = loading.example()
NOW = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
ROOM = "krise-1"

# What was logged with each grade, and what only became confidential after others had been told of it.
SECRETS: dict[Grade, str] = {
    "open": "kodeordalfa",
    "internal": "kodeordbravo",
    "staff": "kodeordcharlie",
    "confidential": "kodeorddelta",
}
AFTERWARDS = {
    "kodeordecho": ("kim", "log ved Harebakke er der kodeordecho"),
    "kodeordfoxtrot": ("lars", "beslut ikke at lukke Harebakke for kodeordfoxtrot"),
    "kodeordgolf": ("kim", "t pumpe til Harebakke mod kodeordgolf @Mads"),
    "kodeordhotel": ("hanne", "melding på Harebakke er set kodeordhotel"),
    "kodeordindia": ("line", "erfaring at Harebakke ikke kendte kodeordindia"),
}
# Those who have said it or were told it, beside those whose grade is high enough.
KNOW = {"kodeordgolf": "mads", "kodeordhotel": "hanne", "kodeordindia": "line"}
STAFF = ("anne", "ole", "sara", "bo", "nils", "siv", "mads", "hanne", "line", "ali", "jens", "pia", "staff:1")
MAY_SEE: dict[str, Grade] = {
    **dict.fromkeys(("lars", "mette", "kim", "eva", "tina"), "confidential"),  # chiefs and secretariat
    **dict.fromkeys(STAFF, "staff"),  # the staff, those beside it, its channel
    **dict.fromkeys(("rune", "gitte", "per", "ulla", "jon", "kaj"), "internal"),  # the centres' chiefs
    "finn": "open",
}
# How a row comes into each list that there is: who writes it, and what.
LISTED = {
    "tiltag": ("kim", "t {} @Kim"),
    "bistand": ("kim", "bistand {}"),
    "ressource": ("kim", "ressource 2 {}"),
    "ordre": ("kim", "ordre {} @Kim"),
    "spm": ("kim", "spm {}"),
    "indikator": ("kim", "indikator {} 5"),
    "beslut": ("lars", "beslut {}"),
    "erfaring": ("kim", "erfaring {}"),
    "oplæg": ("kim", ""),
}
FOR_ANYBODY = ("tiltag", "bistand", "ordre", "spm", "erfaring")
# Nothing goes on after these.
ENDS_IT = ("nedskaler", "afblæs")
ASKING = ("lars", "kim", "anne", "hanne", "gitte", "finn")


def word(verb: str, grade: Grade) -> str:
    """What is said of the row of that grade in the list of that verb, and nowhere else."""
    return f"kodeord{verb}{grade}"


def above(reader: str) -> list[str]:
    """The words that somebody, or the channel, may never be shown."""
    highest = MAY_SEE[reader]
    late = [] if highest == "confidential" else [secret for secret in AFTERWARDS if KNOW.get(secret) != reader]
    listed: list[tuple[Grade, str]] = [(grade, word(verb, grade)) for verb in LISTED for grade in GRADES]
    return [secret for grade, secret in (*SECRETS.items(), *listed) if not within(grade, highest)] + late


class Chat:
    """What people write, taken in one transaction without a platform around it."""

    def __init__(self, db: AsyncSession) -> None:
        self.db = db
        self._number = 0

    def turn(self, person: str, text: str = "", place: str = "dm") -> Turn:
        """The turn that somebody's words begin."""
        self._number += 1
        where = ROOM if place == "stab" else f"dm:{person}"
        kind = "dm" if place == "dm" else "channel"
        incoming = Incoming(f"{self._number}", "command", "rehearsal", person, kind, where, NOW, text)  # type: ignore[arg-type]
        return Turn(self.db, NOW, PLAN, incoming=incoming)

    async def writes(self, person: str, text: str, place: str = "dm") -> None:
        """Somebody writes to krisebot."""
        turn = self.turn(person, text, place)
        row = Inbox(key=turn.the_incoming.key, body=turn.the_incoming.to_json(), received_at=NOW, due_at=NOW)
        self.db.add(row)
        await self.db.flush()
        turn.inbox_id = row.id
        await router.handle(turn)

    async def fills_in(self, person: str, action: str, **values: str) -> None:
        """Somebody sends the form that a button opens, on the newest card with such a one that they were shown."""
        turn = self.turn(person)
        cards = await self.db.scalars(select(Message).order_by(Message.id.desc()))
        message, button = next(
            (card.id, button)
            for card in cards
            for button in card.card["buttons"]
            if button["do"] == action and card.recipient in (person, "staff:1")
        )
        turn.incoming = replace(
            turn.the_incoming, kind="press", action=action, args=button["args"], values=values, message=str(message)
        )
        await router.handle(turn)

    async def shown(self) -> list[tuple[str, str]]:
        """Every message as it stands, with whom it stands with."""
        rows = await self.db.scalars(select(Message).order_by(Message.id))
        return [(row.recipient, json.dumps(row.card, ensure_ascii=False)) for row in rows]

    async def last(self, person: str) -> str:
        """What somebody was told last."""
        return [card for recipient, card in await self.shown() if recipient == person][-1]


@pytest.fixture
async def chat(database: Database) -> AsyncIterator[Chat]:
    """A crisis with something of each grade, and with what was graded too late; in every list that there is."""
    async with database.transaction() as db:
        chat = Chat(db)
        await chat.writes("jens", "aktiver 2 skybrud")
        db.add(StaffChannel(crisis_id=1, platform="rehearsal", name=ROOM, address=ROOM, state="open"))
        await chat.writes("kim", "ind ekstern Lone Bak, Politiet, 114, Åben")
        for grade, secret in SECRETS.items():
            await chat.writes("kim", f"log {PLAN.grade_name(grade)}: ved Kaninbakke er der {secret}")
        for person, text in AFTERWARDS.values():
            await chat.writes(person, text, "stab" if person == "kim" else "dm")
        await chat.writes("kim", "billede", "stab")
        for entry in list(await db.scalars(select(LogEntry).where(LogEntry.summary.contains("Harebakke")))):
            await chat.writes("kim", f"grad {entry.no} fortrolig")
        yield chat


async def fill_the_lists(chat: Chat) -> None:
    """A row of each grade in each list: 1 is open, 2 internal, 3 the staff's, 4 confidential; a measure was there before."""
    for grade in GRADES:
        for verb, (person, text) in LISTED.items():
            said = word(verb, grade)
            if verb == "oplæg":
                await chat.writes(person, verb)
                await chat.fills_in(person, "options.new", situation=said, a_what="bliv", b_what="gå")
            else:
                await chat.writes(person, text.format(said))
            if verb == "ordre":
                await chat.fills_in("lars", "orders.issue")
            for line in list(await chat.db.scalars(select(LogEntry).where(LogEntry.summary.contains(said)))):
                await chat.writes("kim", f"grad {line.no} {PLAN.grade_name(grade)}")


@pytest.mark.long
async def test_no_verb_and_no_clock_shows_anybody_what_is_above_their_grade(chat: Chat) -> None:
    """R215 R216: every verb there is × every grade × every role: alone, about a row of each grade and about a line, alone
    with krisebot and in the channel. A verb that is added is asked too; the four kinds of reader are all there are.
    """
    await fill_the_lists(chat)
    secret_lines = list(await chat.db.scalars(select(LogEntry).where(LogEntry.summary.contains("kodeord"))))
    lines = [each.no for each in secret_lines if each.summary.endswith((SECRETS["confidential"], "kodeordecho"))]
    every = [verb.name for verb in registry.verbs.values() if verb.name not in ENDS_IT]
    about = [
        f"{verb} {number}" for verb in every for number in (3, 4)
    ]  # the third is the staff's, the fourth confidential
    about += [f"{verb} {line}" for verb in ("find", "grad", "journal", "ret", "bekræft") for line in lines]
    about += ["tiltag 5"]
    finds = ["find Kaninbakke", "find Harebakke", "find kl 13", "find ubekræftet"]
    readers = {"lars": "stab", "anne": "dm", "gitte": "dm", "finn": "dm"}
    assert {MAY_SEE["staff:1" if place == "stab" else reader] for reader, place in readers.items()} == {*GRADES[:3]}
    for reader, place in readers.items():
        for text in (*every, *about, *finds):
            await chat.writes(reader, text, place)
    for reader in ("lars", "kim"):
        await chat.writes(reader, "find Kaninbakke")
    crisis = await chat.db.get_one(Crisis, 1)
    assert (crisis.level, crisis.state) == (2, "active")
    for timer in list(await chat.db.scalars(select(Timer).where(Timer.state == "waiting"))):
        due = Turn(chat.db, NOW + timedelta(hours=1), PLAN, crisis=crisis, due=timer.due_at)
        await registry.timers[timer.kind](due, **timer.args)
    told = await chat.shown()
    assert {reader for reader, _ in told} <= set(MAY_SEE)
    assert [(reader, secret) for reader, card in told for secret in above(reader) if secret in card] == []
    for person in ("lars", "kim", "anne", "gitte"):
        own = [secret for grade, secret in SECRETS.items() if within(grade, MAY_SEE[person])]
        assert [secret for secret in own if not any(secret in card for reader, card in told if reader == person)] == []
    assert any("ikke vist: de er Stab eller Fortrolig" in card for reader, card in told if reader == "gitte")


@pytest.mark.long
async def test_a_list_shows_each_reader_the_rows_up_to_their_grade_and_says_who_can_share_the_rest(chat: Chat) -> None:
    """R215 R216: the log's own grades, in every list; and when the chief shares the lists, they are shared."""
    await fill_the_lists(chat)
    for reader in ("kim", "anne", "gitte", "finn"):
        for verb in LISTED if reader != "finn" else FOR_ANYBODY:
            await chat.writes(reader, verb)
            shown = await chat.last(reader)
            rows = [grade for grade in GRADES if word(verb, grade) in shown]
            assert rows == [grade for grade in GRADES if within(grade, MAY_SEE[reader])], (reader, verb)
            left_out = "ikke vist" in shown
            assert left_out is (MAY_SEE[reader] != "confidential"), (reader, verb)
            if reader in ("gitte", "finn") and verb not in ("erfaring", "beslut"):
                assert "Lars Vinther leder krisestaben og kan beslutte at dele det: */krise deling*" in shown
    await chat.writes("gitte", "bistand tyve senge")
    await chat.writes("lars", "deling lister centerchefer ikke")
    await chat.writes("gitte", "bistand")
    assert "tyve senge" in await chat.last("gitte")  # her own
    for number in (4, 5):
        await chat.writes("gitte", f"t {number}")
        assert f"T{number} vises ikke her: graden er" in await chat.last("gitte")
    await chat.writes("lars", "deling lister centerchefer")
    await chat.writes("gitte", "t 4")
    assert word("tiltag", "staff") in await chat.last("gitte")
    await chat.writes("gitte", "t")
    assert word("tiltag", "staff") in await chat.last("gitte")
    assert word("tiltag", "confidential") not in await chat.last("gitte")


async def test_a_word_too_short_to_be_known_again_goes_where_what_it_was_said_of_is_named(chat: Chat) -> None:
    """R216: "død" is anybody's word; "T2: død" is the measure's."""
    await chat.writes("kim", "t død @Anne", "stab")
    await chat.writes("anne", "t 2 i gang", "stab")
    await chat.writes("kim", "log ved Kaninbakke er en fugl død", "stab")
    lines = list(await chat.db.scalars(select(LogEntry).where(LogEntry.summary.contains("død")).order_by(LogEntry.no)))
    first, begun, _ = lines
    await chat.writes("kim", f"grad {first.no} fortrolig")
    crisis = await chat.db.get_one(Crisis, 1)
    grades = [(await state_of(chat.db, crisis, each.no)).grade for each in lines]
    assert grades == ["confidential", "confidential", "staff"]
    in_channel = [card for reader, card in await chat.shown() if reader == "staff:1" and "død" in card]
    assert in_channel
    assert all("fugl død" in card for card in in_channel)
    await chat.writes("kim", "t 2 udført", "stab")
    newest = (
        await chat.db.scalars(select(LogEntry).where(LogEntry.kind == "measure").order_by(LogEntry.no.desc()))
    ).first()
    assert newest is not None
    assert newest.no > begun.no
    assert newest.grade == "confidential"
    await chat.writes("anne", "t 2")
    assert "død" in await chat.last("anne")  # it is hers
    for grade in ("open", "staff"):
        document = await export.document(chat.db, crisis, grade)
        said = json.dumps(document, ensure_ascii=False)
        assert said.count("død") == said.count("fugl død"), grade
        assert ("fugl død" in said) is (grade == "staff")


async def test_what_many_look_at_shows_no_more_than_all_of_them_may_see(chat: Chat) -> None:
    """R168 R204 R215 R216: the home page, the wall board, C3, and what is given to those from outside."""
    for reader in (*ASKING, "staff:1"):
        turn = chat.turn("finn" if reader == "staff:1" else reader)
        turn.crisis = await chat.db.get(Crisis, 1)
        shown = await status.whole(turn) if reader == "staff:1" else await status.card(turn, reader)
        drawn = json.dumps((await clearance.redacted_for(turn, shown, reader)).to_json(), ensure_ascii=False)
        assert [secret for secret in above(reader) if secret in drawn] == [], reader
        assert ("kodeordfoxtrot" in drawn) is (MAY_SEE[reader] == "confidential")
    for text, reader in {"c3": "anne", "delbart Lone Bak": "finn"}.items():
        await chat.writes("kim", text)
        given = await chat.last("kim")
        assert [secret for secret in above(reader) if secret in given] == []
        assert SECRETS[MAY_SEE[reader]] in given
        assert "ikke vist: de er" in given


@pytest.mark.long
async def test_no_export_shows_what_is_above_its_grade_in_any_of_its_forms(chat: Chat) -> None:
    """R215 R216: every part, as data, as a sheet, on paper; the chain holds, and a line keeps its place."""
    crisis = await chat.db.get_one(Crisis, 1)
    assert await verify_crisis(chat.db, crisis) == []
    whole = await export.document(chat.db, crisis)
    for grade in GRADES:
        document = await export.document(chat.db, crisis, grade)
        assert verify_export(document) == []
        texts = _texts(archive.render("zip", document, Names.of(PLAN)))
        hidden = [secret for each, secret in SECRETS.items() if not within(each, grade)]
        hidden += AFTERWARDS if grade != "confidential" else ()
        assert [(name, secret) for name, text in texts.items() for secret in hidden if secret in text] == [], grade
        seen = [secret for each, secret in SECRETS.items() if within(each, grade)]
        for name in ("sag.json", "log.csv", "sag.pdf", "sag.docx"):
            assert [secret for secret in seen if secret not in texts[name]] == [], (grade, name)
        for entry, original in zip(document["log"], whole["log"], strict=True):
            place = {name: original[name] for name in ("no", "previous_hash", "hash")}
            assert entry in (original, {**place, "omitted": True})


async def test_what_repeats_a_line_goes_with_it_and_the_line_itself_is_never_changed(chat: Chat) -> None:
    """R186 R216: a published picture and a correction say the words too; the grade is a line of its own."""
    await chat.writes("kim", "log ! intern: plejehjemmets natsygeplejerske er smittet")
    line = (await chat.db.scalars(select(LogEntry).order_by(LogEntry.no.desc()).limit(1))).one()
    await chat.writes("anne", "log som sagt: plejehjemmets natsygeplejerske er smittet, siger vagtlægen")
    crisis = await chat.db.get_one(Crisis, 1)
    before = line.canonical
    await chat.writes("kim", f"grad {line.no} fortrolig")
    assert (await state_of(chat.db, crisis, line.no)).grade == "confidential"
    assert (await state_of(chat.db, crisis, line.no + 1)).grade == "confidential"
    assert (line.canonical, line.grade) == (before, "internal")
    await chat.writes("anne", f"grad {line.no} åben")
    assert (await state_of(chat.db, crisis, line.no)).grade == "confidential"
    await chat.writes("kim", f"ret {line.no} plejehjemmets natsygeplejerske er rask")
    await chat.writes("kim", f"log igen: plejehjemmets natsygeplejerske er smittet i {line.no}")
    newest = await chat.db.scalars(select(LogEntry).order_by(LogEntry.no.desc()).limit(2))
    assert [each.grade for each in newest] == ["confidential", "confidential"]
    await chat.writes("lars", f"grad {line.no} intern")
    states = [await state_of(chat.db, crisis, no) for no in (line.no, line.no + 1)]
    assert [each.grade for each in states] == ["internal", "internal"]
    assert await verify_crisis(chat.db, crisis) == []


@pytest.mark.parametrize(
    ("typed", "grade", "words"),
    [
        ("log fortrolig: vand", "confidential", "vand"),
        ("l ! Åben: vand", "open", "vand"),
        ("l intern: ? vand", "internal", "vand"),
        ("log fortroligt:vand", "confidential", "vand"),
        ("log Fløng: vand", "staff", "Fløng: vand"),
        ("log interne linjer er nede", "staff", "interne linjer er nede"),
    ],
)
async def test_a_line_is_written_with_its_grade_in_front(
    database: Database, typed: str, grade: Grade, words: str
) -> None:
    """R216: Stab when nothing is said."""
    async with database.transaction() as db:
        chat = Chat(db)
        await chat.writes("jens", "aktiver 2 skybrud")
        await chat.writes("kim", typed)
        entry = (await db.scalars(select(LogEntry).where(LogEntry.kind == "information"))).one()
        assert (entry.grade, entry.summary) == (grade, words)


def _texts(packed: bytes) -> dict[str, str]:
    """What stands in each file of a case file; of pages, without the breaks that the words were set with."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        for name in files.namelist():
            content = files.read(name)
            if name.endswith(".pdf"):
                pages = PdfReader(io.BytesIO(content)).pages
                found[name] = "".join("".join(page.extract_text().split()) for page in pages).replace("-", "")
            elif name.endswith(".docx"):
                document = docx.Document(io.BytesIO(content))
                cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
                found[name] = "\n".join([*cells, *(paragraph.text for paragraph in document.paragraphs)])
            else:
                found[name] = content.decode("utf-8-sig")
    return found
