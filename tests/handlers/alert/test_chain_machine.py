"""The chain under any weather: answers, silences, double presses, late answers, deaths and decisions in any order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from handlers.alert.escalation_chain import links_of
from storage.case.verification import verify_export
from storage.plan.loading import example
from tests.stage.machines import databases, run
from tests.stage.stage import RehearsalStage

LINKS = links_of(example())
ASKED = [person for link in LINKS for person in link.persons]
ORDER = {person: place for place, link in enumerate(LINKS) for person in link.persons}


class Chain(RuleBasedStateMachine):
    """Finn has warned; what happens then is up to hypothesis."""

    @initialize()
    def finn_warns(self) -> None:
        """R001 R004: the warning is on its way."""
        self.stage = RehearsalStage(databases().migrated())
        run(self.stage.__aenter__())
        self.decided = False
        run(self._warn())

    async def _warn(self) -> None:
        await self.stage["finn"].commands("varsel vand i kælderen")
        await self.stage["finn"].presses("Ja")

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            run(self.stage.__aexit__())
            databases().drop(self.stage.url)

    @rule(minutes=st.sampled_from([1, 3, 5, 10]))
    def time_passes(self, minutes: int) -> None:
        run(self.stage.forward(minutes=minutes))

    @rule(
        person=st.sampled_from(ASKED), words=st.sampled_from(["har den", "ok", "kan ikke", "er i Grækenland", "hvad?"])
    )
    def somebody_answers_in_words(self, person: str, words: str) -> None:
        run(self.stage[person].says(words))

    @rule(person=st.sampled_from(ASKED), label=st.sampled_from(["Jeg har den", "Kan ikke"]), twice=st.booleans())
    def somebody_presses(self, person: str, label: str, twice: bool) -> None:
        for _ in range(1 + twice):
            if run(self.stage[person].has(label)):
                run(self.stage[person].presses(label))

    @rule()
    def it_dies_and_another_takes_over(self) -> None:
        run(self.stage.kill())

    @precondition(lambda self: not self.decided)
    @rule(person=st.sampled_from(ASKED), level=st.sampled_from(["Niveau 1", "Niveau 2", "Ingen krise – følg"]))
    def whoever_has_it_decides(self, person: str, level: str) -> None:
        if run(self.stage[person].has(level)):
            run(self.stage[person].presses(level))
            self.decided = True

    @invariant()
    def the_plan_holds(self) -> None:
        """R005 R006 R007 R008 D03 D05: one crisis, the plan's order, no step left out, nobody asked after a contact."""
        if not hasattr(self, "stage"):
            return
        told = run(self.stage.export())
        assert run(self.stage.crises()) == 1
        assert told["alerts"][0]["text"] == "vand i kælderen"
        assert verify_export(told) == []
        places = [ORDER[step["person"]] for step in told["escalation"]]
        for before, after in pairwise(places):
            assert after in (before, before + 1) or (before == len(LINKS) - 1 and after == 0), places
        waiting = [step for step in told["escalation"] if step["result"] is None]
        taken = [step for step in told["escalation"] if step["result"] == "contact"]
        if told["crisis"]["decided_at"] is not None:
            assert waiting == []
        elif not waiting and not taken:
            # Nobody is waited for and nobody has it: the whole chain was silent, and begins again by itself.
            assert places[-1] == len(LINKS) - 1
            assert run(self.stage["finn"].sees("Ring selv"))

    @invariant()
    def the_search_never_stops_by_itself(self) -> None:
        """R005: until somebody has decided, something is due."""
        if not hasattr(self, "stage"):
            return
        told = run(self.stage.export())
        if told["crisis"]["decided_at"] is None:
            assert run(self.stage.bot.engine.next_due()) is not None


# Its promises have scenes of their own in `make test`.
TestChain = pytest.mark.long(Chain.TestCase)
Chain.TestCase.settings = settings(
    max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
