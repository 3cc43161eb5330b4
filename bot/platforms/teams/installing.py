"""Gives a person the app, where the tenant lets us do so: a bot can write to nobody who doesn't have it."""

from __future__ import annotations

from bot.engine.platform import InDoubt, NotGranted, Unavailable
from bot.platforms.entra import Json
from bot.platforms.teams.api import Refused, TeamsApi, in_path
from bot.platforms.teams.permissions import CATALOGUE, INSTALL, LOST


class Installer:
    """What installs our own app for persons.

    Args:
        calls: the way to Graph.
        app_id: our own, which is the manifest's too.
    """

    def __init__(self, calls: TeamsApi, app_id: str) -> None:
        self._calls = calls
        self._app_id = app_id
        self._in_catalogue: str | None = None

    async def install(self, user: str) -> bool:
        """Give a person the app; False where Teams won't.

        Args:
            user: their AAD object id.

        Raises:
            NotGranted: we may not.
            Throttled, Unavailable: it is tried again.
        """
        try:
            body = {"teamsApp@odata.bind": f"{self._calls.graph_url}/v1.0/appCatalogs/teamsApps/{await self._own()}"}
            await self._calls.graph("POST", f"users/{in_path(user)}/teamwork/installedApps", body)
        except Refused as refused:
            if refused.status == 403:
                raise NotGranted(INSTALL, LOST[INSTALL]) from refused
            # Who has it already has it.
            return refused.status == 409
        except InDoubt as lost:
            raise Unavailable(str(lost)) from lost
        return True

    async def _own(self) -> str:
        """Return what the tenant's catalogue calls our app."""
        if self._in_catalogue is None:
            self._in_catalogue = str((await self._found())["id"])
        return self._in_catalogue

    async def version(self) -> str:
        """Return the version of our package that is published in the tenant's catalogue; empty where it doesn't say.

        Raises:
            NotGranted: we may not look, or it is not there.
            Throttled, Unavailable, InDoubt: see there.
        """
        listed = (await self._found(**{"$expand": "appDefinitions"})).get("appDefinitions")
        published = [
            each["version"]
            for each in (listed if isinstance(listed, list) else [])
            if isinstance(each, dict)
            and each.get("publishingState") == "published"
            and isinstance(each.get("version"), str)
        ]
        return max(published, key=in_order, default="")

    async def _found(self, **more: str) -> Json:
        """Look our app up in the tenant's catalogue."""
        asked = {"$filter": f"externalId eq '{self._app_id}'", **more}
        try:
            found = await self._calls.graph("GET", "appCatalogs/teamsApps", asked=asked)
        except Refused as refused:
            raise NotGranted(CATALOGUE, LOST[CATALOGUE]) from refused
        apps = found.get("value")
        if not isinstance(apps, list) or len(apps) != 1 or not isinstance(apps[0], dict) or not apps[0].get("id"):
            raise NotGranted(CATALOGUE, LOST[CATALOGUE])
        return dict(apps[0])


def in_order(version: str) -> tuple[int, ...]:
    """Return a version as what it is compared by."""
    return tuple(int(part) if part.isdecimal() and len(part) < 10 else 0 for part in version.split("."))
