"""The plan file: every fault at once, with its line and what to write, whatever the file is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example as also
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.plan import loading, to_mend
from storage.plan.faults import Fault, PlanFaults
from storage.plan.words import CHATS, read_duration, write_duration
from tests.storage.plan.changed import EXAMPLE, REACHED, changed, faults, the_fault
from tests.tables import examples

ORDER = "rækkefølge: [slack, teams, sms, mail]"


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
    assert says == f"Nils Fog kan ikke nås. Skriv mindst én af {', '.join(CHATS)}, mobil og mail."


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
