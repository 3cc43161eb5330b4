"""A nag that is ignored comes ever more seldom and moves to the deputy; what comes again as often has a reason. Plan §5."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.core import quiet, registry
from tests import source
from tests.posts import posts
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import RehearsalStage

stage = after(cloudburst)

# Where it stands that the next comes later, and that the deputy is told.
SELDOM, DEPUTY = ("quiet.again(", "quiet.spacing("), "deputies("
# What sets itself anew and is no nag, or comes as often for a reason.
AS_OFTEN = {
    "accounts.night": "what is wrong with an account is told once",
    "announcement.again": "each day's own duty: the whole organisation is told how it stands today",
    "centres.missing": "the chief once, the deputy once, then a list to ring; that is all",
    "contact_test.round": "a month's own test, and by day",
    "council.daily": "each day's own duty, and not where it has been done",
    "duty_rota.night": "rings nobody",
    "emergency_pack.night": "rings nobody",
    "escalation.again": "a warning's chain, which goes on until somebody has it (plan §4)",
    "escalation.undecided": "a warning's chain: once, then the next in it",
    "escalation.wait": "a warning's chain: each is asked once",
    "improvements.ask": "once a month, by day, until it is done",
    "information_needs.due": "whoever was asked once, then the staff once",
    "level_one.digest": "as often as was chosen, with a button that stops it",
    "log_seal.hour": "only where the log has grown; rings nobody, since it is edited where it stands",
    "media_analysis.daily": "each day's own duty, and not where it has been done",
    "measures.due": "the owner once, then the staff once",
    "meetings.begins": "when it begins, and once more when nobody has started it",
    "orders.silent": "the receiver, the deputy, then a list to ring; that is all",
    "other_ways.waited": "each way once",
    "outside_mail.ask": "each day's own mail; the coordinator is told of a day when nobody read it",
    "questions.unanswered": "whoever has it once, then the coordinator once",
    "quota.waited": "each is asked once, then whoever asked is told once",
    "reminders.bundle": "what waited is said once",
    "scheme.ask": "as often as the scheme says",
    "shifts.look": "the next day's own gaps, twice a day",
    "staff.unanswered": "once, then the deputies",
    "upkeep.look": "each mark is told once",
    "warning.unanswered": "once at half time, then up the chain",
}
HANDLERS = Path(registry.__file__).parents[1]


def _functions(tree: ast.Module) -> dict[str, ast.AsyncFunctionDef | ast.FunctionDef]:
    return {each.name: each for each in tree.body if isinstance(each, ast.AsyncFunctionDef | ast.FunctionDef)}


def _kind_of(function: ast.AST, constants: dict[str, object]) -> str | None:
    for each in getattr(function, "decorator_list", []):
        if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "timer":
            named = each.args[0]
            kind = named.value if isinstance(named, ast.Constant) else constants.get(getattr(named, "id", ""))
            return kind if isinstance(kind, str) else None
    return None


def _reached(function: ast.AST, functions: dict[str, ast.AsyncFunctionDef | ast.FunctionDef]) -> list[ast.AST]:
    """The function, and those of its own module that it calls, by themselves or through others."""
    found: dict[str, ast.AST] = {}
    waiting = [function]
    while waiting:
        for each in ast.walk(waiting.pop()):
            name = getattr(getattr(each, "func", None), "id", "") if isinstance(each, ast.Call) else ""
            if name in functions and name not in found:
                found[name] = functions[name]
                waiting.append(functions[name])
    return [function, *found.values()]


def repeating() -> dict[str, str]:
    """The timers that set themselves anew, by kind, and the words of all that they reach in their module."""
    found = {}
    for path in source.modules("handlers"):
        text = path.read_text(encoding="utf-8")
        tree = source.parsed(path)
        constants: dict[str, object] = {
            target.id: each.value.value
            for each in tree.body
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
            for target in each.targets
            if isinstance(target, ast.Name)
        }
        functions = _functions(tree)
        for function in functions.values():
            kind = _kind_of(function, constants)
            if kind is None:
                continue
            reached = _reached(function, functions)
            names = {kind, *(name for name, value in constants.items() if value == kind)}
            sets = [
                each
                for one in reached
                for each in ast.walk(one)
                if isinstance(each, ast.Call)
                and getattr(each.func, "attr", "") == "at"
                and len(each.args) > 1
                and getattr(each.args[1], "value", getattr(each.args[1], "id", "")) in names
            ]
            if sets:
                found[kind] = "\n".join(ast.get_source_segment(text, one) or "" for one in reached)
    return found


def test_every_nag_comes_ever_more_seldom_and_ends_at_the_deputy_or_has_a_reason() -> None:
    """D14: a new timer that sets itself anew is one or the other."""
    registry.load()
    found = repeating()
    assert set(found) <= set(registry.timers)
    nags = {kind: words for kind, words in found.items() if kind not in AS_OFTEN}
    assert {kind for kind, words in nags.items() if not any(each in words for each in SELDOM)} == set()
    assert {kind for kind, words in nags.items() if DEPUTY not in words} == set()
    assert set(AS_OFTEN) <= set(found)
    assert {"chief_asked.ask", "journal.evening", "evaluation.due", "assistance.waiting"} <= set(nags)


@pytest.mark.long
@in_one_chat
async def test_the_chief_who_is_not_named_is_asked_for_less_and_less(stage: RehearsalStage) -> None:
    """D14: over a day in which nobody answers; the deputy is asked as well."""
    halves = []
    for _ in range(2):
        begun = stage.clock.now()
        await stage.forward(hours=12)
        rang = await posts(stage, begun, stage.clock.now())
        halves.append(
            [sum("Ikke udpeget endnu" in each.text for each in rang.get(person, [])) for person in ("lars", "mette")]
        )
    assert halves[0][0] > halves[1][0] > 0
    assert halves[0][1] > halves[1][1] > 0


def test_a_nag_comes_after_twice_as_long_each_time_and_no_more_seldom_than_it_should() -> None:
    """D14."""
    hour = timedelta(hours=1)
    assert [quiet.spacing(hour, ignored) / hour for ignored in range(6)] == [1, 2, 4, 8, 12, 12]
    assert [quiet.spacing(24 * hour, ignored, 168 * hour) / hour for ignored in range(5)] == [24, 48, 96, 168, 168]
