"""The telephones of a rehearsal: SMS that go no further than a list in memory, and can be answered as real ones can."""

from __future__ import annotations

import re

from bot.engine.engine import Engine
from bot.engine.platform import Outgoing, Ref
from bot.platforms.fallback.gateway import Gateway, sms_text
from bot.platforms.fallback.sms_answer import NAME, code_beside_others, take_in

# What shows that the number is not forged.
CODE = re.compile(r"\bkoden (\d{6})\b")


class Telephones(Gateway):
    """A platform for SMS that reaches everybody whose number the plan has, and nobody outside the rehearsal.

    Args:
        engine: what takes in the answers.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(NAME, "", engine.plan)
        self._engine = engine
        self._received: dict[str, list[str]] = {}
        self._answers = 0

    async def send(self, lane: str, post: Outgoing) -> Ref:
        """Lay an SMS on its telephone, to the letter as a gateway would be given it."""
        code = await code_beside_others(self._engine, lane, post)
        self._received.setdefault(lane, []).append(sms_text(post, answered=True, code=code))
        return {"to": lane}

    def read(self, person: str) -> list[str]:
        """Return what a person's telephone has received, oldest first.

        Args:
            person: an id in the plan.
        """
        return list(self._received.get(self.lane_of(person) or "", ()))

    async def answer(self, person: str, text: str) -> str:
        """Take in what a person writes back; return why that can't be, in Danish, or nothing.

        Args:
            person: an id in the plan.
            text: as it is written; {kode} is the newest code that the telephone was sent.
        """
        phone = self.lane_of(person)
        if phone is None:
            return "planen har intet mobilnummer"
        codes = [code for sms in self.read(person) for code in CODE.findall(sms)]
        if "{kode}" in text and not codes:
            return "telefonen har ikke fået nogen kode"
        text = text.replace("{kode}", codes[-1] if codes else "")
        self._answers += 1
        await take_in(self._engine, f"{NAME}/rehearsed/{self._answers}", phone, text)
        await self._engine.settle()
        return ""
