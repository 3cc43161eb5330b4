"""Meetings in people's own calendars: the file in chat and the mail, read by a parser that is not the one that wrote them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import icalendar
import pytest
import vobject

from storage.plan import loading
from tests.bot.platforms.fallback.test_reserve import EXAMPLE, Mailbox, mailbox
from tests.databases import SQLite
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage
from tests.stage.stage import DENMARK, RehearsalStage, Stage

__all__ = ["mailbox"]


async def fetched(stage: Stage, person: str = "rune") -> Any:
    """The newest calendar file that a person has a link to."""
    links = [found for text in await stage[person].reads() for found in re.findall(r"/kalender/\S+?\.ics", text)]
    async with aiohttp.ClientSession() as client, client.get(stage.address + links[-1]) as answer:
        assert (answer.status, answer.content_type) == (200, "text/calendar")
        return vobject.readOne(await answer.text())


@pytest.mark.long
@in_teams
async def test_a_meeting_is_a_file_in_chat_that_calendars_follow_when_it_is_moved_and_called_off(
    open_stage: Stage,
) -> None:
    """R055 R132: one UID, a SEQUENCE that rises, and a cancellation that takes the meeting out again."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("ind Rune")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    first = await fetched(stage)
    assert (first.method.value, first.vevent.status.value) == ("REQUEST", "CONFIRMED")
    assert first.vevent.dtstart.value == datetime(2026, 7, 3, 8, tzinfo=UTC)
    assert first.vevent.dtend.value - first.vevent.dtstart.value == timedelta(hours=1)
    (chair,) = [each for each in first.vevent.attendee_list if each.params["ROLE"] == ["CHAIR"]]
    assert chair.value == "mailto:kim@htk.example"
    assert {"mailto:rune@htk.example", "mailto:lars@htk.example"} <= {each.value for each in first.vevent.attendee_list}
    await stage["kim"].commands("møde flyt i morgen 11 https://moede.htk.example/krisestab")
    second = await fetched(stage)
    assert second.vevent.uid.value == first.vevent.uid.value
    assert int(second.vevent.sequence.value) > int(first.vevent.sequence.value)
    assert second.vevent.dtstart.value == datetime(2026, 7, 3, 9, tzinfo=UTC)
    assert second.vevent.url.value == second.vevent.location.value == "https://moede.htk.example/krisestab"
    await stage["kim"].presses("Aflys mødet")
    third = await fetched(stage)
    assert (third.method.value, third.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert third.vevent.uid.value == first.vevent.uid.value
    assert int(third.vevent.sequence.value) > int(second.vevent.sequence.value)
    (meeting,) = await stage.part("meetings")
    assert (meeting["state"], meeting["place"]) == ("cancelled", "https://moede.htk.example/krisestab")
    # The room that was to be made ready isn't needed any more.
    assert [line["status"] for line in await stage.log("task") if "stabsrummet" in line["summary"]][-1] == "done"
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}/kalender/gættet.ics") as answer:
        assert answer.status == 404


async def called(stage: Stage) -> None:
    """The staff meets tomorrow at ten."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")


called_stage = after(called)
stage = after(cloudburst)


@pytest.mark.long
@in_one_chat
@pytest.mark.parametrize(
    ("words", "at", "place"),
    [
        ("flyt til kl 12", "10:00", "stabsrummet"),
        ("flyt i morgen 12", "10:00", "stabsrummet"),
        ("flyttes til byrådssalen", "08:00", "byrådssalen"),
        ("flyt Teams", "08:00", "Teams"),
        ("flyt i morgen kl 12 i byrådssalen", "10:00", "byrådssalen"),
        ("flyt snart", "08:00", "stabsrummet"),
        ("flyt", "08:00", "stabsrummet"),
        ("flyt til i går kl 9", "08:00", "stabsrummet"),
    ],
)
async def test_a_meeting_is_moved_by_what_is_said_and_by_nothing_else(
    called_stage: Stage, words: str, at: str, place: str
) -> None:
    """R055: what is not said stays as it was; what can't be read moves nothing."""
    stage = called_stage
    await stage.at("21:00" if words == "flyt til kl 12" else "14:05")
    await stage["kim"].commands(f"møde {words}")
    (meeting,) = await stage.part("meetings")
    assert (meeting["at"], meeting["place"]) == (f"2026-07-03T{at}:00.000000Z", place)
    assert meeting["invitation_sequence"] == ((at, place) != ("08:00", "stabsrummet"))


@pytest.fixture
async def with_mail(sqlite: SQLite, mailbox: tuple[Mailbox, int]) -> AsyncIterator[SlackStage]:
    """Slack, with a mail server beside it and an address of krisebot's own."""
    _, port = mailbox
    text = EXAMPLE.replace(
        "mail: null", f'mail: "mailto://127.0.0.1:{port}?from=krisebot@htk.example&to={{mail}}&mode=insecure"'
    ).replace("kommune: ", "adresse: https://krise.htk.example/\nkommune: ", 1)
    url = sqlite.migrated()
    async with SlackStage(url, plan_=loading.parse(text, "planen")) as stage:
        yield stage
    sqlite.drop(url)


@pytest.mark.long
async def test_the_mail_is_an_invitation_and_the_stand_down_takes_it_back(
    with_mail: SlackStage, mailbox: tuple[Mailbox, int]
) -> None:
    """R055 R073 R132: text/calendar with its method, to everybody in the staff; nobody is left with a meeting afterwards, nor
    is who leaves the staff before it.
    """
    stage, (box, _) = with_mail, mailbox
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    assert {mail["to"] for mail in box.mails} == {f"{person}@htk.example" for person in await in_staff(stage)}
    assert await stage["lars"].sees("https://krise.htk.example/kalender/")
    (called,) = {calendar_in(mail) for mail in box.mails}
    await stage["kim"].commands("ind Rune")
    assert [calendar_in(mail)[0] for mail in box.mails if mail["to"] == "rune@htk.example"] == ["REQUEST"]
    await stage["kim"].commands("ud Rune")
    assert await stage["rune"].sees("Du er ikke indkaldt mere til møde 1")
    await stage["kim"].commands("ind Rune")
    his = [calendar_in(mail) for mail in box.mails if mail["to"] == "rune@htk.example"]
    assert [method for method, _ in his] == ["REQUEST", "CANCEL", "REQUEST"]
    first, off, again = (vobject.readOne(file).vevent for _, file in his)
    assert first.uid.value == off.uid.value == again.uid.value
    assert int(first.sequence.value) < int(off.sequence.value) < int(again.sequence.value)
    assert [each.value for each in off.attendee_list] == ["mailto:rune@htk.example"]
    # The meeting goes on; it is he who is not called.
    assert "status" not in off.contents
    await stage["kim"].fills_in("Flyt mødet", at="i morgen kl 12", place="stabsrummet")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    kinds, files = zip(*(calendar_in(mail) for mail in box.mails if mail["to"] == "anne@htk.example"), strict=True)
    assert kinds == ("REQUEST", "REQUEST", "CANCEL")
    for mail in box.mails:
        if calendar_in(mail)[0] in ("REQUEST", "CANCEL"):
            assert broken_rules(mail) == []
    events = [vobject.readOne(file).vevent for file in files]
    assert files[0] == called[1]
    assert len({event.uid.value for event in events}) == 1
    assert [int(event.sequence.value) for event in events] == [0, 3, 4]
    assert events[1].dtstart.value == datetime(2026, 7, 3, 10, tzinfo=UTC)


async def in_staff(stage: Stage) -> list[str]:
    return [each["person"] for each in await stage.part("members")]


def calendar_in(mail: Any) -> tuple[str, str]:
    """The method that the mail's own head says, and the file."""
    (file,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return str(file.get_param("method")), file.get_payload(decode=True).decode()


def broken_rules(mail: Any) -> list[str]:
    """What RFC 5546 (§3.2.2, §3.2.5) and RFC 6047 have against an invitation, as Outlook, Google and Apple hold it."""
    words, file = mail.iter_parts()
    method, text = calendar_in(mail)
    event = vobject.readOne(text).vevent
    begins, ends = event.dtstart.value, event.dtend.value
    attendees = [each.value for each in event.attendee_list]
    chairs = [each.value for each in event.attendee_list if each.params["ROLE"] == ["CHAIR"]]
    whole = event.contents.get("status")
    rules = {
        "the meeting is no alternative of the words": mail.get_content_type() != "multipart/alternative",
        "the words do not come first": words.get_content_type() != "text/plain",
        "the calendar is an attachment": file.get_content_disposition() is not None,
        "the head and the body ask for different things": f"METHOD:{method}\r\n" not in text,
        "it is not in utf-8": file.get_content_charset() != "utf-8",
        "several events": text.count("BEGIN:VEVENT") != 1,
        "the organizer is not who sends": event.organizer.value != f"mailto:{mail['from'].addresses[0].addr_spec}",
        "there is no stamp": event.dtstamp.value.tzinfo is None,
        "it does not begin on the minute": begins.second or begins.microsecond or ends.second or ends.microsecond,
        "not in UTC": begins.utcoffset() != timedelta(0),
        "it ends before it begins": ends <= begins,
        "whom it is to is not called": f"mailto:{mail['to']}" not in attendees,
        "somebody is called twice": len(set(attendees)) != len(attendees),
        "nobody or several are chair": method == "REQUEST" and len(chairs) != 1,
        "called off, and not said to be": method == "CANCEL" and whole and whole[0].value != "CANCELLED",
        "lines too long": max(len(line.encode()) for line in text.split("\r\n")) > 75,
    }
    return [rule for rule, broken in rules.items() if broken]


def unfolded(text: str) -> dict[str, list[str]]:
    """The lines of a calendar as RFC 5545 §3.1 has them, by property, parameters and all; read to the letter by hand."""
    found: dict[str, list[str]] = {}
    for line in text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n"):
        name = re.split("[;:]", line, maxsplit=1)[0]
        found.setdefault(name, []).append(line)
    return found


def lacking(mail: Any) -> dict[str, list[str]]:
    """What each calendar wants of an invitation, and hasn't got; by who wants it.

    Outlook shows a file without UID, DTSTAMP, ORGANIZER or the method in both heads as an attachment; Google's takes no change
    whose organizer isn't the sender, and drops a cancellation without SEQUENCE or STATUS; Apple's wants PRODID and VERSION in
    front, CRLF, and lines of 75 octets that are folded between two letters.
    """
    method, text = calendar_in(mail)
    lines = unfolded(text)
    (organizer,), attendees = lines["ORGANIZER"], lines.get("ATTENDEE", [])
    sender = mail["from"].addresses[0].addr_spec
    to_one = method == "CANCEL" and len(attendees) == 1
    demands = {
        "Outlook": {
            "one of each": all(
                len(lines[each]) == 1 for each in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "METHOD")
            ),
            "the same method in both heads": lines["METHOD"] == [f"METHOD:{method}"],
            "stamped in UTC": re.fullmatch(r"DTSTAMP:\d{8}T\d{6}Z", lines["DTSTAMP"][0]) is not None,
            "who is asked, and whether they are to answer": all(
                "RSVP=" in each and "ROLE=" in each for each in attendees
            ),
        },
        "Google": {
            "the organizer sends it": organizer.endswith(f":mailto:{sender}"),
            "a sequence": re.fullmatch(r"SEQUENCE:\d+", lines["SEQUENCE"][0]) is not None,
            "a status": to_one or lines["STATUS"] == [f"STATUS:{'CANCELLED' if method == 'CANCEL' else 'CONFIRMED'}"],
            "times in UTC": all(each.endswith("Z") for name in ("DTSTART", "DTEND") for each in lines[name]),
            "whoever gets it is asked": any(each.endswith(f":mailto:{mail['to']}") for each in attendees),
        },
        "Apple": {
            "who wrote it, and by which version": list(lines)[:3] == ["BEGIN", "PRODID", "VERSION"]
            or set(list(lines)[1:3]) == {"PRODID", "VERSION"},
            "version 2.0": lines["VERSION"] == ["VERSION:2.0"],
            "lines that end as lines do": "\n" not in text.replace("\r\n", "") and "\r" not in text.replace("\r\n", ""),
            "no line too long": max(len(each.encode()) for each in text.split("\r\n")) <= 75,
            "no letter cut in two": all(each.encode().decode() == each for each in text.split("\r\n")),
            "an end": text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n"),
        },
    }
    return {who: [what for what, there in each.items() if not there] for who, each in demands.items()}


LONG = "Oversvømmelse på Østerbrogade – kælderen på plejehjemmet Blåbærhaven står under vand 🌊, og strømmen er gået i hele blokken"


@pytest.mark.long
async def test_outlook_google_and_apple_each_find_what_they_demand(
    with_mail: SlackStage, mailbox: tuple[Mailbox, int]
) -> None:
    """R055 R132: called, moved, somebody taken out, and called off (RFC 5546 §3.2.2, §3.2.5; RFC 5545 §3.1); a long Danish
    title is whole for a library that did not write it."""
    stage, (box, _) = with_mail, mailbox
    await stage["jens"].commands(f"aktiver 2 {LONG}")
    await stage["kim"].commands("ind Rune")
    await stage["kim"].commands("møde i morgen 10 stabsrummet på Rådhuset, 2. sal; lokale 4")
    await stage["kim"].commands("ud Rune")
    await stage["kim"].commands("møde flyt i morgen 11")
    await stage["kim"].presses("Aflys mødet")
    invitations = [mail for mail in box.mails if mail.get_content_type() == "multipart/alternative"]
    kinds = [calendar_in(mail)[0] for mail in invitations]
    assert {"REQUEST", "CANCEL"} == set(kinds)
    assert [found for mail in invitations if any((found := lacking(mail)).values())] == []
    events = [vobject.readOne(calendar_in(mail)[1]).vevent for mail in invitations]
    assert len({event.uid.value for event in events}) == 1
    title = (await stage.part("crisis"))["title"]
    assert {event.summary.value for event in events} == {f"Krisestaben, møde 1: {title}"}
    assert any(
        "\r\n " in calendar_in(mail)[1].partition("SUMMARY:")[2].partition("\r\nDTSTART")[0] for mail in invitations
    )
    assert {event.location.value for event in events} == {"stabsrummet på Rådhuset, 2. sal; lokale 4"}
    hers = [
        int(event.sequence.value)
        for mail, event in zip(invitations, events, strict=True)
        if mail["to"] == "anne@htk.example"
    ]
    assert hers == sorted(set(hers)), "each is newer than the one before"
    assert len(hers) == 3


@pytest.mark.long
async def test_a_meeting_at_once_begins_on_the_minute_and_another_library_reads_it(
    with_mail: SlackStage, mailbox: tuple[Mailbox, int]
) -> None:
    """R055 R132: "nu" is 14:02:37; a calendar shows minutes. Read by two libraries that did not write it."""
    stage, (box, _) = with_mail, mailbox
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage.at("14:02:37")
    await stage["kim"].commands("møde om 20 min stabsrummet")
    mails = [mail for mail in box.mails if calendar_in(mail)[0] == "REQUEST"]
    assert mails
    for mail in mails:
        assert broken_rules(mail) == []
        (theirs,) = icalendar.Calendar.from_ical(calendar_in(mail)[1]).walk("VEVENT")
        assert theirs["organizer"].params["CN"] == "Krisebot"
        assert theirs.decoded("dtstart").second == 0


@pytest.fixture
async def before_winter(sqlite: SQLite) -> AsyncIterator[Stage]:
    """Saturday 24 October 2026, the day before the clocks are put back."""
    url = sqlite.migrated()
    async with RehearsalStage(url, datetime(2026, 10, 24, 9, 0, 10, tzinfo=DENMARK)) as stage:
        yield stage
    sqlite.drop(url)


@pytest.mark.long
async def test_a_meeting_across_the_night_when_the_clocks_change_is_where_the_clock_on_the_wall_says(
    before_winter: Stage,
) -> None:
    """D01 R085: shown in Danish time, the right instant in the file, the agenda out the day before at 16, each reminder once."""
    stage = before_winter
    await stage["jens"].commands("aktiver 2 stormflod")
    await stage["kim"].commands("ind Rune")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    assert (await fetched(stage)).vevent.dtstart.value == datetime(2026, 10, 25, 9, tzinfo=UTC)
    assert await stage["rune"].sees("søndag den 25. oktober 2026 kl. 10:00")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    await stage["ole"].presses("Godkend")
    await stage["kim"].commands("møde i morgen kl 02:30 teams")
    night = (await stage.part("meetings"))[1]
    # The clock shows 02:30 twice; the first time is meant, and it is said which.
    assert night["at"] == "2026-10-25T00:30:00.000000Z"
    assert await stage["rune"].sees("kl. 02:30 sommertid")
    assert (await fetched(stage)).vevent.dtstart.value == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    await stage.until(datetime(2026, 10, 25, 12, tzinfo=DENMARK))
    day, night = await stage.part("meetings")
    assert [each["sent_at"] for each in day["agenda"]] == ["2026-10-24T14:00:00.000000Z"]
    reminders = [line["summary"] for line in await stage.log("reminder") if "agsorden for møde" in line["summary"]]
    assert sorted(reminders) == ["Dagsorden for møde 2 er ikke godkendt ved fristen", "Mindet om dagsorden for møde 2"]


@pytest.mark.long
@in_one_chat
@pytest.mark.parametrize(
    "place",
    [
        "stuen\r\nATTENDEE:mailto:ond@spam.example",
        "stuen\nEND:VEVENT\nBEGIN:VEVENT\nUID:fremmed",
        "stuen\x0bATTACH:http://spam.example",
        "stuen\x85BEGIN:VALARM",
        "stuen\u2028X-ALT-DESC:ondt",
        "stuen;VALUE=URI:http://spam.example",
        "stuen\\nURL:http://spam.example",
    ],
    ids=repr,
)
async def test_what_is_said_of_a_place_is_a_place_in_the_calendar_and_nothing_else(
    called_stage: Stage, place: str
) -> None:
    """R055: no line, property or event of the file's comes from a person's words; another parser reads it."""
    stage = called_stage
    await stage["kim"].fills_in("Flyt mødet", at="i morgen kl 12", place=place)
    file = await fetched(stage, "lars")
    (event,) = file.vevent_list
    assert set(event.contents) <= {
        *("uid", "dtstamp", "dtstart", "dtend", "sequence", "status", "summary", "location", "description"),
        *("organizer", "attendee", "last-modified", "created", "url", "class", "priority", "transp"),
    }
    assert {each.value for each in event.attendee_list} == {
        f"mailto:{person}@htk.example" for person in [*await in_staff(stage), "kim"]
    }
    assert event.location.value.startswith("stuen")


@in_slack
async def test_whoever_is_replaced_is_told_which_meetings_to_delete_from_a_calendar_that_they_keep_themselves(
    stage: Stage,
) -> None:
    """R055 R058: as whoever is let out is told; without mail nobody else takes it out. The one who has the seat now is called."""
    await stage["lars"].commands("rolle krisestabschef Rune")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["lars"].commands("rolle krisestabschef Gitte")
    told = [each for each in await stage["rune"].reads() if "Du er ikke længere krisestabschef" in each]
    assert len(told) == 1
    assert told[0].endswith(
        "Du er ikke indkaldt mere til møde 1 fre. 3/7 kl. 10:00: slet det i din kalender, hvis det står der."
    )
    assert not await stage["gitte"].sees("slet det i din kalender")
    assert not await stage["lars"].sees("slet det i din kalender")


@in_teams
async def test_whoever_goes_back_beside_the_staff_is_told_so_and_which_meetings_to_delete(stage: Stage) -> None:
    """R055 R058: an `ind` that is undone; "du er nu med i krisestaben" was what they read."""
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["kim"].commands("ind Nils")
    await stage["kim"].presses("Fortryd")
    assert {each["until"] is None for each in await stage.part("members") if each["person"] == "nils"} == {False}
    assert await stage["kim"].sees("Nils Fog er med om krisestaben.")
    told = (await stage["nils"].reads())[-1]
    assert told.startswith("Du er nu med om krisestaben")
    assert told.endswith("slet det i din kalender, hvis det står der.")


@in_slack
async def test_a_staff_that_is_stood_down_says_which_meetings_are_not_held(stage: Stage) -> None:
    """R055 R073: the chat's file is a cancellation from then on; who was called by hand has nobody else to say so."""
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert await stage["anne"].sees("er aflyst: krisestaben er trådt ned. Slet det i din kalender")
    assert not await stage["nils"].sees("Slet det i din kalender")
