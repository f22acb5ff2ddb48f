"""``usance validate`` and ``usance import validation-rules``, as a person and a program run them."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.child_processes import usance
from tests.formats import sample_invoices
from tests.formats.rule_samples import CEN, PEPPOL, cen_head, put, schema, stylesheet
from usance.cli import main
from usance.formats import ubl
from usance.formats.einvoice.profiles import EN16931, PEPPOL_BIS_3

FATTURA = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"


@dataclass(frozen=True)
class Done:
    """What became of a command."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run a command with a home of its own, in this process: Saxon and its rules are loaded once."""

    def run(*arguments: str | Path, **more: str) -> Done:
        with monkeypatch.context() as patch:
            patch.delenv("USANCE_RULES", raising=False)
            more = {"USANCE_HOME": str(tmp_path / "home"), "COLUMNS": "200", "NO_COLOR": "1"} | more
            for name, value in more.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["usance", *map(str, arguments)])
            with pytest.raises(SystemExit) as ended:
                main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return put(tmp_path, "good.xml", ubl.render(sample_invoices.domestic(), profile=EN16931))


@pytest.fixture
def bad(tmp_path: Path, good: Path) -> Path:
    data = good.read_bytes().replace(b">434.35</cbc:PayableAmount>", b">1.00</cbc:PayableAmount>")
    return put(tmp_path, "bad.xml", data)


@pytest.fixture
def peppol(tmp_path: Path) -> Path:
    return put(tmp_path, "peppol.xml", ubl.render(sample_invoices.domestic(), profile=PEPPOL_BIS_3))


def test_a_valid_document(run: Any, good: Path) -> None:
    done = run("validate", good)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{good}: EN 16931, UBL 2.1 invoice" in done.stdout
    assert "VALID" in done.stdout
    assert "Checked with: UBL 2.1 Invoice schema 2.1; EN 16931 rules for UBL 1." in done.stdout


def test_it_needs_no_database_and_says_nothing_of_its_own(tmp_path: Path, bad: Path) -> None:
    """As its own process: an amount that is none makes Saxon talk, which is not for the reader."""
    text = bad.read_text().replace(">1.00</cbc:PayableAmount>", ">1,00</cbc:PayableAmount>")
    bad.write_text(text)
    home = {"USANCE_HOME": str(tmp_path / "home"), "USANCE_DATABASE_URL": "host=/none"}
    done = usance("validate", str(bad), env={**os.environ, **home})
    assert (done.returncode, done.stderr) == (1, "")
    assert "fatal rules-stopped" in done.stdout
    assert not (tmp_path / "home").exists()


def test_a_broken_document_is_told_what_where_and_how_to_mend_it(run: Any, bad: Path) -> None:
    done = run("validate", bad)
    assert (done.returncode, done.stderr) == (1, "")
    assert "BROKEN (1 fatal)" in done.stdout
    assert "fatal BR-CO-16  Amount due for payment (BT-115)" in done.stdout
    assert "at Invoice/LegalMonetaryTotal, line " in done.stdout
    assert "Fix: Make the amount due (BT-115)" in done.stdout


def test_for_programs(run: Any, good: Path, bad: Path) -> None:
    done = run("validate", good, bad, "--json")
    assert done.returncode == 1
    first, second = json.loads(done.stdout)["documents"]
    assert (first["verdict"], first["key"], first["findings"]) == ("valid", "en16931", [])
    assert (second["verdict"], second["issued_on"]) == ("broken", "2026-11-02")
    [found] = second["findings"]
    assert (found["rule"], found["severity"]) == ("BR-CO-16", "fatal")
    assert found["path"] == "Invoice/LegalMonetaryTotal" and found["line"] > 1 and found["fix"]
    assert {each["kind"] for each in second["checked_with"]} == {"ubl-Invoice-xsd", "en16931-ubl"}


def test_what_is_not_fully_checked_has_a_code_of_its_own(
    run: Any, peppol: Path, good: Path
) -> None:
    done = run("validate", good, peppol)
    assert done.returncode == 3
    assert "NOT FULLY CHECKED" in done.stdout
    assert "Not loaded: Peppol BIS Billing rules for UBL (OpenPeppol" in done.stdout
    assert "usance import validation-rules PATH" in done.stdout


def test_a_file_that_cannot_be_read(run: Any, tmp_path: Path, bad: Path) -> None:
    cut = put(tmp_path, "cut.xml", b"<Invoice>")
    done = run("validate", cut, bad)
    assert done.returncode == 2
    assert "CANNOT BE READ" in done.stdout and "not well-formed" in done.stdout
    assert "BR-CO-16" in done.stdout, "the other file is checked all the same"
    document = json.loads(run("validate", cut, "--json").stdout)["documents"][0]
    assert (document["verdict"], document["error"]["code"]) == ("unreadable", "malformed_xml")


def test_misuse(run: Any, tmp_path: Path) -> None:
    for arguments in (
        ("validate",),
        ("validate", tmp_path / "nowhere.xml"),
        ("validate", tmp_path),
    ):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr
    assert "usance validate invoice.xml" in " ".join(run("validate", "--help").stdout.split())


def published(folder: Path) -> Path:
    """Rules as a publisher gives them out, with what does not belong to them."""
    put(folder, "release/readme.md", b"read me")
    put(folder, "release/ubl/peppol.xslt", stylesheet(PEPPOL, rule="PEPPOL-EN16931-R003"))
    put(folder, "release/examples/invoice.xml", b"<a/>")
    put(
        folder,
        "release/xsd/fattura.xsd",
        schema(
            FATTURA,
            "FatturaElettronica",
            version="1.2.3",
            imports='<xs:import namespace="urn:x" schemaLocation="../common/x.xsd"/>',
        ),
    )
    put(folder, "release/common/x.xsd", schema("urn:x", "x"))
    return folder / "release"


def test_rules_are_loaded_and_used(run: Any, tmp_path: Path, peppol: Path) -> None:
    folder = published(tmp_path)
    done = run("import", "validation-rules", folder, "--version", "2026.5")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Loaded: Peppol BIS Billing rules for UBL 2026.5",
        "Loaded: FatturaPA schema 1.2.3, from 2025-04-01",
    ]
    [kept] = (tmp_path / "home" / "rules").iterdir()
    assert sorted(p.relative_to(kept).as_posix() for p in kept.rglob("*") if p.is_file()) == [
        "common/x.xsd",
        "rule-sets.json",
        "ubl/peppol.xslt",
        "xsd/fattura.xsd",
    ]
    done = run("validate", peppol)
    assert done.returncode == 1
    assert "fatal PEPPOL-EN16931-R003" in done.stdout
    assert "Peppol BIS Billing rules for UBL 2026.5" in done.stdout


def test_the_same_rules_again_change_nothing(run: Any, tmp_path: Path) -> None:
    folder = published(tmp_path)
    run("import", "validation-rules", folder, "--version", "2026.5")
    before = sorted((tmp_path / "home" / "rules").rglob("*"))
    done = run("import", "validation-rules", folder, "--version", "2026.5", "--json")
    document = json.loads(done.stdout)
    assert (document["loaded"], document["refused"]) == ([], [])
    assert [each["kind"] for each in document["known"]] == ["peppol-billing-ubl", "fatturapa-xsd"]
    assert sorted((tmp_path / "home" / "rules").rglob("*")) == before


def test_versions_stand_beside_each_other_and_the_day_chooses(
    run: Any, tmp_path: Path, good: Path
) -> None:
    """Rules from after the day of the document are not those that it is checked by."""
    for version, day, test in (
        ("1.3.20", "2027-01-01", "true()"),
        ("1.3.18", "2026-06-01", "false()"),
    ):
        sheet = stylesheet(CEN, rule=f"BR-{version}", head=cen_head(version, day), test=test)
        put(tmp_path, f"{version}.xslt", sheet)
        done = run("import", "validation-rules", tmp_path / f"{version}.xslt")
        assert done.stdout == f"Loaded: EN 16931 rules for UBL {version}, from {day}\n"
    done = run("validate", good)
    assert (done.returncode, "EN 16931 rules for UBL 1.3.18" in done.stdout) == (0, True)
    later = put(tmp_path, "later.xml", good.read_bytes().replace(b"2026-11-02", b"2027-01-01"))
    done = run("validate", later)
    assert (done.returncode, "fatal BR-1.3.20" in done.stdout) == (1, True)


def test_an_archive_lends_its_version(run: Any, tmp_path: Path, peppol: Path) -> None:
    archive = tmp_path / "phive-rules-peppol-2026.5.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("external/PEPPOL.xslt", stylesheet(PEPPOL, test="false()"))
        opened.writestr("pom.xml", "<a/>")
    rules = tmp_path / "elsewhere"
    done = run("import", "validation-rules", archive, USANCE_RULES=str(rules))
    assert done.stdout == "Loaded: Peppol BIS Billing rules for UBL 2026.5\n"
    assert not (tmp_path / "home" / "rules").exists()
    assert run("validate", peppol).returncode == 3
    assert run("validate", peppol, "--rules", rules).returncode == 0
    assert run("validate", peppol, USANCE_RULES=str(rules)).returncode == 0


def test_hostile_and_useless_archives(run: Any, tmp_path: Path) -> None:
    outside = tmp_path / "outside.zip"
    with zipfile.ZipFile(outside, "w") as opened:
        opened.writestr("../../evil.xslt", stylesheet(PEPPOL))
    done = run("import", "validation-rules", outside)
    assert (done.returncode, done.stdout) == (1, "")
    assert "outside of itself" in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("evil.xslt"))
    source = put(
        tmp_path, "sch/rules.sch", b'<schema xmlns="http://purl.oclc.org/dsdl/schematron"/>'
    )
    done = run("import", "validation-rules", source.parent)
    assert done.returncode == 1
    assert "have to be compiled by their publisher" in done.stderr
    assert not list((tmp_path / "home" / "rules").iterdir()), "nothing is left behind"


def test_rules_that_cannot_be_run_are_left_out_and_named(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "half"
    put(folder, "broken.xslt", stylesheet(PEPPOL).replace(b"</xsl:stylesheet>", b""))
    done = run("import", "validation-rules", folder)
    assert done.returncode == 1
    assert done.stdout.startswith("Left out: broken.xslt: The rules")
    put(folder, "good.xslt", stylesheet(CEN, head=cen_head("1.3.16", "2026-03-30")))
    done = run("import", "validation-rules", folder)
    assert done.returncode == 0
    assert "Loaded: EN 16931 rules for UBL 1.3.16" in done.stdout
    assert "Left out: broken.xslt" in done.stdout
