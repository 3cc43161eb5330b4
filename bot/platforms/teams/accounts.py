"""Whose a mail address is in Entra. Whoever has the account acts as that person, so nothing is taken for granted."""

from __future__ import annotations

from bot.engine.platform import InDoubt, NoAccount, NotGranted, Unavailable
from bot.platforms.entra import Json
from bot.platforms.teams.api import Refused, TeamsApi
from bot.platforms.teams.permissions import LOST, USERS

ASKED = "id,mail,userPrincipalName,userType,accountEnabled"
# In the name of an account that another organisation has, whatever it is called here.
FOREIGN = "#ext#"


async def account_of(calls: TeamsApi, mail: str) -> str:
    """Return the object id of the account that a mail address has.

    Args:
        calls: the way to Graph.
        mail: the address.

    Raises:
        NoAccount, NotGranted, Throttled, Unavailable: see there.
    """
    literal = mail.replace("'", "''")
    asked = {
        "$filter": f"mail eq '{literal}' or userPrincipalName eq '{literal}'",
        "$select": ASKED,
        "$top": "3",
    }
    try:
        answer = await calls.graph("GET", "users", asked=asked)
    except Refused as refused:
        if refused.status == 403:
            raise NotGranted(USERS, LOST[USERS]) from refused
        raise NoAccount(str(refused)) from refused
    except InDoubt as lost:
        raise Unavailable(str(lost)) from lost
    found = answer.get("value")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Unavailable("Graph svarede uden konti")
    # A page may be short of what there is.
    if len(found) > 1 or answer.get("@odata.nextLink"):
        raise NoAccount("flere har mailadressen")
    if not found:
        raise NoAccount("ingen har mailadressen")
    if (why := _no_right(found[0], mail)) is not None:
        raise NoAccount(why)
    return str(found[0]["id"])


def _no_right(user: Json, mail: str) -> str | None:
    """Return why an account may not act as the person, Danish; None where it may."""
    names = {str(user.get(name) or "").strip().casefold() for name in ("mail", "userPrincipalName")}
    if not isinstance(user.get("id"), str) or not user["id"] or mail.strip().casefold() not in names:
        return "kontoen har en anden mailadresse"
    if str(user.get("userType") or "").casefold() != "member" or any(FOREIGN in name for name in names):
        return "kontoen er en gæsts"
    if user.get("accountEnabled") is not True:
        return "kontoen er lukket"
    return None
