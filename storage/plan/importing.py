"""The import of contacts from a spreadsheet, compared with the plan: differences are shown before any is taken over.
Plan §5.

The list is CSV or Excel, with a heading for each column. An empty field changes nothing; whoever isn't in the list is
taken out of the plan, unless the plan still needs them.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from storage.plan.faults import Fault, said_of
from storage.plan.model import Plan
from storage.plan.persons import Person
from storage.plan.words import fold

# The plan's keys for a person, and what municipalities call them in their lists.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "nøgle"),
    "navn": ("navn", "fulde navn", "name"),
    "titel": ("titel", "stilling", "stillingsbetegnelse", "funktion"),
    "enhed": ("enhed", "afdeling", "center", "organisation"),
    "mobil": ("mobil", "mobilnummer", "mobiltelefon", "telefon", "telefonnummer", "tlf", "nummer"),
    "fastnet": ("fastnet", "fastnetnummer", "fastnettelefon", "lokalnummer"),
    "mail": ("mail", "e-mail", "email", "mailadresse", "e-mailadresse"),
    "slack": ("slack", "slack-id"),
    "teams": ("teams", "teams-id", "aad", "objekt-id"),
    "fornavn": ("fornavn",),
    "efternavn": ("efternavn",),
}
MEANT = {fold(name): key for key, names in COLUMNS.items() for name in names}
# What is carried over to the plan.
TAKEN = ("navn", "titel", "enhed", "slack", "teams", "mobil", "fastnet", "mail")
SEPARATORS = (";", "\t", ",")
# What a list of persons may be at most, in bytes: the file, and what is packed in it. A file of a few kB can hold gigabytes.
LARGEST, UNPACKED, BEGINNING = 10 * 1024**2, 50 * 1024**2, 1024
# Its rows and columns, and the letters of a cell.
MOST_ROWS, MOST_COLUMNS, LONGEST = 20_000, 100, 1_000
# What reading something else as Excel ends in.
NOT_EXCEL = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    SyntaxError,
    RuntimeError,
)


@dataclass(frozen=True)
class Row:
    """A person in the list.

    Args:
        line: as the spreadsheet numbers it.
        values: what is filled in, by the plan's keys.
    """

    line: int
    values: Mapping[str, str]


@dataclass
class Difference:
    """The changes that a list would make in the plan.

    Args:
        added: new persons: id, row.
        changed: persons with other details: id, row, and for each key what it was and is.
        removed: ids that the list hasn't got.
        same: how many are as they were.
        faults: what is wrong with the list; nothing is written while there is any.
    """

    added: list[tuple[str, Row]] = field(default_factory=list)
    changed: list[tuple[str, Row, dict[str, tuple[str, str]]]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    same: int = 0
    faults: list[Fault] = field(default_factory=list)


class Unreadable(Exception):
    """The list can't be read; the message says why, in Danish."""


def read(path: Path) -> list[Row]:
    """Read the persons in a list.

    Raises:
        Unreadable: it isn't there, it is no spreadsheet, or it has no heading for names.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"filen er større end {LARGEST // 1024**2} MB: det er ikke en liste over personer")
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"filen kan ikke læses ({error.strerror})") from error
    cells = _excel(content) if content.startswith(b"PK\x03\x04") else _csv(content)
    heads = next(((at, each) for at, each in enumerate(cells) if any(each)), (0, []))
    columns = {place: MEANT[fold(head)] for place, head in enumerate(heads[1]) if fold(head) in MEANT}
    if not {"navn", "fornavn", "id"} & set(columns.values()):
        raise Unreadable("der er ingen kolonne med overskriften navn. Skriv fx id;navn;titel;enhed;mobil;mail")
    rows = []
    for at, each in enumerate(cells[heads[0] + 1 :], heads[0] + 2):
        values = {columns[place]: value for place, value in enumerate(each) if place in columns and value}
        first, last = values.pop("fornavn", ""), values.pop("efternavn", "")
        if first or last:
            values.setdefault("navn", f"{first} {last}".strip())
        if values:
            rows.append(Row(at, values))
    return rows


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a Danish Excel writes when it is asked for CSV.
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise Unreadable("filen er hverken CSV eller Excel (.xlsx)")
    heading = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=heading.count)
    try:
        return _bounded(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        raise Unreadable(f"filen er ikke en CSV, der kan læses ({error})") from error


def _excel(content: bytes) -> list[list[str]]:
    try:
        _look_into(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        # No further to the right and down than a list of persons goes, whatever the sheet says of its size.
        sheet = book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
        return _bounded([_cell(value) for value in row] for row in sheet)
    except NOT_EXCEL as error:
        raise Unreadable("filen er ikke et regneark, der kan læses (.xlsx)") from error


def _look_into(content: bytes) -> None:
    """See that what is packed is no larger unpacked than it may be, and speaks of nothing outside it.

    Raises:
        Unreadable: it is or does.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(each.file_size for each in packed.infolist()) > UNPACKED:
            raise Unreadable(
                f"regnearket fylder over {UNPACKED // 1024**2} MB pakket ud: det er ikke en liste over personer"
            )
        for each in packed.infolist():
            with packed.open(each) as part:
                if b"<!DOCTYPE" in part.read(BEGINNING).upper():
                    raise Unreadable("regnearket henviser ud af sig selv (DOCTYPE). Gem det igen fra Excel")


def _bounded(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Take the rows of a list, as far as it is one.

    Raises:
        Unreadable: there are more than people, or a cell holds more than what a person is called by.
    """
    taken: list[list[str]] = []
    for row in rows:
        if len(taken) >= MOST_ROWS or len(row) > MOST_COLUMNS:
            raise Unreadable(f"listen har over {MOST_ROWS} rækker eller {MOST_COLUMNS} kolonner")
        if any(len(cell) > LONGEST for cell in row):
            raise Unreadable(f"række {len(taken) + 1} har en celle på over {LONGEST} tegn")
        taken.append([cell.strip() for cell in row])
    return taken


def _cell(value: object) -> str:
    """Return a cell as it was typed: a telephone number that was kept as a number has no decimals."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def compare(plan: Plan, rows: Sequence[Row], name: str, *, keep: bool = False) -> Difference:
    """Compare a list with the plan.

    Args:
        plan: as it is.
        rows: the list.
        name: what the list's faults call it.
        keep: whoever isn't in the list stays in the plan.
    """
    found = Difference()
    seen: dict[str, int] = {}
    taken = set(plan.persons)
    fresh: dict[str, str] = {}
    for row in rows:
        ids = _meant(plan, row.values)
        if len(ids) > 1:
            found.faults.append(
                Fault(row.line, name, f"Rækken passer på {' og '.join(ids)}", "Skriv personens id i en kolonne »id«")
            )
            seen.update(dict.fromkeys(ids, row.line))
            continue
        person = ids[0] if ids else _new_id(row.values, taken)
        if not ids and "id" not in row.values:
            # Two new ones of the same name are one who was written twice, unless the list says otherwise.
            person = fresh.setdefault(fold(row.values.get("navn", "")), person)
        if person in seen:
            what = f"{row.values.get('navn', person)} står også på linje {seen[person]}"
            found.faults.append(Fault(row.line, name, what, "Slet den ene, eller giv dem hver sit id"))
            continue
        seen[person] = row.line
        taken.add(person)
        before = _details(plan.persons[person]) if ids else {}
        details = {**before, **{key: row.values[key] for key in TAKEN if row.values.get(key)}}
        try:
            after = _details(Person.model_validate(details))
        except ValidationError as error:
            found.faults += [Fault(row.line, name, *said_of(each)) for each in error.errors()]
            continue
        differs = {key: (before.get(key, ""), after[key]) for key in TAKEN if after.get(key, "") != before.get(key, "")}
        if not ids:
            found.added.append((person, Row(row.line, after)))
        elif differs:
            found.changed.append((person, row, differs))
        else:
            found.same += 1
    if not keep:
        _remove(plan, [person for person in plan.persons if person not in seen], name, found)
    return found


def _remove(plan: Plan, absent: Sequence[str], name: str, found: Difference) -> None:
    """Remove those who aren't in the list from the plan. Whoever the plan still needs is a fault: somebody else has to
    be written in their place first."""
    for person in absent:
        needed = [*sorted(plan.roles_of(person)), *(each.name for each in plan.centres_of(person))]
        needed += [each.name for each in plan.support_functions if person in (each.contact, each.deputy)]
        needed += ["sekretariat"] if person in plan.secretariat else []
        needed += [card.title for card in plan.action_cards if card.owner == person]
        if needed:
            what = f"{plan.persons[person].name} ({person}) er ikke i listen, men står i planen som {', '.join(needed)}"
            mend = "Skriv en anden der først, sæt personen på listen, eller brug --behold"
            found.faults.append(Fault(0, name, what, mend))
        else:
            found.removed.append(person)


def _meant(plan: Plan, values: Mapping[str, str]) -> list[str]:
    """Find whom a row is about: by id, else by mail, else by name, else by number; nobody when it is somebody new."""
    if values.get("id") in plan.persons:
        return [values["id"]]
    if "id" in values:
        return []
    for key, same in (("mail", str.casefold), ("navn", fold)):
        if values.get(key):
            ids = [
                person
                for person, known in plan.persons.items()
                if same(_details(known).get(key, "")) == same(values[key])
            ]
            if ids:
                return ids
    return []


def _details(person: Person) -> dict[str, str]:
    return {
        key: value
        for key, value in person.model_dump(by_alias=True, exclude_none=True, include=set(Person.model_fields)).items()
        if key in TAKEN
    }


def _new_id(values: Mapping[str, str], taken: set[str]) -> str:
    """Return a new person's id: the list's own, else the first name, made longer until nobody has it."""
    if values.get("id"):
        return values["id"]
    words = fold(values.get("navn", "")).replace("/", " ").split() or ["person"]
    names = [words[0], "".join(words[:1] + words[-1:]), "".join(words)]
    plain = ["".join(letter for letter in each if letter.isalnum()) or "person" for each in names]
    numbered = (f"{plain[0]}{number}" for number in range(2, 10_000))
    return next(each for each in (*plain, *numbered) if each not in taken)


def in_words(plan: Plan, found: Difference, line_of: Mapping[str, int]) -> Iterator[str]:
    """Yield the differences, a line each, Danish.

    Args:
        plan: as it is.
        found: what `compare` gave.
        line_of: the line of each person in the plan file.
    """
    for person, row in found.added:
        said = ", ".join(f"{key} {row.values[key]}" for key in TAKEN[1:] if row.values.get(key))
        yield f"+ linje {row.line}: {row.values['navn']} ({person}): {said}"
    for person, row, differs in found.changed:
        said = ", ".join(f"{key} {was or 'intet'} → {value}" for key, (was, value) in differs.items())
        yield f"~ linje {row.line}: {plan.persons[person].name} ({person}, planens linje {line_of.get(person, 0)}): {said}"
    for person in found.removed:
        yield f"- {plan.persons[person].name} ({person}, planens linje {line_of.get(person, 0)}): er ikke i listen"
    yield (
        f"{len(found.added)} nye, {len(found.changed)} ændrede, {len(found.removed)} fjernes, {found.same} uændrede."
    )


def written(text: str, found: Difference) -> str:
    """Return the plan file with the differences in it, its comments kept.

    Args:
        text: the plan file, which can be used.
        found: what `compare` gave, without faults.
    """
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(text)
    persons: CommentedMap = data["personer"]
    for person, _, differs in found.changed:
        for key, (_, value) in differs.items():
            persons[person][key] = _quoted(key, value)
    flat = any(isinstance(each, CommentedMap) and each.fa.flow_style() for each in persons.values())
    for person, row in found.added:
        details = CommentedMap({key: _quoted(key, row.values[key]) for key in TAKEN if row.values.get(key)})
        if flat:
            details.fa.set_flow_style()
        # What is written after the last one is about what comes next in the file.
        persons.insert(max(0, len(persons) - 1), person, details)
    for person in found.removed:
        _take_out(persons, person)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _take_out(persons: CommentedMap, person: str) -> None:
    """Remove a person, but keep the comment that stands after them: it is about what comes next."""
    keys = list(persons)
    after = persons.ca.items.pop(person, None)
    gone = persons.pop(person)
    if after is None and isinstance(gone, CommentedMap):
        after = gone.ca.items.get(next(reversed(gone), None))
    if after is not None and keys[-1] == person and len(keys) > 1:
        persons.ca.items[keys[-2]] = after


def _quoted(key: str, value: str) -> str:
    """Mark a number that begins with + as a text, so that YAML reads it as one."""
    return DoubleQuotedScalarString(value) if key in ("mobil", "fastnet") else value
