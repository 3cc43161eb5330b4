"""What the first situation picture says by itself: out of the warning, the log, the measures and the requests. Plan §7 (R180)."""

from __future__ import annotations

from sqlalchemy import select

from handlers import assistance, assistance_card, indicators, measure_card, measure_steps, resources
from handlers.turn import Turn
from storage.tables import Alert, LogEntry, LogState

NEWEST = 8
NO_THREAT = "Ingen modtaget"
NONE_KNOWN = "Sundhed: ikke vurderet"


async def sections(turn: Turn) -> dict[str, str]:
    """The ten headings, as far as is known; what is unconfirmed says so (R184)."""
    crisis = turn.the_crisis
    alerts = await turn.db.scalars(select(Alert).where(Alert.crisis_id == crisis.id).order_by(Alert.id).limit(3))
    told = [f"{alert.text} ({turn.name(alert.person)}, {turn.clock(alert.at)}, ubekræftet)" for alert in alerts]
    return {
        "1": "\n".join([crisis.title, *told]),
        "2": f"{await happened(turn)}\nTilskadekomne: ikke kendt\nBerørte: ikke kendt\nMaterielle skader: ikke kendt\n{NONE_KNOWN}",
        "3": "",
        "4": NO_THREAT,
        "5": "",
        "6": await measures(turn),
        "7": await resource_use(turn),
        "8": "",
        "9": "",
        "10": "",
    }


async def happened(turn: Turn) -> str:
    """The newest of what came in, each with whether it is confirmed."""
    found = await turn.db.execute(
        select(LogEntry, LogState)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(
            LogEntry.crisis_id == turn.the_crisis.id,
            LogEntry.kind.in_(["information", "saved", "report", "ping_answer"]),
            LogState.grade != "confidential",
            LogState.corrected_by.is_(None),
        )
        .order_by(LogEntry.no.desc())
        .limit(NEWEST)
    )
    return "\n".join(
        f"• {' '.join(entry.summary.split())[:300]} (nr. {entry.no}, "
        f"{'bekræftet' if state.verification == 'confirmed' else 'ubekræftet'})"
        for entry, state in reversed(list(found))
    )


async def measures(turn: Turn) -> str:
    """What has been set going."""
    rows = await measure_steps.of_crisis(turn)
    return "\n".join(f"• T{row.number}: {measure_card.line(turn, row)}" for row in rows) or "Ingen endnu"


async def resource_use(turn: Turn) -> str:
    """What is put in, what more is needed, and the numbers that are followed."""
    put_in = [
        f"• {row.quantity} {row.name}{f' – {row.task}' if row.task else ''}" for row in await resources.of_crisis(turn)
    ]
    needed = [
        f"• B{row.number}: {assistance_card.line(turn, row)}"
        for row in await assistance.of_crisis(turn)
        if row.state not in assistance_card.ANSWERED
    ]
    counted = await indicators.lines(turn)
    return "\n".join(
        [
            "Indsat:",
            *(put_in or ["• ikke oplyst"]),
            "Behov for yderligere:",
            *(needed or ["• ingen anmodninger venter"]),
            *(["Indikatorer:", *(f"• {line}" for line in counted)] if counted else []),
        ]
    )
