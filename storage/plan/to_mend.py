"""What should be mended in a plan, though it can be used as it is: whoever has no deputy, what reaches nobody, a period that
is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from babel.dates import format_date

from storage.plan.danish_numbers import looks_like_a_landline
from storage.plan.faults import Fault
from storage.plan.model import Plan
from storage.plan.persons import DECIDING_ROLES, Role
from storage.plan.words import CHATS

# What a gateway takes of letters as an SMS' sender.
LONGEST_SENDER = 11


def warnings(plan: Plan) -> list[Fault]:
    """Return the faults that should be mended, though the plan can be used as it is."""
    return sorted(_warnings(plan))


def warnings_on(plan: Plan, today: date) -> list[Fault]:
    """Return `warnings`, and on a day outside the plan's period a warning of that too."""
    period = plan.edition.period
    found = list(_warnings(plan))
    if period and not period.start <= today <= period.end:
        key, when, word = ("til", period.end, "udløb") if today > period.end else ("fra", period.start, "begynder")
        day = format_date(when, "d. MMMM y", locale="da")
        mend = "Gennemgå planen, og skriv den nye periode"
        found.append(plan.fault(("plan", "periode", key), f"Planens periode {word} {day}", mend))
    return sorted(found)


def _warnings(plan: Plan) -> Iterator[Fault]:
    if plan.server is None:
        what = "Uden »adresse« kan Krisebot ikke give links til tavle, møder i kalenderen, papirer, eksport, nødpakke og kontaktkort"
        yield plan.fault(("adresse",), what, "Skriv »adresse: https://…« øverst i planen")
    for role, held in plan.roles.filled.items():
        if isinstance(held, Role) and not held.deputies:
            what = f"Rollen »{role}« har ingen stedfortræder"
            yield plan.fault(("roller", role), what, "Skriv »stedfortrædere: [id]«")
    for place, role in enumerate(plan.escalation.steps):
        if role not in DECIDING_ROLES:
            what = f"»{role}« i »trin« kan ikke beslutte aktivering"
            yield plan.fault(("eskalering", "trin", place), what, f"Brug {', '.join(DECIDING_ROLES)}")
    if plan.fallback.calls and plan.channel_order.urgent_wait is None:
        what = "Uden »vent_haster« ringes der først op, når alle andre veje er opgivet"
        yield plan.fault(("reserve", "opkald"), what, "Skriv »vent_haster: 2m« under rækkefølge")
    sender = plan.fallback.sms_sender
    if sender and not sender.isdecimal():
        far = " og er for lang: gatewayen afviser over 11 tegn" if len(sender) > LONGEST_SENDER else ""
        what = f"SMS-afsenderen »{sender}« har bogstaver, så ingen kan svare på en SMS{far}"
        yield plan.fault(("reserve", "sms"), what, "Skriv det nummer, som svar skal komme til")
    yield from _hard_to_reach(plan)
    for place, watch in enumerate(plan.monitoring):
        if watch.kind == "postkasse" and watch.address.startswith("dl_"):
            what = f"»{watch.address}« ligner en distributionsliste, som ingen kan holde øje med"
            yield plan.fault(("overvågning", place), what, "Se efter, at det er en postkasse")


def _hard_to_reach(plan: Plan) -> Iterator[Fault]:
    """Yield a fault for each number that takes no SMS where one is counted on, and for whoever nothing reaches."""
    for id, person in plan.persons.items():
        if person.mobile and looks_like_a_landline(person.mobile):
            what = f"Nummeret {person.number} ligner et, der ingen sms får, så {person.name} får måske ingen"
            mend = "Skriv det som »fastnet« og ikke »mobil«: så ringes der op. Får det sms, så lad det stå"
            yield plan.fault(("personer", id, "mobil"), what, mend)
        in_chat = any(person.in_file(chat) for chat in CHATS)
        by_mail = person.mail  # an id in a chat is found by it
        by_sms = person.mobile and plan.fallback.sms
        by_call = person.telephone and plan.fallback.calls
        if not (in_chat or by_mail or by_sms or by_call):
            only, lack = ("mobil", "»reserve: sms«") if person.mobile else ("fastnet", "»reserve: opkald«")
            what = f"{person.name} har kun »{only}«, og planen har ingen {lack}, så Krisebot kan ikke nå {person.name}"
            yield plan.fault(("personer", id), what, f"Sæt {lack} op, eller skriv personens mail")
