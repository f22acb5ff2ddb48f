"""XML Schema: which elements and values a syntax allows, whatever the rules say of their meaning."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

from lxml import etree

from usance.formats.einvoice.parsing import path_of
from usance.formats.errors import FormatError
from usance.formats.validation.exclusive import Exclusive
from usance.formats.validation.report import MOST_FINDINGS, Finding
from usance.formats.validation.rule_sets import RuleSet

RULE: Final = "XSD"
"""The rule of every finding of a schema."""

_MOST: Final = 24
"""Schemas kept ready in a process."""

_ready: OrderedDict[tuple[Path, int], etree.XMLSchema] = OrderedDict()
_lock = Exclusive()


def check(root: etree._Element, *, rule_set: RuleSet) -> list[Finding]:
    """What in the document of ``root`` the schema ``rule_set`` does not allow; all of it is fatal.

    Raises FormatError ``rules_unreadable``.
    """
    # A schema of libxml2 keeps the errors of its last document, so one thread at a time has it.
    with _lock:
        schema = _schema(rule_set)
        if schema.validate(root):
            return []
        log: Any = schema.error_log
        errors = list(log)
    found: list[Finding] = []
    faulty: set[tuple[str, int]] = set()
    for error in errors[:MOST_FINDINGS]:
        path = _path(error.path, root)
        # A value outside its list is reported twice: for the list, and for the type that has it.
        second = "is not a valid value of the" in error.message and (path, error.line) in faulty
        faulty.add((path, error.line))
        if not second:
            found.append(
                Finding(
                    rule=RULE,
                    severity="fatal",
                    message=_readable(error.message),
                    path=path,
                    line=error.line or None,
                    fix=_fix(error.message),
                    rule_set=rule_set.title,
                )
            )
    return found


def prepare(rule_set: RuleSet) -> None:
    """Load the schema, so that its first document does not wait. Raises FormatError."""
    with _lock:
        _schema(rule_set)


def _schema(rule_set: RuleSet) -> etree.XMLSchema:
    try:
        key = rule_set.path, rule_set.path.stat().st_mtime_ns
        schema = _ready.get(key)
        if schema is None:
            schema = _ready[key] = _load(rule_set.path)
            if len(_ready) > _MOST:
                _ready.popitem(last=False)
        _ready.move_to_end(key)
    except (OSError, etree.LxmlError) as error:
        raise FormatError(
            f"The schema {rule_set.path} cannot be read ({error}); load it again with all the files"
            " it refers to.",
            code="rules_unreadable",
        ) from None
    return schema


def _load(path: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, resolve_entities=False, remove_comments=True)
    # The stubs of lxml do not know resolvers of the kind that a parser keeps.
    resolvers: Any = parser.resolvers
    resolvers.add(_Beside(path.parent))
    return etree.XMLSchema(etree.parse(path, parser))


class _Beside(etree.Resolver):
    """Finds what a schema refers to on the web in its own folder, and nothing anywhere else."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def resolve(self, system_url: Any, public_id: Any, context: Any) -> Any:  # type: ignore[override]  # noqa: ARG002
        if not str(system_url).startswith(("http:", "https:", "ftp:")):
            return None
        name = str(system_url).rpartition("/")[2]
        stem = name.removesuffix(".xsd").removesuffix("-schema")
        for path in (self._folder / name, *sorted(self._folder.glob(f"{stem}*.xsd"))):
            if path.is_file():
                return self.resolve_filename(str(path), context)  # type: ignore[attr-defined]
        return self.resolve_empty(context)  # type: ignore[attr-defined]


def _path(location: str | None, root: etree._Element) -> str:
    """libxml2 counts elements without their names; names are what people look for."""
    if not location:
        return ""
    try:
        found = root.getroottree().xpath(location, namespaces=_prefixes(root))
    except etree.XPathError:
        return location
    element = found[0] if isinstance(found, list) and found else None
    return path_of(element) if isinstance(element, etree._Element) else location


def _prefixes(root: etree._Element) -> dict[str, str]:
    return {
        str(prefix): str(uri)
        for element in root.iter("*")
        for prefix, uri in element.nsmap.items()
        if prefix
    }


def _readable(message: str) -> str:
    """Without namespaces, which say nothing that the name of the element does not."""
    return re.sub(r"\{[^{}]*\}", "", message)


def _right_name(message: str) -> bool:
    """Whether what is expected has the name of what is there, in another namespace."""
    found = re.match(r"Element '(\{[^}]*\})?([\w.-]+)'.*Expected is[^(]*\((.*)\)", message)
    if found is None:
        return False
    expected = {name.strip() for name in found[3].split(",")}
    names = {re.sub(r"\{[^}]*\}", "", name) for name in expected}
    return found[2] in names and f"{found[1] or ''}{found[2]}" not in expected


_FIXES: Final = (
    (
        "This element is not expected",
        "Put the element where its schema has it (the order counts), spell it as the schema does, or take it"
        " out.",
    ),
    ("Missing child element", "Add the element that is expected."),
    ("[facet 'enumeration']", "Write one of the codes of the list."),
    ("[facet ", "Write the value in the length and form that the schema allows."),
    (
        "is not a valid value of",
        "Write a value of that type: dates as 2026-04-30, amounts as 1234.50.",
    ),
    ("is required but missing", "Add the attribute."),
    (
        "No matching global declaration",
        "Begin with the root element and namespace of the standard.",
    ),
)
"""What to do, by a part of what libxml2 says."""


def _fix(message: str) -> str:
    if "This element is not expected" in message and _right_name(message):
        return "The name is right and its namespace is not: declare the one of the standard."
    return next((fix for part, fix in _FIXES if part in message), "")
