"""The duties that begin at level 2, and end with it, by one rule. Plan §3."""

from __future__ import annotations

from handlers.core import registry

# What goes on when the staff has stepped down: what people were asked, were given to do, or would miss.
GOES_ON = {
    "which.waited": "belongs to no crisis",
    "accounts.night": "belongs to no crisis",
    "absence.ended": "belongs to no crisis",
    "duty_rota.night": "belongs to no crisis",
    "attachments.unlogged": "what never came into the log",
    "agency.waiting": "help that was asked of the agency by way of 4K is asked for at level 1 too",
    "assistance.waiting": "a request is never lost",
    "case_export.over": "a link ends when it was said to",
    "channel.changed": "a channel that was changed by hand is told of",
    "channel.trouble": "a channel that can't be written in is told of",
    "contact_test.due": "belongs to no crisis",
    "contact_test.round": "belongs to no crisis",
    "emergency_pack.night": "belongs to no crisis",
    "escalation.again": "a warning's chain",
    "escalation.undecided": "a warning's chain",
    "escalation.wait": "a warning's chain",
    "evaluation.due": "what was learned",
    "exercises.inject": "an exercise's script",
    "grants.lacking": "belongs to no crisis",
    "handover.silent": "a report that nobody has received",
    "improvements.ask": "belongs to no crisis",
    "joining.unanswered": "a warning",
    "joining.waited": "a warning",
    "level_one.waited": "a centre's chief waits for a director; there is no level yet",
    "level_one.digest": "begins at level 1",
    "log_seal.hour": "the log goes on",
    "measures.due": "a task that was handed over",
    "minutes.late": "a meeting that was held has minutes",
    "night_test.over": "belongs to no crisis",
    "night_test.ring": "belongs to no crisis",
    "orders.due": "an order that was given",
    "orders.silent": "an order that was given",
    "other_ways.waited": "a message that was sent",
    "outages.due": "a function that people can't do without",
    "own.trouble": "krisebot's own faults",
    "pings.due": "people who were asked",
    "pings.silent": "people who were asked",
    "practice.unanswered": "a warning",
    "proof.lapsed": "a proof of who one is",
    "quota.waited": "people who were asked",
    "reminders.bundle": "messages that were sent",
    "representative.relief": "a coordinating staff that others run",
    "resources.relief": "crews who are out there",
    "scheme.ask": "a scheme that people report by",
    "sms.opted_out": "belongs to no crisis",
    "undeliverable": "a message that was sent",
    "upkeep.look": "belongs to no crisis",
    "warning.unanswered": "a warning",
}


def test_every_timer_is_a_duty_of_level_two_or_has_a_reason_to_go_on() -> None:
    """R017 R019: a new timer is placed here, or is marked as the crisis staff's."""
    registry.load()
    assert sorted(set(registry.timers) - registry.level_two_timers) == sorted(GOES_ON)
    # What a role is proven by, a file that never came into a log, and a link go on in none.
    of_none = {kind for kind, why in GOES_ON.items() if why == "belongs to no crisis"}
    others = {"attachments.unlogged", "case_export.over", "own.trouble", "practice.unanswered", "proof.lapsed"}
    assert registry.timers_of_no_crisis == of_none | others
