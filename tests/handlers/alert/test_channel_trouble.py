"""What was done by hand with a staff's channel is told to whoever can act."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.rows.traffic import StaffChannel
from tests.stage.platforms import PAIRS
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage
from tests.stage.teams import TeamsStage

stage = after(cloudburst)


@pytest.mark.long
@pytest.mark.parametrize("pair", [PAIRS["slack"], PAIRS["teams"]], indirect=True, ids="-".join)
async def test_two_staffs_channels_that_swap_their_names_are_told_apart(stage: Stage) -> None:
    """R030 D04 D12: each of the two is told with its incident, and that the other's channel is or was called so."""
    await stage["jens"].commands("aktiver 2 brand på Fælleden")
    await stage["jens"].presses("Det er en anden hændelse")
    async with stage.database.reading() as db:
        first, second = list(await db.scalars(select(StaffChannel).order_by(StaffChannel.id)))
    for room, name in ((first, f"{second.name}\n\u202e"), (second, first.name)):
        if isinstance(stage, SlackStage):
            await stage["kim"].person.happens(
                "channel_rename", channel={"id": room.address, "name": name, "created": 1}
            )
        else:
            assert isinstance(stage, TeamsStage)
            await stage["kim"].person.happens("channelRenamed", str(room.address), name=name)
        await stage.settle()
    told = [said for said in await stage["kim"].reads() if "er omdøbt fra" in said]
    for said, mine, other, was, name in (
        (told[0], "(nr. 1: skybrud", "kanalen for nr. 2: brand på Fælleden.", first.name, second.name),
        (told[1], "(nr. 2: brand på Fælleden)", "kanalen for nr. 1", second.name, first.name),
    ):
        assert mine in said.partition("er omdøbt")[0]
        assert f"fra »{was}« til »{name}«" in said
        assert f"Pas på: sådan hedder eller hed {other}" in said
