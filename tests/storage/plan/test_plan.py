"""The plan file: read whole, and looked up by the bot."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from storage.plan import loading
from storage.plan.model import Plan
from tests.storage.plan.changed import EXAMPLE, changed
from tests.tables import examples


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


def test_4k_is_said_of_its_chief_and_not_of_a_municipalitys_own(plan: Plan) -> None:
    """R008: in a small municipality the chief of preparedness may be the mayor or a director."""
    assert [plan.leads_4k(person) for person in ("jens", "pia", "lars", None)] == [True, False, False, False]
    for old, new in (("{person: lars, sted", "{person: jens, sted"), ("[anne, ole, sara]", "[jens, ole, sara]")):
        assert not loading.parse(changed((old, new)), "plan.yaml").leads_4k("jens")
