"""Each payload of the zoo is answered 200, and what is kept of it is what its sender meant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP as AS_SENT
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from ruamel.yaml import YAML
from sqlalchemy import select

from bot.platforms.fallback.mail import Mail
from bot.platforms.fallback.mailbox import Mailbox
from bot.settings import MailAccount, Settings
from storage.plan import loading
from storage.rows.traffic import Inbox, Message
from tests.bot.platforms.fallback.test_mail import JENS, MailStage, Outside
from tests.fakes.fallback.gatewayapi import SECRET, TOKEN, FakeGatewayApi
from tests.fakes.fallback.imap import FakeImap, Kept
from tests.fakes.slack.wire import Delivery
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage
from tests.stage.teams import TeamsStage

HERE = Path(__file__).parent
FEWEST = 150
PICTURE = {
    "contentType": "image/*",
    "contentUrl": "https://smba.trafficmanager.net/emea/v3/attachments/1/views/original",
}


def animals(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = YAML(typ="safe").load((HERE / f"{name}.yaml").read_text("utf-8"))
    return found


def on(platform: str) -> pytest.MarkDecorator:
    """On both databases."""
    pairs = [(platform, kind) for kind in ("sqlite", "postgresql")]
    return pytest.mark.parametrize("pair", pairs, indirect=True, ids="-".join)


def test_the_zoo_is_large_and_no_two_are_called_alike() -> None:
    every = [(way, each["name"]) for way in ("slack", "teams", "sms", "mail") for each in animals(way)]
    assert len(every) >= FEWEST
    assert len(set(every)) == len(every)


async def came(stage: Stage, after: int) -> list[Inbox]:
    """What has been kept since."""
    async with stage.database.reading() as db:
        return list(await db.scalars(select(Inbox).where(Inbox.id > after).order_by(Inbox.id)))


def wrong(it: dict[str, Any], status: int, rows: list[Inbox]) -> list[str]:
    """What did not come of it as it should."""
    wanted = [tuple(it["kept"])] if it["kept"] else []
    kept = [(row.body["kind"], row.body["text"]) for row in rows]
    faults = [f"{it['name']}: answered {status}"] if status != 200 else []
    faults += [f"{it['name']}: kept {kept}, not {wanted}"] if kept != wanted else []
    if "does" in it and rows and rows[-1].body["action"] != it["does"]:
        faults.append(f"{it['name']}: does {rows[-1].body['action']}")
    if "enclosed" in it and rows and len(rows[-1].body["enclosed"]) != it["enclosed"]:
        faults.append(f"{it['name']}: {len(rows[-1].body['enclosed'])} enclosed")
    return faults


@on("slack")
async def test_slacks(open_stage: Stage) -> None:
    """D03."""
    stage = open_stage
    assert isinstance(stage, SlackStage)
    finn = stage["finn"].person
    world, faults, last = stage.slack.world, list[str](), 0
    place = world.dm(finn.id)
    for number, it in enumerate(animals("slack"), 1):
        if "command" in it:
            fields = finn._command("", place) | it["command"]
            fields = {name: value for name, value in fields.items() if value is not None}
            answer = await finn.wire.deliver(Delivery("slash_commands", fields))
        elif "event" in it:
            ts = f"1783000000.{number:06}"
            event = {
                "type": "message",
                "user": finn.id,
                "channel": place.id,
                "channel_type": "im",
                "ts": ts,
                **it["event"],
            }
            if isinstance(event.get("text"), str):
                event["text"] = event["text"].replace("BOT", world.bot_user)
            answer = await finn._event(event)
        else:
            about = {"channel": {"id": place.id, "name": "directmessage"}, **it["interactive"]}
            answer = await finn._interactive(about["type"], about)
        rows = await came(stage, last)
        last = rows[-1].id if rows else last
        faults += wrong(it, answer.status, rows)
    assert not faults, "\n".join(faults)


@pytest.mark.long
@on("teams")
async def test_teams(open_stage: Stage) -> None:
    """D03."""
    stage = open_stage
    assert isinstance(stage, TeamsStage)
    finn = stage["finn"].person
    faults, last = list[str](), 0
    for number, it in enumerate(animals("teams"), 1):
        place = stage.teams.world.named(it["place"]) if "place" in it else stage.teams.world.personal(finn.id)
        whole = finn.activity({"type": "message", "textFormat": "plain", "id": f"17830000{number:05}"}, place)
        activity = {**whole, **it["activity"]}
        for name in ("channelData", "conversation"):
            activity[name] = {**whole[name], **it["activity"].get(name, {})}
        if "to_us" in it:
            activity["entities"] = [{"type": "mention", "mentioned": whole["recipient"], "text": it["to_us"]}]
        attached = [{"contentType": "text/html", "content": it["html"]}] if "html" in it else []
        if attached or "picture" in it:
            activity["attachments"] = [*attached, *([PICTURE] if "picture" in it else [])]
        answer = await finn.wire.deliver(activity)
        rows = await came(stage, last)
        last = rows[-1].id if rows else last
        faults += wrong(it, answer.status, rows)
        if it.get("word") and answer.json.get("type") != "application/vnd.microsoft.activity.message":
            faults.append(f"{it['name']}: no word below the card")
    assert not faults, "\n".join(faults)


class Asked(MailStage):
    """Jens has been asked by SMS and by mail as well, and nothing that he answers is acted on yet."""

    sms: FakeGatewayApi

    def settings(self) -> Settings:
        return super().settings().model_copy(update={"gatewayapi_url": self.sms.url})

    async def warned(self) -> str:
        """Finn has warned; the subject of Jens' mail."""
        await self["finn"].commands("varsel vand i kælderen på Birkehøj")
        await self["finn"].presses("Ja")
        return str(self.outside.to(JENS)["subject"])

    async def arrives(self, mail: bytes) -> None:
        """A mail is taken in, and not acted on."""
        self.outside.box.mails.append(Kept(mail))
        (way,) = [each for each in self.bot.platforms if isinstance(each, Mail)]
        await way.look(Mailbox(MailAccount.of(self.outside.box.url)))


@pytest.fixture
async def asked(database_url: str) -> AsyncIterator[Asked]:
    async with FakeImap() as box, FakeGatewayApi() as sms:
        outside = Outside(box)
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(outside), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        text = loading.example_text()
        text = text.replace("sms: null", f'sms: "gatewayapi://{TOKEN}@4512345678?hemmelighed={SECRET}"')
        way_out = f"mailto://127.0.0.1:{port}?from=krisebot@htk.example&to={{mail}}&mode=insecure"
        stage = Asked(database_url, plan_=loading.parse(text.replace("mail: null", f'mail: "{way_out}"'), "planen"))
        stage.outside, stage.sms = outside, sms
        async with stage:
            yield stage
        server.close()


async def test_by_sms(asked: Asked) -> None:
    """R005 R006 D03."""
    await asked.warned()
    (sent,) = asked.sms.to("+4520000001")
    faults, last = list[str](), (await came(asked, 0))[-1].id
    for number, it in enumerate(animals("sms"), 1):
        # A telephone quotes the first line of what it likes.
        quoted = f"{it['message'].rpartition('🚨')[0]}{sent.splitlines()[0]}”" if it.get("about") else it.get("message")
        told = {"id": number, "msisdn": 4520000001, "receiver": 4512345678, "message": quoted, "senttime": 1782993610}
        status = await asked.sms.brings({**told, **it.get("told", {})}, asked.address)
        rows = await came(asked, last)
        last = rows[-1].id if rows else last
        faults += wrong(it, status, rows)
    assert not faults, "\n".join(faults)


def as_mail(it: dict[str, Any], subject: str, number: int) -> bytes:
    """A mail as Jens' program sends it."""
    head = {
        "From": f"Jens Lund <{JENS}>",
        "To": "krisebot@htk.example",
        "Subject": f"SV: {subject}",
        "Message-ID": f"<zoo-{number}@4k.example>",
        "MIME-Version": "1.0",
        **it.get("head", {}),
    }
    if "raw" in it:
        made = EmailMessage(policy=AS_SENT)
        for name, value in head.items():
            made[name] = value
        raw: str = it["raw"]
        return made.as_bytes().rstrip() + b"\r\n" + raw.replace("\n", "\r\n").encode()
    mail = EmailMessage(policy=AS_SENT)
    del head["MIME-Version"]
    for name, value in head.items():
        mail[name] = value
    if "text" in it:
        mail.set_content(it["text"])
    if "html" in it and "text" in it:
        mail.add_alternative(it["html"], subtype="html")
    elif "html" in it:
        mail.set_content(it["html"], subtype="html")
    return mail.as_bytes()


@pytest.mark.long
async def test_by_mail(asked: Asked) -> None:
    """R005 R006 R204 D03."""
    subject = await asked.warned()
    faults, last, told = list[str](), (await came(asked, 0))[-1].id, 0
    for number, it in enumerate(animals("mail"), 1):
        await asked.arrives(as_mail(it, subject, number))
        rows = await came(asked, last)
        last = rows[-1].id if rows else last
        faults += wrong(it, 200, rows)
        async with asked.database.transaction() as db:
            # Told once an hour: each of them is looked at by itself.
            sealed = list(await db.scalars(select(Message).where(Message.key.startswith("mail_sealed/"))))
            for each in sealed:
                await db.delete(each)
        if bool(sealed) != it.get("told", False):
            faults.append(f"{it['name']}: told {len(sealed)}")
        told += len(sealed)
    assert not faults, "\n".join(faults)
    assert told
