"""The yardstick of pages: our document as HTML and then as PDF by WeasyPrint, as plain as an invoice is."""

from __future__ import annotations

from html import escape
from typing import Final

from usance.rules.invoicing.document import InvoiceDocument, Party

_STYLE: Final = """
@page { size: A4; margin: 20mm 18mm 22mm;
        @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt } }
body { font: 9pt sans-serif; color: #222 }
h1 { font-size: 16pt; color: #1d3557 }
table { width: 100%; border-collapse: collapse }
thead th { text-align: left; border-bottom: 1px solid #1d3557; padding: 3pt 4pt }
td { padding: 3pt 4pt; border-bottom: 0.5px solid #ddd }
.n { text-align: right }
.parties { display: flex; justify-content: space-between; margin: 12mm 0 }
"""


def pages(document: InvoiceDocument) -> bytes:
    """The PDF of ``document``."""
    # Imported late: it takes a second, and only this yardstick needs it.
    from weasyprint import HTML

    rows = "".join(
        f"<tr><td>{escape(line.id)}</td><td>{escape(line.item.name)}</td>"
        f"<td>{escape(line.item.seller_id)}</td><td class=n>{line.quantity}</td>"
        f"<td class=n>{line.price.net}</td><td class=n>{line.vat_rate}</td>"
        f"<td class=n>{line.net}</td></tr>"
        for line in document.lines
    )
    totals = document.totals
    page = (
        f"<html lang=en><head><title>Invoice {escape(document.number)}</title>"
        f"<style>{_STYLE}</style></head><body><h1>Invoice {escape(document.number)}</h1>"
        f"<div class=parties>{_party(document.seller)}{_party(document.buyer)}</div>"
        f"<p>Date {document.issued_on}, due {document.due_on}</p>"
        "<table><thead><tr><th>#</th><th>Item</th><th>Code</th><th>Quantity</th><th>Price</th>"
        f"<th>VAT %</th><th>Amount</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<p class=n>Net {totals.without_vat}<br>VAT {totals.vat}<br>"
        f"<b>{document.currency} {totals.payable}</b></p></body></html>"
    )
    content: bytes = HTML(string=page).write_pdf()
    return content


def _party(party: Party) -> str:
    lines = [party.name, party.vat_id]
    if party.address is not None:
        lines[1:1] = [party.address.line_1, f"{party.address.post_code} {party.address.city}"]
    return f"<div>{'<br>'.join(escape(line) for line in lines)}</div>"
