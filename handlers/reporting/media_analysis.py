"""`medieanalyse`: once a day, what all the findings in the media come to. Plan §8, "medieovervågning og medieanalyse".

"at mediernes omtale af krisen og dens forløb er korrekt": counted by itself, judged by communication.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from handlers.core import clearance, quiet, rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import ROUTINE, Context
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.meetings import media_item
from handlers.meetings.media_item import TONES
from handlers.picture import draft
from handlers.reporting.media_watch import CORRECTIONS
from storage.letters import fold
from storage.rows.media_analyses import MediaAnalysis
from storage.rows.numbers import next_number
from storage.rows.reporting import MediaFinding

# Bilag 3: "9. Mediebilledet og krisekommunikation".
SECTION = 9
# So many of what is wrong stand on the card.
SHOWN = 5


@dataclass(frozen=True)
class Found:
    """What has been found in the media since the last analysis.

    Args:
        since: from when, UTC.
        counts: how many by medium.
        wrong: those that are wrong, whenever they were found, and were not settled before.
    """

    since: datetime
    counts: dict[str, int]
    wrong: list[MediaFinding]

    @property
    def corrected(self) -> int:
        """How many of them have been corrected."""
        return sum(each.correction == "corrected" for each in self.wrong)


@verb(
    "medieanalyse",
    "presseanalyse",
    help="medieanalyse – dagens medieomtale: antal, tone, hvad der er forkert, og hvad der er gjort",
    who=rights.staff,
    crisis=True,
)
async def analysis(turn: Turn, text: str) -> None:
    """Show the newest analysis and what has been found since, with the form for the next.

    Args:
        text: what it is filled with from the start.
    """
    await turn.answer(await _card(turn, "*Medieanalyse.*", text.strip()))


async def begin(turn: Turn) -> None:
    """Set the timer for the daily analysis, when a staff has been called: the media are watched for as long as there is one."""
    await turn.at(quiet.next_at(turn, turn.rules.deadlines.media_analysis), "media_analysis.daily", _key(turn))


@timer("media_analysis.daily", level_two=True)
async def daily(turn: Turn) -> None:
    """Ask communication for the day's analysis, with what has been found summed up; not where it has been written today."""
    await begin(turn)
    last = await media_item.newest(turn)
    if last is not None and last.written_at.astimezone(turn.zone).date() == turn.now.astimezone(turn.zone).date():
        return
    lead = turn.rules.holders("kommunikation")
    lacks = "" if lead else " Planen har ingen med rollen kommunikation."
    asked = lead or turn.rules.holders("sekretær") or (await turn.chiefs())[:1]
    if not asked:
        return
    await turn.notify(
        asked,
        await _card(turn, f"*Dagens medieanalyse mangler.*{lacks}", reader=asked[0]),
        kind="reminder",
        summary="Mindet om dagens medieanalyse",
        urgency=ROUTINE,
    )


async def found(turn: Context) -> Found:
    """Sum up what has been found since the last analysis."""
    last = await media_item.newest(turn)
    since = last.written_at if last else turn.the_crisis.decided_at or turn.the_crisis.created_at
    every = list(
        await turn.db.scalars(
            select(MediaFinding).where(MediaFinding.crisis_id == turn.the_crisis.id).order_by(MediaFinding.number)
        )
    )
    new = [each for each in every if last is None or each.log_no > last.log_no]
    wrong = [each for each in every if each.wrong and (each in new or _is_unsettled(each, since))]
    return Found(since, dict(Counter(each.medium or "" for each in new)), wrong)


def _is_unsettled(row: MediaFinding, since: datetime) -> bool:
    """Whether something wrong is still to be mended, or was settled after a time."""
    return row.correction in ("open", "asked") or (row.changed_at is not None and row.changed_at >= since)


async def _card(turn: Context, head: str, text: str = "", reader: str | None = None) -> Card:
    last, news = await media_item.newest(turn), await found(turn)
    seen, unseen = await clearance.visible_rows(turn, news.wrong, reader)
    wrong = [
        f"nr. {each.number}{f' ({each.medium})' if each.medium else ''}: {' '.join(each.text.split())[:160]}"
        for each in seen
    ]
    did = [
        f"nr. {each.number}: {CORRECTIONS[each.correction or 'open'].removeprefix('❗ ')}{f' – {each.note}' if each.note else ''}"
        for each in seen
    ]
    facts = [(f"Siden {turn.dated(news.since)}", media_item.counted(news.counts))]
    if seen:
        facts.append(("Forkert", "\n".join(f"• {quote(one)}" for one in wrong[:SHOWN])))
        facts.append(("Gjort", "\n".join(f"• {quote(one)}" for one in did[:SHOWN])))
    if last is not None and (await clearance.visible_rows(turn, [last], reader))[0]:
        facts.append((f"Analyse {last.number}, {turn.dated(last.written_at)}", quote(media_item.in_words(last), 1500)))
    base = next((link for link in turn.rules.links if "mediedatabase" in fold(link.title)), None)
    if base is not None:
        facts.append((quote(base.title, 100), quote(base.address)))
    tones = tuple((value, word.capitalize()) for value, word in TONES.items())
    form = (
        Field("tone", "Hvordan er tonen?", "choice", required=True, choices=tones),
        Field("says", "Hvad fylder i omtalen?", "long", required=True, value=text),
        Field("faults", "Hvad er forkert?", "long", value="\n".join(wrong)),
        Field("done", "Hvad er der gjort ved det?", "long", value="\n".join(did)),
    )
    write = Button(
        "Skriv medieanalyse",
        "media_analysis.write",
        {"crisis": turn.the_crisis.id},
        style="primary",
        form=form,
        form_title="Medieanalyse",
    )
    return Card(f"{head}\n{unseen}".rstrip(), tuple(facts), buttons=(write,))


@action("media_analysis.write", who=rights.communication)
async def write(turn: Turn) -> None:
    """Keep the day's analysis, with what was counted: in the log, the picture's ninth section and on the next agenda."""
    tone, says = turn.chosen("tone", TONES), turn.value("says")
    if tone is None or not says:
        await turn.answer(Card("Vælg tonen, og skriv, hvad der fylder. Intet er gemt."))
        return
    news = await found(turn)
    number = await next_number(turn.db, MediaAnalysis.number, MediaAnalysis.crisis_id == turn.the_crisis.id)
    row = MediaAnalysis(
        crisis_id=turn.the_crisis.id,
        number=number,
        since=news.since,
        counts=news.counts,
        wrong=len(news.wrong),
        corrected=news.corrected,
        tone=tone,
        says=says,
        faults=turn.value("faults"),
        done=turn.value("done"),
        written_by=turn.sender,
        written_at=turn.now,
        log_no=0,
    )
    entry = await turn.log(
        f"Medieanalyse {number}: {media_item.in_words(row)}",
        kind="media",
        sender=turn.sender,
        receiver="krisestaben",
        verification="confirmed",
        refs={"media_analysis": number},
    )
    row.log_no = entry.no
    turn.db.add(row)
    await turn.db.flush()
    await draft.contribute(turn, SECTION, f"Medieanalyse {number}: {media_item.in_words(row)}", entry.no)
    await turn.replace(
        Card(
            f"*Medieanalyse {number}* er gemt (log nr. {entry.no}), og den står i situationsbilledets punkt {SECTION} og på den næste "
            f"dagsorden.\n{quote(media_item.in_words(row), 1500)}"
        )
    )


def _key(turn: Context) -> str:
    return f"crisis/{turn.the_crisis.id}/media_analysis"
