"""The inventory: what is stored, table by table, in words that the person it is about would understand, and how long it
is kept.

The one list that retention, a person's own data and the guide go by. A table that isn't here fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Rule = Literal["sager", "beskeder", "kontakttest", "nothing personal"]
"""The plan's key under `opbevaring` that says how long; or that there is nothing personal in it."""


@dataclass(frozen=True)
class Held:
    """A table of what is stored.

    Args:
        what: Danish.
        rule: how long it is kept.
    """

    what: str
    rule: Rule = "sager"


HELD = {
    "absences": Held("Fravær", "beskeder"),
    "accounts": Held("Personens konti i Slack og Teams, fundet ved mailadressen", "beskeder"),
    "addresses": Held("Hvor personen kan nås, lært af at have hørt fra dem", "beskeder"),
    "agenda_items": Held("Punkter på dagsordener"),
    "agendas": Held("Dagsordener"),
    "agency_requests": Held("Anmodninger til Beredskabsstyrelsen gennem 4K"),
    "alerts": Held("Varsler"),
    "approvals": Held("Godkendelser og forslag"),
    "assistance_requests": Held("Anmodninger om bistand"),
    "attachments": Held("Billeder og filer"),
    "board_links": Held("Links til vægtavlen"),
    "calls": Held("Opringninger, der er noteret"),
    "case_exports": Held("Eksporter af sager"),
    "centre_notices": Held("Underretning af centre"),
    "checklists": Held("Tjeklister"),
    "communication_plans": Held("Kommunikationsplaner"),
    "contact_checks": Held("Kontakttest", "kontakttest"),
    "coordinating_staffs": Held("Koordinerende stabe"),
    "coordination_reports": Held("Fælles rapporter"),
    "coordination_seats": Held("Pladser i koordinerende stabe"),
    "council_briefings": Held("Orienteringer til Byrådet"),
    "counts": Held("Tal i situationsbilledet"),
    "crises": Held("Kriser og øvelser"),
    "decisions": Held("Beslutninger"),
    "deliveries": Held("Afsendelser af beskeder", "beskeder"),
    "developments": Held("Hvordan situationen ventedes at udvikle sig"),
    "drawn_in": Held("Personer, der er inddraget"),
    "emergency_packs": Held("Nødpakker på papir", "nothing personal"),
    "escalation_steps": Held("Hvem der er spurgt efter et varsel"),
    "escalations": Held("Eskaleringer"),
    "evaluations": Held("Evalueringer"),
    "exercises": Held("Øvelser, der er holdt"),
    "expenses": Held("Hvad krisen koster"),
    "externals": Held("Personer udefra"),
    "facts": Held("Krisebots egne mærker", "nothing personal"),
    "filings": Held("Journalisering"),
    "framing_meetings": Held("Rammesættende møder"),
    "health_plans": Held("Sundhedsberedskabsplanen"),
    "home_pages": Held("Krisebots side i Slack, mens den er åben", "beskeder"),
    "improvements": Held("Forbedringer efter evalueringer, og hvem der har dem"),
    "inbox": Held("Det, der er skrevet og trykket, ordret", "beskeder"),
    "indicators": Held("Indikatorer"),
    "information_needs": Held("Hvad staben skal vide, og hvem der svarer"),
    "intents": Held("Hensigter"),
    "joint_decisions": Held("Fælles kriseledelses beslutninger"),
    "lanes": Held("Samtaler, der er sendt til", "beskeder"),
    "liaison_mandates": Held("Forbindelsesofficerens mandat"),
    "liaison_reports": Held("Forbindelsesofficerens meldinger"),
    "local_staffs": Held("Lokale stabe"),
    "log_entries": Held("Loggen"),
    "log_states": Held("Hvor loggens linjer står nu"),
    "log_words": Held("Loggens søgeord"),
    "logistics_members": Held("Logistikstaben"),
    "mail_readings": Held("Gennemlæsning af postkasser"),
    "mail_tokens": Held("Mails, der er hentet ind", "beskeder"),
    "measures": Held("Tiltag"),
    "media_analyses": Held("Medieanalyser"),
    "media_findings": Held("Medieovervågning"),
    "meetings": Held("Møder"),
    "members": Held("Krisestabens medlemmer"),
    "messages": Held("Beskeder fra Krisebot", "beskeder"),
    "minutes": Held("Referater"),
    "named_deputies": Held("Stedfortrædere, der er udpeget i chatten", "beskeder"),
    "night_checks": Held("Nattest: om telefonen vækker", "kontakttest"),
    "nudge_receipts": Held("Hvem der har læst en udsendt mail"),
    "nudges": Held("Udsendte mails"),
    "offers": Held("Tilbud om hjælp"),
    "option_papers": Held("Oplæg"),
    "orders": Held("Ordrer"),
    "outages": Held("Kritiske funktioner, der har stået stille"),
    "paces": Held("Hvor meget der er sendt", "nothing personal"),
    "papers": Held("Papirer, der er delt"),
    "partner_measures": Held("Hvad samarbejdspartnere har sat i værk"),
    "partners": Held("Samarbejdspartnere"),
    "picture_contributions": Held("Bidrag til situationsbilledet"),
    "picture_texts": Held("Situationsbilledets tekster"),
    "pictures": Held("Situationsbilleder"),
    "ping_answers": Held("Svar på statusspørgsmål"),
    "pings": Held("Statusspørgsmål"),
    "plan_duties": Held("Planens egne pligter"),
    "public_messages": Held("Budskaber"),
    "questions": Held("Spørgsmål"),
    "quota_asks": Held("Hvem der er spurgt, om de kan komme, og hvad de svarede"),
    "quotas": Held("Hvor mange der er bedt om, og til hvad"),
    "rehearsal_posts": Held("Øvelseschatten", "beskeder"),
    "reports": Held("Meldinger"),
    "representatives": Held("Kommunale repræsentanter"),
    "resources": Held("Ressourcer"),
    "rooms": Held("Stabens kanaler"),
    "rota_copies": Held("Hentning af vagtplaner", "nothing personal"),
    "rota_duties": Held("Vagter i vagtplanen", "beskeder"),
    "schemes": Held("Faste statusrunder"),
    "sharings": Held("Hvad der er delt med hvem"),
    "shifts": Held("Vagter i staben"),
    "stored_files": Held("Billeders og filers indhold"),
    "summons": Held("Indkaldelser"),
    "support_needs": Held("Støttefunktioners bemanding"),
    "tasks": Held("Opgaver"),
    "timers": Held("Påmindelser", "beskeder"),
    "watch_checks": Held("Tjek af overvågede linjer"),
    "watched_lines": Held("Overvågede linjer"),
}
