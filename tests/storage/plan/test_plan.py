"""The plan file: read whole, faulted whole, looked up by the bot and frozen into a crisis."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import example as also
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.plan import loading, to_mend
from storage.plan.danish_numbers import looks_like_a_landline
from storage.plan.faults import Fault, PlanFaults
from storage.plan.model import Plan
from storage.plan.words import read_duration, write_duration
from tests.tables import examples

EXAMPLE = (resources.files("storage.plan") / "eksempelplan.yaml").read_text("utf-8")
REACHED = ', slack: U0NILS, teams: aad-nils, mobil: "+4520000023", mail: nils@htk.example'
ORDER = "rækkefølge: [slack, teams, sms, mail]"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return loading.example()


def changed(*changes: tuple[str, str]) -> str:
    """The example plan with some words put instead of others, each of which stands there exactly once."""
    text = EXAMPLE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def faults(text: str) -> list[Fault]:
    with pytest.raises(PlanFaults) as raised:
        loading.parse(text, "plan.yaml")
    return raised.value.faults


def the_fault(old: str, new: str, at: str | None = None) -> str:
    """The one fault of a plan with one change in it, found on the line where `at` (or the change) stands."""
    text = changed((old, new))
    (found,) = faults(text)
    place = text.index(at or new)
    assert (found.file, found.line) == ("plan.yaml", text.count("\n", 0, place) + 1)
    return f"{found.what}. {found.mend}."


# --- what a good plan gives ---


def test_the_packaged_plan_has_the_roster_and_limits_of_the_scenarios(plan: Plan) -> None:
    """R005 R071 R072 R085 R135: who is who, and every limit as time."""
    assert plan.municipality == "Høje-Taastrup Kommune"
    assert plan.edition.period
    assert plan.edition.period.end == date(2025, 12, 31)
    assert len(plan.persons) == 23
    assert plan.escalation.steps == ("beredskabschef", "borgmester", "direktion")
    assert (plan.escalation.wait, plan.escalation.deputy_wait) == (timedelta(minutes=5), timedelta(minutes=3))
    assert (plan.escalation.decide_within, plan.escalation.repeat) == (timedelta(minutes=10), timedelta(minutes=5))
    assert (plan.deadlines.fully_established, plan.deadlines.sustain) == (timedelta(hours=2), timedelta(days=3))
    assert plan.deadlines.warnings == tuple(timedelta(minutes=each) for each in (60, 30, 10))
    assert plan.deadlines.minutes == (timedelta(minutes=30), timedelta(minutes=60))
    assert (plan.meetings.agenda_reminder, plan.meetings.agenda_by) == (time(12), time(16))
    assert [each.name for each in plan.centres] == ["Teknik", "Sundhed", "Børn", "Job", "Økonomi", "Byråd"]
    assert plan.rooms.slack.private is True
    assert plan.fallback.sms is None


def test_a_plan_needs_only_a_name_persons_and_the_three_deciding_roles() -> None:
    """R070: it works with every optional part left out."""
    plan = loading.parse(
        """
        kommune: Lille Kommune
        personer:
          a: {navn: Anna And, mail: a@lille.example}
        roller:
          beredskabschef: {person: a}
          borgmester: {person: a}
          direktion: {medlemmer: [a]}
        frister:
        støttefunktioner:
        """,
        "lille.yaml",
    )
    assert plan.deciders() == ["a"]
    assert plan.escalation.wait == timedelta(minutes=5)
    assert plan.deadlines.fully_established == timedelta(hours=2)
    assert plan.support_functions == ()
    assert plan.health_centre() is None
    assert plan.interim_secretariat() == []
    assert str(plan.timezone) == "Europe/Copenhagen"


def test_what_is_written_is_kept_as_written() -> None:
    """T24: YAML's own guesses never turn a word, a number or a time into something else."""
    plan = loading.parse(
        changed(
            ("navn: Mads Rosen", "navn: Nej"),
            ("titel: Driftsleder", "titel: 007"),
            ('mobil: "+4520000013"', "mobil: 20 00 00 13"),
            ('mobil: "+4520000014"', "mobil: +4520000014"),
            ('dagsorden_senest: "16:00"', "dagsorden_senest: 16:30"),
            ("privat: true", "privat: nej"),
            ("[Birkehøj, Hedehusene", "[On, 2022-01-01"),
        ),
        "plan.yaml",
    )
    assert (plan.persons["mads"].name, plan.persons["mads"].title) == ("Nej", "007")
    assert (plan.persons["mads"].mobile, plan.persons["gitte"].mobile) == ("+4520000013", "+4520000014")
    assert plan.meetings.agenda_by == time(16, 30)
    assert plan.rooms.slack.private is False
    assert plan.places[:2] == ("On", "2022-01-01")


def test_a_file_from_windows_or_a_mac_reads_the_same(tmp_path: Path, plan: Plan) -> None:
    file = tmp_path / "plan.yaml"
    decomposed = EXAMPLE.replace("å", "a\u030a").replace("\n", "\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + decomposed.encode())
    assert loading.load(file).model_dump() == plan.model_dump()


@examples(
    ("old", "new", "says"),
    [
        ("mail: jens@4k.example}", "mail: jens@4k.example, foretrækker: sms}", "sms"),
        ("mail: jens@4k.example}", "mail: jens@4k.example, foretrækker: teams}", "teams"),
    ],
)
def test_a_person_may_prefer_a_channel(old: str, new: str, says: str) -> None:
    assert loading.parse(changed((old, new)), "plan.yaml").persons["jens"].prefers == says


# --- every fault, at once, with its line and what to write ---


def test_all_faults_are_told_at_once_in_the_files_order() -> None:
    """The contract: nobody mends a plan one fault at a time."""
    found = faults(
        changed(
            ("Europe/Copenhagen", "Europe/Kopenhagen"),
            ("navn: Jens Lund", "nvn: Jens Lund"),
            (REACHED, ""),
            ("person: lars", "person: larss"),
            ("tovholder:      {person: tina}", "tovholder:"),
            ("vent: 5m", "vent: 15m"),
            ("chef: rune, ", ""),
            ("[60m, 30m, 10m]", "[3h, 30m, 10m]"),
            ("kommuner: [", "kommune: X\nkommnuer: ["),
        )
    )
    assert [each.line for each in found] == sorted(each.line for each in found)
    assert [each.what for each in found] == [
        "Tidszonen »Europe/Kopenhagen« findes ikke",
        "Ukendt nøgle »nvn«",
        "Nils Fog kan ikke nås",
        "»larss« er ikke blandt personerne",
        "Rollen »tovholder« har ingen indehaver",
        "»vent« på 15m er længere end »beslut_inden« på 10m",
        "Centret »Teknik« har ingen chef",
        "Advarslen 3h er længere end fristen »fuldt_etableret« på 2h",
        "»kommune« står to gange, første gang på linje 4",
        "Ukendt nøgle »kommnuer«",
    ]


def test_a_fault_says_file_line_and_remedy_in_one_line() -> None:
    (found,) = faults(changed(("person: eva", "person: evva")))
    assert str(found) == f"plan.yaml:{found.line}: »evva« er ikke blandt personerne. Skriv »eva«."


@examples(
    ("old", "new", "says"),
    [
        ("kommune: Høje", "komune: Høje", "Ukendt nøgle »komune«. Skriv »kommune«."),
        ("gentag: 5m", "gentage: 5m", "Ukendt nøgle »gentage«. Skriv »gentag«."),
        ("kontakt: mads", "kontact: mads", "Ukendt nøgle »kontact«. Skriv »kontakt«."),
        ("medlemmer: [", "medlemer: [", "Ukendt nøgle »medlemer«. Skriv »medlemmer«."),
        ("kanal: ", "Kanal: ", "Ukendt nøgle »Kanal«. Skriv »kanal«."),
        ("  sms: null", "  xyz: null", "Ukendt nøgle »xyz«. Her kan stå: sms, mail, opkald, sms_fravalgt."),
    ],
)
def test_an_unknown_key_is_named_with_what_was_probably_meant(old: str, new: str, says: str) -> None:
    assert the_fault(old, new) == says


@examples(
    ("old", "new", "says"),
    [
        ("[anne, ole, sara]", "[anne, olee, sara]", "»olee« er ikke blandt personerne. Skriv »ole«."),
        ("stedfortrædere: [pia]", "stedfortrædere: [pja]", "»pja« er ikke blandt personerne. Skriv »pia«."),
        ("chef: kaj", "chef: Kaj Lind", "»Kaj Lind« er ikke blandt personerne. Skriv »kaj«."),
        ("kontakt: nils", "kontakt: zzz", "»zzz« er ikke blandt personerne. Skriv zzz på under personer."),
        ("# sekretariat: [kim", "sekretariat: [kym", "»kym« er ikke blandt personerne. Skriv »kim«."),
    ],
)
def test_an_unknown_person_is_named_with_who_was_probably_meant(old: str, new: str, says: str) -> None:
    assert the_fault(old, new) == says


@examples(
    "new", ["sekretær:", "sekretær: {}", "sekretær: {person: }", 'sekretær: {person: ""}', "sekretær: {person: null}"]
)
def test_a_role_without_a_holder_is_a_fault_however_it_is_left_empty(new: str) -> None:
    """R007"""
    assert the_fault("sekretær:       {person: kim}", new).startswith("Rollen »sekretær« har ingen indehaver.")


@examples("new", ["direktion:", "direktion: {medlemmer: []}"])
def test_a_directorate_without_members_is_a_fault(new: str) -> None:
    assert the_fault("direktion:      {medlemmer: [anne, ole, sara]}", new).startswith("Rollen »direktion« har ingen")


@examples("role", ["beredskabschef", "borgmester", "direktion"])
def test_a_plan_without_a_deciding_role_is_a_fault(role: str) -> None:
    """R008: without them nobody can decide."""
    lines = [line for line in EXAMPLE.splitlines() if not line.startswith(f"  {role}:")]
    (found,) = faults("\n".join(lines))
    assert found.what == f"»{role}« mangler under »roller«"


@examples("new", ["navn: Teknik, ", "navn: Teknik, chef: , "])
def test_a_centre_without_a_chief_is_a_fault(new: str) -> None:
    """R102: somebody has to be told."""
    assert the_fault("navn: Teknik, chef: rune, ", new).startswith("Centret »Teknik« har ingen chef.")


@examples("way", ["slack: U9", "teams: aad-9", 'mobil: "12345678"', "mail: n@htk.example"])
def test_a_person_is_reached_by_any_one_way_and_by_none_is_a_fault(way: str) -> None:
    """R070"""
    assert loading.parse(changed((REACHED, f", {way}")), "plan.yaml").persons["nils"].name == "Nils Fog"
    says = the_fault(f"IT-chef{REACHED}", "IT-chef")
    assert says == "Nils Fog kan ikke nås. Skriv mindst én af slack, teams, mobil og mail."


@examples(
    ("old", "new", "says"),
    [
        ("  vent: 5m", "  vent: 11m", "»vent« på 11m er længere end »beslut_inden« på 10m. Skriv højst 10m."),
        (
            "vent_stedfortræder: 3m",
            "vent_stedfortræder: 1h",
            "»vent_stedfortræder« på 1h er længere end »beslut_inden« på 10m. Skriv højst 10m.",
        ),
        (
            "[60m, 30m, 10m]",
            "[60m, 121m, 10m]",
            "Advarslen 121m er længere end fristen »fuldt_etableret« på 2h. Skriv advarsler på højst 2h.",
        ),
        (
            "referat: [30m, 60m]",
            "referat: [60m, 30m]",
            "Referenten mindes om referatet senere end krisestabschefen. Skriv den korteste først.",
        ),
        (
            'dagsorden_påmind: "12:00"',
            'dagsorden_påmind: "17:00"',
            "»dagsorden_påmind« er senere end »dagsorden_senest«. Skriv et tidligere klokkeslæt.",
        ),
        (
            "fra: 2022-01-01",
            "fra: 2026-01-01",
            "Planens periode slutter, før den begynder. Byt om på fra og til.",
        ),
    ],
)
def test_a_wait_or_warning_longer_than_what_it_waits_for_is_a_fault(old: str, new: str, says: str) -> None:
    assert the_fault(old, new) == says


def test_a_wait_may_be_as_long_as_the_decision_and_a_warning_as_its_deadline() -> None:
    plan = loading.parse(changed(("  vent: 5m", "  vent: 10m"), ("[60m, 30m, 10m]", "[2h]")), "plan.yaml")
    assert (plan.escalation.wait, plan.deadlines.warnings) == (timedelta(minutes=10), (timedelta(hours=2),))


def test_a_wait_left_to_its_default_is_measured_too() -> None:
    text = changed(("  vent: 5m", "  #"), ("beslut_inden: 10m", "beslut_inden: 4m"))
    assert [each.what for each in faults(text)] == ["»vent« på 5m er længere end »beslut_inden« på 4m"]


@examples("written", ["0m", "-5m", "-1", "0"])
def test_a_duration_of_nothing_or_less_is_a_fault(written: str) -> None:
    says = the_fault("gentag: 5m", f"gentag: {written}")
    assert says == f"Varigheden »{written}« skal være længere end nul. Skriv fx 5m."


@examples("written", ["5", "5 minutter", "m", "1.5h", "99999999999d", "[5m]", "٥m"])
def test_a_duration_that_is_not_one_is_a_fault(written: str) -> None:
    assert "er ikke en varighed. Skriv et tal og s, m, h eller d" in the_fault("gentag: 5m", f"gentag: {written}")


@pytest.mark.long
@examples(
    ("old", "new", "says"),
    [
        ("teams: aad-pia", "teams: AAD-jens", "Jens Lund har også teams-id'et »AAD-jens«"),
        ("slack: U0KIM", "slack: u0anne", "Anne Holm har også slack-id'et »u0anne«"),
        ("trin: [beredskabschef", "trin: [beredskabshef", "»beredskabshef« er ikke en rolle i planen"),
        ("trin: [beredskabschef", "trin: [referenten", "»referenten« er ikke en rolle i planen. Skriv »referent«"),
        ("Europe/Copenhagen", "Europe", "Tidszonen »Europe« findes ikke"),
        ("Europe/Copenhagen", "../etc/passwd", "Tidszonen »../etc/passwd« findes ikke"),
        ("sundhedscenter: Sundhed ", "sundhedscenter: Sunhed ", "»Sunhed« er ikke et af centrene. Skriv »Sundhed«"),
        ("trin: [beredskabschef, borgmester, direktion]", "trin: []", "»trin« mangler under »eskalering«"),
        ("{medlemmer: [anne, ole, sara]}", "{medlemmer: anne}", "»medlemmer« skal være en liste"),
        ("borgmester:     {person: lars, ", "borgmester:     {person: [lars], ", "»person« skal være tekst"),
        ("tovholder:      {person: tina}", "tovholder: tina", "»tovholder« skal have nøgler og værdier"),
        ("færrest_punkter: 2", "færrest_punkter: to", "»færrest_punkter« skal være et helt tal"),
        ("færrest_punkter: 2", "færrest_punkter: -2", "»færrest_punkter« skal være et helt tal"),
        ("slags: telefon", "slags: fax", "»fax« kan ikke bruges som slags. Skriv telefon, postkasse eller system"),
        ("privat: true", "privat: måske", "»måske« er hverken ja eller nej"),
        ('"12:00"', '"25:00"', "»25:00« er ikke et klokkeslæt"),
        ("til: 2025-12-31", "til: 31-12-2025", "»31-12-2025« er ikke en dato"),
        ('"+4520000001"', "lokal", "»lokal« er ikke et telefonnummer"),
        ("jens@4k.example", "jens", "»jens« er ikke en mailadresse"),
        ("# adresse: https", "adresse: ftp", "»ftp://krise.kommune.example« er ikke en netadresse"),
        ("titel: Driftsleder", 'titel: ""', "»titel« mangler under »personer.mads«"),
        ("[Åben, Intern, Stab, Fortrolig]", "[Åben, Intern, Stab]", "»grader« mangler noget på plads nr. 4"),
        ("[Åben, Intern, Stab, Fortrolig]", "[a, b, c, d, e]", "»grader« har for mange. Skriv 4"),
        ("rækkefølge: [slack,", "rækkefølge: [brevdue,", "»brevdue« kan ikke bruges som rækkefølge"),
        (ORDER, "rækkefølge: {vent_haster: snart}", "»snart« er ikke en varighed"),
        (
            ORDER,
            "rækkefølge: {vent_haster: 15m, vent_almindelig: 2m}",
            "»vent_haster« på 15m er længere end »vent_almindelig« på 2m. Skriv mindst 15m",
        ),
        (ORDER, "rækkefølge: {almindelig: [slack, opkald]}", "Der ringes kun op, når det haster. Slet opkald"),
        (REACHED, ', mobil: "1234", foretrækker: opkald', "»opkald« kan ikke bruges som foretrækker"),
        ("  mail: null", "  opkald: twilio://AC1:nøgle", "Gatewayen for opkald mangler konto, nøgle eller nummer"),
    ],
)
def test_what_does_not_fit_is_said_with_how_it_is_written(old: str, new: str, says: str) -> None:
    assert the_fault(old, new).startswith(says)


def test_a_call_that_nobody_could_answer_is_a_fault_and_one_that_is_never_made_a_warning() -> None:
    """D06: a key that is pressed comes back to krisebot's own address; without a wait nobody is rung up in time."""
    calls = ("  mail: null", "  opkald: twilio://AC1:nøgle@+4570102030")
    says = the_fault(*calls, at="reserve:\n")
    assert says.startswith("Den, der ringes op, kan ikke svare")
    assert "nøgle" not in says
    known = ("# adresse: https", "adresse: https")
    late = [
        each
        for each in to_mend.warnings(loading.parse(changed(calls, known), "plan.yaml"))
        if "vent_haster" in each.what
    ]
    assert [each.mend for each in late] == ["Skriv »vent_haster: 2m« under rækkefølge"]
    plan = loading.parse(
        changed(calls, known, (ORDER, "rækkefølge: {vent_haster: 2m, vent_almindelig: 1h}")), "plan.yaml"
    )
    assert not any("vent_haster" in each.what for each in to_mend.warnings(plan))
    waits = [plan.channel_order.wait(urgent=urgent) for urgent in (True, False)]
    assert waits == [timedelta(minutes=2), timedelta(hours=1)]
    assert "nøgle" not in repr(plan)


def test_an_id_cannot_look_like_somebody_from_outside_the_plan() -> None:
    """The contract: in exports, `slack:U…` is an employee who isn't in the plan."""
    assert the_fault("  nils:  {", "  slack:U1: {navn: X, mail: x@htk.example}\n  nils:  {").startswith(
        "»slack:U1« kan ikke være et id"
    )


def test_two_centres_of_one_name_are_a_fault_at_both() -> None:
    assert [each.what for each in faults(changed(("navn: Job", "navn: Børn")))] == ["To centre hedder »Børn«"] * 2


def test_a_person_who_prefers_what_they_have_not_is_a_fault() -> None:
    says = the_fault(REACHED, ", mail: n@htk.example, foretrækker: sms")
    assert says.startswith("Personen foretrækker sms, men har ingen mobil")


def test_a_misspelt_list_of_persons_does_not_make_everybody_unknown() -> None:
    assert [each.what for each in faults(changed(("personer:\n", "persner:\n")))] == ["Ukendt nøgle »persner«"]


# --- what isn't a plan at all ---


@examples(
    ("text", "line", "says"),
    [
        ("", 0, "Filen er tom"),
        ("# kun en bemærkning\n", 0, "Filen er tom"),
        ("- a\n- b", 1, "»planen« skal have nøgler og værdier"),
        ("bare tekst", 1, "»planen« skal have nøgler og værdier"),
        ("a: 1\n\tb: 2", 2, "Linjen er rykket ind med tabulator"),
        ("a: 1\nb: [1, 2\nc: 3", 2, "En klamme er ikke lukket"),
        ("a: 1\nb: 'x\nc: 3\n", 2, "Et anførselstegn er ikke lukket"),
        ("a: 1\nb: c: d", 2, "Linjen kan ikke læses som YAML"),
        ("a: 1\nb: @x", 2, "Linjen begynder en værdi med et tegn"),
        ("a: 1\nb: *x", 2, "Linjen begynder en værdi med et tegn"),
        ("a: 1\n---\nb: 1", 2, "Filen har mere end én plan"),
        ("a: 1\nb: \x00", 2, "Et usynligt tegn"),
        ("a: 1\nb: \ud800", 2, "Et usynligt tegn"),
        ("[" * 1_000, 0, "Filen har for mange niveauer"),
        ("a: b\n" * 200_000, 0, "Filen er for stor"),
    ],
)
def test_what_is_not_yaml_is_one_fault_where_reading_stopped(text: str, line: int, says: str) -> None:
    (found,) = [each for each in faults(text) if not each.what.endswith("mangler")]
    assert (found.line, found.what.startswith(says)) == (line, True), found


def test_references_inside_the_file_are_refused_before_they_grow() -> None:
    """A billion laughs are nine lines."""
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    found = faults(bomb)
    assert len(found) < 200
    assert "En plan kan ikke henvise til sig selv med * og &" in {each.what for each in found}


def test_a_part_that_holds_itself_is_refused() -> None:
    assert "henvise til sig selv" in the_fault("steder: [Birkehøj", "steder: &x [*x, Birkehøj")


def test_a_tag_never_makes_an_object() -> None:
    text = changed(("kommune: Høje-Taastrup Kommune", "kommune: !!python/object/apply:os.getcwd []"))
    assert "En værdi kan ikke have et mærke med !" in [each.what for each in faults(text)]


def load_fault(file: Path) -> Fault:
    with pytest.raises(PlanFaults) as raised:
        loading.load(file)
    (found,) = raised.value.faults
    assert found.file == str(file)
    return found


def test_a_missing_file_is_a_fault_with_its_path(tmp_path: Path) -> None:
    found = load_fault(tmp_path / "plan.yaml")
    assert (found.line, found.what) == (0, "Filen findes ikke")


def test_a_folder_is_a_fault(tmp_path: Path) -> None:
    assert load_fault(tmp_path).what == "Filen kan ikke læses"


def test_a_file_that_is_not_utf_8_is_a_fault_on_the_line_where_it_shows(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes("kommune: X\ntitel: Høje-Taastrup\n".encode("latin-1"))
    found = load_fault(file)
    assert (found.line, found.what) == (2, "Filen er ikke UTF-8")


def test_an_enormous_file_is_turned_away_unread(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    with file.open("wb") as sparse:
        sparse.truncate(10_000_000)
    assert load_fault(file).what == "Filen er for stor til at være en plan"


# --- warnings ---


def test_roles_without_a_deputy_are_warnings_with_their_lines(plan: Plan) -> None:
    """R007: the directorate's members stand in for each other."""
    lines = EXAMPLE.splitlines()
    alone = [each for each in to_mend.warnings(plan) if each.what.endswith("har ingen stedfortræder")]
    named = [lines[each.line - 1].split(":")[0].strip() for each in alone]
    assert named == ["sekretær", "referent", "tovholder", "kommunikation"]


def test_a_distribution_list_under_watch_is_a_warning(plan: Plan) -> None:
    """T23: it can't be watched as a mailbox."""
    (found,) = [each for each in to_mend.warnings(plan) if "distributionsliste" in each.what]
    assert "dl_krisestab@htk.example" in EXAMPLE.splitlines()[found.line - 1]


def test_a_step_that_cannot_decide_is_a_warning() -> None:
    """R008"""
    plan = loading.parse(changed(("borgmester, direktion]", "borgmester, tovholder, direktion]")), "plan.yaml")
    assert "»tovholder« i »trin« kan ikke beslutte aktivering" in [each.what for each in to_mend.warnings(plan)]


@examples(
    ("number", "landline"),
    [
        ("+4543591000", True),
        ("+4533123456", True),
        ("+4586123456", True),
        ("+4576123456", True),
        ("+4570102030", True),
        ("+4580202020", True),
        ("+4520000001", False),
        ("+4531123456", False),
        ("+4542123456", False),
        ("+4560123456", False),
        ("+4593123456", False),
        # Mobiles among the landlines.
        ("+4543112345", False),
        ("+4534412345", False),
        ("+4566212345", False),
        ("+4578912345", False),
        # From abroad.
        ("+46812345678", False),
    ],
)
def test_a_number_that_takes_no_sms_is_told_by_its_series(number: str, landline: bool) -> None:
    """R070"""
    assert looks_like_a_landline(number) == landline


CALLS, SMS = 'opkald: "twilio://AC1:kode@+4512345678"', "gatewayapi://TOKEN@4512345678"


@pytest.mark.parametrize(
    ("ways", "reserve", "said"),
    [
        ('mobil: "+4543591000", slack: U0NILS', "sms: null", "ligner et, der ingen sms får"),
        ('fastnet: "+4543591000"', "sms: null", "Nils Fog har kun »fastnet«, og planen har ingen »reserve: opkald«"),
        (
            'fastnet: "+4543591000"',
            f'sms: "{SMS}"',
            "Nils Fog har kun »fastnet«, og planen har ingen »reserve: opkald«",
        ),
        ('mobil: "+4520000023"', "sms: null", "Nils Fog har kun »mobil«, og planen har ingen »reserve: sms«"),
        ('fastnet: "+4543591000"', f"sms: null\n  {CALLS}", None),
        ('mobil: "+4520000023"', f'sms: "{SMS}"', None),
        ('fastnet: "+4543591000", mail: nils@htk.example', "sms: null", None),
    ],
)
def test_whoever_only_a_way_that_the_plan_lacks_would_reach_is_a_warning_on_their_line(
    ways: str, reserve: str, said: str | None
) -> None:
    """R070 R007: a landline is called and sent no SMS, and somebody must be able to call it."""
    text = changed(
        (REACHED, f", {ways}"), ("  sms: null", f"  {reserve}"), ("kommune: ", "adresse: https://k.example\nkommune: ")
    )
    plan = loading.parse(text, "plan.yaml")
    found = [each for each in to_mend.warnings(plan) if "Nils Fog" in each.what]
    assert [(said or "nothing") in each.what for each in found] == ([True] if said else [])
    assert all("navn: Nils Fog" in text.splitlines()[each.line - 1] for each in found)


@pytest.mark.parametrize(
    ("today", "says"),
    [
        (date(2021, 12, 31), ["Planens periode begynder 1. januar 2022"]),
        (date(2022, 1, 1), []),
        (date(2025, 12, 31), []),
        (date(2026, 1, 1), ["Planens periode udløb 31. december 2025"]),
    ],
)
def test_a_plan_outside_its_period_warns_and_its_last_day_is_inside(plan: Plan, today: date, says: list[str]) -> None:
    """T29"""
    found = to_mend.warnings_on(plan, today)
    assert [each.what for each in found if "periode" in each.what] == says
    assert [each for each in found if "periode" not in each.what] == to_mend.warnings(plan)


# --- looking up ---


@pytest.mark.parametrize(
    ("platform", "address", "person"),
    [
        ("slack", "U0JENS", "jens"),
        ("slack", "aad-jens", None),
        ("teams", "AAD-JENS", "jens"),
        ("sms", "+4520000002", "pia"),
        ("mail", "Bo@HTK.example", "bo"),
        ("slack", "U0FINN", None),
    ],
)
def test_a_platforms_id_finds_its_person_and_nobody_else(
    plan: Plan, platform: str, address: str, person: str | None
) -> None:
    """R022"""
    assert plan.find(platform, address) == person


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("borgmesteren", ["lars"]),
        ("Borgmester", ["lars"]),
        ("4k", ["jens"]),
        ("beredskabschefen", ["jens"]),
        ("tovholder:", ["tina"]),
        ("Sundhed", ["hanne"]),
        ("oekonomi", ["siv"]),
        ("IT", ["nils"]),
        ("kommunikation", ["bo"]),
        ("direktionen", ["anne", "ole", "sara"]),
        ("sekretariatet", ["kim", "eva", "tina"]),
        ("kommunaldirektøren", ["anne"]),
        ("viceborgmesteren", ["mette"]),
        ("Direktør", ["ole", "sara"]),
        ("@Mads", ["mads"]),
        ("  mads   ROSEN ", ["mads"]),
        ("Kjaer", ["bo"]),
        ("Bo Kjær.", ["bo"]),
        ("Lind", ["eva", "kaj"]),
        ("Jensen", []),
        ("", []),
        ("?", []),
    ],
)
def test_people_are_found_by_whatever_they_are_called(plan: Plan, text: str, persons: list[str]) -> None:
    """R022: name, title, role, centre or support function; a name that two share gives both."""
    assert plan.named(text) == persons


def test_a_centre_without_a_contact_is_answered_for_by_its_chief() -> None:
    """R106"""
    plan = loading.parse(changed(("chef: rune, kontakt: mads", "chef: rune")), "plan.yaml")
    assert plan.named("Teknik") == ["rune"]


def test_a_role_is_its_holders_although_somebody_else_has_the_title() -> None:
    """A title gives no right."""
    plan = loading.parse(changed(("titel: Driftsleder", "titel: Borgmester")), "plan.yaml")
    assert plan.named("borgmesteren") == ["lars"]


def test_the_deciders_stand_in_the_plans_order_with_their_deputies(plan: Plan) -> None:
    """R008: 4K, mayor, directorate."""
    assert plan.deciders() == ["jens", "pia", "lars", "mette", "anne", "ole", "sara"]


def test_a_deputy_has_the_role_and_is_known_as_a_deputy(plan: Plan) -> None:
    """R007"""
    assert (plan.holder("borgmester"), plan.deputies("borgmester")) == ("lars", ["mette"])
    assert plan.roles_of("mette") == plan.deputised_by("mette") == {"borgmester"}
    assert (plan.roles_of("tina"), plan.deputised_by("tina")) == ({"tovholder", "logfører"}, {"logfører"})
    assert (plan.roles_of("ole"), plan.deputised_by("ole")) == ({"direktion"}, set())
    assert plan.roles_of("slack:U0FINN") == set()


def test_a_role_that_nobody_has_gives_nobody(plan: Plan) -> None:
    assert (plan.holder("pressetalsperson"), plan.deputies("pressetalsperson")) == (None, [])
    assert (plan.holders("findes ikke"), plan.holder("direktion")) == ([], None)
    assert plan.person("finn") is None


def test_the_interim_secretariat_is_the_named_one_or_the_roles(plan: Plan) -> None:
    """R130 T22"""
    assert plan.interim_secretariat() == ["kim", "eva", "tina"]
    named = loading.parse(changed(("# sekretariat: [kim, eva, tina]", "sekretariat: [siv, kim]")), "plan.yaml")
    assert named.interim_secretariat() == named.named("krisesekretariatet") == ["siv", "kim"]


def test_the_health_centre_is_the_named_one_or_the_one_called_so(plan: Plan) -> None:
    """R115"""
    unnamed = loading.parse(changed(("sundhedscenter: Sundhed", "#")), "plan.yaml")
    other = loading.parse(changed(("sundhedscenter: Sundhed", "sundhedscenter: Børn")), "plan.yaml")
    named = [each.name for each in (plan.health_centre(), unnamed.health_centre(), other.health_centre()) if each]
    assert named == ["Sundhed", "Sundhed", "Børn"]


def test_a_person_knows_their_centres(plan: Plan) -> None:
    """R103 R106"""
    assert [[each.name for each in plan.centres_of(person)] for person in ("rune", "kim", "bo")] == [
        ["Teknik"],
        ["Byråd"],
        [],
    ]


def test_the_four_grades_may_be_renamed() -> None:
    """T31"""
    plan = loading.parse(changed(("[Åben, Intern, Stab, Fortrolig]", "[Fri, Hus, Stab, Lukket]")), "plan.yaml")
    assert [plan.grade_name(each) for each in ("open", "confidential")] == ["Fri", "Lukket"]


# --- frozen into a crisis ---


def test_a_crisis_keeps_its_roles_chain_and_deadlines_when_the_plan_changes(plan: Plan) -> None:
    """The contract: a crisis keeps the roles, chain and deadlines that it began with."""
    frozen = json.loads(json.dumps(plan.frozen()))
    today = loading.parse(
        changed(
            ("borgmester:     {person: lars, stedfortrædere: [mette]}", "borgmester: {person: mette}"),
            ("trin: [beredskabschef, borgmester, direktion]", "trin: [borgmester]"),
            ("fuldt_etableret: 2h", "fuldt_etableret: 4h"),
            ("chef: rune, kontakt: mads", "chef: mads"),
        ),
        "plan.yaml",
    )
    assert today.holder("borgmester") == "mette"
    thawed = Plan.thawed(frozen, today)
    assert (thawed.roles, thawed.escalation, thawed.deadlines) == (plan.roles, plan.escalation, plan.deadlines)
    assert (thawed.centres, thawed.meetings, thawed.grades) == (plan.centres, plan.meetings, plan.grades)


def test_a_crisis_uses_todays_numbers_ids_and_gateways(plan: Plan) -> None:
    """The contract: telephone numbers and ids are always today's."""
    today = loading.parse(
        changed(("+4520000001", "+4599999999"), ("U0JENS", "U9JENS"), ("  sms: null", "  sms: http://gateway.example")),
        "plan.yaml",
    )
    thawed = Plan.thawed(plan.frozen(), today)
    assert thawed.persons["jens"].mobile == "+4599999999"
    assert (thawed.find("slack", "U9JENS"), thawed.find("slack", "U0JENS")) == ("jens", None)
    assert (thawed.fallback, thawed.phones, thawed.timezone) == (today.fallback, today.phones, today.timezone)


def test_a_person_who_has_left_the_plan_can_still_be_reached_in_the_crisis(plan: Plan) -> None:
    lines = [line for line in EXAMPLE.splitlines() if not line.startswith("  ole:")]
    today = loading.parse("\n".join(lines).replace("[anne, ole, sara]", "[anne, sara]"), "plan.yaml")
    thawed = Plan.thawed(plan.frozen(), today)
    assert thawed.board() == ["anne", "ole", "sara"]
    assert thawed.persons["ole"] == plan.persons["ole"]
    assert (thawed.find("slack", "U0OLE"), today.find("slack", "U0OLE")) == ("ole", None)


def test_an_id_that_moved_to_a_new_name_is_todays(plan: Plan) -> None:
    today = loading.parse(EXAMPLE.replace("ole:   {", "oleb:  {").replace("anne, ole, sara", "anne, oleb, sara"), "p")
    assert Plan.thawed(plan.frozen(), today).find("slack", "U0OLE") == "oleb"


def test_a_crisis_from_an_older_version_is_still_read(plan: Plan) -> None:
    frozen = plan.frozen() | {"brevduer": ["grå"]}
    frozen["eskalering"]["fax"] = "ja"
    assert Plan.thawed(frozen, plan).model_dump() == plan.model_dump()


def test_no_gateway_password_is_frozen_or_shown() -> None:
    plan = loading.parse(changed(("  sms: null", "  sms: https://user:hemmelig@gateway.example")), "plan.yaml")
    assert plan.fallback.sms
    assert "hemmelig" not in json.dumps(plan.frozen()) + repr(plan)


# --- whatever is thrown at it ---


@given(st.integers(1, 999_999), st.sampled_from("smhd"))
def test_a_duration_survives_being_written_and_read(number: int, unit: str) -> None:
    duration = read_duration(f"{number}{unit}")
    assert read_duration(write_duration(duration)) == duration


def faults_if_any(text: str) -> list[Fault]:
    try:
        loading.parse(text, "plan.yaml")
    except PlanFaults as error:
        return error.faults or [Fault(-1, "", "", "")]
    return []


def only_a_plan_or_faults(text: str) -> None:
    lines = len(text.splitlines()) + 1
    for each in faults_if_any(text):
        assert 0 <= each.line <= lines
        assert each.what
        assert each.mend
        assert "eksempelplanen skriver det" not in each.mend, "a fault of a kind that nobody has found words for"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
@also("? [a]\n: b")
@also("%YAML 1.1\n---\na: nej")
@also("<<: {a: b}")
@also("|")
def test_any_text_gives_a_plan_or_faults_and_never_a_traceback(text: str) -> None:
    only_a_plan_or_faults(text)


WORDS = [
    ":",
    "-",
    "[",
    "]",
    "{",
    "}",
    "&a",
    "*a",
    "!!x",
    "null",
    "",
    "\t",
    "0",
    "jens",
    "ja",
    "'",
    "5m",
    "[]",
    "{}",
    "# ",
]


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(EXAMPLE) - 1), st.integers(0, 40), st.sampled_from(WORDS))
def test_any_slip_in_a_plan_gives_a_plan_or_faults_with_a_remedy(at: int, length: int, instead: str) -> None:
    only_a_plan_or_faults(EXAMPLE[:at] + instead + EXAMPLE[at + length :])
