"""Nobody is shown what is above their grade: by any verb, button or clock, on any screen, in any export."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers import clearance, registry, router, status
from handlers.incoming import Incoming
from handlers.turn import Turn
from storage import archive, export, plan
from storage.database import Database
from storage.grades import GRADES, within
from storage.log import state_of
from storage.pages import Names
from storage.tables import Crisis, Inbox, LogEntry, Message, Room, Timer
from storage.verification import verify_crisis, verify_export

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

registry.load()
PLAN = plan.example()
NOW = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
ROOM = "krise-1"

# What was logged with each grade, and what only became confidential after others had been told of it.
SECRETS = {"open": "kodeordalfa", "internal": "kodeordbravo", "staff": "kodeordcharlie", "confidential": "kodeorddelta"}
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
MAY_SEE = {
    **dict.fromkeys(("lars", "mette", "kim", "eva", "tina"), "confidential"),  # chiefs and secretariat
    **dict.fromkeys(STAFF, "staff"),  # the staff, those beside it, its channel
    **dict.fromkeys(("rune", "gitte", "per", "ulla", "jon", "kaj"), "internal"),  # the centres' chiefs
    "finn": "open",
}
ASKING = ("lars", "kim", "anne", "hanne", "gitte", "finn")


def above(reader: str) -> list[str]:
    """The words that somebody, or the channel, may never be shown."""
    highest = MAY_SEE[reader]
    late = [] if highest == "confidential" else [secret for secret in AFTERWARDS if KNOW.get(secret) != reader]
    return [secret for grade, secret in SECRETS.items() if not within(grade, highest)] + late


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
        db.add(Room(crisis_id=1, platform="rehearsal", name=ROOM, address=ROOM, state="open"))
        await chat.writes("kim", "ind ekstern Lone Bak, Politiet, 114, Åben")
        for grade, secret in SECRETS.items():
            await chat.writes("kim", f"log {PLAN.grade_name(grade)}: ved Kaninbakke er der {secret}")
        for person, text in AFTERWARDS.values():
            await chat.writes(person, text, "stab" if person == "kim" else "dm")
        await chat.writes("kim", "billede", "stab")
        for entry in list(await db.scalars(select(LogEntry).where(LogEntry.summary.contains("Harebakke")))):
            await chat.writes("kim", f"grad {entry.no} fortrolig")
        yield chat


async def test_no_verb_and_no_clock_shows_anybody_what_is_above_their_grade(chat: Chat) -> None:
    """R215 R216: every verb there is, alone and about a line, by everybody, alone and in the channel."""
    secret_lines = list(await chat.db.scalars(select(LogEntry).where(LogEntry.summary.contains("kodeord"))))
    first, last = secret_lines[3].no, secret_lines[-1].no  # written so, and graded afterwards
    every = [verb.name for verb in registry.verbs.values() if verb.name not in ("nedskaler", "afblæs")]
    about = [f"{verb} {first}" for verb in every] + [f"{verb} {last}" for verb in ("find", "grad", "journal")]
    finds = ["find Kaninbakke", "find Harebakke", "find kl 13", "find ubekræftet"]
    # The chief may use them all; the others have what is theirs, or are refused.
    asked = {("lars", "stab"): [*every, *about, *finds], ("anne", "dm"): [*every, *about, *finds]}
    asked |= {("gitte", "dm"): [*every, *finds], ("finn", "dm"): every}
    for (person, place), texts in asked.items():
        for text in texts:
            await chat.writes(person, text, place)
    for person in ("lars", "kim"):
        await chat.writes(person, "find Kaninbakke")
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


async def test_what_many_look_at_shows_no_more_than_all_of_them_may_see(chat: Chat) -> None:
    """R168 R204 R215 R216: the home page, the wall board, C3, and what is given to those from outside."""
    for reader in (*ASKING, "staff:1"):
        turn = chat.turn("finn" if reader == "staff:1" else reader)
        turn.crisis = await chat.db.get(Crisis, 1)
        shown = await status.whole(turn) if reader == "staff:1" else await status.card(turn, reader)
        drawn = json.dumps((await clearance.fit(turn, shown, reader)).to_json(), ensure_ascii=False)
        assert [secret for secret in above(reader) if secret in drawn] == [], reader
        assert ("kodeordfoxtrot" in drawn) is (MAY_SEE[reader] == "confidential")
    for text, reader in {"c3": "anne", "delbart Lone Bak": "finn"}.items():
        await chat.writes("kim", text)
        given = await chat.last("kim")
        assert [secret for secret in above(reader) if secret in given] == []
        assert SECRETS[MAY_SEE[reader]] in given
        assert "ikke vist: de er" in given


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
    database: Database, typed: str, grade: str, words: str
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
