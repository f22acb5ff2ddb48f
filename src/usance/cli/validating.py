"""``usance validate``: whether documents keep the standard that they claim; and loading the rules for it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from usance.cli import session
from usance.cli.session import AsJson
from usance.cli.watching import bar
from usance.formats.errors import FormatError

if TYPE_CHECKING:
    from rich.console import Console

    from usance.formats.validation import Finding, Report

VALID, BROKEN, UNREADABLE, NOT_FULLY_CHECKED = 0, 1, 2, 3
_MOST_PLACES: Final = 5

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...", exists=True, dir_okay=False, readable=True, help="What to check."
    ),
]
RulesFolder = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        metavar="FOLDER",
        exists=True,
        file_okay=False,
        help="Loaded rules; those of USANCE_RULES, else of USANCE_HOME.",
    ),
]


@dataclass(frozen=True, slots=True)
class _Checked:
    """One file and what came of it; either a report or why it could not be read."""

    file: Path
    report: Report | None = None
    error: FormatError | None = None

    @property
    def code(self) -> int:
        if self.report is None:
            return UNREADABLE
        return {"valid": VALID, "broken": BROKEN}.get(self.report.verdict, NOT_FULLY_CHECKED)


def validate(files: Files, *, rules: RulesFolder = None, as_json: AsJson = False) -> None:
    """Name the standard of each document, run its official rules, and print what it breaks.

    Reads UBL, CII, Factur-X and ZUGFeRD (XML and PDF), Peppol BIS, XRechnung, CIUS-RO, FatturaPA (signed
    too) and India's GST e-invoice. Exit code: 0 valid, 1 broken, 2 a file that cannot be read, 3 not fully
    checked because rules are not loaded; load them with usance import validation-rules.

    Example: [bold]usance validate invoice.xml factur-x.pdf[/bold]
    """
    from config import validation_rules
    from usance.formats.validation import RuleBook

    book = RuleBook.from_folder(rules or validation_rules.folder())
    checked = [_check(file, book) for file in files]
    if as_json:
        session.answer({"documents": [_document(each) for each in checked]}, as_json=True, text="")
    else:
        from rich.console import Console

        console = Console(highlight=False, soft_wrap=True)
        for each in checked:
            _print(console, each)
    codes = {each.code for each in checked}
    worst = next(code for code in (UNREADABLE, BROKEN, NOT_FULLY_CHECKED, VALID) if code in codes)
    if worst != VALID:
        raise typer.Exit(worst)


def _check(file: Path, book: Any) -> _Checked:
    from usance.formats.validation import validate as check

    try:
        with _quiet():
            return _Checked(file, report=check(file.read_bytes(), rules=book))
    except FormatError as error:
        return _Checked(file, error=error)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Saxon writes to the process's standard error what its exception says as well."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def _document(checked: _Checked) -> dict[str, Any]:
    """One file for programs."""
    if checked.report is None:
        error = checked.error
        return {
            "file": str(checked.file),
            "verdict": "unreadable",
            "error": None if error is None else {"code": error.code, "message": str(error)},
        }
    report = checked.report
    claim = report.claim
    return {
        "file": str(checked.file),
        "verdict": report.verdict,
        "standard": claim.standard,
        "key": claim.key,
        "syntax": claim.syntax,
        "profile": claim.profile,
        "container": claim.container,
        "issued_on": claim.issued_on.isoformat() if claim.issued_on else None,
        "findings": [
            {
                "rule": each.rule,
                "severity": each.severity,
                "message": each.message,
                "path": each.path,
                "line": each.line,
                "fix": each.fix,
                "rule_set": each.rule_set,
            }
            for each in report.findings
        ],
        "checked_with": [
            {"kind": each.kind, "version": each.version, "title": each.title} for each in report.ran
        ],
        "checks": list(report.checked),
        "not_loaded": [
            {"title": each.title, "publisher": each.publisher} for each in report.missing
        ],
        "notes": list(report.notes),
    }


_COLOURS: Final = {"fatal": "red", "warning": "yellow", "information": "cyan"}


def _print(console: Console, checked: _Checked) -> None:
    """One file for people."""
    from rich.text import Text

    report = checked.report
    if report is None:
        console.print(Text.assemble((f"{checked.file}: ", "bold"), str(checked.error)))
        console.print(Text("  CANNOT BE READ", "red"))
        return
    console.print(Text.assemble((f"{checked.file}: ", "bold"), report.claim.standard))
    console.print(_verdict(report))
    for rule, group in groupby(report.findings, key=lambda each: (each.severity, each.rule)):
        _print_rule(console, rule[1], list(group))
    done = [*(each.title for each in report.ran), *report.checked]
    if done:
        console.print(Text(f"  Checked with: {'; '.join(done)}", "dim"))
    for missing in report.missing:
        console.print(Text(f"  Not loaded: {missing.title} ({missing.publisher})", "magenta"))
    if report.missing:
        console.print(Text("  Load rules with: usance import validation-rules PATH", "magenta"))
    for note in report.notes:
        console.print(Text(f"  {note}", "dim"))


def _verdict(report: Report) -> Any:
    from rich.text import Text

    counts = {
        severity: sum(1 for each in report.findings if each.severity == severity)
        for severity in _COLOURS
    }
    words = {"fatal": "fatal", "warning": "warnings", "information": "remarks"}
    shown = ", ".join(f"{count} {words[name]}" for name, count in counts.items() if count)
    name, colour = {
        "valid": ("VALID", "green"),
        "broken": ("BROKEN", "red"),
        "not_fully_checked": ("NOT FULLY CHECKED", "magenta"),
    }[report.verdict]
    return Text(f"  {name}{f' ({shown})' if shown else ''}", f"bold {colour}")


def _print_rule(console: Console, rule: str, findings: list[Finding]) -> None:
    from rich.text import Text

    first = findings[0]
    console.print(
        Text.assemble(
            "  ", (f"{first.severity} {rule}", _COLOURS[first.severity]), f"  {first.message}"
        )
    )
    for each in findings[:_MOST_PLACES]:
        place = each.path or "the document"
        console.print(Text(f"    at {place}" + (f", line {each.line}" if each.line else "")))
        if each.message != first.message:
            console.print(Text(f"      {each.message}"))
    if len(findings) > _MOST_PLACES:
        console.print(Text(f"    and {len(findings) - _MOST_PLACES} more places"))
    if first.fix:
        console.print(Text(f"    Fix: {first.fix}", "green"))


def validation_rules(
    path: Annotated[
        Path,
        typer.Argument(exists=True, readable=True, help="A folder, a ZIP archive or one file."),
    ],
    *,
    version: Annotated[
        str,
        typer.Option(help="The version, for rules that do not state their own, such as 2026.5."),
    ] = "",
    valid_from: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            callback=session.day_of_trade,
            help="The day from which documents are checked by them.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load official validation rules as their publisher gives them out. Run again, it changes nothing.

    Known are the XML Schemas and the Schematron (as XSLT) of CEN, OpenPeppol, KoSIT, ANAF, Factur-X,
    UBL and FatturaPA, told by their content; several versions are kept, and a document is checked by
    those in force on its own day.

    Example: [bold]usance import validation-rules eInvoicing-EN16931-1.3.16.zip[/bold]
    """
    from config import validation_rules as place
    from usance.cli.rule_files import take_in

    with bar("Rules") as advance, _quiet_if(not sys.stderr.isatty()):
        taken = take_in(
            path,
            into=place.folder(),
            version=version,
            valid_from=valid_from.date() if valid_from else None,
            tell=advance,
        )
    document = {
        "loaded": [_entry(each) for each in taken.loaded],
        "known": [_entry(each) for each in taken.known],
        "refused": [{"file": name, "reason": reason} for name, reason in taken.refused],
    }
    lines = [
        *(f"Loaded: {each.title}{_since(each)}" for each in taken.loaded),
        *(f"There before: {each.title}" for each in taken.known),
        *(f"Left out: {name}: {reason}" for name, reason in taken.refused),
    ]
    session.answer(document, as_json=as_json, text="\n".join(lines))
    if taken.refused and not (taken.loaded or taken.known):
        raise typer.Exit(1)


def _quiet_if(quiet: bool) -> contextlib.AbstractContextManager[None]:
    return _quiet() if quiet else contextlib.nullcontext()


def _entry(rule_set: Any) -> dict[str, Any]:
    return {
        "kind": rule_set.kind,
        "version": rule_set.version,
        "title": rule_set.title,
        "valid_from": rule_set.valid_from.isoformat() if rule_set.valid_from else None,
    }


def _since(rule_set: Any) -> str:
    return f", from {rule_set.valid_from}" if rule_set.valid_from else ""
