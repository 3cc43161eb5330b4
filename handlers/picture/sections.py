"""Writing in the situation picture's sections, several people at once: a form comes back, and no word is lost. Plan
§7."""

from __future__ import annotations

import re

from handlers.core import form_values, rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.meetings import raised_readiness
from handlers.picture import draft, picture_card, picture_texts
from handlers.picture.draft import NO_THREAT, NOT_ASSESSED
from handlers.picture.picture_card import OLDER_SECTION, SECTION
from handlers.picture.picture_texts import MACHINE
from storage.rows.picture import HEADINGS, NATIONAL, STAFF, Picture, PictureText

HEALTH = re.compile(r"\bsundhed(?:(?!\bsundhed)[^:\n])*+:[ \t]*+(?P<said>\S[^\n]*)", re.IGNORECASE)
ASK_HEALTH = Field("health", "Sundhedsmæssige konsekvenser (»ingen kendte« er nok)", "long", required=True)


async def opened_or_tell(turn: Turn, picture: int) -> Picture | None:
    """Return the version whose button was pressed, while the crisis goes on; tell whoever is too late, and give them
    the words back."""
    row = await turn.of_crisis(Picture, picture)
    if row is None:
        return None
    if turn.the_crisis.state != "closed":
        return row
    typed = "\n".join(value.strip() for value in turn.the_incoming.values.values() if value.strip())
    kept = f"\nDu skrev:\n»{quote(typed, 2000)}«" if typed else ""
    await turn.answer(Card(f"Krisen er afblæst. Situationsbilledet er ikke ændret.{kept}"))
    return None


@action("picture.write", who=rights.asks)
async def write(turn: Turn, picture: int, first: int, last: int) -> None:
    """Write sections as they were filled in; those that the writer left as they were stay as they are."""
    if await opened_or_tell(turn, picture) is None:
        return
    row = await draft.bring_up_to_date(turn)
    changed: list[str] = []
    clashes: list[PictureText] = []
    for number in range(first, last + 1):
        written = await _write_section(turn, row, number)
        if written is not None:
            changed.append(f"{number}. {HEADINGS[number - 1]}: {written.typed or '(tømt)'}")
            clashes += [written] if written.clash else []
    said = {"national": turn.chosen("national", NATIONAL), "staff": turn.chosen("staff", STAFF)}
    levels = {name: level for name, level in said.items() if first <= 5 <= last and level is not None}
    raised = levels.get("national", NATIONAL[0]) not in (NATIONAL[0], row.levels.get("national"))
    if {**row.levels, **levels} != row.levels:
        row.levels = {**row.levels, **levels}
        row.revision += 1
        row.written_at = turn.now
        changed.append(f"5. Beredskabsniveau: {', '.join(levels.values())}")
    if changed:
        await turn.db.flush()
        await _log(turn, row, "; ".join(changed))
    await _show(turn, row)
    if raised:
        await raised_readiness.put(turn, levels["national"])
    for clash in clashes:
        await _ask(turn, row, clash)


async def _write_section(turn: Turn, row: Picture, number: int) -> PictureText | None:
    revision = _opened_on(turn, number)
    name = OLDER_SECTION.of(number) if revision is None else SECTION.of(number, revision)
    if name not in turn.the_incoming.values:
        return None
    typed = turn.value(name)
    stands = str(row.sections.get(str(number), ""))
    if revision is None:
        # Nothing says what the writer saw: somebody else's words are taken to be unseen.
        seen, by_people = (stands if row.writers.get(str(number)) in (None, turn.sender) else ""), True
    else:
        history = await picture_texts.since(turn, number, revision)
        seen = history[0].text if history and history[0].revision == revision else ""
        by_people = any(each.writer != MACHINE for each in history if each.revision != revision)
    merged = picture_texts.merged(seen, stands, typed, turn.name(turn.sender), by_people=by_people)
    if merged is None:
        return None
    source = ""
    if number == 4 and typed not in ("", NO_THREAT):
        source = f" (kilde: {turn.value('threat_source')})" if turn.value("threat_source") else ""
        if not source and "(kilde:" not in typed:
            await turn.answer(
                Card(
                    "Trusselsvurderingen fastsættes af efterretningstjenesterne: skriv kilde og dato. Din tekst er ikke "
                    f"lagt ind:\n»{quote(typed, 1500)}«"
                )
            )
            return None
    text = merged.text + source or (NO_THREAT if number == 4 else "")
    return await picture_texts.put(turn, row, number, text, turn.sender, typed=typed + source, clash=merged.clash)


def _opened_on(turn: Context, number: int) -> int | None:
    """Return the revision that a section's field was opened on; None where the form doesn't say."""
    fields = (SECTION.which(name) for name in turn.the_incoming.values)
    return next((int(each[1]) for each in fields if each and each[0] == str(number) and each[1].isdecimal()), None)


async def _ask(turn: Turn, row: Picture, clash: PictureText) -> None:
    """Ask which of two texts is to stand; the one that is left out is still in the log."""
    other = (await picture_texts.since(turn, clash.section, clash.revision - 1))[0]
    about = {"crisis": row.crisis_id, "picture": row.id, "section": clash.section, "revision": clash.revision}
    theirs = "den anden" if other.writer == MACHINE else turn.name(other.writer)
    await turn.answer(
        Card(
            f"*{theirs} har skrevet i {clash.section}. {HEADINGS[clash.section - 1]} samtidig med dig.* Begge tekster står der.",
            facts=((theirs, quote(other.text, 900)), (turn.name(turn.sender), quote(clash.typed, 900))),
            buttons=tuple(
                Button(label, "picture.choose", {**about, "keep": keep})
                for label, keep in (("Behold begge", "both"), ("Kun min tekst", "mine"), ("Kun den anden", "theirs"))
            ),
        )
    )


@action("picture.choose", who=rights.asks)
async def choose(turn: Turn, picture: int, section: int, revision: int, keep: str) -> None:
    """Choose which of two texts stands, unless somebody has written in the section since."""
    if await opened_or_tell(turn, picture) is None:
        return
    row = await draft.bring_up_to_date(turn)
    history = await picture_texts.since(turn, section, revision - 1)
    if any(each.revision > revision and each.writer != MACHINE for each in history):
        await turn.replace(Card("Nogen har skrevet i punktet siden. Begge tekster står der stadig."))
        return
    theirs, mine = history[0], history[1]
    if keep != "both":
        text = theirs.text if keep == "theirs" else mine.typed
        if keep == "mine":
            text += picture_texts.shown(theirs.text)[1]
        await picture_texts.put(turn, row, section, text, turn.sender, typed=text)
        await _log(turn, row, f"{section}. {HEADINGS[section - 1]}, valgt mellem to tekster: {text}")
    await picture_card.redraw(turn, row)
    kept = {"both": "Begge tekster", "mine": "Din tekst", "theirs": "Den anden tekst"}[keep]
    await turn.replace(Card(f"{kept} står i {section}. {HEADINGS[section - 1]}."))


@action("picture.refresh", who=rights.asks)
async def refresh(turn: Turn, picture: int) -> None:
    """Add what the log, the measures and the resources say now below what people wrote, never instead of it."""
    stood = await opened_or_tell(turn, picture)
    if stood is None:
        return
    before = dict(stood.sections)
    row = await draft.bring_up_to_date(turn)
    for number, text in (await draft.news(turn)).items():
        stands = str(row.sections.get(str(number), ""))
        fresh = [line for line in picture_texts.new_lines(stands, text) if line.startswith("•")]
        if fresh and str(number) in row.writers:
            added = "\n".join([stands, f"Nyt {turn.clock(turn.now)}:", *fresh]).strip()
            await picture_texts.put(turn, row, number, added, MACHINE)
    await _show(turn, row)
    if dict(row.sections) == before:
        await turn.answer(Card(f"Loggen har intet nyt til situationsbilledet {turn.clock(turn.now)}."))


def health_is_told(row: Picture) -> bool:
    """Whether the picture says something of the consequences for health; "ingen kendte" is enough."""
    told = HEALTH.findall(str(row.sections.get("2", "")))
    return any(said.strip().casefold() != "ikke vurderet" for said in told)


async def ask_health(turn: Turn, row: Picture) -> None:
    """Ask for the line on health that a first picture can't do without, by itself."""
    await turn.answer(
        Card(
            "Skriv om de sundhedsmæssige konsekvenser først; »ingen kendte« er nok. Intet er godkendt.",
            buttons=(
                Button(
                    "Skriv om sundhed",
                    "picture.health",
                    {"crisis": row.crisis_id, "picture": row.id},
                    style="primary",
                    form=(ASK_HEALTH,),
                    form_title="Sundhed",
                ),
            ),
        )
    )


@action("picture.health", who=rights.asks)
async def health(turn: Turn, picture: int) -> None:
    """Write the line on health under 2. Hvad er der sket."""
    said = " ".join(form_values.lines(turn, "health"))
    if not said or await opened_or_tell(turn, picture) is None:
        return
    row = await draft.bring_up_to_date(turn)
    stands = str(row.sections.get("2", ""))
    kept = [line for line in stands.split("\n") if line.strip() != NOT_ASSESSED]
    text = "\n".join([*kept, f"Sundhed: {said}"]).strip()
    await picture_texts.put(turn, row, 2, text, turn.sender, typed=f"Sundhed: {said}")
    await _log(turn, row, f"2. {HEADINGS[1]}: Sundhed: {said}")
    await _show(turn, row)


async def _show(turn: Turn, row: Picture) -> None:
    await turn.replace(await picture_card.card(turn, row))
    await picture_card.redraw(turn, row)


async def _log(turn: Turn, row: Picture, said: str) -> None:
    await turn.log(
        f"Situationsbillede, kladde til udgave {row.version}: {said}",
        kind="picture",
        sender=turn.sender,
        refs={"picture": row.version},
    )
