"""The validator against the suites by which publishers test their rules, and on every open document."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from lxml import etree

from tests.corpus.locations import corpora, documents
from usance.formats.errors import FormatError
from usance.formats.validation import Report, RuleBook, schematron, validate

TOPICS: Final = ("en16931", "peppol", "xrechnung", "cius-ro", "facturx")
VERDICTS: Final = Path(__file__).with_name("validation_verdicts.txt")
_VEFA: Final = "{http://difi.no/xsd/vefa/validator/1.0}"

Assertion = tuple[str, str, int | None]
"""error, warning or success; the rule; how often it is broken, where the suite says so."""


@cache
def rules() -> RuleBook:
    """Everything that the corpora have, beside what the installation carries."""
    return RuleBook.scanned(*(corpora() / topic / "schema" for topic in TOPICS))


def is_suite(data: bytes) -> bool:
    return b"<testSet" in data[:3000]


def cases(data: bytes) -> Iterator[tuple[etree._Element, list[Assertion]]]:
    """Each document of a suite's file, and what it is meant to show."""
    for test in etree.fromstring(data).iterchildren(f"{_VEFA}test"):
        [document] = [each for each in test.iterchildren("*") if each.tag != f"{_VEFA}assert"]
        assertions = [
            (
                etree.QName(each).localname,
                (each.text or "").strip(),
                int(each.get("number", "0")) or None,
            )
            for each in test.iterchildren(f"{_VEFA}assert").__next__().iterchildren("*")
            if etree.QName(each).localname in ("error", "warning", "success")
        ]
        yield etree.fromstring(etree.tostring(document, with_tail=False)), assertions


def disagreements(suite: dict[str, bytes], kind: str) -> tuple[Counter[str], list[str]]:
    """How many assertions of each sort there were, and those that the rules ``kind`` do not share."""
    rule_set = rules().choose([kind])
    assert rule_set is not None
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    for name, data in suite.items():
        for number, (document, assertions) in enumerate(cases(data), 1):
            found = Counter(f.rule for f in schematron.check(document, rule_set=rule_set) or [])
            for sort, rule, times in assertions:
                counted[sort] += 1
                broken = found[rule]
                expected = broken == 0 if sort == "success" else broken > 0
                # A success with a number counts applications of the rule, which nobody reports.
                if not expected or (times and sort == "error" and broken != times):
                    wrong.append(f"{name} {number}: {sort} {rule}, broken {broken} times")
    return counted, wrong


def test_cen_s_suite_agrees_assert_by_assert() -> None:
    suite = documents("en16931", "cen-unit__*")
    assert len(suite) == 138
    counted, wrong = disagreements(suite, "en16931-ubl")
    assert wrong == []
    assert counted == {"error": 283, "success": 302}


def test_cen_s_suite_for_cii_agrees_assert_by_assert() -> None:
    suite = documents("en16931", "cen__cii__*")
    assert len(suite) == 2
    counted, wrong = disagreements(suite, "en16931-cii")
    assert wrong == []
    assert counted == {"error": 5, "success": 4}


def test_openpeppol_s_suite_agrees_assert_by_assert() -> None:
    files = documents("peppol", "bis3-unit__*")
    suites = {name: data for name, data in files.items() if is_suite(data)}
    for_ubl = {name: data for name, data in suites.items() if b"base-3.0-ubl" in data[:3000]}
    assert (len(files), len(suites), len(for_ubl)) == (122, 111, 69)
    counted, wrong = disagreements(for_ubl, "peppol-billing-ubl")
    assert wrong == []
    assert counted == {"error": 102, "success": 120, "warning": 15}
    # OpenPeppol publishes the rules for CII as Schematron source only, which nothing here compiles.
    assert rules().choose(["peppol-billing-cii"]) is None


def mutants(data: bytes) -> Iterator[tuple[etree._Element, str, list[str]]]:
    """What KoSIT's marks in a document ask to be tried: the changed document, "valid" or "invalid",
    and the rules that are meant to say so."""
    tree = etree.fromstring(data).getroottree()
    for number, mark in enumerate(_marks(tree)):
        asked = dict(re.findall(r'([\w-]+)\s*=\s*"([^"]*)"', mark.text or ""))
        separator = re.escape(asked["separator"]) if "separator" in asked else r"[,\s]+"
        for value in re.split(separator, asked.get("values", "")):
            changed = copy.deepcopy(tree)
            _change(_marks(changed)[number], asked, value.strip())
            parser = etree.XMLParser(remove_pis=True, remove_comments=True)
            root = etree.fromstring(etree.tostring(changed.getroot()), parser)
            for sort in ("valid", "invalid"):
                named = asked.get(f"schematron-{sort}", "").split()
                yield root, sort, [each.strip(",").partition(":")[2] for each in named]


def _marks(tree: etree._ElementTree) -> list[etree._ProcessingInstruction]:
    found = tree.iter(etree.ProcessingInstruction)
    return [each for each in found if getattr(each, "target", "") == "xmute"]


def _change(mark: etree._ProcessingInstruction, asked: dict[str, str], value: str) -> None:
    element = next(each for each in mark.itersiblings() if isinstance(each.tag, str))
    parent = element.getparent()
    match asked["mutator"]:
        case "remove":
            assert parent is not None
            parent.remove(element)
        case "empty":
            element[:] = []
            element.text = ""
        case "whitespace":
            element.text = f"  {element.text}  "
        case "code" if "attribute" in asked:
            element.set(asked["attribute"], value)
        case "code":
            element.text = value
        case other:
            assert other == "identity"


def test_kosit_s_suite_agrees_mutant_by_mutant() -> None:
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    for name, data in documents("xrechnung", "*.xml").items():
        for root, sort, named in mutants(data):
            syntax = "cii" if "CrossIndustry" in str(root.tag) else "ubl"
            rule_set = rules().choose([f"xrechnung-{syntax}"])
            assert rule_set is not None
            if not named:
                continue
            found = {each.rule for each in schematron.check(root, rule_set=rule_set) or []}
            counted[sort] += len(named)
            wrong += [
                f"{name}: {rule} should be {sort}"
                for rule in named
                if (rule in found) == (sort == "valid")
            ]
    assert wrong == []
    assert counted == {"valid": KOSIT_VALID, "invalid": KOSIT_INVALID}


KOSIT_VALID: Final = 358
KOSIT_INVALID: Final = 439


def expected() -> dict[str, tuple[int, dict[str, str]]]:
    """By topic: how many documents are valid, and what is to be said of the others."""
    found: dict[str, tuple[int, dict[str, str]]] = {}
    others: dict[str, str] = {}
    for line in VERDICTS.read_text().splitlines():
        if match := re.fullmatch(r"\[([\w-]+) (\d+)\]", line):
            others = {}
            found[match[1]] = int(match[2]), others
        elif line and not line.startswith("#"):
            name, _, said = line.partition(" = ")
            others[name] = said
    return found


@cache
def report_of(topic: str, name: str) -> Report:
    return validate((corpora() / topic / "open" / name).read_bytes(), rules=rules())


def said_of(topic: str, name: str) -> str:
    """A document's verdict as the table writes it; empty if it is valid."""
    try:
        report = report_of(topic, name)
    except FormatError as error:
        return f"! {error.code}"
    if report.verdict == "not_fully_checked":
        return f"? {'; '.join(each.title for each in report.missing)}"
    assert all(each.message for each in report.findings)
    return " ".join(sorted({each.rule for each in report.fatals}))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_open_document_has_its_verdict(topic: str) -> None:
    valid, others = expected()[topic]
    names = [name for name, data in documents(topic, "*").items() if not is_suite(data)]
    found = {name: said_of(topic, name) for name in names}
    assert {name: said for name, said in found.items() if said} == others
    assert len(found) - len(others) == valid
    assert set(expected()) == set(TOPICS)


def test_every_finding_has_a_place() -> None:
    """A rule broken somewhere leads to an element of the document, by path and line."""
    placed = 0
    for name in documents("xrechnung", "kosit-unit__*"):
        for finding in report_of("xrechnung", name).findings:
            assert finding.path and finding.line, (name, finding)
            assert not finding.path.startswith("/"), (name, finding)
            placed += 1
    assert placed > 100


def test_the_fixes_are_known_for_what_is_broken() -> None:
    """Of the fatal rules that the open documents break, all but Factur-X's nameless ones have one."""
    without: set[str] = set()
    for topic in TOPICS:
        _, others = expected()[topic]
        for name, said in others.items():
            if said[0] not in "!?":
                without |= {each.rule for each in report_of(topic, name).fatals if not each.fix}
    assert without == WITHOUT_FIX


WITHOUT_FIX: Final = {"FX-STRUCTURE"}


def test_what_is_not_loaded_is_never_passed_in_silence() -> None:
    """With what the installation carries alone, no document of Peppol, Germany or Romania is valid."""
    book = RuleBook.carried()
    verdicts: Counter[str] = Counter()
    for topic in ("peppol", "xrechnung", "cius-ro"):
        for data in documents(topic, "*").values():
            if not is_suite(data):
                report = validate(data, rules=book)
                verdicts[report.verdict] += 1
                assert report.missing, report.claim
    assert verdicts["valid"] == 0
    assert sum(verdicts.values()) == 247
