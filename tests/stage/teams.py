"""The stage in Teams: signed activities into the real adapter, and a Microsoft that answers over HTTP."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from sqlalchemy import select

from bot.settings import Settings
from storage.database import Database
from storage.rows.traffic import Address, Delivery, StaffChannel
from tests.fakes.teams import FakeTeams, TeamsPerson
from tests.stage.stage import Actor, File, Stage

TOWN_HALL = "raadhuset"


class TeamsStage(Stage):
    """A tenant with everybody of the plan in it, the staff's team, and a team for all with a channel called generelt."""

    # As in Slack.
    pace: ClassVar[dict[str, Any]] = dict.fromkeys(("KRISEBOT_TEAMS_POSTS", "KRISEBOT_TEAMS_CHAT_POSTS"), "off")

    def settings(self) -> Settings:
        """Teams over HTTP."""
        return Settings(
            _env_file=None,  # type: ignore[call-arg]
            KRISEBOT_DATABASE_URL=self.url,
            MICROSOFT_APP_ID=self.teams.app_id,
            MICROSOFT_APP_PASSWORD=self.teams.app_password,
            MICROSOFT_APP_TENANT_ID=self.teams.tenant,
            MICROSOFT_OPENID_METADATA_URL=self.teams.metadata_url,
            MICROSOFT_LOGIN_URL=self.teams.login_url,
            MICROSOFT_GRAPH_URL=self.teams.graph_url,
            MICROSOFT_SERVICE_URL=self.teams.service_url,
            **self.pace,
        )

    async def set_up(self) -> None:
        """Everybody has the app, as an IT department would have seen to."""
        people = {person.teams: person.name for person in self.plan.persons.values() if person.teams}
        self.teams = FakeTeams(now=lambda: self.clock.now().timestamp(), people=people)
        await self.teams.__aenter__()
        for aad_id in people:
            self.teams.world.person(aad_id).installed = True
        for each in self.plan.persons.values():
            if each.teams:
                self.teams.world.person(each.teams).mail = each.mail or ""
        staff_team = self.plan.rooms.teams.group or "staff"
        self.teams.add_team(staff_team, "Krisestab")
        everybody = self.teams.add_team(TOWN_HALL, "Rådhuset", *people)
        self.teams.world.open_channel(everybody, "generelt")

    async def tear_down(self) -> None:
        """Close the tenant."""
        await self.teams.__aexit__(None, None, None)

    def remember(self) -> Any:
        """The tenant, and where it was found."""
        return self.teams.world.remember(), self.teams.url

    async def recall(self, memory: Any) -> None:
        """The tenant as it was, found where it is now: a new server has another port."""
        world, url = memory
        self.teams.world.recall(world)
        database = Database(self.url)
        async with database.transaction() as db:
            for table, column in ((Address, "reference"), (Delivery, "ref"), (StaffChannel, "detail")):
                for row in await db.scalars(select(table)):
                    moved = json.dumps(getattr(row, column)).replace(url, self.teams.url)
                    setattr(row, column, json.loads(moved))
        await database.close()

    def __getitem__(self, name: str) -> TeamsActor:
        actor = super().__getitem__(name)
        assert isinstance(actor, TeamsActor)
        return actor

    def actor(self, name: str) -> TeamsActor:
        """A person with the plan's AAD id, or an employee with one of their own."""
        return TeamsActor(self, name)


class TeamsActor(Actor):
    """A person in Teams."""

    stage: TeamsStage

    @property
    def person(self) -> TeamsPerson:
        """The person, writing to krisebot where it runs now."""
        in_plan = self.stage.plan.person(self.name)
        aad_id = (in_plan.teams if in_plan else None) or f"aad-{self.name}"
        person = TeamsPerson(
            self.stage.teams, aad_id, self.stage.address, name=in_plan.name if in_plan else self.name.title()
        )
        team = self.stage.teams.world.team(TOWN_HALL)
        if aad_id not in team.members:
            self.stage.teams.world.join(team, aad_id)
        return person

    async def _command(self, text: str, place: str) -> None:
        if place == "dm":
            await self.person.says(f"/krise {text}".rstrip())
        else:
            await self.person.mentions(text, await self._channel(place))

    async def _say(self, text: str, place: str) -> None:
        await self.person.says(text, await self._channel(place))

    async def _send(self, text: str, place: str, file: File) -> None:
        await self.person.says(text, await self._channel(place), files=[file])

    async def _save(self, text: str) -> None:
        person = self.person
        await person.saves([each for each in person.messages() if text in each.shown and not each.from_bot][-1])
        await person.submits()

    async def _press(self, label: str, values: dict[str, str]) -> None:
        await self.person.presses(label, values=values or None)

    async def _fill_in(self, label: str, values: dict[str, str]) -> None:
        person = self.person
        await person.presses(label)
        await person.submits(values)

    async def answers(self, asked: str, text: str, *, as_html: bool = False) -> None:
        """Write with the oldest of the bot's messages that says so quoted above."""
        person = self.person
        message = next(each for each in person.messages() if each.from_bot and asked in each.shown)
        place = self.stage.teams.world.conversations[message.conversation]
        await person.quotes(message, text, place.name if place.kind == "channel" else None, as_html=as_html)
        await self.stage.settle()

    async def reads(self) -> list[str]:
        return [message.shown for message in self.person.messages() if message.from_bot]

    async def buttons(self) -> list[str]:
        return [label for message in self.person.messages() for label in message.buttons]

    async def _channel(self, place: str) -> str | None:
        if place == "dm":
            return None
        if place == "stab":
            return (await self.stage.rooms())["teams"]
        return place
