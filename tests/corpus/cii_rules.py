"""The official rules of CII, compiled once: the schema of D16B and those of Factur-X, and Schematron.

A rule that is broken is given by its identifier, such as BR-CO-15. Warnings are not: an invoice with one
is valid.
"""

from __future__ import annotations

import functools
from typing import Final

from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

from tests.corpus.locations import schema
from usance.formats.einvoice.profiles import (
    EN16931,
    FACTURX_EN16931,
    FACTURX_EXTENDED,
    XRECHNUNG,
    XRECHNUNG_EXTENSION,
    Profile,
)

_D16B: Final = (
    "cen/cii/schema/D16B SCRDM (Subset)/uncoupled clm/CII/uncefact/data/standard/"
    "CrossIndustryInvoice_100pD16B.xsd"
)
_FACTURX: Final = "phive-2.5.2"
_CEN_XSLT: Final = ("en16931", "cen/cii/xslt/EN16931-CII-validation.xslt")
_XRECHNUNG_XSLT: Final = ("xrechnung", "phive-3.0.2/XRechnung-CII-validation.xslt")


def _facturx_xslt(level: str) -> tuple[str, str]:
    return "facturx", f"{_FACTURX}/schematron/2.5.2/FACTUR-X_{level}.xslt"


def _facturx_schema(folder: str, level: str) -> tuple[str, str]:
    return "facturx", f"{_FACTURX}/schemas/2.5.2/{folder}/FACTUR-X_{level}.xsd"


SCHEMAS: Final[dict[Profile, tuple[str, str]]] = {
    EN16931: ("en16931", _D16B),
    XRECHNUNG: ("en16931", _D16B),
    XRECHNUNG_EXTENSION: ("en16931", _D16B),
    FACTURX_EN16931: _facturx_schema("en16931", "EN16931"),
    FACTURX_EXTENDED: _facturx_schema("extended", "EXTENDED"),
}
SCHEMATRONS: Final[dict[Profile, tuple[tuple[str, str], ...]]] = {
    EN16931: (_CEN_XSLT,),
    XRECHNUNG: (_CEN_XSLT, _XRECHNUNG_XSLT),
    XRECHNUNG_EXTENSION: (_CEN_XSLT, _XRECHNUNG_XSLT),
    FACTURX_EN16931: (_CEN_XSLT, _facturx_xslt("EN16931")),
    FACTURX_EXTENDED: (_facturx_xslt("EXTENDED"),),
}

_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
_WARNINGS: Final = frozenset({"warning", "information", "info"})


@functools.cache
def _schema(topic: str, name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(schema(topic, name))))


@functools.cache
def _processor() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@functools.cache
def _stylesheet(topic: str, name: str) -> PyXsltExecutable:
    compiler = _processor().new_xslt30_processor()
    return compiler.compile_stylesheet(stylesheet_file=str(schema(topic, name)))


def schema_errors(data: bytes, profile: Profile) -> list[str]:
    """What the schema of ``profile`` finds wrong with ``data``."""
    rules = _schema(*SCHEMAS[profile])
    if rules.validate(etree.fromstring(data)):
        return []
    return [f"line {error.line}: {error.message}" for error in rules.error_log]


def broken_rules(data: bytes, profile: Profile) -> list[str]:
    """The identifiers of the rules of ``profile`` that ``data`` breaks, sorted, each as often."""
    node = _processor().parse_xml(xml_text=data.decode("utf-8-sig"))
    broken: list[str] = []
    for topic, name in SCHEMATRONS[profile]:
        report = _stylesheet(topic, name).transform_to_string(xdm_node=node)
        for failed in etree.fromstring(report.encode()).iter(f"{_SVRL}failed-assert"):
            if (failed.get("flag") or failed.get("role") or "fatal") not in _WARNINGS:
                said = "".join(str(each) for each in failed.itertext()).strip()
                broken.append(failed.get("id") or said.split("]")[0].lstrip("["))
    return sorted(broken)
