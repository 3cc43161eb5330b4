"""Agenda and minutes under any weather: whatever order things come in, nothing goes out unapproved and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from storage.case.verification import verify_export
from storage.rows.traffic import Message
from tests.stage.machines import databases, run
from tests.stage.stage import RehearsalStage

# Who may have seen the minutes before the chief has approved them: who wrote them, and the chief.
BEFORE = {"eva", "lars"}

Step = TypeVar("Step", bound=Callable[..., None])


@cache
def begun() -> str:
    """The database of a staff that has just been activated, which nobody holds open."""

    async def activated() -> str:
        async with RehearsalStage(databases().migrated()) as stage:
            await stage["jens"].commands("aktiver 2 skybrud")
            await stage["kim"].commands("ind Hanne")
        return stage.url

    return str(run(activated()))


def when(*states: str) -> Callable[[Step], Step]:
    """Only where a meeting is in that state: a step that can do nothing is a step wasted."""
    return precondition(lambda self: any(each["state"] in states for each in self.told["meetings"]))


def when_drafted(*, sent: bool | None = None) -> Callable[[Step], Step]:
    """Only where there are minutes, sent or not."""
    return precondition(
        lambda self: any(
            sent is None or sent == bool(each["minutes"][-1]["sent_at"])
            for each in self.told["meetings"]
            if each["minutes"]
        )
    )


class Meetings(RuleBasedStateMachine):
    """A staff that proposes, meets, writes and approves in the order that hypothesis thinks of."""

    @initialize()
    def the_staff_is_there(self) -> None:
        """With an item, something urgent, and a meeting in half an hour."""
        self.proposed: list[str] = []
        self.withdrawn = 0
        self.words: list[str] = []
        self.urgent = 0
        self.stage = RehearsalStage(databases().copy(begun()))
        run(self.stage.__aenter__())
        self.somebody_proposes_an_item("", "Drøftelse")
        self.something_urgent_is_set_going()
        self.a_meeting_is_called("om 30 min", "teams")
        self.told = run(self.stage.export())

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            run(self.stage.__aexit__())
            databases().drop(self.stage.url)

    def press(self, person: str, label: str, **values: str) -> bool:
        """Press it where it is; the first of that beginning, since items have numbers."""
        every = [each for each in run(self.stage[person].buttons()) if each.startswith(label)]
        if every:
            run(self.stage[person].presses(every[-1], **values))
        return bool(every)

    @rule(
        due=st.sampled_from(["", " frist om 1 time", " frist i morgen 12"]),
        kind=st.sampled_from(["Drøftelse", "Beslutning"]),
    )
    def somebody_proposes_an_item(self, due: str, kind: str) -> None:
        text = f"sag{len(self.proposed)}x"
        self.proposed.append(text)
        run(self.stage["hanne"].commands(f"punkt {text}{due}"))
        self.press("hanne", kind)
        if kind == "Beslutning":
            self.press("hanne", "Indstilling og frist", recommendation="som foreslået", preparer="rune")

    @rule()
    def an_item_is_taken_off(self) -> None:
        self.withdrawn += self.press("hanne", "Tag punktet af")

    @rule()
    def something_urgent_is_set_going(self) -> None:
        self.urgent += 1
        run(self.stage["tina"].commands(f"t haster {self.urgent} vogne til Ishøj @Rune"))

    @rule(when=st.sampled_from(["om 30 min", "i morgen kl 10"]), place=st.sampled_from(["teams", "stabsrummet"]))
    def a_meeting_is_called(self, when: str, place: str) -> None:
        run(self.stage["kim"].commands(f"møde {when} {place}"))

    @when("called")
    @rule(when=st.sampled_from(["om 2 timer", "i morgen kl 14"]))
    def it_is_moved(self, when: str) -> None:
        run(self.stage["kim"].commands(f"møde flyt {when}"))

    @when("called")
    @rule()
    def it_is_called_off(self) -> None:
        self.press("kim", "Aflys mødet")

    @when("called")
    @rule(submitted=st.booleans(), approved=st.booleans(), sent=st.booleans())
    def the_agenda_is_made(self, submitted: bool, approved: bool, sent: bool) -> None:
        run(self.stage["kim"].commands("dagsorden"))
        told = run(self.stage.export())
        coming = [each for each in told["meetings"] if each["state"] == "called" and each["agenda"]]
        if coming:
            nearest = min(coming, key=lambda each: (each["at"], each["number"]))
            on_it = {each["item"] for each in nearest["agenda"][-1]["items"] if each["item"] is not None}
            assert len(on_it) == sum(each["state"] == "open" for each in told["agenda_items"])
        if submitted:
            self.press("kim", "Send til godkendelse")
        if approved:
            self.press("ole", "Godkend")
        if sent:
            self.press("kim", "Udsend")

    @when("called")
    @rule()
    def it_begins(self) -> None:
        self.press("kim", "Start mødet")

    @when("running")
    @rule(decided=st.booleans(), waits=st.sampled_from(["", "", "svar fra Styrelsen"]))
    def minutes_are_written(self, decided: bool, waits: str) -> None:
        words = f"ord{len(self.words)}x"
        self.words.append(words)
        self.press("eva", "Skriv punkt", **{"decision" if decided else "discussion": words, "waits": waits})

    @when("running")
    @rule()
    def the_staff_is_told_of_what_is_urgent(self) -> None:
        self.press("eva", "Orienteret om punkt")

    @when("running")
    @rule(following=st.booleans())
    def it_ends(self, following: bool) -> None:
        asked = {"next_at": "i morgen kl 9", "next_place": "teams"} if following else {"next_at": "ingen"}
        self.press("kim", "Slut mødet", **asked)

    @when_drafted()
    @rule()
    def the_minutes_are_changed(self) -> None:
        words = f"ord{len(self.words)}x"
        self.words.append(words)
        self.press("eva", "Ret", remarks=words)

    @when_drafted(sent=False)
    @rule()
    def they_are_sent_too_early(self) -> None:
        self.press("eva", "Udsend")

    @when_drafted(sent=False)
    @rule()
    def the_chief_approves(self) -> None:
        self.press("lars", "Godkend")

    @rule()
    def it_dies_and_another_takes_over(self) -> None:
        run(self.stage.kill())

    @rule(hours=st.sampled_from([0.2, 1, 5, 20]))
    def time_passes(self, hours: float) -> None:
        run(self.stage.forward(hours=hours))

    @invariant()
    def nothing_unapproved_is_out_and_nothing_is_lost(self) -> None:
        """R081 R082 R091 R095 R229 T11 D05."""
        if not hasattr(self, "stage"):
            return
        told = self.told = run(self.stage.export())
        assert verify_export(told) == []
        versions = [version for meeting in told["meetings"] for version in meeting["minutes"]]
        for version in versions:
            assert version["sent_at"] is None or (version["approved_at"] or "never") <= version["sent_at"]
            # Nothing is done with that nobody has said anything of; an orientation is ticked.
            assert all(each["discussion"] or each["decision"] or each["actions"] for each in version["items"])
            assert version["approved_by"] in (None, "lars")
        for agenda in (agenda for meeting in told["meetings"] for agenda in meeting["agenda"]):
            assert (agenda["sent_at"] is None) == (agenda["state"] != "sent")
            assert agenda["sent_at"] is None or agenda["approved_by"] is not None
        out = str([version for version in versions if version["sent_at"]])
        seen = run(self.seen_by_others())
        assert not [words for words in self.words if words in seen and words not in out]
        items = told["agenda_items"]
        assert [each["text"] for each in items if not each["urgent_measure"]] == self.proposed
        written = str(versions)
        for each in items:
            assert each["state"] != "treated" or each["text"] in written
            assert each["state"] != "withdrawn" or not each["urgent_measure"]
        assert sum(each["state"] == "withdrawn" for each in items) == self.withdrawn
        treated = sum(each["state"] == "treated" for each in items if each["urgent_measure"])
        assert sum(bool(each["orient_next_meeting"]) for each in told["measures"]) == self.urgent - treated
        assert sum(each["state"] == "running" for each in told["meetings"]) <= 1

    async def seen_by_others(self) -> str:
        """Everything that was ever said to anybody but the writer and the chief, as it stands."""
        async with self.stage.database.reading() as db:
            cards = await db.scalars(select(Message.card).where(Message.recipient.not_in(BEFORE)))
            return str(list(cards))


# A few meetings take twelve seconds; each of its promises has a scene of its own in `make test`.
TestMeetings = pytest.mark.long(Meetings.TestCase)
Meetings.TestCase.settings = settings(
    max_examples=4, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
