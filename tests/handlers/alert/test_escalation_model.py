"""The chain as a machine: whatever happens, in whatever order, krisebot tells what a small model of the plan tells."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from storage.case.verification import verify_export
from tests.stage.machines import databases, run
from tests.stage.stage import RehearsalStage

ORDER = ["jens", "pia", "lars", "mette", "anne", "ole", "sara"]
# Who is asked, and how many minutes are waited, as the example plan has it.
LINKS = [(["jens"], 5), (["pia"], 3), (["lars"], 5), (["mette"], 3), (["anne", "ole", "sara"], 5)]


class Model:
    """What the plan says of the chain, told anew in minutes: no row, no clock, no message."""

    def __init__(self) -> None:
        self.steps: list[list[str | None]] = []
        self.answered: set[int] = set()
        self.place, self.left, self.taken, self.over = -1, 0.0, "", False
        self.ask_next()

    def ask_next(self) -> None:
        # When all have been asked, it is waited once, and then begun over.
        self.place, self.taken = self.place + 1 if self.place < len(LINKS) else 0, ""
        if self.place == len(LINKS):
            self.left = 5
            return
        self.steps += [[person, None] for person in LINKS[self.place][0]]
        self.left = LINKS[self.place][1]

    def minute(self) -> None:
        """A minute goes by."""
        if self.over:
            return
        self.left -= 1
        if self.left > 0:
            return
        for step in self.steps:
            if step[1] is None and not self.taken:
                step[1] = "silent"
        self.ask_next()

    def latest(self, person: str) -> int | None:
        """The last time the person was asked."""
        return max((number for number, step in enumerate(self.steps) if step[0] == person), default=None)

    def answers(self, person: str, yes: bool) -> None:
        """A person says yes or no."""
        asked = self.latest(person)
        if asked is None or self.over or (asked in self.answered and yes != (self.steps[asked][1] == "declined")):
            return
        self.answered.add(asked)
        if self.taken and self.taken != person:
            return
        if not yes:
            had_it, self.steps[asked][1] = self.taken == person, "declined"
            here = [step[1] for step in self.steps if step[0] in LINKS[min(self.place, len(LINKS) - 1)][0]]
            waits = [step for step in self.steps if step[1] is None]
            if had_it or (self.place < len(LINKS) and not waits and here):
                self.ask_next()
            return
        self.steps[asked][1] = "contact"
        self.stop_waiting()
        self.taken, self.left = person, 10

    def stop_waiting(self) -> None:
        """Nobody else need answer."""
        for step in self.steps:
            step[1] = step[1] or "stopped"

    def decide(self) -> None:
        """Somebody has decided."""
        self.stop_waiting()
        self.over = True


class AsTheModelSays(RuleBasedStateMachine):
    """Krisebot and the model live through the same; after each thing that happens they must tell the same."""

    @initialize()
    def finn_warns(self) -> None:
        self.model = Model()
        self.stage = RehearsalStage(databases().migrated())
        run(self.stage.__aenter__())
        run(self.stage["kim"].commands("aktiver vand i kælderen"))

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            run(self.stage.__aexit__())
            databases().drop(self.stage.url)

    @rule(minutes=st.sampled_from([1, 2, 3, 5, 8, 16]))
    def time_passes(self, minutes: int) -> None:
        run(self.stage.forward(minutes=minutes))
        for _ in range(minutes):
            self.model.minute()

    @rule(person=st.sampled_from(ORDER), words=st.sampled_from([("har den", True), ("kan ikke", False)]))
    def somebody_answers(self, person: str, words: tuple[str, bool]) -> None:
        run(self.stage[person].says(words[0]))
        self.model.answers(person, words[1])

    @rule(words=st.sampled_from([("har den", True), ("kan ikke", False)]), twice=st.booleans())
    def whoever_is_asked_answers(self, words: tuple[str, bool], twice: bool) -> None:
        asked = [step[0] for step in self.model.steps if step[1] is None]
        for person in asked[: 1 + twice]:
            self.somebody_answers(str(person), words)

    @rule()
    def it_dies_and_another_takes_over(self) -> None:
        run(self.stage.kill())

    @rule(person=st.sampled_from(["jens", "mette", "sara"]))
    def somebody_decides(self, person: str) -> None:
        run(self.stage[person].commands("aktiver 2 skybrud"))
        self.model.decide()

    @invariant()
    def they_tell_the_same(self) -> None:
        """R005 R006 R007 R008 D03 D05."""
        if hasattr(self, "stage"):
            told = run(self.stage.export())
            assert [[step["person"], step["result"]] for step in told["escalation"]] == self.model.steps
            assert run(self.stage.crises()) == 1
            assert verify_export(told) == []


# Its promises have scenes of their own in `make test`.
TestAsTheModelSays = pytest.mark.long(AsTheModelSays.TestCase)
AsTheModelSays.TestCase.settings = settings(
    max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.long
@pytest.mark.parametrize("lets_it_lie", [True, False])
def test_who_takes_it_when_all_were_silent_and_lets_it_lie_or_gives_it_up_has_the_chain_begin_over_at_once(
    lets_it_lie: bool,
) -> None:
    """R006: nobody is kept waiting twice for the same."""
    machine = AsTheModelSays()
    try:
        machine.finn_warns()
        machine.time_passes(21)
        machine.time_passes(1)
        machine.somebody_answers("sara", ("har den", True))
        if lets_it_lie:
            machine.time_passes(8)
            machine.time_passes(2)
        else:
            machine.somebody_answers("sara", ("kan ikke", False))
        machine.they_tell_the_same()
        assert machine.model.steps[-1] == ["jens", None]
    finally:
        machine.teardown()
