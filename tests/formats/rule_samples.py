"""Small rule sets with the marks by which the publishers' are known, and documents for them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

INVOICE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"

_SHEET: Final = """<?xml version="1.0" encoding="UTF-8"?>
{head}<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="2.0"
  xmlns:svrl="http://purl.oclc.org/dsdl/svrl" xmlns:cbc="{cbc}" xmlns:ubl="{namespace}">
<xsl:template match="/">
<svrl:schematron-output title="{title}" schemaVersion="">{include}
  <xsl:apply-templates select="{context}"/>
</svrl:schematron-output>
</xsl:template>
<xsl:template match="*">
  <svrl:fired-rule context="x"/>
  <xsl:if test="{test}">
  <svrl:failed-assert test="x" location="/*:Invoice[namespace-uri()='{namespace}'][1]">
    <xsl:attribute name="id">{rule}</xsl:attribute><xsl:attribute name="flag">{flag}</xsl:attribute>
    <svrl:text>[{rule}]-{message}</svrl:text>
  </svrl:failed-assert>
  </xsl:if>
</xsl:template>
</xsl:stylesheet>
"""


def stylesheet(
    title: str,
    *,
    rule: str = "BR-XX-01",
    flag: str = "fatal",
    test: str = "true()",
    context: str = "/*",
    message: str = "Something is missing.",
    head: str = "",
    namespace: str = INVOICE,
    include: str = "",
) -> bytes:
    """Schematron as XSLT: one rule, broken where ``test`` is true."""
    text = _SHEET.format(
        title=title,
        rule=rule,
        flag=flag,
        test=test,
        context=context,
        message=message,
        head=head,
        namespace=namespace,
        cbc=CBC,
        include=include,
    )
    return text.encode()


PEPPOL: Final = "Rules for Peppol BIS 3.0 Billing"
XRECHNUNG: Final = (
    "Schematron Version 2.5.0 - XRechnung 3.0.2 compatible - UBL - Invoice / Creditnote"
)
CEN: Final = "EN16931  model bound to UBL"


def cen_head(version: str, day: str) -> str:
    """The comment by which CEN's rules say their version."""
    return f"<!--Schematron version {version} - Last update: {day}-->"


def schema(namespace: str, root: str, *, version: str = "", imports: str = "") -> bytes:
    """An XML Schema with one root element."""
    stated = f' version="{version}"' if version else ""
    return (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}"{stated}>'
        f'{imports}<xs:element name="{root}" type="xs:anyType"/></xs:schema>'
    ).encode()


def put(folder: Path, name: str, data: bytes) -> Path:
    """A file below ``folder``."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
