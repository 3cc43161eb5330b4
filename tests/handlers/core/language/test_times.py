"""What krisebot promises of times as Danes write them (requirements 3.1, point 5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from handlers.core.language import times_read, times_shown
from tests.tables import examples

DENMARK = ZoneInfo("Europe/Copenhagen")


def at(text: str, fold: int = 0) -> datetime:
    """A time on the wall in Denmark, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=DENMARK, fold=fold).astimezone(UTC)


THURSDAY = at("2026-07-02 14:00:10")


# --- Times to come ---


@examples(
    ("text", "meant"),
    [
        ("15", "2026-07-02 15:00"),
        ("kl 15", "2026-07-02 15:00"),
        ("kl. 15", "2026-07-02 15:00"),
        ("kl15", "2026-07-02 15:00"),
        ("KL 15", "2026-07-02 15:00"),
        ("klokken 15", "2026-07-02 15:00"),
        ("kl\u00a015", "2026-07-02 15:00"),
        ("15.", "2026-07-02 15:00"),
        ("14", "2026-07-02 14:00"),
        ("14.30", "2026-07-02 14:30"),
        ("14:30", "2026-07-02 14:30"),
        ("1430", "2026-07-02 14:30"),
        ("kl. 14.30", "2026-07-02 14:30"),
        ("24", "2026-07-03 00:00"),
        ("midnat", "2026-07-03 00:00"),
        ("i dag 16", "2026-07-02 16:00"),
        ("i eftermiddag kl 4", "2026-07-02 16:00"),
        ("i aften", "2026-07-02 20:00"),
        ("i aften kl 21", "2026-07-02 21:00"),
        ("i aften 9", "2026-07-02 21:00"),
        ("i aften kl 12", "2026-07-03 00:00"),
        ("i nat kl 2", "2026-07-03 02:00"),
        ("i nat 23.30", "2026-07-02 23:30"),
        ("i morgen 8", "2026-07-03 08:00"),
        ("I MORGEN KL. 8.15", "2026-07-03 08:15"),
        ("imorgen 8", "2026-07-03 08:00"),
        ("i morgen 1430", "2026-07-03 14:30"),
        ("kl. 9 i morgen", "2026-07-03 09:00"),
        ("9.30 i morgen", "2026-07-03 09:30"),
        ("i morgen halv ni", "2026-07-03 08:30"),
        ("i morgen kvart over 8", "2026-07-03 08:15"),
        ("i morgen kvart i 9", "2026-07-03 08:45"),
        ("i morgen 5 i halv ni", "2026-07-03 08:25"),
        ("i morgen ti minutter over otte", "2026-07-03 08:10"),
        ("i morgen klokken otte", "2026-07-03 08:00"),
        ("i morgen middag", "2026-07-03 12:00"),
        ("i morgen aften kl 7", "2026-07-03 19:00"),
        ("i overmorgen 8", "2026-07-04 08:00"),
        ("om 2 dage kl 9", "2026-07-04 09:00"),
        ("om en uge kl 9", "2026-07-09 09:00"),
        ("om 2 dage", "2026-07-04 14:00"),
        ("fre 12", "2026-07-03 12:00"),
        ("fre. 12", "2026-07-03 12:00"),
        ("fredag kl 12", "2026-07-03 12:00"),
        ("på fredag kl. 12", "2026-07-03 12:00"),
        ("fredag aften kl 7", "2026-07-03 19:00"),
        ("lør 10", "2026-07-04 10:00"),
        ("loer 10", "2026-07-04 10:00"),
        ("lordag 10", "2026-07-04 10:00"),
        ("søndag kl 9", "2026-07-05 09:00"),
        ("man 7.30", "2026-07-06 07:30"),
        ("tirs 7", "2026-07-07 07:00"),
        ("onsdag 7", "2026-07-08 07:00"),
        ("tors 15", "2026-07-02 15:00"),
        ("tors 12", "2026-07-09 12:00"),
        ("3/7 kl 9", "2026-07-03 09:00"),
        ("3/7 9.15", "2026-07-03 09:15"),
        ("3. juli 9", "2026-07-03 09:00"),
        ("den 3. juli kl 9", "2026-07-03 09:00"),
        ("fredag den 3. juli 2026 kl. 09:00", "2026-07-03 09:00"),
        ("fre 3/7 kl 9", "2026-07-03 09:00"),
        ("5/1 kl 9", "2027-01-05 09:00"),
        ("3/7-2027 kl 9", "2027-07-03 09:00"),
        ("senest kl 15", "2026-07-02 15:00"),
        ("frist i morgen 12", "2026-07-03 12:00"),
        ("inden fredag 12", "2026-07-03 12:00"),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, meant: str) -> None:
    assert times_read.parse(text, THURSDAY, DENMARK) == times_read.Parsed(at(meant), text)


@examples(
    ("text", "minutes"),
    [
        ("nu", 0),
        ("straks", 0),
        ("om 30 min", 30),
        ("om 30 minutter", 30),
        ("om ca. 30 min", 30),
        ("om et kvarter", 15),
        ("om en time", 60),
        ("om en halv time", 30),
        ("om halvanden time", 90),
        ("om 1,5 time", 90),
        ("om 2 timer", 120),
        ("om to timer", 120),
        ("om 1 time og 20 min", 80),
        ("inden 2 timer", 120),
        ("inden for en time", 60),
    ],
)
def test_om_is_time_that_passes_from_now(text: str, minutes: int) -> None:
    assert times_read.parse(text, THURSDAY, DENMARK) == times_read.Parsed(THURSDAY + timedelta(minutes=minutes), text)


@examples("text", ["8", "kl 8", "08:00", "0800", "i dag 8", "klokken otte"])
def test_a_clock_time_that_has_been_is_marked_and_tomorrow_is_proposed(text: str) -> None:
    read = times_read.parse(text, THURSDAY, DENMARK)
    assert read is not None
    assert (read.at, read.passed, read.tomorrow) == (at("2026-07-02 08:00"), True, at("2026-07-03 08:00"))


def test_a_date_that_has_been_is_marked_but_tomorrow_is_not_proposed_for_it() -> None:
    read = times_read.parse("1/7 kl 9", THURSDAY, DENMARK)
    assert read == times_read.Parsed(at("2026-07-01 09:00"), "1/7 kl 9", passed=True)


@examples(
    "text",
    [
        "",
        " ",
        "i morgen",
        "fredag",
        "3/7",
        "3/7 2026",
        "12 beboere",
        "to",
        "en",
        "20 min",
        "25",
        "25:00",
        "14.75",
        "24.30",
        "31/2 kl 9",
        "3/13 kl 9",
        "fredag 2/7 kl 9",  # it is a Thursday
        "i går 8",
        "kl",
        "om",
        "14 15",
        "i morgen i dag 8",
        "om 99999999999999 timer",
        "vand i kælderen kl 8",
    ],
)
def test_what_is_no_one_time_to_come_is_not_guessed_at(text: str) -> None:
    assert times_read.parse(text, THURSDAY, DENMARK) is None


# --- The nights when the clock is changed ---


@examples("night", ["2026-10-24 23:30", "2027-03-27 23:30"])
def test_om_4_timer_is_four_hours_also_when_the_clock_is_changed(night: str) -> None:
    read = times_read.parse("om 4 timer", at(night), DENMARK)
    assert read is not None
    assert read.at - at(night) == timedelta(hours=4)


def test_a_time_that_is_skipped_in_spring_becomes_the_one_after_it() -> None:
    read = times_read.parse("i morgen 2.30", at("2027-03-27 23:30"), DENMARK)
    assert read == times_read.Parsed(at("2027-03-28 03:30"), "i morgen 2.30")


def test_a_time_that_comes_twice_in_autumn_is_the_first_and_says_so() -> None:
    read = times_read.parse("i morgen 2.30", at("2026-10-24 23:30"), DENMARK)
    assert read == times_read.Parsed(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "i morgen 2.30", ambiguous=True)


def test_a_time_that_comes_twice_is_the_second_once_the_first_has_been() -> None:
    read = times_read.parse("2.30", datetime(2026, 10, 25, 0, 45, tzinfo=UTC), DENMARK)
    assert read == times_read.Parsed(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2.30", ambiguous=True)


@examples(("season", "hour"), [("sommertid", 0), ("normaltid", 1), ("vintertid", 1)])
def test_whoever_names_the_season_is_not_ambiguous(season: str, hour: int) -> None:
    read = times_read.parse(f"i morgen kl 2.30 {season}", at("2026-10-24 23:30"), DENMARK)
    assert read is not None
    assert (read.at, read.ambiguous) == (datetime(2026, 10, 25, hour, 30, tzinfo=UTC), False)


@examples(
    ("text", "idle"),
    [
        ("kl 16 normaltid", "normaltid"), ("kl 16 vintertid", "vintertid"), ("kl 16 sommertid", ""), ("kl 16", ""),
        ("den 25/10 kl 2.30 normaltid", ""), ("den 26/10 kl 8 sommertid", "sommertid"),
    ],
)  # fmt: skip
def test_a_season_that_a_time_has_not_is_told_of(text: str, idle: str) -> None:
    read = times_read.parse(text, at("2026-07-02 14:00"), DENMARK)
    assert read is not None
    assert read.idle == idle


def test_the_hour_that_comes_twice_is_printed_with_its_season_and_no_other_is() -> None:
    printed = [times_shown.clock(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), DENMARK) for hour in range(3)]
    assert printed == ["02:30 sommertid", "02:30 normaltid", "03:30"]
    assert times_shown.clock(datetime(2027, 3, 28, 1, 30, tzinfo=UTC), DENMARK) == "03:30"


# --- Times that have been ---


@examples(
    ("text", "meant"),
    [
        ("13:50", "2026-07-02 13:50"),
        ("kl. 13.50", "2026-07-02 13:50"),
        ("1350", "2026-07-02 13:50"),
        ("14", "2026-07-02 14:00"),
        ("i dag 13.50", "2026-07-02 13:50"),
        ("i morges 8", "2026-07-02 08:00"),
        ("i nat kl 2", "2026-07-02 02:00"),
        ("i nat 23.30", "2026-07-01 23:30"),
        ("i går 23.40", "2026-07-01 23:40"),
        ("i gaar kl 23.40", "2026-07-01 23:40"),
        ("i ga\u030ar 23.40", "2026-07-01 23:40"),
        ("i aftes 10", "2026-07-01 22:00"),
        ("i forgårs 12", "2026-06-30 12:00"),
        ("fredag 12", "2026-06-26 12:00"),
        ("tors 12", "2026-07-02 12:00"),
        ("tors 15", "2026-06-25 15:00"),
        ("1/7 kl 9", "2026-07-01 09:00"),
        ("torsdag den 2. juli 2026 kl. 13:50", "2026-07-02 13:50"),
    ],
)
def test_a_decision_can_be_set_back_to_when_it_was_made(text: str, meant: str) -> None:
    """T13: the two hours run from the decision, however late it was typed."""
    assert times_read.parse_past(text, THURSDAY, DENMARK) == at(meant)


@examples(
    ("text", "minutes"), [("for 10 min siden", 10), ("10 min siden", 10), ("for en halv time siden", 30), ("nu", 0)]
)
def test_a_decision_can_be_set_back_by_how_long_ago_it_was(text: str, minutes: int) -> None:
    """T13"""
    assert times_read.parse_past(text, THURSDAY, DENMARK) == THURSDAY - timedelta(minutes=minutes)


def test_just_after_midnight_a_late_hour_was_yesterdays() -> None:
    assert times_read.parse_past("23:40", at("2026-07-03 00:10"), DENMARK) == at("2026-07-02 23:40")


@examples("text", ["15:00", "i morgen 8", "i dag 15", "3/7 kl 9", "om 10 min", "i går", "12 beboere", ""])
def test_no_decision_is_set_to_a_time_that_has_not_been(text: str) -> None:
    """T13"""
    assert times_read.parse_past(text, THURSDAY, DENMARK) is None


def test_a_decision_in_the_hour_that_comes_twice_is_the_latest_that_has_been() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert times_read.parse_past("2.30", second - timedelta(minutes=10), DENMARK) == first
    assert times_read.parse_past("2.30", second + timedelta(minutes=10), DENMARK) == second


# --- Deadlines inside a text ---


@examples(
    ("text", "words", "meant", "rest"),
    [
        ("pumpe til Birkehøj @Mads kl 15", "kl 15", "2026-07-02 15:00", "pumpe til Birkehøj @Mads"),
        (
            "nødbolig til 12 beboere frist i morgen 12",
            "frist i morgen 12",
            "2026-07-03 12:00",
            "nødbolig til 12 beboere",
        ),
        (
            "værnemidler skal prioriteres frist onsdag 12",
            "frist onsdag 12",
            "2026-07-08 12:00",
            "værnemidler skal prioriteres",
        ),
        ("12 beboere flyttes i morgen kl 9", "i morgen kl 9", "2026-07-03 09:00", "12 beboere flyttes"),
        ("evakuer inden 15.30, husk støvler", "inden 15.30", "2026-07-02 15:30", "evakuer, husk støvler"),
        ("inden 15.30, husk støvler", "inden 15.30", "2026-07-02 15:30", "husk støvler"),
        ("flyt 4 biler senest 16", "senest 16", "2026-07-02 16:00", "flyt 4 biler"),
        ("om 20 min teams", "om 20 min", "2026-07-02 14:20:10", "teams"),
        ("møde om en halv time på rådhuset", "om en halv time", "2026-07-02 14:30:10", "møde på rådhuset"),
        ("svar inden for en time tak", "inden for en time", "2026-07-02 15:00:10", "svar tak"),
        ("hvordan står det til? svar 16", "svar 16", "2026-07-02 16:00", "hvordan står det til?"),
        ("fre 12 på rådhuset", "fre 12", "2026-07-03 12:00", "på rådhuset"),
        ("møde kl 15 hos Anne, frist kl 16", "frist kl 16", "2026-07-02 16:00", "møde kl 15 hos Anne"),
        ("3/7 kl 9 syn af dæmningen", "3/7 kl 9", "2026-07-03 09:00", "syn af dæmningen"),
        ("mad til alle inden i aften", "inden i aften", "2026-07-02 20:00", "mad til alle"),
        ("Pumpe  til Åen\nkl.\u00a015", "kl.\u00a015", "2026-07-02 15:00", "Pumpe  til Åen"),
    ],
)
def test_a_deadline_is_found_in_a_text_and_the_rest_stands(text: str, words: str, meant: str, rest: str) -> None:
    assert times_read.find(text, THURSDAY, DENMARK) == (times_read.Parsed(at(meant), words), rest)


@examples(
    "text",
    [
        "nødbolig til 12 beboere",
        "4 mand til Birkehøj nu",
        "i morgen 12 beboere flyttes",
        "fredag 1200 sandsække fra Ishøj",
        "inden 12 beboere er flyttet",
        "strøm væk om 2 timers kørsel",
        "ring 112 i morgen",
        "ring 43591000",
        "3/7 er for sent",
        "vand står 14.30 m over havet",
        "se http://kl15.dk/kl/8",
        "manden 12",
        "",
    ],
)
def test_a_number_that_counts_something_is_no_deadline(text: str) -> None:
    assert times_read.find(text, THURSDAY, DENMARK) is None


def test_a_deadline_that_has_passed_is_found_and_marked() -> None:
    found = times_read.find("pumpe til Birkehøj kl 8", THURSDAY, DENMARK)
    assert found is not None
    assert (found[0].passed, found[0].tomorrow, found[1]) == (True, at("2026-07-03 08:00"), "pumpe til Birkehøj")


# --- Printing ---


def test_a_time_is_printed_with_as_much_of_the_date_as_is_needed() -> None:
    then = at("2026-07-02 14:02:59")
    assert times_shown.clock(then, DENMARK) == "14:02"
    assert times_shown.weekday(then, DENMARK) == "torsdag den 2. juli 2026 kl. 14:02"
    assert times_shown.short(then, DENMARK, THURSDAY) == "14:02"
    assert times_shown.short(then, DENMARK, THURSDAY + timedelta(days=1)) == "tors. 2/7 kl. 14:02"
    assert times_shown.short(then, DENMARK, THURSDAY + timedelta(days=365)) == "tors. 2/7 2026 kl. 14:02"


def test_the_day_is_denmarks_and_not_utcs() -> None:
    assert times_shown.short(at("2026-07-03 00:30"), DENMARK, at("2026-07-02 23:30")) == "fre. 3/7 kl. 00:30"


@examples(
    ("how_long", "printed"),
    [
        (timedelta(), "0 sek"),
        (timedelta(seconds=30), "30 sek"),
        (timedelta(seconds=59.9), "59 sek"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(minutes=5, seconds=50), "5 min"),
        (timedelta(hours=2), "2 t"),
        (timedelta(hours=1, minutes=58), "1 t 58 min"),
        (timedelta(days=3), "3 døgn"),
        (timedelta(days=1, hours=2, minutes=3), "1 døgn 2 t"),
        (-timedelta(minutes=5), "5 min"),
    ],
)
def test_a_span_is_printed_in_its_two_largest_units(how_long: timedelta, printed: str) -> None:
    assert times_shown.span(how_long) == printed


# --- For any time, and any text ---

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
CLOCK_CHANGES = [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]
WORDS = st.lists(
    st.sampled_from(
        [
            "i",
            "om",
            "kl",
            "kl.",
            "8",
            "14",
            "14.30",
            "1430",
            "24",
            "99",
            "nu",
            "fre",
            "fredag",
            "aften",
            "morgen",
            "nat",
            "3/7",
            "30/2",
            "2026",
            "juli",
            "halv",
            "kvart",
            "over",
            "en",
            "2",
            "timer",
            "min",
            "frist",
            "senest",
            "siden",
            "for",
            ",",
            "sommertid",
            "²",
            "٣",
            "\u00a0",
            "å",
            "a\u030a",
            "dage",
            "🙂",
            "12 beboere",
        ]
    ),
    max_size=8,
).map(" ".join)


@given(MOMENTS, MOMENTS)
@example(CLOCK_CHANGES[0], THURSDAY)
@example(CLOCK_CHANGES[1], THURSDAY)
def test_what_is_printed_in_full_is_read_as_the_same_minute(moment: datetime, now: datetime) -> None:
    read = times_read.parse(times_shown.weekday(moment, DENMARK), now, DENMARK)
    assert read is not None
    assert (read.at, read.passed) == (moment, not now <= moment <= now + times_read.FARTHEST)


@given(MOMENTS, MOMENTS)
@example(CLOCK_CHANGES[0], CLOCK_CHANGES[1])
@example(CLOCK_CHANGES[1], CLOCK_CHANGES[0])
def test_what_is_printed_in_short_is_read_as_the_same_minute(moment: datetime, now: datetime) -> None:
    read = times_read.parse(times_shown.short(moment, DENMARK, now), now, DENMARK)
    assert read is not None
    assert read.at == moment


@given(
    MOMENTS, st.timedeltas(timedelta(0), timedelta(hours=12)) | st.timedeltas(timedelta(days=1), timedelta(days=170))
)
def test_what_was_printed_in_short_can_be_set_back_to(moment: datetime, since: timedelta) -> None:
    """T13"""
    now = moment + since
    assert times_read.parse_past(times_shown.short(moment, DENMARK, now), now, DENMARK) == moment


@given(st.text() | WORDS, MOMENTS)
def test_no_text_breaks_the_reading_of_a_time_and_none_is_read_the_wrong_way(text: str, now: datetime) -> None:
    read = times_read.parse(text, now, DENMARK)
    assert read is None or read.passed == (read.at < now)
    been = times_read.parse_past(text, now, DENMARK)
    assert been is None or been <= now


@given(st.text() | WORDS, MOMENTS)
def test_a_deadline_is_words_of_the_text_and_the_rest_is_too(text: str, now: datetime) -> None:
    found = times_read.find(text, now, DENMARK)
    if found is not None:
        parsed, rest = found
        assert parsed.at == getattr(times_read.parse(parsed.text, now, DENMARK), "at", None)
        assert len(rest) < len(text)
