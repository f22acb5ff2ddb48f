"""A document against its rules: what is found, where, what to do, and what could not be looked at."""

from __future__ import annotations

import os
import re
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.formats import sample_invoices
from tests.formats.rule_samples import PEPPOL, XRECHNUNG, put, stylesheet
from usance.formats import cii, ubl
from usance.formats.einvoice.parsing import parse_xml
from usance.formats.einvoice.profiles import (
    EN16931,
    FACTURX_EN16931,
    PEPPOL_BIS_3,
    XRECHNUNG_EXTENSION,
    Profile,
)
from usance.formats.einvoice.profiles import XRECHNUNG as XRECHNUNG_PROFILE
from usance.formats.errors import FormatError
from usance.formats.validation import Report, RuleBook, check_before_sending, schematron, validate
from usance.formats.validation.fixes import fix_for
from usance.formats.validation.places import place_of
from usance.formats.validation.rule_sets import recognise


def invoice(profile: Profile = EN16931) -> str:
    return ubl.render(sample_invoices.domestic(), profile=profile).decode()


def check(xml: str | bytes, book: RuleBook | None = None) -> Report:
    data = xml.encode() if isinstance(xml, str) else xml
    return validate(data, rules=book or RuleBook.carried())


def with_rules(folder: Path, *sheets: bytes) -> RuleBook:
    for number, sheet in enumerate(sheets):
        put(folder, f"rules-{number}.xslt", sheet)
    return RuleBook.scanned(folder)


def changed(xml: str, pattern: str, into: str) -> str:
    text, count = re.subn(pattern, into, xml, count=1, flags=re.DOTALL)
    assert count == 1, pattern
    return text


def test_a_right_invoice_is_valid_in_both_syntaxes() -> None:
    document = sample_invoices.domestic()
    for xml, kinds in (
        (ubl.render(document, profile=EN16931), ["ubl-Invoice-xsd", "en16931-ubl"]),
        (
            cii.render(document, profile=FACTURX_EN16931),
            ["facturx-en16931-xsd", "facturx-en16931"],
        ),
    ):
        report = check(xml)
        assert (report.verdict, report.fatals, report.missing) == ("valid", (), ())
        assert [each.kind for each in report.ran] == kinds


def test_a_broken_total_has_its_rule_place_line_and_fix() -> None:
    xml = changed(invoice(), r"(<cbc:PayableAmount[^>]*>)[\d.]+", r"\g<1>1.00")
    [found] = check(xml).findings
    assert (found.rule, found.severity) == ("BR-CO-16", "fatal")
    assert found.path == "Invoice/LegalMonetaryTotal"
    assert xml.splitlines()[(found.line or 0) - 1].strip() == "<cac:LegalMonetaryTotal>"
    assert found.message.startswith("Amount due for payment (BT-115) =")
    assert found.fix.startswith("Make the amount due (BT-115)")
    assert found.rule_set.startswith("EN 16931 rules for UBL 1.")


def test_the_schema_says_what_stands_in_the_wrong_place() -> None:
    xml = changed(invoice(), r"(<cbc:ID>.*?</cbc:ID>)(.*?)(<cac:Acc)", r"\2\1\3")
    report = check(xml)
    [found] = [each for each in report.findings if each.rule == "XSD"]
    assert found.path.startswith("Invoice/") and found.line
    assert "This element is not expected" in found.message and "{" not in found.message
    assert "the order counts" in found.fix
    assert found.rule_set == "UBL 2.1 Invoice schema 2.1"
    assert len(report.ran) == 2, "the rules say more where the schema is broken"


def test_a_right_name_in_a_wrong_namespace_is_told_apart() -> None:
    xml = changed(invoice(), r"<cbc:IssueDate>(.*?)</cbc:IssueDate>", r"<IssueDate>\1</IssueDate>")
    [found] = [each for each in check(xml).findings if each.rule == "XSD"]
    assert found.fix.startswith("The name is right and its namespace is not")


def test_a_value_that_is_none_is_reported_once_and_does_not_stop_the_check() -> None:
    xml = changed(invoice(), r"(<cbc:PayableAmount[^>]*>)[\d.]+", r"\g<1>12,50")
    report = check(xml)
    rules = [each.rule for each in report.fatals]
    assert rules.count("XSD") == 1
    stopped = [each for each in report.fatals if each.rule == schematron.STOPPED]
    assert len(stopped) == 1 and "12,50" in stopped[0].message
    assert report.verdict == "broken"


def test_rules_that_are_not_loaded_are_said_and_not_passed() -> None:
    report = check(invoice(PEPPOL_BIS_3))
    assert (report.verdict, report.fatals) == ("not_fully_checked", ())
    assert [each.title for each in report.missing] == ["Peppol BIS Billing rules for UBL"]
    assert [each.kind for each in report.ran] == ["ubl-Invoice-xsd", "en16931-ubl"]


def test_what_is_broken_is_broken_whatever_is_not_loaded() -> None:
    xml = changed(invoice(PEPPOL_BIS_3), r"(<cbc:PayableAmount[^>]*>)[\d.]+", r"\g<1>1.00")
    report = check(xml)
    assert report.missing and report.verdict == "broken"


def test_loaded_rules_are_run(tmp_path: Path) -> None:
    book = with_rules(tmp_path, stylesheet(PEPPOL, rule="PEPPOL-EN16931-R003"))
    report = check(invoice(PEPPOL_BIS_3), book)
    [found] = report.findings
    assert (found.rule, found.path, found.message) == (
        "PEPPOL-EN16931-R003",
        "Invoice",
        "Something is missing.",
    )
    assert found.fix and report.verdict == "broken"
    assert check(invoice(), book).verdict == "valid", "nobody claimed Peppol"


@pytest.mark.parametrize(
    ("flag", "severity", "verdict"),
    [
        ("fatal", "fatal", "broken"),
        ("error", "fatal", "broken"),
        ("", "fatal", "broken"),
        ("warning", "warning", "valid"),
        ("information", "information", "valid"),
    ],
)
def test_only_fatal_rules_break_a_document(
    tmp_path: Path, flag: str, severity: str, verdict: str
) -> None:
    report = check(invoice(PEPPOL_BIS_3), with_rules(tmp_path, stylesheet(PEPPOL, flag=flag)))
    assert [each.severity for each in report.findings] == [severity]
    assert report.verdict == verdict


def test_rules_that_apply_to_nothing_have_checked_nothing(tmp_path: Path) -> None:
    """A stylesheet for another syntax passes everything, because it looks at nothing."""
    report = check(
        invoice(PEPPOL_BIS_3), with_rules(tmp_path, stylesheet(PEPPOL, context="/nowhere"))
    )
    assert report.verdict == "not_fully_checked"
    assert "none of which applies" in report.missing[0].title


def test_xrechnung_overrules_lists_that_lag_behind(tmp_path: Path) -> None:
    """BR-CL-23 is fatal in EN 16931 and a warning in XRechnung; BR-CO-16 is so in its extension only."""
    book = with_rules(tmp_path, stylesheet(XRECHNUNG, test="false()"))
    xml = changed(invoice(XRECHNUNG_PROFILE), r'unitCode="\w+"', 'unitCode="NOPE"')
    report = check(xml, book)
    assert {each.rule: each.severity for each in report.findings} == {"BR-CL-23": "warning"}
    assert report.verdict == "valid"
    assert check(changed(invoice(), r'unitCode="\w+"', 'unitCode="NOPE"')).verdict == "broken"
    for profile, severity in ((XRECHNUNG_PROFILE, "fatal"), (XRECHNUNG_EXTENSION, "warning")):
        xml = changed(invoice(profile), r"(<cbc:PayableAmount[^>]*>)[\d.]+", r"\g<1>1.00")
        assert {f.rule: f.severity for f in check(xml, book).findings} == {"BR-CO-16": severity}


def test_a_profile_that_nobody_knows() -> None:
    own = changed(invoice(), "urn:cen.eu:en16931:2017", "urn:somebody.example:own")
    report = check(own)
    assert report.verdict == "not_fully_checked"
    assert [each.kind for each in report.ran] == ["ubl-Invoice-xsd"], "it never claimed EN 16931"
    usage = changed(
        invoice(), "urn:cen.eu:en16931:2017", r"\g<0>#compliant#urn:somebody.example:own"
    )
    report = check(usage)
    assert [each.kind for each in report.ran] == ["ubl-Invoice-xsd", "en16931-ubl"]
    assert "urn:somebody.example:own" in report.missing[0].title


def test_no_specification_at_all_is_held_against_en_16931() -> None:
    report = check(changed(invoice(), r"<cbc:CustomizationID>.*?</cbc:CustomizationID>", ""))
    assert [each.rule for each in report.fatals] == ["BR-01"]


@pytest.mark.parametrize("data", [b"hello", b"<shop/>", b"ISA*00*", b'{"a": 1}'])
def test_what_has_no_rules_is_never_valid(data: bytes) -> None:
    report = check(data)
    assert (report.verdict, report.ran, report.findings) == ("not_fully_checked", (), ())


def test_a_fault_in_every_line_is_not_told_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("schema", "schematron", "validate"):
        monkeypatch.setattr(sys.modules[f"usance.formats.validation.{module}"], "MOST_FINDINGS", 5)
    document = sample_invoices.domestic()
    line = replace(document.lines[0], unit="NOPE")
    lines = tuple(replace(line, id=str(number)) for number in range(9))
    report = check(ubl.render(replace(document, lines=lines), profile=EN16931))
    assert len(report.findings) == 5
    assert report.verdict == "broken"
    assert "only the first 5 findings" in report.notes[0]


def test_what_is_about_to_be_sent() -> None:
    good = invoice().encode()
    assert check_before_sending(good, RuleBook.carried()) == []
    bad = changed(good.decode(), r"(<cbc:PayableAmount[^>]*>)[\d.]+", r"\g<1>1.00").encode()
    assert [each.rule for each in check_before_sending(bad, RuleBook.carried())] == ["BR-CO-16"]


def test_the_same_rule_of_two_rule_sets_is_told_once_a_place(tmp_path: Path) -> None:
    book = with_rules(tmp_path, stylesheet(PEPPOL, rule="BR-CO-16"))
    xml = changed(invoice(PEPPOL_BIS_3), r"(<cbc:PayableAmount[^>]*>)[\d.]+", r"\g<1>1.00")
    found = check(xml, book).findings
    assert [(each.rule, each.path) for each in found] == [
        ("BR-CO-16", "Invoice/LegalMonetaryTotal"),
        ("BR-CO-16", "Invoice"),
    ]


@pytest.mark.parametrize(
    ("location", "path", "line"),
    [
        ("/*:a[namespace-uri()='urn:x'][1]/*:b[namespace-uri()='urn:x'][2]", "a/b[2]", 3),
        ("/Q{urn:x}a[1]/Q{urn:x}b[2]/@c", "a/b[2]/@c", 3),
        ("/x:a[1]/x:b[1]", "a/b[1]", 2),
        ("/a/b[3]", "/a/b[3]", None),
        ("/*:a[namespace-uri()='urn:y'][1]", "/*:a[namespace-uri()='urn:y'][1]", None),
        ("somewhere else", "somewhere else", None),
        ("/", "", None),
        ("", "", None),
    ],
)
def test_places_lead_to_elements(location: str, path: str, line: int | None) -> None:
    root = parse_xml(b'<a xmlns="urn:x">\n<b/>\n<b c="1"/>\n</a>')
    assert place_of(location, root=root) == (path, line)


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("BR-CO-15", "total with VAT (BT-112)"),
        ("BR-S-08", "what is standard rated (S)"),
        ("BR-AE-10", "VATEX-EU-AE"),
        ("BR-IC-11", "BT-72"),
        ("BR-O-02", "outside the scope of VAT (O)"),
        ("BR-FXEXT-S-08", "what is standard rated (S)"),
        ("BR-DEC-18", "two decimals"),
        ("BR-DE-15", "Leitweg-ID"),
        ("BR-RO-L155", "Shorten"),
        ("UBL-CR-412", "Take the element out"),
        ("PEPPOL-EN16931-R010", "BT-49"),
        ("00423", "PrezzoTotale"),
        ("nobody's rule", ""),
    ],
)
def test_fixes(rule: str, part: str) -> None:
    assert part in fix_for(rule)
    assert bool(fix_for(rule)) == bool(part)
    assert "{" not in fix_for(rule)


def test_rules_that_cannot_be_compiled_are_named(tmp_path: Path) -> None:
    book = with_rules(tmp_path, stylesheet(PEPPOL).replace(b"</xsl:stylesheet>", b""))
    with pytest.raises(FormatError) as caught:
        check(invoice(PEPPOL_BIS_3), book)
    assert caught.value.code == "rules_unreadable"


def test_rules_read_no_file_of_the_network(tmp_path: Path) -> None:
    sheet = stylesheet(PEPPOL, test="doc('http://127.0.0.1:9/x.xml')/a")
    [found] = check(invoice(PEPPOL_BIS_3), with_rules(tmp_path, sheet)).fatals
    assert found.rule == schematron.STOPPED


def test_threads_and_forks_share_what_is_compiled() -> None:
    xml = invoice().encode()
    bad = changed(xml.decode(), r"(<cbc:PayableAmount[^>]*>)[\d.]+", r"\g<1>1.00").encode()
    verdicts: list[str] = []

    def work() -> None:
        for data in (xml, bad, xml, bad):
            verdicts.append(check(data).verdict)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(verdicts) == ["broken"] * 8 + ["valid"] * 8
    child = os.fork()
    if child == 0:
        os._exit(7 if check(bad).verdict == "broken" and check(xml).verdict == "valid" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_a_forked_child_does_not_wait_for_a_lock_of_its_parent() -> None:
    with schematron._lock:
        child = os.fork()
        if child == 0:
            os._exit(7 if check(invoice()).verdict == "valid" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_every_sample_of_trade_is_valid_where_its_rules_are_carried() -> None:
    names = [name for name in sample_invoices.SAMPLES if name != "indian"]
    assert len(names) >= 10
    for name in names:
        report = check(ubl.render(sample_invoices.SAMPLES[name](), profile=EN16931))
        assert (report.verdict, [each.rule for each in report.fatals]) == ("valid", []), name


def test_a_rule_set_is_named_by_its_publisher() -> None:
    found = recognise(stylesheet(PEPPOL), path=Path("2026.5.xslt"))
    assert found is not None
    assert found.title == "Peppol BIS Billing rules for UBL 2026.5"
