"""Rule sets told by their content, and the one chosen for a document of a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.formats.rule_samples import (
    CEN,
    PEPPOL,
    XRECHNUNG,
    cen_head,
    put,
    schema,
    stylesheet,
)
from usance.formats.errors import FormatError
from usance.formats.validation import RuleBook, RuleSet
from usance.formats.validation.rule_book import INDEX, index_of, scan
from usance.formats.validation.rule_sets import recognise, references, title_of

RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
FATTURA = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1."
SDI = "http://www.fatturapa.gov.it/sdi/fatturapa/v1."


def included(name: str) -> str:
    return f'<xs:import namespace="urn:q" schemaLocation="{name}"/>'


@pytest.mark.parametrize(
    ("data", "kind", "version", "day"),
    [
        (
            stylesheet(CEN, head=cen_head("1.3.16", "2026-03-30")),
            "en16931-ubl",
            "1.3.16",
            date(2026, 3, 30),
        ),
        (
            stylesheet("EN16931 model bound to CII", namespace=RSM),
            "en16931-cii",
            "2026.5",
            None,
        ),
        (stylesheet(CEN, rule="BR-RO-010"), "cius-ro-ubl-complete", "2026.5", None),
        (stylesheet(CEN, rule="BR-FREXT-01"), "ctc-fr-extended-ubl", "2026.5", None),
        (
            stylesheet(
                "Schematron Version 1.0.9 - CIUS-RO version 1.0.1 compatible - UBL - Invoice"
            ),
            "cius-ro-ubl",
            "1.0.9",
            None,
        ),
        (stylesheet(PEPPOL), "peppol-billing-ubl", "2026.5", None),
        (stylesheet(PEPPOL, namespace=RSM), "peppol-billing-cii", "2026.5", None),
        (
            stylesheet(PEPPOL, message="urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"),
            "peppol-selfbilling-ubl",
            "2026.5",
            None,
        ),
        (
            stylesheet("Rules for Peppol Order transaction 3.7", rule="PEPPOL-T01-R001"),
            "peppol-t1",
            "3.7",
            None,
        ),
        (stylesheet(XRECHNUNG), "xrechnung-ubl", "2.5.0", None),
        (
            stylesheet(
                "Schema for Factur-X; 1.09.2; EN16931-COMPLIANT (FULLY)",
                namespace=RSM,
                head="<!-- Version: 1.09.2 Effective date: 2026-09-01 -->",
            ),
            "facturx-en16931",
            "1.09.2",
            date(2026, 9, 1),
        ),
        (
            stylesheet("Schema for Factur-X; 1.09; Accounting, MINIMUM", namespace=RSM),
            "facturx-minimum",
            "1.09",
            None,
        ),
        (stylesheet("Schema for ZUGFeRD; 1.0; COMFORT"), "zugferd-1", "1.0", None),
        (schema(f"{UBL}Invoice-2", "Invoice"), "ubl-Invoice-xsd", "2.1", None),
        (schema(f"{FATTURA}2", "F", version="1.2.3"), "fatturapa-xsd", "1.2.3", date(2025, 4, 1)),
        (schema(f"{FATTURA}0", "F", version="1.0.2"), "fatturapa-simplified-xsd", "1.0.2", None),
        (schema(f"{SDI}1", "F"), "fatturapa-1.1-xsd", "2026.5", None),
        (
            schema(RSM, "X", imports=included("Factur-X_1.09_BASICWL_QualifiedDataType_100.xsd")),
            "facturx-basicwl-xsd",
            "1.09",
            None,
        ),
        (
            schema(RSM, "X", imports=included("FACTUR-X_BASIC-WL_QualifiedDataType.xsd")),
            "facturx-basicwl-xsd",
            "2026.5",
            None,
        ),
        (
            schema(
                RSM, "X", imports=included("CrossIndustryInvoice_QualifiedDataType_100pD16B.xsd")
            ),
            "cii-d16b-xsd",
            "D16B",
            None,
        ),
    ],
)
def test_what_publishers_give_out(data: bytes, kind: str, version: str, day: date | None) -> None:
    found = recognise(data, path=Path("/rules/phive-2026.5/xslt/file.xslt"))
    assert found is not None
    assert (found.kind, found.version, found.valid_from) == (kind, version, day)
    assert title_of(kind) != kind, "every kind has a name for people"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<xsl:stylesheet xmlns:xsl='http://www.w3.org/1999/XSL/Transform'/>",
        stylesheet("Rules of somebody else"),
        stylesheet("Schema for Factur-X; 9.9; Some new profile"),
        schema(f"{UBL}CommonBasicComponents-2", "ID"),
        schema("urn:somebody.example", "Invoice"),
        schema(RSM, "X"),
        b'<schema xmlns="http://purl.oclc.org/dsdl/schematron"><title>EN16931</title></schema>',
    ],
)
def test_what_is_no_rule_set(data: bytes) -> None:
    assert recognise(data, path=Path("file.xslt")) is None


def test_references_of_both_techniques() -> None:
    sheet = stylesheet(CEN, include="<xsl:copy-of select=\"document('codes_codedb.xml')\"/>")
    assert references(sheet) == ["codes_codedb.xml"]
    assert references(schema("urn:a", "b", imports=included("../common/c.xsd"))) == [
        "../common/c.xsd"
    ]


def rule_set(kind: str, version: str, **more: object) -> RuleSet:
    return RuleSet(kind, "xslt", Path(f"{kind}-{version}"), version, True, **more)  # type: ignore[arg-type]


def test_the_version_in_force_on_the_day_is_chosen() -> None:
    book = RuleBook(
        [
            rule_set("en", "1.3.10", valid_from=date(2024, 1, 1)),
            rule_set("en", "1.3.9", valid_from=date(2023, 1, 1)),
            rule_set("en", "1.3.16", valid_from=date(2026, 3, 30)),
        ]
    )

    def version(on: date | None) -> str:
        found = book.choose(["other", "en"], on=on)
        assert found is not None
        return found.version

    assert version(None) == "1.3.16"
    assert version(date(2026, 3, 30)) == "1.3.16"
    assert version(date(2026, 3, 29)) == "1.3.10"
    assert version(date(2023, 6, 1)) == "1.3.9"
    assert version(date(2018, 1, 1)) == "1.3.9", "the oldest, if none was in force yet"
    assert book.choose(["other"]) is None


def test_without_days_the_newest_is_chosen_by_number_not_by_letters() -> None:
    book = RuleBook([rule_set("p", "2025.11"), rule_set("p", "2026.5"), rule_set("p", "2025.5")])
    found = book.choose(["p"], on=date(2020, 1, 1))
    assert found is not None and found.version == "2026.5"


def test_rules_of_another_version_of_the_profile_are_not_taken() -> None:
    book = RuleBook(
        [rule_set("x", "2.5.0", serves="3.0.2"), rule_set("x", "1.9.0", serves="2.3.1")]
    )
    for serves, version in (("3.0", "2.5.0"), ("2.3", "1.9.0"), ("", "2.5.0")):
        found = book.choose(["x"], serves=serves)
        assert found is not None and found.version == version
    assert book.choose(["x"], serves="1.2") is None


def test_what_the_installation_carries() -> None:
    kinds = {each.kind for each in RuleBook.carried()}
    assert kinds >= {"ubl-Invoice-xsd", "ubl-CreditNote-xsd", "en16931-ubl", "zugferd-1-xsd"}
    profiles = ("minimum", "basicwl", "basic", "en16931", "extended")
    assert kinds >= {f"facturx-{profile}{end}" for profile in profiles for end in ("", "-xsd")}
    assert not kinds & {"peppol-billing-ubl", "xrechnung-ubl", "cius-ro-ubl", "fatturapa-xsd"}
    assert all(each.path.is_file() for each in RuleBook.carried())


def test_an_index_says_what_a_folder_has(tmp_path: Path) -> None:
    folder = tmp_path / "abc"
    put(folder, "x/cen.xslt", stylesheet(CEN, head=cen_head("1.3.16", "2026-03-30")))
    put(folder, "peppol-2026.5/p.xslt", stylesheet(PEPPOL))
    put(folder, "readme.xml", b"<a/>")
    found = list(scan(folder))
    assert [each.kind for each in found] == ["peppol-billing-ubl", "en16931-ubl"]
    (folder / INDEX).write_text(index_of(found, below=folder))
    book = RuleBook.from_folder(tmp_path)
    assert [each for each in book if each.path.is_relative_to(tmp_path)] == sorted(
        found, key=lambda each: each.kind
    )
    assert list(RuleBook.from_folder(tmp_path / "nothing")) == list(RuleBook.carried())


@pytest.mark.parametrize("text", ["{", "[1]", "[{}]", '[{"kind": "x"}]'])
def test_a_damaged_index_is_named(tmp_path: Path, text: str) -> None:
    put(tmp_path, f"abc/{INDEX}", text.encode())
    with pytest.raises(FormatError) as caught:
        RuleBook.from_folder(tmp_path)
    assert caught.value.code == "rule_index_broken"
    assert "load the rules again" in caught.value.message
