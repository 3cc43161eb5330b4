"""What an incident is called is somebody's own words until it is decided: not everybody's to read. Plan §8."""

from __future__ import annotations

from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after
from tests.stage.stage import Stage

PRIVATE, OTHER = "Karen Holm er fundet livløs på stue 4", "en vikar truer personalet på Birkehøj"


async def two_warnings(stage: Stage) -> None:
    """Two incidents that nobody has decided on yet."""
    await stage["gerda"].commands(f"varsel {PRIVATE}")
    await stage["gerda"].presses("Ja")
    await stage["jens"].presses("Jeg har den")
    await stage["otto"].commands(f"varsel {OTHER}")
    if await stage["otto"].has("Det er en anden hændelse"):
        await stage["otto"].presses("Det er en anden hændelse")


stage = after(two_warnings)


@in_slack
async def test_er_der_en_krise_with_several_open_shows_a_stranger_nobody_elses_words(stage: Stage) -> None:
    """D12: they are told at once that something goes on, how far it is, and what they can do; whoever decides reads it all."""
    assert await stage.crises() == 2
    await stage["finn"].says("er der en krise?")
    said = (await stage["finn"].reads())[-1]
    assert "Nr. 1: varslet kl. 14:0" in said
    assert "Nr. 2: varslet kl. 14:0" in said
    assert "Hvilken?" not in said
    assert "Ved du noget vigtigt, så skriv det her" in said
    for command in ("status", "", "melding jeg har set en pumpe", "log vand", "hvem", "siden"):
        await stage["finn"].commands(command)
    for label in await stage["finn"].buttons():
        assert "Karen" not in label
        assert "vikar" not in label
    for words in ("Karen Holm", "vikar truer"):
        assert not await stage["finn"].sees(words)
    await stage["lars"].says("er der en krise?")
    assert await stage["lars"].has(f"1: {PRIVATE}") or await stage["lars"].sees(PRIVATE)


@in_slack
async def test_whoever_chose_one_by_its_number_is_not_shown_its_words_either(stage: Stage) -> None:
    """D12: the line that tells what was chosen, and the status of one alone."""
    await stage["finn"].commands("melding der holder en pumpe på Hovedgaden")
    (first, *_) = [label for label in await stage["finn"].buttons() if label.startswith("1: varslet")]
    await stage["finn"].presses(first)
    assert await stage["finn"].sees("Det gælder hændelse 1: varslet")
    assert not await stage["finn"].sees("Karen Holm")


@in_one_chat
async def test_whoever_warned_reads_their_own_and_what_is_decided_has_a_name_for_all(stage: Stage) -> None:
    """D12: a decision is read, and its name can be corrected, before everybody has it."""
    await stage["gerda"].says("er der en krise?")
    assert not await stage["gerda"].sees("vikar truer")
    await stage["jens"].presses("Niveau 2", title="Dødsfald på Birkehøj")
    await stage["finn"].says("er der en krise?")
    assert await stage["finn"].sees("Dødsfald på Birkehøj")
    assert not await stage["finn"].sees("Karen Holm")
