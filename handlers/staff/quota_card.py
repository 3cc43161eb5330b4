"""How a quota is shown: to each who is asked, and to whoever asks. Plan §5."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import dangers
from storage.rows.staff import Quota, QuotaAsk

HOW_MANY = (Field("count", "Hvor mange kommer?", required=True), Field("words", "Hvem, og hvornår?", "long"))


def question(turn: Context, row: Quota, mine: QuotaAsk) -> Card:
    """Draw what one of those who are asked sees, as it stands for them."""
    about = {"ask": mine.id, "crisis": row.crisis_id}
    cannot = Button("Kan alligevel ikke", "quota.no", about)
    for_what = quote(row.text)
    by = f"Ring til {turn.name(row.asked_by)}, hvis noget er uklart."
    match mine.answer:
        case "yes":
            how = "du kommer" if mine.count == 1 else f"der kommer {mine.count}"
            return Card(f"✅ *Noteret: {how}* – {for_what}. Tak. {by}", buttons=(cannot,))
        case "late" if row.state == "stopped":
            return Card(f"Tak, men der søges ikke længere {for_what}. *Kom ikke.*")
        case "late":
            return Card(f"Tak, men der er fundet nok {for_what}. *Kom ikke.* Falder nogen fra, spørger jeg dig igen.")
        case "no" | "withdrawn":
            return Card(f"Noteret: du kan ikke – {for_what}. Tak for svaret.")
    if row.state != "asking" or mine.asked_at is None:
        reserve = (Button("Jeg kan, hvis der mangler", "quota.reserve", about),) if row.state == "filled" else ()
        return Card(f"Der er ikke brug for flere {for_what}. Du behøver ikke svare.", buttons=reserve)
    return Card(
        f"*Kan du komme?* Krisestaben søger {row.wanted} {for_what}.\nSpurgt af {turn.name(row.asked_by)}. Kom først, når du har "
        "svaret og fået ja.",
        buttons=(
            Button("Ja", "quota.yes", about, style="primary"),
            Button("Flere kan", "quota.several", about, submit="Send", form=HOW_MANY, form_title="Hvor mange kommer?"),
            Button("Nej", "quota.no", about),
        ),
    )


def asker(turn: Context, row: Quota, every: Sequence[QuotaAsk]) -> Card:
    """Draw what whoever asks sees: who comes, who can't, who hasn't answered."""
    found = sum(each.count for each in every if each.answer == "yes")
    sorts = (
        ("Kommer", [comes(turn, each) for each in every if each.answer == "yes"]),
        ("Kan ikke", [turn.name(each.person) for each in every if each.answer in ("no", "withdrawn")]),
        ("I reserve", [turn.name(each.person) for each in every if each.answer == "late"]),
        ("Ikke svaret", [turn.name(each.person) for each in every if each.answer is None and each.asked_at]),
        ("Ikke spurgt", [turn.name(each.person) for each in every if each.answer is None and each.asked_at is None]),
    )
    state = {"asking": "jeg spørger", "filled": "alle er fundet", "stopped": "stoppet", "draft": "ikke begyndt"}[
        row.state
    ]
    return Card(
        f"*Find {row.wanted} {quote(row.text)}: {found} af {row.wanted}* – {state}.",
        facts=tuple((name, ", ".join(those)) for name, those in sorts if those),
        buttons=(Button("Stop", "quota.stop", {"quota": row.id, "crisis": row.crisis_id}),)
        if row.state == "asking"
        else (),
    )


def comes(turn: Context, each: QuotaAsk) -> str:
    """Write who comes, with their number, and what they said beside "ja"."""
    words = each.words or ""
    said = "" if dangers.answered(words) == "yes" else quote(words, 200)
    many = f" ({each.count}: {said})" if each.count > 1 else f" ({said})" if said else ""
    return f"{turn.name(each.person)}, {turn.phone(each.person)}{many}"


def key(row: Quota, rest: str) -> str:
    """Return a message's or timer's key for a quota.

    Args:
        rest: what is its own of it.
    """
    return f"quota/{row.id}/{rest}"
