"""`overvågning`: telephones, mailboxes and systems watched more closely, each by a named person. Plan §7, Forstærket
overvågning (R039); §5, Krisesekretariat (R139, R140, R197).

The media are a line too, but nobody is reminded of them: what is found there is written down as it is found.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from handlers import media_watch, rights, roster, telephone
from handlers.card import Button, Card, Field, quote
from handlers.registry import action, timer, verb
from handlers.turn import Turn
from handlers.words import fold
from storage.parts.monitoring import WatchCheck, WatchedLine
from storage.tables import Message

# What is watched: the plan's kinds, and the media.
KINDS = ("telefon", "postkasse", "system")
MEDIA = "medie"
# A line that nobody watches is asked about again after so many times what a check may last.
UNWATCHED = 4
# A form has room for this many; the rest are named in writing.
SHOWN = 9
EXAMPLE = "*/krise overvågning 2 Kim*, */krise overvågning postkasse borger@htk.example Eva* eller */krise overvågning medie …*"


@verb(
    "overvågning",
    help="overvågning – hvem holder øje med hvad; overvågning medie <omtale> skriver medieomtale i loggen",
    who=rights.staff,
    crisis=True,
)
async def watch(turn: Turn, text: str) -> None:
    """How it stands; a finding in the media; who watches a line, or a line more (R140)."""
    first, _, rest = text.strip().partition(" ")
    word, rest = fold(first.strip(":,")), rest.strip()
    if not word:
        await turn.answer(await _card(turn))
    elif word in ("medie", "medier", "medieomtale"):
        await media_watch.typed(turn, rest)
    elif not await rights.meets.held(turn):
        await turn.answer(Card(f"Det kan kun {rights.meets.holders}. Intet er ændret."))
    elif word.isdecimal() and rest:
        row = next((each for each in await lines(turn) if each.number == int(word)), None)
        if row is None or not await _hand(turn, [(row, rest)]):
            await turn.answer(
                Card(f"Jeg kan ikke se, hvilken linje eller hvem det er. Intet er ændret. Skriv fx {EXAMPLE}.")
            )
            return
        await show(turn)
        await turn.answer(await _card(turn))
    elif word in KINDS and rest:
        line, who = _split(turn, rest)
        await _add(turn, word, line, who)
    else:
        await turn.answer(Card(f"Intet er ændret. Skriv fx {EXAMPLE}."))


async def begin(turn: Turn) -> None:
    """The plan's lines and the media, from the activation to the end; a line that is watched already is left as it is."""
    standing = {(row.kind, row.line) for row in await lines(turn)}
    wanted = [(each.kind, each.address) for each in turn.rules.monitoring]
    for kind, line in [each for each in wanted if each not in standing]:
        await _begin(turn, kind, line)
    media = ", ".join(turn.rules.media)
    if media and not any(kind == MEDIA for kind, _ in standing):
        await _begin(turn, MEDIA, media, role="kommunikation", watcher=turn.rules.holder("kommunikation"))
    await _wake(turn)


async def _begin(
    turn: Turn, kind: str, line: str, *, watcher: str | None = None, role: str | None = None
) -> WatchedLine:
    last = await turn.db.scalar(select(func.max(WatchedLine.number)).where(WatchedLine.crisis_id == turn.the_crisis.id))
    row = WatchedLine(
        crisis_id=turn.the_crisis.id,
        number=(last or 0) + 1,
        kind=kind,
        line=line,
        watcher=watcher,
        role=role if watcher else None,
        since=turn.now,
        due_at=None if kind == MEDIA else turn.now + turn.rules.deadlines.monitoring,
        missed=0,
        added_by=turn.sender,
    )
    turn.db.add(row)
    await turn.db.flush()
    return row


async def lines(turn: Turn) -> list[WatchedLine]:
    """What is watched now, in the order it was begun."""
    query = select(WatchedLine).where(WatchedLine.crisis_id == turn.the_crisis.id, WatchedLine.until.is_(None))
    return list(await turn.db.scalars(query.order_by(WatchedLine.number)))


async def show(turn: Turn) -> None:
    """The card in the staff's channel."""
    await turn.say(turn.staff, await _card(turn), key=_key(turn))


async def close(turn: Turn, *, media: bool = True) -> None:
    """Nothing is watched more closely any longer.

    Args:
        media: the media too; they are watched for as long as there is a staff, whatever else is decided (R190).
    """
    rows = [row for row in await lines(turn) if media or row.kind != MEDIA]
    if not rows:
        return
    for row in rows:
        row.until = turn.now
    await turn.db.flush()
    await turn.log(
        f"Forstærket overvågning er slut: {'; '.join(row.line for row in rows)}",
        kind="monitoring",
        verification="confirmed",
        refs={"lines": [row.number for row in rows]},
    )
    await turn.cancel(_timer(turn))
    if await turn.db.scalar(select(Message.id).where(Message.key == _key(turn))):
        await show(turn)


async def _card(turn: Turn) -> Card:
    rows = await lines(turn)
    facts = tuple((f"{row.number}. {row.line} ({row.kind})", _who(turn, row)) for row in rows)
    transferred = await telephone.transferred(turn)
    if transferred:
        facts += (("Telefoner omstillet, mails videresendt", transferred),)
    red = sum(row.watcher is None for row in rows)
    warning = f"\n❗ {red} {'linje' if red == 1 else 'linjer'} har ingen, der holder øje." if red else ""
    about = {"crisis": turn.the_crisis.id}
    watchers = tuple(
        Field(f"watch_{row.id}", f"{row.line} ({row.kind})"[:75], "persons", value=_named(turn, row))
        for row in rows[:SHOWN]
    )
    ended = Field(
        "line",
        "Hvilken linje?",
        "choice",
        required=True,
        choices=tuple((str(row.number), row.line[:70]) for row in rows),
    )
    kinds = tuple((each, each.capitalize()) for each in KINDS)
    if turn.the_crisis.state == "closed":
        return Card("*Forstærket overvågning.* Krisen er slut; intet overvåges mere.")
    return Card(
        f"*Forstærket overvågning.* {'Hver linje har en, der holder øje.' if rows and not red else ''}{warning}"
        + ("" if rows else "Intet overvåges nu."),
        facts=facts,
        buttons=(
            *(
                (
                    Button(
                        "Hvem holder øje?",
                        "monitoring.watchers",
                        about,
                        style="primary",
                        form=watchers,
                        form_title="Hvem holder øje?",
                    ),
                )
                if watchers
                else ()
            ),
            *((Button("Kontrolleret", "monitoring.checked", about),) if rows else ()),
            Button(
                "Tilføj linje",
                "monitoring.add",
                about,
                form=(
                    Field("kind", "Slags", "choice", required=True, value=KINDS[1], choices=kinds),
                    Field("line", "Nummer eller adresse", required=True),
                    Field("who", "Hvem holder øje?", "persons"),
                ),
                form_title="Tilføj linje",
            ),
            *(
                (Button("Afslut en linje", "monitoring.end", about, form=(ended,), form_title="Afslut en linje"),)
                if rows
                else ()
            ),
            media_watch.button(turn),
        ),
    )


def _who(turn: Turn, row: WatchedLine) -> str:
    if row.watcher is None:
        return "❗ ingen holder øje"
    as_role = f" ({row.role})" if row.role else ""
    checked = f", kontrolleret {turn.clock(row.last_checked_at)}" if row.last_checked_at else ""
    silent = " – ❗ svarer ikke" if row.missed > 1 else ""
    return f"{turn.name(row.watcher)}{as_role}{checked}{silent}"


def _named(turn: Turn, row: WatchedLine) -> str:
    return row.role or (turn.name(row.watcher) if row.watcher else "")


def _split(turn: Turn, text: str) -> tuple[str, str]:
    """ "borger@htk.example Eva": the line, and who watches it when the last words are somebody."""
    parts = text.split()
    for count in (2, 1):
        if len(parts) > count and _read(turn, " ".join(parts[-count:])):
            return " ".join(parts[:-count]), " ".join(parts[-count:])
    return text, ""


def _read(turn: Turn, who: str) -> tuple[str, str | None] | None:
    """A person, or a role and whoever has it: then the line moves with the shift."""
    said = who.strip().lstrip("@")
    role = next((each for each in roster.roles(turn) if fold(each) == fold(said)), None)
    holder = roster.holder(turn, role) if role else None
    if holder:
        return holder, role
    persons = turn.plan.named(said)
    return (persons[0], None) if len(persons) == 1 else None


async def _hand(turn: Turn, wanted: Iterable[tuple[WatchedLine, str]]) -> bool:
    """Let persons watch lines; each of them is told once of all that is theirs. False when a name is nobody's."""
    named = [(row, _read(turn, who)) for row, who in wanted]
    given: dict[str, list[WatchedLine]] = {}
    for row, read in named:
        if read is None or read == (row.watcher, row.role):
            continue
        before, (row.watcher, row.role) = row.watcher, read
        row.due_at = None if row.kind == MEDIA else turn.now + turn.rules.deadlines.monitoring
        row.missed = 0
        given.setdefault(read[0], []).append(row)
        after = f" (før {turn.name(before)})" if before else ""
        await turn.log(
            f"Overvågning: {turn.name(read[0])} holder øje med {row.line}{after}",
            kind="monitoring",
            sender=turn.sender,
            receiver=read[0],
            verification="confirmed",
            refs={"line": row.number},
        )
    await turn.db.flush()
    for person, rows in given.items():
        await turn.notify(
            [person],
            _watcher_card(turn, rows, f"*Du holder øje med {_list(rows)}* for krise nr. {turn.the_crisis.number}."),
            kind="notice",
            summary=f"Bedt om at holde øje med {_list(rows)}",
        )
    await _wake(turn)
    return all(read is not None for _, read in named)


def _watcher_card(turn: Turn, rows: list[WatchedLine], head: str) -> Card:
    about = {"crisis": turn.the_crisis.id}
    note = Field("note", "Hvad var nyt?", "long", required=True)
    return Card(
        f"{head}\nTryk, når du har kontrolleret. Det, der er nyt, skrives i loggen.",
        buttons=(
            Button("Kontrolleret", "monitoring.checked", about, style="primary"),
            Button("Der er nyt", "monitoring.checked", about, form=(note,), form_title="Der er nyt"),
        ),
    )


def _list(rows: list[WatchedLine]) -> str:
    return ", ".join(quote(row.line, 100) for row in rows)


@action("monitoring.watchers", who=rights.meets)
async def watchers(turn: Turn) -> None:
    """The form: who watches which; what is left empty or as it was stays."""
    rows = await lines(turn)
    wanted = [(row, said) for row in rows if (said := turn.value(f"watch_{row.id}")) and said != _named(turn, row)]
    if not await _hand(turn, wanted):
        unknown = ", ".join(said for _, said in wanted if _read(turn, said) is None)
        await turn.answer(Card(f"Jeg kan ikke se, hvem {quote(unknown, 300)} er. De linjer er ikke ændret."))
    await show(turn)


@action("monitoring.add", who=rights.meets)
async def add(turn: Turn) -> None:
    """ "evt. etablering af øvrige relevante postkasser" (R140)."""
    kind = turn.value("kind")
    await _add(turn, kind if kind in KINDS else KINDS[1], turn.value("line"), turn.value("who"))


async def _add(turn: Turn, kind: str, line: str, who: str) -> None:
    if not line:
        return
    if any((row.kind, row.line) == (kind, line) for row in await lines(turn)):
        await turn.answer(Card(f"{quote(line, 200)} overvåges allerede. Intet er ændret."))
        return
    row = await _begin(turn, kind, line)
    await turn.log(
        f"Overvågning: {kind} {line} er tilføjet",
        kind="monitoring",
        sender=turn.sender,
        verification="confirmed",
        refs={"line": row.number},
    )
    unread = bool(who) and not await _hand(turn, [(row, who)])
    await _wake(turn)
    await show(turn)
    list_ = (
        "\n⚠️ Adressen ligner en distributionsliste, som ingen kan holde øje med. Se efter, at det er en postkasse."
        if kind == "postkasse" and line.startswith("dl_")
        else ""
    )
    missing = f'\nJeg kan ikke se, hvem "{quote(who, 100)}" er.' if unread else ""
    watched = f" {turn.name(row.watcher)} holder øje." if row.watcher else " ❗ Ingen holder øje endnu."
    await turn.answer(Card(f"Linje {row.number}: {quote(line, 200)} ({kind}).{watched}{missing}{list_}"))


@action("monitoring.end", who=rights.meets)
async def end(turn: Turn) -> None:
    """One line less."""
    row = next((each for each in await lines(turn) if str(each.number) == turn.value("line")), None)
    if row is None:
        return
    row.until = turn.now
    await turn.log(
        f"Overvågning: {row.line} overvåges ikke længere",
        kind="monitoring",
        sender=turn.sender,
        verification="confirmed",
        refs={"line": row.number},
    )
    await show(turn)


@action("monitoring.checked", who=rights.staff)
async def checked(turn: Turn) -> None:
    """Whoever watches has looked at what is theirs; what was new is a line in the log."""
    mine = [row for row in await lines(turn) if row.watcher == turn.sender]
    if not mine:
        await turn.answer(Card("Du holder ikke øje med nogen linje nu. */krise overvågning* viser, hvem der gør."))
        return
    note = turn.value("note")
    for row in mine:
        turn.db.add(
            WatchCheck(crisis_id=row.crisis_id, line=row.id, person=turn.sender, at=turn.now, note=note or None)
        )
        row.last_checked_at, row.missed = turn.now, 0
        row.due_at = None if row.kind == MEDIA else turn.now + turn.rules.deadlines.monitoring
    await turn.db.flush()
    if note:
        entry = await turn.log(
            note, kind="information", sender=_list(mine), direction="in", refs={"lines": [row.number for row in mine]}
        )
    standing = await turn.pressed()
    if standing is not None and standing.recipient == turn.sender:
        kept = f" Det nye står i loggen som nr. {entry.no}." if note else ""
        head = f"✅ *Kontrolleret {turn.clock(turn.now)}:* {_list(mine)}.{kept}"
        await turn.replace(_watcher_card(turn, mine, head))
    await _wake(turn)
    await show(turn)


@timer("monitoring.look")
async def look(turn: Turn) -> None:
    """Those who should have looked are reminded, one message each; silence goes to the coordinator."""
    if turn.the_crisis.state != "active":
        return
    every = turn.rules.deadlines.monitoring
    due = [row for row in await lines(turn) if row.due_at and row.due_at <= turn.now]
    by_watcher: dict[str, list[WatchedLine]] = {}
    for row in due:
        if row.watcher:
            by_watcher.setdefault(row.watcher, []).append(row)
        row.missed += 1
        row.due_at = turn.now + every * (1 if row.watcher else UNWATCHED)
    for person, rows in by_watcher.items():
        await turn.notify(
            [person],
            _watcher_card(turn, rows, f"*Er {_list(rows)} kontrolleret?*"),
            kind="reminder",
            summary=f"Mindet om at kontrollere {_list(rows)}",
        )
    unwatched = [row for row in due if not row.watcher]
    silent = [row for row in due if row.watcher and row.missed == 2]
    told = [f"ingen holder øje med {_list(unwatched)}"] if unwatched else []
    told += [f"{turn.name(row.watcher or '')} har ikke kontrolleret {quote(row.line, 100)}" for row in silent]
    if told:
        said = "; ".join(told)
        await turn.notify(
            dict.fromkeys([*turn.rules.holders("tovholder"), *(turn.rules.holders("sekretær") if unwatched else [])]),
            Card(f"❗ *Forstærket overvågning:* {said}.", buttons=(Button("Vis overvågning", "monitoring.show"),)),
            kind="reminder",
            summary=f"Forstærket overvågning: {said}",
        )
        await show(turn)
    await turn.db.flush()
    await _wake(turn)


@action("monitoring.show", who=rights.staff)
async def shown(turn: Turn) -> None:
    """`Vis overvågning`."""
    await turn.answer(await _card(turn))


async def _wake(turn: Turn) -> None:
    """Wake up when the first of them is due."""
    due = [row.due_at for row in await lines(turn) if row.due_at]
    if due:
        await turn.at(max(min(due), turn.now), "monitoring.look", _timer(turn))


def _key(turn: Turn) -> str:
    return f"crisis/{turn.the_crisis.id}/monitoring/card"


def _timer(turn: Turn) -> str:
    return f"crisis/{turn.the_crisis.id}/monitoring"
