"""Settings: read from the environment or a `.env` file. A half-configured platform is an error, never a downgrade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.engine.rates import Limits, Rates, rates

LOOPBACK = ("127.0.0.1", "localhost", "::1")
DRIVERS = ("sqlite+aiosqlite://", "postgresql+asyncpg://")


class SettingsFault(Exception):
    """The settings can't be used.

    Args:
        faults: each a Danish line that says what, and how to mend it.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class MailAccount:
    """A mailbox: its server, and the name and password to open it with.

    Args:
        host, port: the server's.
        tls: whether it is spoken to by TLS from the first octet.
        user, password: what it is opened with.
        folder: which folder is looked into.
    """

    host: str
    port: int
    tls: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"

    @classmethod
    def of(cls, url: str) -> MailAccount:
        """Read an account from an address as `imaps://user:password@host:993/INBOX`.

        Raises:
            ValueError: something is missing; the message says what, in Danish.
        """
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            # Without the words of the error: they may be half a password.
            raise ValueError("har ingen port, der kan læses. Særtegn i adgangskoden skrives som %2F") from None
        if parts.scheme not in ("imap", "imaps"):
            raise ValueError("skal begynde med imaps://")
        if not (parts.hostname and parts.username and parts.password):
            raise ValueError("mangler bruger, adgangskode eller server")
        if parts.scheme == "imap" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("sender adgangskoden ukrypteret. Brug imaps://")
        return cls(
            host=parts.hostname,
            port=port or (993 if parts.scheme == "imaps" else 143),
            tls=parts.scheme == "imaps",
            user=unquote(parts.username),
            password=unquote(parts.password),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )


def _setting(name: str, default: Any = None) -> Any:
    return Field(default=default, validation_alias=AliasChoices(name), validate_default=True)


# "300/60/80": 300 calls in 60 seconds, of which 80 without a pause. NoDecode: the environment's text is no JSON.
Pace = Annotated[Rates, NoDecode]


# "MICROSOFT_APP_PASSWORD=2027-01-31, GatewayAPI=2027-06-01": when what we have been given runs out.
Expiries = Annotated[dict[str, date], NoDecode]


def expiries(text: str) -> dict[str, date]:
    """Read "name=year-month-day", several with commas between.

    Raises:
        ValueError: it is something else.
    """
    pairs = (each.partition("=") for each in text.split(",") if each.strip())
    return {name.strip(): date.fromisoformat(day.strip()) for name, _, day in pairs}


class Settings(BaseSettings):
    """The settings: each is read from the environment under the name that stands beside it."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    database_url: str = _setting("KRISEBOT_DATABASE_URL", "sqlite+aiosqlite:///var/krisebot.db")
    plan: Path | None = _setting("KRISEBOT_PLAN")
    host: str = _setting("KRISEBOT_HOST", "127.0.0.1")
    port: int = Field(default=8080, ge=0, le=65535, validation_alias=AliasChoices("KRISEBOT_PORT"))
    rehearsal_wanted: bool | None = _setting("KRISEBOT_REHEARSAL")

    slack_bot_token: SecretStr | None = _setting("SLACK_BOT_TOKEN")
    slack_signing_secret: SecretStr | None = _setting("SLACK_SIGNING_SECRET")
    slack_app_token: SecretStr | None = _setting("SLACK_APP_TOKEN")
    slack_api_url: str = _setting("SLACK_API_URL", "https://slack.com/api/")
    slack_team_id: str = _setting("SLACK_TEAM_ID", "")

    # What Slack publishes: a message a second in a channel with short bursts, several hundred a minute in all; tier 3.
    slack_posts: Pace = _setting("KRISEBOT_SLACK_POSTS", "300/60/80")
    slack_channel_posts: Pace = _setting("KRISEBOT_SLACK_CHANNEL_POSTS", "10/10")
    slack_edits: Pace = _setting("KRISEBOT_SLACK_EDITS", "50/60/25")

    microsoft_app_id: str | None = _setting("MICROSOFT_APP_ID")
    microsoft_app_password: SecretStr | None = _setting("MICROSOFT_APP_PASSWORD")
    microsoft_app_tenant_id: str = _setting("MICROSOFT_APP_TENANT_ID", "")
    microsoft_openid_metadata_url: str = _setting(
        "MICROSOFT_OPENID_METADATA_URL", "https://login.botframework.com/v1/.well-known/openidconfiguration"
    )
    microsoft_login_url: str = _setting("MICROSOFT_LOGIN_URL", "https://login.microsoftonline.com")
    microsoft_graph_url: str = _setting("MICROSOFT_GRAPH_URL", "https://graph.microsoft.com")
    microsoft_service_url: str = _setting("MICROSOFT_SERVICE_URL", "https://smba.trafficmanager.net/emea/")
    teams_unverified: bool = _setting("KRISEBOT_TEAMS_UNVERIFIED", False)

    # What Microsoft publishes for one conversation; in all it is 50 calls, and a first message to somebody is two.
    teams_posts: Pace = _setting("KRISEBOT_TEAMS_POSTS", "25/1")
    teams_chat_posts: Pace = _setting("KRISEBOT_TEAMS_CHAT_POSTS", "7/1, 8/2, 60/30, 1800/3600")

    gatewayapi_url: str = _setting("KRISEBOT_GATEWAYAPI_URL", "https://gatewayapi.com")

    twilio_url: str = _setting("KRISEBOT_TWILIO_URL", "https://api.twilio.com")

    imap_url: SecretStr | None = _setting("KRISEBOT_IMAP_URL")
    mailgun_signing_key: SecretStr | None = _setting("KRISEBOT_MAILGUN_SIGNING_KEY")

    # The app that opens the mailbox of the plan's `graph://…`; the Teams app where none is named.
    graph_app_id: str | None = _setting("KRISEBOT_GRAPH_APP_ID")
    graph_app_password: SecretStr | None = _setting("KRISEBOT_GRAPH_APP_PASSWORD")
    graph_tenant_id: str | None = _setting("KRISEBOT_GRAPH_TENANT_ID")

    backup: Path | None = _setting("KRISEBOT_BACKUP")
    expires: Expiries = _setting("KRISEBOT_EXPIRES", "")
    log: Literal["json", "text"] | None = _setting("KRISEBOT_LOG")

    # Whom the watchdog alarms, as apprise writes it, one or more with a space between; and who misses it when it is gone.
    watchdog_alarm: SecretStr | None = _setting("KRISEBOT_WATCHDOG_ALARM")
    watchdog_heartbeat: SecretStr | None = _setting("KRISEBOT_WATCHDOG_HEARTBEAT")

    @field_validator("expires", mode="before")
    @classmethod
    def _expires(cls, value: Any) -> Any:
        return expiries(value) if isinstance(value, str) else value

    @field_validator(
        "slack_posts", "slack_channel_posts", "slack_edits", "teams_posts", "teams_chat_posts", mode="before"
    )
    @classmethod
    def _pace(cls, value: Any) -> Any:
        return rates(value) if isinstance(value, str) else value

    @field_validator("rehearsal_wanted", "teams_unverified", mode="before")
    @classmethod
    def _on_or_off(cls, value: Any) -> Any:
        words = {"on": True, "off": False, "til": True, "fra": False}
        return words.get(value.strip().casefold(), value) if isinstance(value, str) else value

    @property
    def slack_configured(self) -> bool:
        """Whether Slack is to be used."""
        return self.slack_bot_token is not None

    @property
    def teams_configured(self) -> bool:
        """Whether Teams is to be used."""
        return self.microsoft_app_id is not None

    @property
    def chats(self) -> list[str]:
        """The chats that are to be used, as people call them."""
        return [name for name, used in (("Slack", self.slack_configured), ("Teams", self.teams_configured)) if used]

    @property
    def rehearsal(self) -> bool:
        """Whether the rehearsal chat is open."""
        return not self.chats if self.rehearsal_wanted is None else self.rehearsal_wanted

    @property
    def door(self) -> str:
        """Where this machine finds krisebot's own door: "http://127.0.0.1:8080"."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - asked, not listened on
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches us."""
        return self.host in LOOPBACK

    @property
    def slack_team_ids(self) -> list[str]:
        """Workspaces that are let in; all when none is named."""
        return _listed(self.slack_team_id)

    @property
    def slack_limits(self) -> Limits:
        """The limits to keep to in Slack."""
        return Limits(self.slack_posts, self.slack_channel_posts, self.slack_edits)

    @property
    def teams_limits(self) -> Limits:
        """The limits to keep to in Teams: a change counts there as a message does."""
        return Limits(self.teams_posts, self.teams_chat_posts)

    @property
    def tenants(self) -> list[str]:
        """Tenants that are let in; the first issues our tokens."""
        return _listed(self.microsoft_app_tenant_id)

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with the settings as a whole."""
        if not self.database_url.startswith(DRIVERS):
            yield f"KRISEBOT_DATABASE_URL: kan ikke bruges. Skriv en adresse, der begynder med {' eller '.join(DRIVERS)}"
        slack = (self.slack_bot_token, self.slack_signing_secret, self.slack_app_token)
        if any(slack) and not self.slack_bot_token:
            yield "SLACK_BOT_TOKEN: mangler. Kopiér »Bot User OAuth Token« (xoxb-…) fra Slack-appens side"
        if self.slack_bot_token and not (self.slack_signing_secret or self.slack_app_token):
            yield "SLACK_SIGNING_SECRET: mangler. Kopiér »Signing Secret« fra Slack-appens side, eller sæt SLACK_APP_TOKEN"
        teams = {
            "MICROSOFT_APP_ID": self.microsoft_app_id,
            "MICROSOFT_APP_PASSWORD": self.microsoft_app_password,
            "MICROSOFT_APP_TENANT_ID": self.tenants,
        }
        if any(teams.values()):
            yield from (
                f"{name}: mangler. Kopiér den fra app-registreringen i Entra"
                for name, value in teams.items()
                if not value
            )
        if self.rehearsal_wanted and self.chats:
            yield "KRISEBOT_REHEARSAL: kan ikke være on ved siden af en platform. Fjern den, eller fjern platformen"
        heartbeat = self.watchdog_heartbeat.get_secret_value() if self.watchdog_heartbeat else "https://"
        if not heartbeat.startswith(("http://", "https://")):
            yield "KRISEBOT_WATCHDOG_HEARTBEAT: kan ikke bruges. Skriv den adresse, tjenesten har givet, https://…"
        yield from self._mail_faults()
        if self.teams_unverified and not self.loopback:
            yield "KRISEBOT_TEAMS_UNVERIFIED: må kun være on, når KRISEBOT_HOST er 127.0.0.1. Fjern den"

    @property
    def mail_in(self) -> list[str]:
        """The settings by which mail comes in, by name."""
        ways = {"KRISEBOT_IMAP_URL": self.imap_url, "KRISEBOT_MAILGUN_SIGNING_KEY": self.mailgun_signing_key}
        return [name for name, value in ways.items() if value is not None]

    @property
    def graph_app(self) -> tuple[str, str, str] | None:
        """The id, the password and the tenant of the app that opens a mailbox in Exchange Online, where there is one."""
        own = self._graph_settings()
        if all(own.values()):
            return own["KRISEBOT_GRAPH_APP_ID"], own["KRISEBOT_GRAPH_APP_PASSWORD"], own["KRISEBOT_GRAPH_TENANT_ID"]
        if self.microsoft_app_id and self.microsoft_app_password and self.tenants:
            return self.microsoft_app_id, self.microsoft_app_password.get_secret_value(), self.tenants[0]
        return None

    def _graph_settings(self) -> dict[str, str]:
        password = self.graph_app_password.get_secret_value() if self.graph_app_password else ""
        return {
            "KRISEBOT_GRAPH_APP_ID": self.graph_app_id or "",
            "KRISEBOT_GRAPH_APP_PASSWORD": password,
            "KRISEBOT_GRAPH_TENANT_ID": self.graph_tenant_id or "",
        }

    def _mail_faults(self) -> Iterator[str]:
        graph = self._graph_settings()
        if any(graph.values()):
            yield from (
                f"{name}: mangler. Kopiér den fra app-registreringen i Entra"
                for name, value in graph.items()
                if not value
            )
        if self.imap_url is not None:
            try:
                MailAccount.of(self.imap_url.get_secret_value())
            except ValueError as error:
                yield f"KRISEBOT_IMAP_URL: {error}. Skriv imaps://bruger:adgangskode@server/INBOX"
        if self.rehearsal:
            for name in self.mail_in:
                yield f"{name}: mail bruges kun ved siden af Slack eller Teams. Fjern den, eller sæt en platform op"


def load() -> Settings:
    """Load the settings, and check that they are all in order.

    Raises:
        SettingsFault: with every fault at once.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsFault(
            [
                f"{each['loc'][0]}: »{each.get('input')}« kan ikke bruges. Se README for, hvad der skal stå"
                for each in error.errors()
            ]
        ) from None
    faults = list(settings.faults())
    if faults:
        raise SettingsFault(faults)
    return settings


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
