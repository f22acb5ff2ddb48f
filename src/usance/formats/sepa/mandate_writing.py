"""The mandate behind a collection, and what of it has changed."""

from __future__ import annotations

from lxml import etree

from usance.formats.sepa.characters import id_of, name_of
from usance.formats.sepa.checks import creditor_identifier_text, iban_text, refuse
from usance.formats.sepa.elements import Elements, Part
from usance.formats.sepa.model import SAME_MANDATE_NEW_ACCOUNT, Amendment, Collection


def mandate(build: Elements, each: Collection) -> etree._Element:
    """``MndtRltdInf`` of a collection. Raises FormatError."""
    if each.signed_on is None:
        raise refuse("missing_value", "DtOfSgntr", "Say when the mandate was signed.")
    changed = each.amendment
    return build.node(
        "MndtRltdInf",
        build.leaf("MndtId", id_of(each.mandate_id, field="MndtId")),
        build.leaf("DtOfSgntr", each.signed_on.isoformat()),
        build.leaf("AmdmntInd", "true") if changed else build.leaf("AmdmntInd", "false"),
        _amendment(build, changed) if changed else None,
    )


def _amendment(build: Elements, changed: Amendment) -> etree._Element:
    if changed == Amendment():
        raise refuse("missing_value", "AmdmntInfDtls", "An amendment changes something.")
    if changed.new_debtor_account and changed.original_debtor_iban:
        raise refuse(
            "invalid_amendment",
            "AmdmntInfDtls",
            "Either the account before is named, or SMNDA stands in its place.",
        )
    before = changed.original_mandate_id
    return build.node(
        "AmdmntInfDtls",
        build.leaf("OrgnlMndtId", id_of(before, field="OrgnlMndtId")) if before else None,
        _original_creditor(build, changed),
        _original_account(build, changed),
    )


def _original_creditor(build: Elements, changed: Amendment) -> Part:
    name, identifier = changed.original_creditor_name, changed.original_creditor_identifier
    if not name and not identifier:
        return None
    known = None
    if identifier:
        known = build.node(
            "Othr",
            build.leaf("Id", creditor_identifier_text(identifier, field="OrgnlCdtrSchmeId")),
            build.within("SchmeNm/Prtry", "SEPA"),
        )
    return build.node(
        "OrgnlCdtrSchmeId",
        build.leaf("Nm", name_of(name, field="OrgnlCdtrSchmeId")) if name else None,
        build.inside("Id/PrvtId", known),
    )


def _original_account(build: Elements, changed: Amendment) -> Part:
    if changed.new_debtor_account:
        return build.within("OrgnlDbtrAcct/Id/Othr/Id", SAME_MANDATE_NEW_ACCOUNT)
    if changed.original_debtor_iban:
        iban = iban_text(changed.original_debtor_iban, field="OrgnlDbtrAcct")
        return build.within("OrgnlDbtrAcct/Id/IBAN", iban)
    return None
