"""`krisebot rehearse`: a scenario is played as people would live through it, and what isn't as expected is told."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.playing import expectations, scenario
from storage.plan.faults import PlanFaults
from tests.tables import examples

ROOT = Path(__file__).parents[3]
DENMARK = ZoneInfo("Europe/Copenhagen")

ACTS = """titel: Prøve
start: "2026-07-02 14:00"
trin:
  - {kl: "14:00", hvem: finn, hvor: generelt, skriver: "/krise varsel vand"}
"""


def rehearse(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The real program, in an empty folder. A loaded machine may take its time: what is played counts, not how fast."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("KRISEBOT", "SLACK", "MICRO"))
    }
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "rehearse", *words],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **settings},
        capture_output=True,
        encoding="utf-8",
        timeout=1800,
        check=False,
    )


def written(folder: Path, text: str) -> str:
    (folder / "prøve.yaml").write_text(text, encoding="utf-8")
    return "prøve.yaml"


@pytest.mark.long
@pytest.mark.parametrize("name", scenario.shipped())
def test_the_scenarios_that_come_with_krisebot_are_played_to_their_end(name: str, tmp_path: Path) -> None:
    """R248: S1, the whole of 2 July from 14:00:10 to 21:14; S3, as far as it can be played. What can't be yet, says so."""
    ran = rehearse(tmp_path, name, SLACK_BOT_TOKEN="xoxb-det-bruges-ikke")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1].endswith("0 ikke opfyldt.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "expected", "otherwise"),
    [
        ("s1-skybrud", 'crisis.established_at: "15:58"', 'crisis.established_at: "15:59"'),
        ("s2-stroemsvigt", 'outages.0.until: "01:10"', 'outages.0.until: "02:10"'),
        ("s3-pandemi", "meetings.1.state: cancelled", "meetings.1.state: ended"),
        ("s4-it-nedbrud", 'lars: ["Du indkaldes"', 'lars: ["Du afblæses"'),
    ],
)
def test_a_scenario_that_comes_with_krisebot_fails_when_one_expectation_is_changed(
    name: str, expected: str, otherwise: str, tmp_path: Path
) -> None:
    """R248: a scenario is a test: exit 1, and what was wanted and what was, with its time, and nothing else."""
    text = (scenario.SHIPPED / f"{name}.yaml").read_text("utf-8")
    assert text.count(expected) == 1
    ran = rehearse(tmp_path, written(tmp_path, text.replace(expected, otherwise)))
    assert ran.returncode == 1
    assert ran.stdout.splitlines()[-1].endswith(" 1 ikke opfyldt.")
    (told,) = [line for line in ran.stderr.splitlines() if ": forventede " in line]
    assert otherwise.rpartition(" ")[2].strip('"') in told


def test_four_scenarios_come_with_krisebot_and_can_be_played() -> None:
    """R248: a cloudburst, a power failure in the night when the clock is put back, a pandemic, and the chat itself down."""
    assert [name.partition("-")[2] for name in scenario.shipped()] == [
        "skybrud",
        "stroemsvigt",
        "pandemi",
        "it-nedbrud",
    ]
    for name in scenario.shipped():
        assert scenario.read(Path(name)).steps


@pytest.mark.long
def test_when_a_scenario_takes_the_chat_away_people_have_their_telephones(tmp_path: Path) -> None:
    """R248: nobody sees or writes anything in the chat; what hastens comes by SMS, and a code proves who decides."""
    ran = rehearse(
        tmp_path,
        written(
            tmp_path,
            ACTS
            + """  - {kl: "14:00:20", hvem: finn, trykker: Ja, forvent: {sms: {jens: "1: Jeg har den"}}}
  - {kl: "14:00:30", chat: nede}
  - {kl: "14:01", hvem: jens, skriver: har den}
  - {kl: "14:01", hvem: jens, hvor: sms, skriver: "{kode}"}
  - {kl: "14:02", hvem: jens, hvor: sms, skriver: "1", forvent: {ser_ikke: {jens: Varsel}}}
  - {kl: "14:03", hvem: jens, hvor: sms, skriver: "2", forvent: {eksport: {crisis.level: ingen}}}
  - {kl: "14:04", hvem: jens, hvor: sms, skriver: "{kode}", forvent: {eksport: {crisis.level: "2"}}}
  - {kl: "14:10", chat: oppe, forvent: {ser: {jens: Varsel}, sms: {lars: Findes ikke}}}
""",
        ),
    )
    assert ran.returncode == 1
    told = [line.partition(": forventede ")[2] for line in ran.stderr.splitlines() if ": forventede " in line]
    assert [line.partition(";")[0] for line in told] == [
        "at jens kunne skrive i dm",
        "at jens kunne skrive en sms",
        "at lars har en sms med »Findes ikke«",
    ]


def test_a_scenario_may_change_the_plan_and_is_told_what_it_can_not(tmp_path: Path) -> None:
    """R248: a key of the plan file's own; a fault in it names the place."""
    changed = ACTS.replace("trin:", 'i_planen: {telefonkonference: {nummer: "+4570000000"}}\ntrin:')
    found = scenario.parse(changed, "prøve.yaml").plan_for(tmp_path / "prøve.yaml")
    assert found.conference is not None
    with pytest.raises(PlanFaults, match=r"i_planen"):
        scenario.parse(changed.replace("nummer", "numer"), "prøve.yaml").plan_for(tmp_path / "prøve.yaml")


@pytest.mark.long
def test_what_is_not_as_expected_is_told_with_its_time_and_what_was(tmp_path: Path) -> None:
    ran = rehearse(
        tmp_path,
        written(
            tmp_path,
            ACTS
            + """  - {kl: "14:01", hvem: finn, trykker: Findes ikke}
  - kl: "14:02"
    forvent:
      kriser: 2
      ser: {lars: oversvømmelse}
      ser_ikke: {finn: vand}
      har: {lars: Jeg har den}
      har_ikke: {finn: [Slags og kilde, Jeg har den]}
      eksport: {crisis.level: "2", crisis.titel: vand, crisis.title: vand, alerts.antal: "1"}
""",
        ),
    )
    assert ran.returncode == 1
    told = ran.stderr.splitlines()
    assert [line[:19] for line in told] == ["2026-07-02 14:01:00"] + ["2026-07-02 14:02:00"] * 6
    for words in (
        "»Findes ikke«; der var »",
        "2 hændelser; der var 1",
        "crisis.level = 2; det var ingen",
        "»titel«",
    ):
        assert any(words in line for line in told), words
    assert "11 forventninger, 7 ikke opfyldt." in ran.stdout


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ["prøve.yaml:0: "]),
        ("titel: [", ["prøve.yaml:1: "]),
        ('titel: x\nstart: "14:00"\ntrin: []\n', ["prøve.yaml:3: "]),
        (ACTS.replace("2026-07-02 ", ""), ["prøve.yaml:2: "]),
        (ACTS + '  - {kl: "13:59", hvem: jens, skriver: ok}\n', ["prøve.yaml:5: "]),
        (
            ACTS.replace("hvem: finn", "hvme: finn")
            + '  - {kl: "25:00", hvem: jens, skriver: ok}\n'
            + '  - {kl: "15:00", hvem: jens, skriver: ok, trykker: Ja}\n  - {kl: "15:00"}\n'
            + '  - {kl: "15:00", forvent: {kriser: mange, serr: {jens: x}}}\n',
            ["prøve.yaml:4: ", "prøve.yaml:5: ", "prøve.yaml:6: ", "prøve.yaml:7: "] + ["prøve.yaml:8: "] * 2,
        ),
        (ACTS + "plan: findes_ikke.yaml\n", ["findes_ikke.yaml:0: "]),
    ],
    ids=["empty", "no YAML", "no steps", "no day", "backwards", "several", "no plan"],
)
def test_a_scenario_that_cannot_be_played_is_told_of_fault_by_fault(
    text: str, lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with its line, all at once."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PlanFaults) as raised:
        scenario.read(Path(written(tmp_path, text)))
    told = [str(fault) for fault in raised.value.faults]
    assert [line[: len(begins)] for line, begins in zip(told, lines, strict=True)] == lines


@pytest.mark.long
def test_a_file_that_is_not_there_is_a_2_and_names_those_that_are(tmp_path: Path) -> None:
    ran = rehearse(tmp_path, "findes_ikke.yaml")
    assert ran.returncode == 2
    assert ran.stderr.startswith("findes_ikke.yaml:0: ")
    assert "s1-skybrud" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.long
def test_at_a_speed_people_can_look_on_and_the_clock_says_what_the_scenario_says(tmp_path: Path) -> None:
    ran = rehearse(
        tmp_path,
        written(
            tmp_path,
            ACTS + '  - {kl: "14:02", hvem: finn, trykker: Ja, '
            'forvent: {eksport: {escalation.0.contacted_at: "14:02", escalation.0.person: jens}}}\n',
        ),
        "--speed",
        "60",
        KRISEBOT_PORT="0",
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "http://127.0.0.1:" in ran.stdout


DOCUMENT: dict[str, Any] = {
    "crisis": {"level": 2, "exercise": False, "decided_at": "2026-07-02T12:08:03.000000Z", "chief": None},
    "log": [{"kind": "decision", "summary": "a"}, {"kind": "task", "summary": "b"}],
}


@examples(
    ("path", "wanted", "met"),
    [
        ("crisis.level", "2", True),
        ("crisis.level", "1", False),
        ("crisis.exercise", "nej", True),
        ("crisis.chief", "ingen", True),
        ("crisis.chief", None, True),
        ("crisis.decided_at", "14:08", True),
        ("crisis.decided_at", "14:08:03", True),
        ("crisis.decided_at", "2026-07-02 14:08", True),
        ("crisis.decided_at", "12:08", False),
        ("log.antal", "2", True),
        ("log.-1.summary", "b", True),
        ("log.summary", ("b", "a"), True),
        ("log.summary", ("a",), False),
        ("log.summary", ("a", "b", "c"), False),
        ("log[kind=task].summary", ("b",), True),
        ("log.summary indeholder", "a", True),
        ("log.summary indeholder", ("a", "c"), False),
        ("log.summary indeholder_ikke", "c", True),
        ("log.0.summary indeholder_ikke", "a", False),
    ],
)
def test_an_expectation_is_compared_as_people_write_it(path: str, wanted: Any, met: bool) -> None:
    assert expectations.met(expectations.find(DOCUMENT, path), path, wanted, DENMARK) is met


@examples("path", ["crisis.nothing", "log.2", "crisis[kind=x]", "log.0.summary.x"])
def test_a_path_to_nothing_is_no_nothing(path: str) -> None:
    with pytest.raises(expectations.NoSuchPath):
        expectations.find(DOCUMENT, path)


def test_the_hour_that_comes_twice_is_played_twice_in_its_order() -> None:
    """R248: a scenario over the night when the clock is put back says which of the two it means."""
    text = """titel: Natten
start: "2026-10-25 01:50"
trin:
  - {kl: "02:40 sommertid", note: først}
  - {kl: "02:10 normaltid", note: så}
  - {kl: "03:05", note: til sidst}
"""
    played = [at.astimezone(UTC).strftime("%H:%M") for at, _ in scenario.parse(text, "nat.yaml").timed(DENMARK)]
    assert played == ["00:40", "01:10", "02:05"]


def test_a_season_that_a_time_has_not_is_a_fault_with_its_line(tmp_path: Path) -> None:
    """R248: it is never silently left out; the season that it has may be written."""
    path = tmp_path / "nat.yaml"
    text = """titel: Sommer
start: "2026-07-02 14:00"
trin:
  - {kl: "14:05 SAID", note: så}
"""
    for said, wrong in (("normaltid", True), ("sommertid", False)):
        path.write_text(text.replace("SAID", said), encoding="utf-8")
        if not wrong:
            assert scenario.read(path).steps
            continue
        with pytest.raises(PlanFaults, match=r"nat\.yaml:4: .*kommer kun én gang"):
            scenario.read(path)


@examples(
    "times",
    [
        ("02:40 normaltid", "02:50 sommertid"),
        ("02:40 normaltid", "02:50"),
        ("02:40", "02:10"),
        ("02:40 vinter", "03:00"),
    ],
)
def test_a_scenario_that_goes_back_into_the_first_of_the_two_hours_says_so(times: tuple[str, str]) -> None:
    """R248: with its line, and what to write."""
    text = f"""titel: Natten
start: "2026-10-25 01:50"
trin:
  - {{kl: "{times[0]}", note: først}}
  - {{kl: "{times[1]}", note: så}}
"""
    with pytest.raises(PlanFaults, match=r"nat\.yaml:[45]: "):
        scenario.parse(text, "nat.yaml")
