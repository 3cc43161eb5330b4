"""Where the plan's modules say what they answer to. A new `/krise` verb is one decorated function in one file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from handlers.core import rights
from handlers.core.card import Card
from handlers.core.context import Context
from handlers.core.rights import Right
from storage.grades import Grade

Run = Callable[..., Awaitable[None]]
# Where among a verb's words the crisis may be named, "krise 1": anywhere at their beginning or end; only before words
# that are kept as they are; and as a number alone, where the verb has no other.
Named = Literal["anywhere", "before", "number"]
Begins = Literal["always", "with words", "never"]
# What is done to a message itself, and is not said of a crisis: each has one handler under this name.
ABOUT_MESSAGES = {
    "save": "log.save",
    "forward": "log.forward",
    "reaction": "log.reaction",
    "edited": "log.source_edited",
    "deleted": "log.source_edited",
}
# What is done with words that were read as something: `async (turn)`.
Take = Callable[..., Awaitable[None]]
Reply = Callable[[Context, str], Awaitable[Take | None]]
Reread = Callable[[Context, str, str], Awaitable[Take | None]]
Draw = Callable[[Context], Awaitable[Card]]
# Words for the staff, and who may read them.
Unchosen = Callable[[Context], Awaitable[tuple[str, Grade] | None]]
Asked = Callable[[Context], Awaitable[datetime | None]]
R = TypeVar("R", bound=Run)


@dataclass(frozen=True)
class Verb:
    """What a person may type after `/krise`.

    Args:
        name: the Danish verb; synonyms do the same.
        help: one line of Danish for the help card, with an example.
        who: who may.
        run: `async (turn, text)`, text being what came after the verb, verbatim.
        crisis: whether it is about a crisis that goes on, which is then found or asked for.
        grave: a near miss never runs it: it is asked about first.
        otherwise: what happens instead, for those who may not; None refuses and says who can. A grave verb's needs no
            crisis: which one it is about is asked once they go on.
        urgent: whether it goes before what merely came first.
        afterwards: whether those who took part may still do it on a crisis that is over.
        named: where among its words such a crisis may be named.
        of_row: who could have a row that it is about, in a crisis, where the verb looks for itself whose it is.
        begins: when it decides something or sets it going, which it does not in a crisis that is over: whoever types it there
            is told. "with words" shows what there is where nothing is behind it. One that is `afterwards` too, and begins
            "always", looks for itself.
        wordless: whether it shows something and reads no words: what somebody tells behind it is given back to them.
        level_two: whether it is the crisis staff's, which there is at level 2 alone (plan §3): whoever would begin something
            by it in a crisis that has none is told.
    """

    name: str
    synonyms: tuple[str, ...]
    help: str
    who: Right
    run: Run
    crisis: bool
    grave: bool
    otherwise: Run | None
    urgent: bool = False
    afterwards: bool = False
    named: Named = "anywhere"
    of_row: Right | None = None
    begins: Begins = "always"
    wordless: bool = False
    level_two: bool = False

    def begins_by(self, text: str) -> bool:
        """Whether those words behind it would begin something, as far as can be told before it runs."""
        return bool(text.strip()) if self.begins == "with words" else self.begins == "always" and not self.afterwards


@dataclass(frozen=True)
class Action:
    """What a button does: `async (turn, **args)`, with the turn's values beside.

    Args:
        name: what `Button.do` calls it by.
        who: who may.
        run: what is done.
        crisis: whether it is about a crisis that goes on.
        awaited: whether a card that still has such a button waits for its reader's answer.
        urgent: whether it goes before what merely came first.
        decides: whether it approves or decides what its card was written to its reader for.
        begins: whether it decides something or sets it going: not once its crisis is over, which whoever presses is told.
        unchosen: `async (turn) -> words, grade`, what every staff shall read where the sender leaves unchosen which
            incident it is about, without a CPR number; None for nothing.
        level_two: as for a verb.
    """

    name: str
    who: Right
    run: Run
    crisis: bool
    awaited: bool
    urgent: bool = False
    decides: bool = False
    begins: bool = False
    unchosen: Unchosen | None = None
    level_two: bool = False


verbs: dict[str, Verb] = {}
actions: dict[str, Action] = {}
timers: dict[str, Run] = {}
urgent_timers: set[str] = set()
# Each urgent verb's name, with its synonyms.
urgent_verbs: dict[str, tuple[str, ...]] = {}
level_two_timers: set[str] = set()
timers_of_no_crisis: set[str] = set()
replies: dict[str, tuple[Reply, Asked | None]] = {}
_homes: dict[str, Draw] = {}


def verb(
    name: str,
    *synonyms: str,
    help: str,
    who: Right = rights.anyone,
    crisis: bool = False,
    grave: bool = False,
    otherwise: Run | None = None,
    urgent: bool = False,
    afterwards: bool = False,
    named: Named = "anywhere",
    of_row: Right | None = None,
    begins: Begins = "always",
    wordless: bool = False,
    level_two: bool = False,
) -> Callable[[R], R]:
    """Register a `/krise` verb. See `Verb` for the arguments."""

    def register(run: R) -> R:
        _once(
            verbs,
            name,
            Verb(
                name,
                synonyms,
                help,
                who,
                run,
                crisis,
                grave,
                otherwise,
                urgent,
                afterwards,
                named,
                of_row,
                begins,
                wordless,
                level_two,
            ),
        )
        if urgent:
            urgent_verbs[name] = synonyms
        return run

    return register


def action(
    name: str,
    *,
    who: Right = rights.anyone,
    crisis: bool = True,
    awaited: bool = False,
    urgent: bool = False,
    decides: bool = False,
    begins: bool = False,
    unchosen: Unchosen | None = None,
    level_two: bool = False,
) -> Callable[[R], R]:
    """Register what a button does. See `Action` for the arguments."""

    def register(run: R) -> R:
        _once(actions, name, Action(name, who, run, crisis, awaited, urgent, decides, begins, unchosen, level_two))
        return run

    return register


def awaits_answer(card: Mapping[str, Any]) -> bool:
    """Whether a card waits for its reader's answer.

    Args:
        card: as it lies in a message's row.
    """
    return any(is_awaited(button["do"]) for button in card["buttons"])


def is_awaited(do: str) -> bool:
    """Whether a button of that action answers what its card asks."""
    return (found := actions.get(do)) is not None and found.awaited


def waits_for_reader(card: Mapping[str, Any]) -> bool:
    """Whether a card waits for its reader: for an answer, or for what it asks them to decide or approve.

    Args:
        card: as it lies in a message's row.
    """
    decided = (actions.get(button["do"]) for button in card["buttons"] if button["style"] == "primary")
    return awaits_answer(card) or any(found is not None and found.decides for found in decided)


def timer(kind: str, *, urgent: bool = False, level_two: bool = False, crisis: bool = True) -> Callable[[R], R]:
    """Register what happens when a timer of that kind falls due: `async (turn, **args)`.

    Args:
        urgent: whether it goes before what merely fell due first.
        level_two: whether it is a duty of the crisis staff, which there is at level 2 alone (plan §3): it is not run
            when its crisis is something else by then.
        crisis: whether it belongs to the crisis that it was set in, and ends with that. One that doesn't runs in none, and
            goes on when a crisis is over that it happened to be set in.
    """

    def register(run: R) -> R:
        _once(timers, kind, run)
        if level_two:
            level_two_timers.add(kind)
        if urgent:
            urgent_timers.add(kind)
        if not crisis:
            timers_of_no_crisis.add(kind)
        return run

    return register


def reply(kind: str, asked: Asked | None = None) -> Callable[[Reply], Reply]:
    """Register how free text of whoever was asked something is read: `async (turn, text)`, which gives back what is done
    with it, or None when it is no answer. Reading changes nothing: what follows is done once, by whom it was an answer to.

    Args:
        kind: what was asked.
        asked: `async (turn) -> when the sender was last asked it, UTC`, or None when nothing is open. The newest
            question is answered first; a reader without it, which nobody asked, comes last.
    """

    def register(run: Reply) -> Reply:
        _once(replies, kind, (run, asked))
        return run

    return register


rereads: dict[str, Reread] = {}


def reread(kind: str) -> Callable[[Reread], Reread]:
    """Register how an answer is read again that was rewritten where it stands: `async (turn, text, earlier)`, which gives
    back what is done so that the new words count, or None. Then whoever wrote it is asked.

    Args:
        kind: what was asked.
    """

    def register(run: Reread) -> Reread:
        _once(rereads, kind, run)
        return run

    return register


OwnWords = Callable[[Context, str], Awaitable[Take | str | None]]
_own_words: dict[str, OwnWords] = {}


def words(read: OwnWords) -> OwnWords:
    """Register how words are read that are no verb and no answer: `async (turn, text)`, which gives back what is done with
    them, or the verb that answers them; None where they are nothing to it. There is one."""
    _once(_own_words, "words", read)
    return read


async def read_own_words(turn: Context, text: str) -> Take | str | None:
    """Read words that are no verb and no answer; see `words`."""
    return await _own_words["words"](turn, text)


channel_words: list[Run] = []


def overheard(run: R) -> R:
    """Register what is done with what the staff writes in its channel to itself: `async (turn, text)`."""
    channel_words.append(run)
    return run


def home(draw: Draw) -> Draw:
    """Register what draws a person's own page with us: `async (turn) -> Card`. There is one."""
    _once(_homes, "home", draw)
    return draw


async def home_card(turn: Context) -> Card:
    """Draw the sender's own page as it stands now."""
    return await _homes["home"](turn)


def _once(into: dict[str, Any], name: str, what: Any) -> None:
    if name in into:
        raise ValueError(f"{name!r} is registered twice")
    into[name] = what


def load() -> None:
    """Import every module of the plan, so that each has registered what it answers to."""
    import handlers

    for module in pkgutil.walk_packages(handlers.__path__, "handlers."):
        importlib.import_module(module.name)
