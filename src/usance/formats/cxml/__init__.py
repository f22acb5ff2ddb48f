"""cXML's InvoiceDetailRequest 1.2, written from the model and read into it.

The type definition of invoices (InvoiceDetail.dtd) is not published with a licence to redistribute it
and is not consulted here; what they share with other cXML documents is in cXML.dtd, and the rest
follows the cXML Reference Guide.
"""

from usance.formats.cxml.reading import read
from usance.formats.cxml.writing import payload_id, render

__all__ = ["payload_id", "read", "render"]
