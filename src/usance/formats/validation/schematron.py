"""Schematron, as the XSLT that its publishers compile it to, run by Saxon.

Saxon is started once a process and compiles each rule set once (0.3 to 1.2 seconds); a document then takes
5 to 10 milliseconds. One thread at a time uses it, and a forked process goes on with what its parent had
compiled.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from itertools import islice
from pathlib import Path
from typing import Any, Final

from lxml import etree

from usance.formats.errors import FormatError
from usance.formats.validation.exclusive import Exclusive
from usance.formats.validation.fixes import fix_for
from usance.formats.validation.places import place_of
from usance.formats.validation.report import MOST_FINDINGS, Finding, Severity
from usance.formats.validation.rule_sets import RuleSet

STOPPED: Final = "rules-stopped"
"""The rule of a finding that says that a rule set could not be run to its end."""

STRUCTURE: Final = "FX-STRUCTURE"
"""The rule of an assertion without a name: Factur-X restricts what stands where by such."""

_MOST: Final = 16
"""Compiled rule sets kept in a process; each takes some 20 MB."""

_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
_SEVERITIES: Final[dict[str, Severity]] = {
    "warning": "warning",
    "warn": "warning",
    "information": "information",
    "info": "information",
}


class _Saxon:
    """One processor and what it has compiled."""

    def __init__(self) -> None:
        # Loading Saxon's library takes a quarter of a second, which commands without rules need not wait for.
        from saxonche import PySaxonProcessor  # type: ignore[import-not-found]

        self._processor: Any = PySaxonProcessor(license=False)
        self._processor.set_configuration_property(
            "http://saxon.sf.net/feature/allowedProtocols", "file"
        )
        self._compiler: Any = self._processor.new_xslt30_processor()
        self._compiled: OrderedDict[tuple[Path, int], Any] = OrderedDict()

    def compiled(self, path: Path) -> Any:
        key = path, path.stat().st_mtime_ns
        if key not in self._compiled:
            self._compiled[key] = self._compiler.compile_stylesheet(stylesheet_file=str(path))
            if len(self._compiled) > _MOST:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(key)
        return self._compiled[key]

    def run(self, path: Path, xml: str) -> str:
        stylesheet = self.compiled(path)
        return str(stylesheet.transform_to_string(xdm_node=self._processor.parse_xml(xml_text=xml)))


_saxon: _Saxon | None = None
_lock = Exclusive()


def _processor() -> _Saxon:
    global _saxon  # noqa: PLW0603
    if _saxon is None:
        _saxon = _Saxon()
    return _saxon


def prepare(rule_set: RuleSet) -> None:
    """Compile the rules, so that their first document does not wait.

    Raises FormatError ``rules_unreadable``.
    """
    with _lock:
        try:
            _processor().compiled(rule_set.path)
        except Exception as error:  # noqa: BLE001 - Saxon's own type is private to its library
            raise _unreadable(rule_set, error) from None


def check(root: etree._Element, *, rule_set: RuleSet) -> list[Finding] | None:
    """The rules of ``rule_set`` that the document of ``root`` breaks.

    None if not one rule of it applied to anything, so that nothing was checked. A rule that cannot be
    evaluated ends the run, as with an amount that is no number: that is a fatal finding of its own.

    Raises FormatError ``rules_unreadable``.
    """
    xml = etree.tostring(root, encoding="unicode")
    prepare(rule_set)
    with _lock:
        try:
            output = _processor().run(rule_set.path, xml)
        except Exception as error:  # noqa: BLE001 - Saxon's own type is private to its library
            return [_stopped(rule_set, error)]
    svrl = etree.fromstring(
        output.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True)
    )
    if next(svrl.iter(f"{_SVRL}fired-rule"), None) is None:
        return None
    reported = svrl.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    # Each place is looked for among all lines of the document, and nobody reads a thousand findings.
    return [
        _finding(each, root=root, rule_set=rule_set) for each in islice(reported, MOST_FINDINGS)
    ]


def _finding(reported: etree._Element, *, root: etree._Element, rule_set: RuleSet) -> Finding:
    text = reported.find(f"{_SVRL}text")
    said = "" if text is None else " ".join("".join(map(str, text.itertext())).split())
    rule = reported.get("id") or _id_in(said) or STRUCTURE
    if rule.startswith("FX-SCH-"):
        # Factur-X numbers its assertions anew in each release; the rule it means is in the text, and what
        # has none there only restricts the schema.
        rule = _id_in(said) or STRUCTURE
    path, line = place_of(reported.get("location", ""), root=root)
    level = (reported.get("flag") or reported.get("role") or "").lower()
    return Finding(
        rule=rule,
        severity=_SEVERITIES.get(level, "fatal"),
        message=re.sub(rf"^\[{re.escape(rule)}\] ?[-:]? ?", "", said),
        path=path,
        line=line,
        fix=fix_for(rule),
        rule_set=rule_set.title,
    )


def _id_in(text: str) -> str:
    match = re.match(r"\[([A-Za-z][\w-]*)\]", text)
    return match[1] if match else ""


def _stopped(rule_set: RuleSet, error: Exception) -> Finding:
    reason = " ".join(str(error).split())
    return Finding(
        rule=STOPPED,
        severity="fatal",
        message=f"The rules could not be evaluated to the end: {reason}",
        fix="Correct what the schema reports first, mostly an amount or a date that is none.",
        rule_set=rule_set.title,
    )


def _unreadable(rule_set: RuleSet, error: Exception) -> FormatError:
    return FormatError(
        f"The rules {rule_set.path} cannot be compiled ({' '.join(str(error).split())[:300]}); load them"
        " again with all the files they refer to.",
        code="rules_unreadable",
    )
