"""The faults of a plan file: what is wrong, where, and what to write instead.

YAML is read for its shape alone: every value is kept as the text that was written, and the plan's model says what it
means. So `nej`, `16:00`, `2022-01-01` and a telephone number are never turned into something that nobody wrote.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails, PydanticCustomError
from rapidfuzz import fuzz, process
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

LONGEST_PLAN = 500_000  # characters; a hundred times the example, and still read in seconds

Path = tuple[str | int, ...]

TAG = "tag:yaml.org,2002:"
NOTHING = TAG + "null"
PLAIN = {TAG + kind for kind in ("map", "seq", "str", "null", "bool", "int", "float", "timestamp", "merge", "value")}


@dataclass(frozen=True, order=True)
class Fault:
    """A thing that is wrong in a plan file.

    Args:
        line: counted from 1; 0 when it is about the file as a whole.
        file: the file's name as it was given.
        what: what is wrong, Danish.
        mend: what to write instead, Danish.
    """

    line: int
    file: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.mend}."


class PlanFaults(Exception):
    """A plan that can't be used; `faults` holds everything that is wrong with it, sorted by line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


def fault(what: str, mend: str) -> PydanticCustomError:
    """Make an error for a validator of the plan's model to raise; both texts are Danish, without a full stop."""
    return PydanticCustomError("plan", "{what}", {"what": what, "mend": mend})


def too_long(name: str) -> Fault:
    """Make the fault of a file longer than `LONGEST_PLAN`, which nobody has written by hand."""
    return Fault(0, name, "Filen er for stor til at være en plan", "Ret stien til planens egen fil")


def nearest(word: str, choices: Mapping[str, str] | Sequence[str]) -> str | None:
    """Find the choice that was probably meant by `word`, or None; for a mapping, the key whose value comes nearest."""
    best = process.extractOne(word, choices, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=60)
    if best is None:
        return None
    return str(best[2]) if isinstance(choices, Mapping) else str(best[0])


@dataclass
class Source:
    """A plan file's text as plain data, and the line that each part of it stands on."""

    name: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def read(cls, text: str, name: str) -> Source:
        """Read YAML text as plain data.

        Args:
            text: the whole file.
            name: what the faults call it.

        Raises:
            PlanFaults: it is not YAML, and nothing more can be said about it.
        """
        source = cls(name)
        if len(text) > LONGEST_PLAN:
            raise PlanFaults([too_long(name)])
        text = unicodedata.normalize("NFC", text)
        try:
            root = YAML(typ="safe", pure=True).compose(text)
            if root is None:
                raise PlanFaults([Fault(0, name, "Filen er tom", "Begynd med en kopi af eksempelplanen")])
            source.data = source._plain(root, (), set())
        except YAMLError as error:
            raise PlanFaults([_unreadable(error, text, name)]) from error
        except RecursionError as error:
            what = "Filen har for mange niveauer inden i hinanden"
            raise PlanFaults([Fault(0, name, what, "Begynd med en kopi af eksempelplanen")]) from error
        return source

    def fault(self, path: Path, what: str, mend: str) -> Fault:
        """Make a fault on the line of `path`, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return Fault(self.lines.get(path, 1), self.name, what, mend)

    def at(self, path: Path) -> Any:
        """Return the data at `path`, or None."""
        here = self.data
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return None
        return here

    def _plain(self, node: Node, path: Path, seen: set[int]) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in seen:
            self.faults.append(
                self.fault(path, "En plan kan ikke henvise til sig selv med * og &", "Skriv det helt ud")
            )
            return f"*{node.anchor}"
        seen.add(id(node))
        if str(node.tag) not in PLAIN:
            self.faults.append(self.fault(path, "En værdi kan ikke have et mærke med !", "Slet ! og ordet efter"))
        if isinstance(node, MappingNode):
            return dict(self._entries(node, path, seen))
        if isinstance(node, SequenceNode):
            return [self._plain(each, (*path, index), seen) for index, each in enumerate(node.value)]
        return None if node.tag == NOTHING else node.value

    def _entries(self, node: MappingNode, path: Path, seen: set[int]) -> Iterator[tuple[str, Any]]:
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                what = "En nøgle skal være et enkelt ord"
                self.faults.append(Fault(line, self.name, what, "Skriv navn, kolon og værdi"))
                continue
            key = key_node.value
            here = (*path, key)
            if here in self.lines:
                what = f"»{key}« står to gange, første gang på linje {self.lines[here]}"
                self.faults.append(Fault(line, self.name, what, "Slet den ene"))
                continue
            self.lines[here] = line
            yield key, self._plain(value_node, here, seen)


def explain(errors: Sequence[ErrorDetails], source: Source, model: type[BaseModel]) -> list[Fault]:
    """Turn the model's errors into faults in `source`; `model` is what the whole file was read as."""
    faults = []
    meant: set[Path] = set()
    for error in errors:
        if error["type"] == "extra_forbidden":
            *parent, key = error["loc"]
            known = _keys_at(model, parent)
            guess = nearest(str(key), known)
            mend = f"Skriv »{guess}«" if guess else "Her kan stå: " + ", ".join(known)
            faults.append(source.fault(error["loc"], f"Ukendt nøgle »{key}«", mend))
            if guess:
                meant.add((*parent, guess))
    for error in errors:
        path = error["loc"]
        absent = bool(path) and _is_absent(error)
        if error["type"] == "extra_forbidden" or (absent and path in meant):
            continue
        faults.append(source.fault(path, *(_absent(path, source) if absent else _wrong(error))))
    return faults


def said_of(error: ErrorDetails) -> tuple[str, str]:
    """Explain one of a model's errors, where there is no plan file to point into: what is wrong, and what to write
    instead."""
    if _is_absent(error):
        return f"»{error['loc'][-1]}« mangler", "Skriv det i listen"
    return _wrong(error)


def _is_absent(error: ErrorDetails) -> bool:
    """Whether nothing is written at a place; a validator of our own that looks at several keys knows better what to
    say."""
    return (
        error["type"] == "missing" or error["input"] in ("", []) or (error["input"] is None and error["type"] != "plan")
    )


def _absent(path: Path, source: Source) -> tuple[str, str]:
    """Explain that something isn't there. The two that the plan can't do without have their own words."""
    *parent, key = path
    if isinstance(key, int):
        return f"»{parent[-1]}« mangler noget på plads nr. {key + 1}", "Skriv det, eller slet pladsen"
    if parent[:1] == ["roller"] and key in ("person", "medlemmer"):
        return f"Rollen »{parent[1]}« har ingen indehaver", f"Skriv »{key}:« og hvem det er"
    if parent[:1] == ["centre"] and key == "chef":
        name = source.at((*parent, "navn")) or f"nr. {int(parent[1]) + 1}"
        return f"Centret »{name}« har ingen chef", "Skriv »chef:« og et id fra personer"
    where = f" under »{'.'.join(map(str, parent))}«" if parent else ""
    return f"»{key}« mangler{where}", f"Skriv »{key}:« og det, der skal stå"


def _wrong(error: ErrorDetails) -> tuple[str, str]:
    """Explain that a value doesn't fit, and how it is written instead."""
    context = error.get("ctx", {})
    key = next((step for step in reversed(error["loc"]) if isinstance(step, str)), "planen")
    match error["type"]:
        case "plan":
            return context["what"], context["mend"]
        case "string_type":
            return f"»{key}« skal være tekst", "Skriv det på én linje uden klammer"
        case "tuple_type" | "list_type":
            return f"»{key}« skal være en liste", f"Skriv {key}: [første, anden]"
        case "model_type" | "dict_type":
            return f"»{key}« skal have nøgler og værdier", "Skriv {nøgle: værdi}, eller ryk linjerne under den ind"
        case "int_parsing" | "int_type" | "int_from_float" | "greater_than_equal" | "int_parsing_size":
            return f"»{key}« skal være et helt tal, mindst 0", "Skriv fx 2"
        case "literal_error":
            allowed = str(context["expected"]).replace("'", "").replace(" or ", " eller ")
            return f"»{error['input']}« kan ikke bruges som {key}", f"Skriv {allowed}"
        case "too_long":
            return f"»{key}« har for mange", f"Skriv {context['max_length']}"
        case "too_short":
            return f"»{key}« har for få", f"Skriv mindst {context['min_length']}"
        case "string_too_short":
            return f"»{key}« er tom", "Skriv en tekst"
        case _:
            return f"»{key}« kan ikke læses", "Se, hvordan eksempelplanen skriver det"


def _keys_at(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the keys that may stand at `path`: steps that are no field's key are list places and persons' ids."""
    for step in path:
        for each in model.model_fields.values():
            if each.alias == step:
                model = _model_in(each.annotation) or model
    return [each.alias or name for name, each in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _unreadable(error: YAMLError, text: str, name: str) -> Fault:
    """Explain where the YAML reader stopped. For a quote or a bracket that was never closed, where it was opened."""
    if not isinstance(error, MarkedYAMLError):
        position = getattr(error, "position", 0)
        what = "Et usynligt tegn kan ikke stå i en plan"
        return Fault(text.count("\n", 0, position) + 1, name, what, "Slet linjen, og skriv den igen")
    mark = error.problem_mark
    opened = error.context_mark
    problem = error.problem or ""
    if "\\t" in problem:
        return Fault(mark.line + 1, name, "Linjen er rykket ind med tabulator", "Brug mellemrum")
    if "end of stream" in problem and opened:
        return Fault(opened.line + 1, name, "Et anførselstegn er ikke lukket", "Sæt \" eller ' efter teksten")
    if "flow" in (error.context or "") and opened:
        return Fault(opened.line + 1, name, "En klamme er ikke lukket, eller der mangler et komma", "Luk med ] eller }")
    if "undefined alias" in problem or "cannot start any token" in problem:
        what = "Linjen begynder en værdi med et tegn, som YAML bruger til andet"
        return Fault(mark.line + 1, name, what, "Sæt værdien i anførselstegn")
    if "another document" in problem:
        return Fault(mark.line + 1, name, "Filen har mere end én plan", "Slet linjen med ---, og det der følger")
    what = "Linjen kan ikke læses som YAML"
    return Fault(mark.line + 1, name, what, "Se efter kolon og indrykning her og på linjen før")
