"""The XMP metadata that say that a PDF holds an invoice, and which.

Sources: Factur-X 1.0 and ZUGFeRD 2, chapter 6 (namespace ``fx``); ISO 19005-3, 6.6.2.3 (a schema of
one's own has to be described in the file that uses it).
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import parse_xml
from usance.formats.facturx.revision import unsupported

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_FX: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PDFA_ID: Final = "http://www.aiim.org/pdfa/ns/id/"
_EXTENSION: Final = "http://www.aiim.org/pdfa/ns/extension/"
_SCHEMA: Final = "http://www.aiim.org/pdfa/ns/schema#"
_PROPERTY: Final = "http://www.aiim.org/pdfa/ns/property#"

_PROPERTIES: Final = {
    "DocumentFileName": "Name of the embedded XML file",
    "DocumentType": "Kind of business document, such as INVOICE",
    "Version": "Version of the standard that the XML file keeps to",
    "ConformanceLevel": "Profile of the standard that the XML file keeps to",
}
"""Each property of the Factur-X schema, with what it says."""


def hybrid_metadata(packet: bytes, *, file_name: str, version: str, level: str) -> bytes:
    """``packet``, the XMP of a PDF/A-3, with the properties of a Factur-X invoice and their schema.

    Raises FormatError ``unsupported_pdf`` if the metadata do not say PDF/A-3, or speak of an invoice
    already, and what ``parse_xml`` raises.
    """
    root = parse_xml(packet)
    rdf = root if root.tag == f"{{{_RDF}}}RDF" else root.find(f"{{{_RDF}}}RDF")
    if rdf is None or _stated(rdf, f"{{{_PDFA_ID}}}part") != "3":
        raise unsupported("its metadata do not say PDF/A-3")
    if _stated(rdf, f"{{{_FX}}}DocumentFileName"):
        raise unsupported("it holds an invoice already")
    _describe_schema(rdf)
    description = _description(rdf)
    values = {
        "DocumentType": "INVOICE",
        "DocumentFileName": file_name,
        "Version": version,
        "ConformanceLevel": level,
    }
    for name, value in values.items():
        etree.SubElement(description, f"{{{_FX}}}{name}", nsmap={"fx": _FX}).text = value
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
        + etree.tostring(root, encoding="UTF-8")
        + b'\n<?xpacket end="r"?>'
    )


def _stated(rdf: etree._Element, name: str) -> str:
    """A simple property, which XMP writes as an element or as an attribute (ISO 16684-1, 7.9.2)."""
    for description in rdf.iterchildren(f"{{{_RDF}}}Description"):
        value = description.get(name) or description.findtext(name)
        if value:
            return value.strip()
    return ""


def _description(rdf: etree._Element) -> etree._Element:
    description = etree.SubElement(rdf, f"{{{_RDF}}}Description")
    description.set(f"{{{_RDF}}}about", "")
    return description


def _describe_schema(rdf: etree._Element) -> None:
    # A property stands once in XMP: the schema joins those that the file describes already.
    bag = rdf.find(f"{{{_RDF}}}Description/{{{_EXTENSION}}}schemas/{{{_RDF}}}Bag")
    if bag is None:
        schemas = etree.SubElement(
            _description(rdf), f"{{{_EXTENSION}}}schemas", nsmap={"pdfaExtension": _EXTENSION}
        )
        bag = etree.SubElement(schemas, f"{{{_RDF}}}Bag")
    schema = _resource(bag)
    _say(schema, _SCHEMA, "pdfaSchema", "schema", "Factur-X PDFA Extension Schema")
    _say(schema, _SCHEMA, "pdfaSchema", "namespaceURI", _FX)
    _say(schema, _SCHEMA, "pdfaSchema", "prefix", "fx")
    properties = etree.SubElement(schema, f"{{{_SCHEMA}}}property")
    sequence = etree.SubElement(properties, f"{{{_RDF}}}Seq")
    for name, meaning in _PROPERTIES.items():
        entry = _resource(sequence)
        _say(entry, _PROPERTY, "pdfaProperty", "name", name)
        _say(entry, _PROPERTY, "pdfaProperty", "valueType", "Text")
        _say(entry, _PROPERTY, "pdfaProperty", "category", "external")
        _say(entry, _PROPERTY, "pdfaProperty", "description", meaning)


def _resource(parent: etree._Element) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_RDF}}}li")
    element.set(f"{{{_RDF}}}parseType", "Resource")
    return element


def _say(parent: etree._Element, namespace: str, prefix: str, name: str, value: str) -> None:
    etree.SubElement(parent, f"{{{namespace}}}{name}", nsmap={prefix: namespace}).text = value
