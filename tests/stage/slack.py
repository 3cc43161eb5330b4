"""The stage in Slack: signed requests into the real Bolt app, and a Slack that answers over HTTP."""

from __future__ import annotations

from typing import Any, ClassVar

from bot.settings import Settings
from tests.fakes.slack import FakeSlack, SlackPerson
from tests.stage.stage import Actor, File, Stage


class SlackStage(Stage):
    """A workspace with everybody of the plan in it, and #generelt."""

    # Between two acts the clock stands still, where people would take minutes: what goes at once is no broadcast.
    pace: ClassVar[dict[str, Any]] = dict.fromkeys(
        ("KRISEBOT_SLACK_POSTS", "KRISEBOT_SLACK_CHANNEL_POSTS", "KRISEBOT_SLACK_EDITS"), "off"
    )

    def settings(self) -> Settings:
        """Slack over HTTP."""
        return Settings(
            _env_file=None,  # type: ignore[call-arg]
            KRISEBOT_DATABASE_URL=self.url,
            SLACK_BOT_TOKEN=self.slack.bot_token,
            SLACK_SIGNING_SECRET=self.slack.signing_secret,
            SLACK_API_URL=self.slack.url,
            **self.pace,
        )

    async def set_up(self) -> None:
        """People first: Slack knows nobody else."""
        users = {person.slack: person.name for person in self.plan.persons.values() if person.slack}
        self.slack = FakeSlack(now=lambda: self.clock.now().timestamp(), users=users)
        for person in self.plan.persons.values():
            if person.slack and person.mail:
                self.slack.add_user(person.slack, person.name, person.mail)
        await self.slack.__aenter__()
        self.slack.add_channel("generelt", *users, bot=True)

    async def tear_down(self) -> None:
        """Close the workspace."""
        await self.slack.__aexit__(None, None, None)

    def remember(self) -> Any:
        """The workspace."""
        return self.slack.world.remember()

    async def recall(self, memory: Any) -> None:
        """The workspace as it was."""
        self.slack.world.recall(memory)

    def __getitem__(self, name: str) -> SlackActor:
        actor = super().__getitem__(name)
        assert isinstance(actor, SlackActor)
        return actor

    def actor(self, name: str) -> SlackActor:
        """A person with the plan's Slack id, or an employee with one of their own."""
        return SlackActor(self, name)


class SlackActor(Actor):
    """A person in Slack."""

    stage: SlackStage

    @property
    def person(self) -> SlackPerson:
        """The person, writing to krisebot where it runs now."""
        in_plan = self.stage.plan.person(self.name)
        user = (in_plan.slack if in_plan else None) or f"U0{self.name.upper()}"
        return SlackPerson(
            self.stage.slack, user, self.stage.address, name=in_plan.name if in_plan else self.name.title()
        )

    async def _command(self, text: str, place: str) -> None:
        await self.person.command(text, await self._channel(place))

    async def _say(self, text: str, place: str) -> None:
        await self.person.says(text, await self._channel(place))

    async def _send(self, text: str, place: str, file: File) -> None:
        await self.person.says(text, await self._channel(place), files=[file])

    async def _save(self, text: str) -> None:
        person = self.person
        await person.shortcut(
            "Gem i log", [each for each in person.messages() if text in each.shown and not each.from_bot][-1]
        )
        await person.submits()

    async def _press(self, label: str, values: dict[str, str]) -> None:
        person = self.person
        await person.presses(label, values=values or None)

    async def _fill_in(self, label: str, values: dict[str, str]) -> None:
        person = self.person
        await person.presses(label)
        await person.submits(values)

    async def answers(self, asked: str, text: str) -> None:
        """Write in the thread of the oldest of the bot's messages that says so."""
        person = self.person
        message = next(each for each in person.messages() if each.from_bot and asked in each.shown)
        await person.says(text, message.channel, thread_ts=message.ts)
        await self.stage.settle()

    async def reads(self) -> list[str]:
        return [message.shown for message in self.person.messages() if message.from_bot]

    async def buttons(self) -> list[str]:
        return [label for message in self.person.messages() for label in message.buttons]

    async def _channel(self, place: str) -> str | None:
        if place == "dm":
            return None
        if place == "stab":
            return str((await self.stage.rooms())["slack"])
        return place
