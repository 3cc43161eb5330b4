"""Communication to the outside: the plan of Bilag 4 and messages that a person publishes, on every platform."""

from __future__ import annotations

from typing import Any

import pytest

from storage.plan import loading
from tests.stage.platforms import in_one_chat, in_slack, in_teams, only_in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage

stage = after(cloudburst)


async def newest_plan(stage: Stage) -> dict[str, Any]:
    return dict((await stage.part("communication_plans"))[-1])


@in_slack
async def test_the_nine_headings_are_filled_by_communication_and_every_version_stays(stage: Stage) -> None:
    """R306: how far it is, who speaks, and nothing that somebody wrote is lost when two write at once."""
    await stage["bo"].commands("komplan")
    await stage["bo"].fills_in("Skriv 1–3", s1="Skybrud i Hedehusene", s2="Ro og råd")
    await stage["bo"].fills_in("Skriv 7–9", s8="Alle spørgsmål til Bo", spokesperson="bo")
    plan = await newest_plan(stage)
    assert (plan["version"], plan["spokesperson"]) == (2, "bo")
    assert plan["sections"]["1"] == "Skybrud i Hedehusene"
    assert plan["sections"]["8"] == "Alle spørgsmål til Bo"
    await stage["hanne"].commands("komplan")
    await stage["hanne"].fills_in("Skriv 1–3", s1="noget andet")
    assert (await newest_plan(stage))["version"] == 2


@in_slack
async def test_a_message_shows_what_is_unconfirmed_and_a_person_publishes_it(stage: Stage) -> None:
    """R210 R211 R212 R214 T27: kind, extent and course; when it hastes an expert sends it, which is logged and which
    communication is told; the bot says nothing to citizens by itself."""
    await stage["kim"].commands("log ? 40 cm vand i Fløng")
    number = (await stage.part("log"))[-1]["no"]
    await stage["lars"].commands("budskab")
    await stage["lars"].fills_in(
        "Nyt budskab", audience="Borgere i Hedehusene", nature="Kloakken står op", sources=str(number), delegated="rune"
    )
    (message,) = await stage.part("public_messages")
    assert (message["sources"], message["delegated_to"], message["published_at"]) == ([number], "rune", None)
    delegation = (await stage.log("communication"))[-1]["summary"]
    assert delegation.endswith("hastekommunikation delegeret til Rune Juhl")
    for name in ("bo", "rune"):
        assert await stage[name].sees(f"UBEKRÆFTET: nr. {number}")
    await stage["rune"].fills_in("Er udgivet", channel="Facebook")
    (message,) = await stage.part("public_messages")
    assert (message["published_by"], message["channel"]) == ("rune", "Facebook")
    line = (await stage.log("communication"))[-1]
    assert (line["direction"], line["receiver"], line["sender"]) == ("out", "Borgere i Hedehusene", "rune")


@in_slack
async def test_a_message_that_does_not_say_what_to_do_asks_for_it_and_can_be_published_all_the_same(
    stage: Stage,
) -> None:
    """R210 R211: §8, "agerer hensigtsmæssigt"; every copy of the draft has the new words, and so has the log."""
    await stage["bo"].commands("budskab")
    await stage["bo"].fills_in("Nyt budskab", audience="Borgere", nature="Vandet er forurenet", delegated="rune")
    for name in ("bo", "rune"):
        assert await stage[name].sees("Hvad skal de gøre? Det står der ikke endnu. Budskabet kan udgives uden.")
    await stage["bo"].fills_in("Skriv, hvad de skal gøre", advice="Kog vandet i 2 minutter")
    (message,) = await stage.part("public_messages")
    assert (message["advice"], message["published_at"]) == ("Kog vandet i 2 minutter", None)
    for name in ("bo", "rune"):
        assert await stage[name].sees("Hvad skal I gøre: Kog vandet i 2 minutter")
        assert not await stage[name].sees("Det står der ikke endnu")
    await stage["rune"].fills_in("Er udgivet", channel="htk.example")
    assert "Hvad skal I gøre: Kog vandet i 2 minutter" in (await stage.log("communication"))[-1]["summary"]
    await stage["bo"].commands("budskab")
    await stage["bo"].fills_in("Nyt budskab", audience="Pressen", nature="Vandet er forurenet", advice="Ring til Bo")
    await stage["bo"].commands("budskab")
    await stage["bo"].fills_in("Nyt budskab", audience="Skoler", nature="Vandet er forurenet")
    await stage["bo"].fills_in("Er udgivet", channel="Aula")
    assert [(row["advice"], bool(row["published_at"])) for row in await stage.part("public_messages")] == [
        ("Kog vandet i 2 minutter", True),
        ("Ring til Bo", False),
        (None, True),
    ]


@in_teams
async def test_only_communication_and_whoever_has_the_message_say_what_people_should_do(stage: Stage) -> None:
    """R214: the nearest who may not is the log keeper, who has the draft before them in the staff's channel."""
    await stage["bo"].commands("budskab", "stab")
    await stage["bo"].fills_in("Nyt budskab", audience="Borgere", nature="Vandet er forurenet", delegated="rune")
    await stage["kim"].fills_in("Skriv, hvad de skal gøre", advice="Drik løs")
    assert await stage["kim"].sees("Det kan kun den, det er overladt til")
    assert [row["advice"] for row in await stage.part("public_messages")] == [None]
    await stage["rune"].fills_in("Skriv, hvad de skal gøre", advice="Kog vandet")
    assert [row["advice"] for row in await stage.part("public_messages")] == ["Kog vandet"]


@in_one_chat
async def test_a_source_that_is_not_in_the_log_is_no_source(stage: Stage) -> None:
    """R212: what the message rests on can be looked up, or it is said that it can't."""
    await stage["bo"].commands("budskab")
    await stage["bo"].fills_in("Nyt budskab", audience="Borgere", nature="Vandet er forurenet", sources="1, 999")
    assert await stage["bo"].sees("❗ FINDES IKKE i loggen: nr. 999.")
    await stage["bo"].presses("Skriv, hvad de skal gøre")
    assert await stage["bo"].sees("Skriv, hvad de skal gøre. Intet er ændret.")


@only_in_slack
async def test_what_they_should_do_is_not_lost_where_the_message_was_published_meanwhile(stage: SlackStage) -> None:
    """R211: what is published stands, and whoever wrote has their words back, alone."""
    await stage["bo"].commands("budskab")
    await stage["bo"].fills_in("Nyt budskab", audience="Borgere", nature="Vandet er forurenet", delegated="rune")
    bo = stage["bo"]
    await bo.person.presses("Skriv, hvad de skal gøre")
    await stage["rune"].fills_in("Er udgivet", channel="htk.example")
    await bo.person.submits({"advice": "Kog vandet"})
    await stage.settle()
    assert await bo.sees("så intet er sat i gang. Du skrev:\n»Kog vandet«")
    assert not await stage["rune"].sees("Kog vandet")
    assert [row["advice"] for row in await stage.part("public_messages")] == [None]


@in_one_chat
async def test_a_message_that_is_typed_stands_in_its_form_and_is_completed_later(stage: Stage) -> None:
    """R210 R211: words typed in a hurry are not lost; what a draft lacks, and what it rests on, is written when it is known."""
    await stage["kim"].commands("log ! 40 cm vand i Fløng")
    number = (await stage.part("log"))[-1]["no"]
    await stage["bo"].commands("budskab til borgere i Fløng: kog vandet")
    await stage["bo"].fills_in("Nyt budskab", audience="borgere i Fløng", nature="kog vandet")
    assert await stage["bo"].sees("Mangler: omfang og forventet forløb.")
    await stage["bo"].fills_in(
        "Ret kladden", nature="kog vandet", extent="hele byen", course="til i aften", sources=str(number)
    )
    (message,) = await stage.part("public_messages")
    assert [message[key] for key in ("audience", "nature", "extent", "course", "sources")] == [
        "borgere i Fløng",
        "kog vandet",
        "hele byen",
        "til i aften",
        [number],
    ]
    assert not await stage["bo"].sees("Mangler: omfang")
    assert "hele byen" in (await stage.log("communication"))[-1]["summary"]


@only_in_slack
async def test_the_forms_audience_and_words_are_those_that_were_typed(stage: SlackStage) -> None:
    """R211: "til borgere i Fløng: kog vandet"; nobody writes it twice."""
    await stage["bo"].commands("budskab til borgere i Fløng: kog vandet")
    await stage["bo"].fills_in("Nyt budskab", extent="hele byen")
    (message,) = await stage.part("public_messages")
    assert (message["audience"], message["nature"]) == ("borgere i Fløng", "kog vandet")


@in_teams
async def test_only_communication_writes_a_message_and_others_have_their_words_back(stage: Stage) -> None:
    """R155 R212: the nearest who may not are the log keeper, and whoever has another message; each reads who may."""
    await stage["kim"].commands("budskab kog vandet")
    assert await stage["kim"].sees("Dine ord er ikke brugt: »kog vandet«")
    await stage["bo"].commands("budskab", "stab")
    await stage["bo"].fills_in("Nyt budskab", audience="Borgere", nature="Vandet er forurenet")
    await stage["kim"].fills_in("Ret kladden", nature="Drik løs")
    assert await stage["kim"].sees("Det kan kun")
    assert [row["nature"] for row in await stage.part("public_messages")] == ["Vandet er forurenet"]


@pytest.mark.long
@in_one_chat
async def test_where_nobody_has_communication_the_staff_is_reminded_to_tell_the_whole_organisation(
    open_stage: Stage,
) -> None:
    """R252: "bliv ved med at informere", every day; without the role nobody was."""
    stage = open_stage
    without = loading.example_text().replace("  kommunikation:  {person: bo}\n", "")
    stage.plan = loading.parse(without, "planen")
    await stage.kill()
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage.forward(hours=25)
    assert await stage["anne"].sees("Er hele organisationen orienteret i dag?")
