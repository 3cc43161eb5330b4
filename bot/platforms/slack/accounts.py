"""Whose a mail address is in Slack. Whoever has the account acts as that person, so nothing is taken for granted."""

from __future__ import annotations

from collections.abc import Collection

from bot.engine.platform import InDoubt, NoAccount, Unavailable
from bot.platforms.slack.api import Json, Refused, SlackApi
from bot.platforms.slack.scopes import LOST, MAIL

# Slack's own words for that nobody has it.
NOBODY = {"users_not_found", "user_not_found", "user_not_visible"}


async def account_of(calls: SlackApi, mail: str, own: Collection[str]) -> str:
    """Return the id of the account that a mail address has.

    Args:
        calls: the way to Slack.
        mail: the address.
        own: our workspaces' ids, and our Grid organisation's where all of it is ours.

    Raises:
        NoAccount, NotGranted, Throttled, Unavailable: see there.
    """
    try:
        user = (await calls.optional(calls.api.users_lookupByEmail(email=mail), MAIL, LOST[MAIL])).get("user")
    except Refused as refused:
        raise NoAccount("ingen har mailadressen" if refused.error in NOBODY else str(refused)) from refused
    except InDoubt as lost:
        raise Unavailable(str(lost)) from lost
    if not isinstance(user, dict) or not isinstance(user.get("id"), str) or not user["id"]:
        raise Unavailable("Slack svarede uden en konto")
    if (why := _no_right(user, mail, own)) is not None:
        raise NoAccount(why)
    return str(user["id"])


def _no_right(user: Json, mail: str, own: Collection[str]) -> str | None:
    """Return why an account may not act as the person, Danish; None where it may."""
    profile = user.get("profile") if isinstance(user.get("profile"), dict) else {}
    its = str((profile or {}).get("email") or mail)
    grid = user.get("enterprise_user") if isinstance(user.get("enterprise_user"), dict) else {}
    grid = grid or {}
    teams = {str(each) for each in (user.get("team_id"), grid.get("enterprise_id"), *(grid.get("teams") or ())) if each}
    if its.strip().casefold() != mail.strip().casefold():
        return "kontoen har en anden mailadresse"
    if user.get("is_bot") or user.get("is_workflow_bot") or user.get("is_connector_bot") or user["id"] == "USLACKBOT":
        return "kontoen er en bots"
    if user.get("is_stranger") or not teams & set(own):
        return "kontoen hører til en anden organisation"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "kontoen er en gæsts"
    if user.get("deleted") is not False:
        return "kontoen er lukket"
    if user.get("is_invited_user") or user.get("is_email_confirmed") is False:
        return "kontoen er ikke taget i brug"
    return None
