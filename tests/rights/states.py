"""The six states that a municipality can be in, each played once by `town.yaml`'s people before anybody tries anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from handlers.core.card import Card, Field
from storage.plan import loading
from storage.rows.traffic import Message
from tests.rights.tries import Shown, filled_in
from tests.stage.stage import RehearsalActor, Stage

PLAN = loading.load(Path(__file__).with_name("town.yaml"))
# An employee who isn't in the plan.
STRANGER = "fremmed"


@contextmanager
def buttons_drawn() -> Iterator[dict[str, Shown]]:
    """Collect every button that krisebot draws meanwhile, by what it does: the newest of each."""
    found: dict[str, Shown] = {}

    def written(_mapper: Any, _connection: Any, message: Message) -> None:
        card = Card.from_json(message.card)
        found.update({button.do: Shown(button, card.fields) for button in card.buttons})

    for moment in ("after_insert", "after_update"):
        event.listen(Message, moment, written)
    yield found
    for moment in ("after_insert", "after_update"):
        event.remove(Message, moment, written)


async def say(stage: Stage, *acts: tuple[str, str]) -> None:
    """Let people write in turn: `/krise …`, or what comes after a "»" without the command."""
    for person, words in acts:
        if words.startswith("»"):
            await stage[person].says(words[1:])
        elif words.startswith("["):
            await _press(stage, person, words.strip("[]"))
        else:
            await stage[person].commands(words)


async def _press(stage: Stage, person: str, label: str) -> None:
    """Press the newest button of that label, with its form filled in."""
    actor = stage[person]
    assert isinstance(actor, RehearsalActor)
    for message in reversed(await actor.messages()):
        if label in message["buttons"]:
            button = next(each for each in message["card"]["buttons"] if each["label"] == label)
            fields = [Field(**each) for each in (*message["card"]["fields"], *button["form"])]
            values = {field.id: filled_in(field) for field in fields}
            await actor.posts("press", {"message": message["id"], "button": label, "values": values})
            await stage.settle()
            return
    raise AssertionError(f"{person} sees no button {label!r} among {await actor.buttons()}")


async def quiet(stage: Stage) -> None:
    """No crisis; whoever deputises for the secretary until Monday is named, and somebody else no longer."""
    await say(
        stage,
        ("sekretær", "stedfortræder Gry Tidlig"),
        ("sekretær", "stedfortræder ingen"),
        ("sekretær", "stedfortræder Ida Sekre til mandag"),
        ("sekretær", "kontakt"),
        ("4k", "øvelse"),
        ("medlem", "fravær til i morgen"),
        ("medlem", "fravær"),
    )


async def warned(stage: Stage) -> None:
    """Somebody has warned, and nobody has taken it."""
    await quiet(stage)
    await say(stage, (STRANGER, "varsel vand i kælderen på Birkehøj"), (STRANGER, "[Ja]"))


async def level_one(stage: Stage) -> None:
    """Teknik runs it itself: its chief and a director have decided so."""
    await quiet(stage)
    await say(
        stage,
        ("teknik", "aktiver 1 oversvømmelse i kælderen"),
        ("direktør", "[Godkend]"),
        ("teknik", "log ! vandet er pumpet ud af den ene kælder"),
    )


async def level_two(stage: Stage) -> None:
    """The operational staff is at work, and has something of everything that it works with."""
    await quiet(stage)
    await say(stage, ("4k", "aktiver 2 skybrud i Hedehusene"))
    await _staff_at_work(stage, "")
    await say(stage, (STRANGER, "varsel det brænder på skolen"))


async def just_activated(stage: Stage) -> None:
    """Nobody has done anything yet."""
    await quiet(stage)
    await say(stage, ("4k", "aktiver 2 skybrud i Hedehusene"))


async def in_a_meeting(stage: Stage) -> None:
    """The staff sits together, and the chief has just decided something."""
    await level_two(stage)
    await say(
        stage,
        ("sekretær", "møde om 30 min stabsrummet"),
        ("sekretær", "[Start mødet]"),
        ("sekretær", "referat"),
        ("chef", "beslut skolerne lukker"),
    )


async def exercise(stage: Stage) -> None:
    """The same in an exercise, which the head of the emergency service has begun."""
    await quiet(stage)
    await say(stage, ("4k", "øvelse aktiver 2 skybrud i Hedehusene"))
    await _staff_at_work(stage, "øvelse ")


async def closed(stage: Stage) -> None:
    """It is over."""
    await quiet(stage)
    await say(stage, ("4k", "aktiver 2 skybrud i Hedehusene"))
    await _staff_at_work(stage, "")
    await say(stage, ("borgmester", "afblæs"), ("borgmester", "[Afblæs]"))


async def _staff_at_work(stage: Stage, in_it: str) -> None:
    acts = (
        # The first meeting, and who the staff then is (plan §5).
        ("sekretær", "rolle krisestabschef Anne Ansvar"),
        ("sekretær", "status"),
        ("borgmester", "[Start mødet]"),
        ("borgmester", "[Slut mødet]"),
        ("borgmester", "rolle krisestabschef Sara Stabs, stedfortræder Dorte Stabs"),
        ("borgmester", "rolle ansvarlig direktør Anne Ansvar"),
        ("chef", "ind Mia Medlem"),
        ("chef", "ind Frank Forlod"),
        ("chef", "ud Frank Forlod"),
        ("chef", "udpeg Ina Inddrag pumper på Birkehøj"),
        ("chef", "repræsentant"),
        ("chef", "repræsentant aktiveret"),
        ("chef", "repræsentant Rie Repræs"),
        ("chef", "koord ishøj"),
        ("chef", "[Aftal mandat]"),
        # The log, and what came in (§7).
        ("chef", "log ! nødkaldet er nede"),
        ("teknik_kontakt", "log ? vandet står i kælderen"),
        ("teknik_kontakt", "»nu stiger det igen"),
        ("ansat", "telefon Ole Bach 20000006 vil have besked"),
        ("ansat", "telefon"),
        ("ansat", "melding"),
        ("børn", "melding skolen er uden strøm"),
        ("chef", "find kælder"),
        ("sekretær", "log ? 010203-1234 er kørt på hospitalet"),
        (STRANGER, "aktvier 2 brand"),
        ("ansat", "ud Mia Medlem"),
        # What is done, and with what (§9).
        ("chef", "tiltag evakuer skolen, kræver politisk godkendelse @teknik_kontakt kl 18"),
        ("chef", "tiltag pumpe til Birkehøj @teknik_kontakt kl 18"),
        ("børn", "tiltag luk skolen"),
        ("chef", "ordre hent pumper @teknik_kontakt kl 16"),
        ("chef", "[Udsted ordre]"),
        ("chef", "ordre spær Hovedgaden @teknik_kontakt kl 16"),
        ("chef", "beslut vi lukker Hovedgaden"),
        ("referent", "beslut vi åbner en hal"),
        ("børn", "beslut vi lukker skolen"),
        ("teknik_kontakt", "bistand 4 mand til Birkehøj nu"),
        ("teknik_kontakt", "bistand 2 pumper"),
        ("chef", "[Egne ressourcer]"),
        ("teknik_kontakt", "bistand"),
        ("chef", "beredskabsstyrelsen 3 slamsugere"),
        ("teknik_kontakt", "tilbud 2 pumper fra kl 17"),
        ("teknik_kontakt", "ressource 2 pumper på viadukten til kl 22"),
        ("teknik_kontakt", "[Kan den frigøres?]"),
        ("chef", "logistik Rune Teknik"),
        ("medlem", "oplæg hvor skal de bo"),
        ("medlem", "[Skriv oplæg]"),
        # What is asked (§2, §7).
        ("chef", "ping alle hvordan står det til? svar 20"),
        ("chef", "find 2 til evakueringscenteret"),
        ("chef", "[Spørg alle på én gang]"),
        ("chef", "find 1 til nattevagten"),
        ("chef", "oplysningsbehov hvor mange kældre er oversvømmet @teknik_kontakt kl 18"),
        ("teknik_kontakt", "spm må vi lukke vejen?"),
        ("chef", "rapportering sundhed,børn hver dag 9 og 15: hvor mange er ramt?"),
        ("børn", "tjekliste"),
        ("chef", "tjekliste"),
        ("chef", "støttefunktioner"),
        ("chef", "[IT]"),
        ("chef", "sundhedsplan"),
        ("chef", "overvågning"),
        ("chef", "overvågning medie TV siger at broen er faldet"),
        ("chef", "[Omtalen er forkert]"),
        ("kommunikation", "medieanalyse"),
        # What is said (§8), and shown (§7).
        ("chef", "komplan"),
        ("kommunikation", "budskab"),
        ("kommunikation", "[Nyt budskab]"),
        ("sekretær", "byråd"),
        ("sekretær", "[Send til chefen]"),
        ("chef", "deling"),
        ("chef", "partnere"),
        ("teknik_kontakt", "partnertiltag Politiet: spærrer Hovedgaden"),
        ("teknik_kontakt", "partnertiltag"),
        ("chef", "indikator ramte borgere 51"),
        ("chef", "billede"),
        ("chef", "udvikling"),
        ("chef", "[Skriv udvikling]"),
        ("chef", "udvikling"),
        ("chef", "forøget NOST"),
        ("kommunikation", "mail alle centerchefer Fælles budskaber"),
        ("kommunikation", "[Send til 4]"),
        ("chef", "ringeliste"),
        ("chef", "kontakt"),
        ("chef", "rolle"),
        ("chef", "adresser"),
        ("chef", "vagt logfører Tor Logs 22 - 6"),
        ("chef", "vagt"),
        ("chef", "sag"),
        ("chef", "journal"),
        ("chef", "c3"),
        ("chef", "tavle"),
        ("chef", "eksport"),
        ("chef", "evaluering"),
        ("chef", "status"),
        ("chef", "hjælp"),
        # A meeting that is held, with its minutes, and one that is to come (§5).
        ("medlem", "punkt nødbolig til 12 beboere"),
        ("medlem", "[Drøftelse]"),
        ("sekretær", "møde om 30 min Stabsrummet"),
        ("sekretær", "dagsorden"),
        ("sekretær", "[Start mødet]"),
        ("sekretær", "referat"),
        ("sekretær", "[Slut mødet]"),
        ("sekretær", "møde i morgen 10 Stabsrummet"),
        ("sekretær", "dagsorden"),
        ("sekretær", "[Send til godkendelse]"),
        ("chef", "nedskaler"),
        ("borgmester", "afblæs"),
    )
    await say(stage, *((person, in_it + words) for person, words in acts))


STATES: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "ingen": quiet,
    "varslet": warned,
    "niveau 1": level_one,
    "niveau 2": level_two,
    "øvelse": exercise,
    "afblæst": closed,
}
