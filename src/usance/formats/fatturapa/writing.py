"""Invoices to the bytes of a FatturaPA, version 1.2.3, FPR12 or FPA12."""

from __future__ import annotations

from collections.abc import Sequence

from usance.formats.errors import FormatError
from usance.formats.fatturapa.checks import REGISTER_CONTROLS, controls_of
from usance.formats.fatturapa.elements import group, root, to_bytes
from usance.formats.fatturapa.fattura import (
    Fattura,
    FatturaDetails,
    Transmission,
)
from usance.formats.fatturapa.writing_body import write_attachment, write_general
from usance.formats.fatturapa.writing_groups import written_groups
from usance.formats.fatturapa.writing_lines import write_goods
from usance.formats.fatturapa.writing_parties import (
    split_vat,
    write_buyer,
    write_issuer,
    write_representative,
    write_seller,
    write_transmission,
)
from usance.formats.fatturapa.writing_payment import payment_blocks, write_payments
from usance.rules.invoicing.document import InvoiceDocument


def render(
    document: InvoiceDocument,
    *,
    transmission: Transmission,
    details: FatturaDetails | None = None,
    keep_controls: bool = True,
) -> bytes:
    """``document`` as a FatturaPA file of its own; see :func:`render_all`."""
    return render_all(
        [Fattura(document, details or FatturaDetails())],
        transmission=transmission,
        keep_controls=keep_controls,
    )


def render_all(
    invoices: Sequence[Fattura], *, transmission: Transmission, keep_controls: bool = True
) -> bytes:
    """Several invoices of one seller to one buyer as a FatturaPA file.

    The file is valid by the schema, and SdI's controls of its content hold (see ``checks``), but those
    that need SdI's registers. ``keep_controls=False`` leaves the controls out, to copy somebody
    else's document as it is. Amounts are written as the model has them, never computed anew.

    Raises FormatError: ``missing_value``, ``value_too_long``, ``unwritable_text``, ``invalid_amount``,
    ``invalid_rate``, ``unknown_document_type``, ``unknown_regime``, ``unknown_format``,
    ``recipient_code``, ``invalid_tax_code``, ``invalid_post_code``, ``invalid_rea``, ``no_natura``,
    ``no_vat_group``, ``vat_in_euro``, ``different_parties``, ``duplicate_line``, ``too_many_lines``,
    ``too_large``, and ``sdi_00423`` and so on for a control that would not hold.
    """
    if not invoices:
        raise FormatError("A file needs at least one invoice.", code="missing_value")
    document, details = invoices[0].document, invoices[0].details
    for each in invoices[1:]:
        if (each.document.seller, each.document.buyer) != (document.seller, document.buyer):
            raise FormatError(
                "All invoices of a FatturaPA file have the same seller and buyer; write a file for "
                "each buyer.",
                code="different_parties",
            )
    file = root(transmission.format)
    header = group(file, "FatturaElettronicaHeader")
    write_transmission(header, transmission)
    write_seller(header, document, details)
    if document.tax_representative is not None:
        write_representative(header, document.tax_representative)
    write_buyer(header, document, details)
    write_issuer(header, details)
    for each in invoices:
        _require_vat_in_euro(each.document)
        body = group(file, "FatturaElettronicaBody")
        groups = written_groups(each.document, each.details)
        write_general(body, each.document, each.details)
        write_goods(body, each.document, each.details, groups=groups)
        write_payments(body, payment_blocks(each.document, each.details))
        for attachment in each.document.attachments:
            write_attachment(body, attachment)
    if keep_controls:
        for broken in controls_of(file):
            if broken.code not in REGISTER_CONTROLS:
                raise FormatError(
                    f"SdI would reject this invoice: {broken.message} {broken.fix}",
                    code=f"sdi_{broken.code}",
                    path=broken.place,
                )
    return to_bytes(file)


def _require_vat_in_euro(document: InvoiceDocument) -> None:
    """Art. 21 c.2 l) DPR 633/1972: the tax is stated in euro, whatever the invoice's currency."""
    seller = split_vat(document.seller.vat_id)
    totals = document.totals
    if (
        document.currency != "EUR"
        and seller is not None
        and seller.country == "IT"
        and any(group.tax for group in document.vat)
        and not (document.tax_currency == "EUR" and totals.vat_in_tax_currency is not None)
    ):
        raise FormatError(
            f"The invoice is in {document.currency} and has VAT, which Italian law wants in euro too; "
            "give the VAT in euro (BT-6 and BT-111).",
            code="vat_in_euro",
        )
