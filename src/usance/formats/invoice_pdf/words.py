"""What the printed documents say, in four languages: the terms a bookkeeper of each country writes.

One row a phrase: English, Italian, Romanian, Hindi. ``{tax}`` is the name of the tax (VAT, IVA, TVA,
GST ...). Sentences of law are those that the invoice must carry (Directive 2006/112/EC, article 226).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal, get_args

Language = Literal["en", "it", "ro", "hi"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

_TITLES: Final[dict[str, tuple[str, str, str, str]]] = {
    "title_380": ("Invoice", "Fattura", "Factură", "बीजक"),
    "title_tax_invoice": ("Tax invoice", "Fattura", "Factură", "कर बीजक"),
    "title_381": ("Credit note", "Nota di credito", "Factură storno", "क्रेडिट नोट"),
    "title_384": ("Corrected invoice", "Fattura rettificativa", "Factură corectată", "संशोधित बीजक"),
    "title_386": ("Prepayment invoice", "Fattura di acconto", "Factură de avans", "अग्रिम बीजक"),
    "title_389": ("Self-billed invoice", "Autofattura", "Autofactură", "स्व-बिलिंग बीजक"),
    "title_261": (
        "Self-billed credit note",
        "Nota di credito in autofatturazione",
        "Autofactură storno",
        "स्व-बिलिंग क्रेडिट नोट",
    ),
    "title_383": ("Debit note", "Nota di debito", "Notă de debit", "डेबिट नोट"),
    "title_325": ("Pro-forma invoice", "Fattura proforma", "Factură proformă", "प्रोफ़ॉर्मा बीजक"),
    "title_statement": ("Statement of account", "Estratto conto", "Extras de cont", "खाता विवरण"),
    "draft": ("Draft", "Bozza", "Proiect", "प्रारूप"),
    "copy": ("Copy", "Copia", "Copie", "प्रतिलिपि"),
    "draft_note": (
        "This draft is not an invoice and must not be paid.",
        "Questa bozza non è una fattura e non va pagata.",
        "Acest proiect nu este o factură și nu se plătește.",
        "यह प्रारूप बीजक नहीं है; इसका भुगतान न करें।",
    ),
}

_FACTS: Final[dict[str, tuple[str, str, str, str]]] = {
    "number": ("Number", "Numero", "Număr", "क्रमांक"),
    "issued_on": ("Date", "Data", "Data emiterii", "दिनांक"),
    "due_on": ("Due date", "Scadenza", "Scadență", "देय तिथि"),
    "tax_point": ("Tax point", "Data operazione", "Data faptului generator", "कर देयता तिथि"),
    "period": ("Period", "Periodo", "Perioada", "अवधि"),
    "customer_number": ("Customer no.", "Codice cliente", "Cod client", "ग्राहक क्रमांक"),
    "your_tax_id": ("Your {tax} no.", "Vs. P. IVA", "Cod {tax} client", "आपका {tax} क्रमांक"),
    "your_registration": ("Your registration", "Vs. C.F.", "Reg. client", "आपका पंजीकरण"),
    "buyer_reference": ("Your reference", "Vs. riferimento", "Referința dvs.", "आपका संदर्भ"),
    "purchase_order": ("Your order", "Vs. ordine", "Comanda dvs.", "आपका क्रय आदेश"),
    "sales_order": ("Our order", "Ns. ordine", "Comanda noastră", "हमारा आदेश"),
    "contract": ("Contract", "Contratto", "Contract", "अनुबंध"),
    "project": ("Project", "Commessa", "Proiect", "परियोजना"),
    "tender": ("Tender", "Gara", "Licitație", "निविदा"),
    "despatch_advice": ("Delivery note", "DDT", "Aviz de însoțire", "डिलीवरी चालान"),
    "receiving_advice": ("Goods receipt", "Ricevimento merce", "Notă de recepție", "माल प्राप्ति"),
    "accounting": ("Your cost centre", "Vs. centro di costo", "Centru de cost", "लागत केंद्र"),
    "corrects": ("For invoice", "Rif. fattura", "Pentru factura", "मूल बीजक"),
    "of_date": (
        "{number} of {date}",
        "{number} del {date}",
        "{number} din {date}",
        "{number}, {date}",
    ),
    "place_of_supply": ("Place of supply", "Luogo", "Locul livrării", "आपूर्ति का स्थान"),
    "contact": ("Contact", "Contatto", "Contact", "संपर्क"),
    "delivered_to": ("Delivered to", "Luogo di consegna", "Adresa de livrare", "वितरण पता"),
    "delivered_on": ("Delivered on", "Data di consegna", "Data livrării", "वितरण तिथि"),
    "buyer_is": ("Customer", "Cliente", "Client", "ग्राहक"),
    "tax_representative": (
        "Tax representative",
        "Rappresentante fiscale",
        "Reprezentant fiscal",
        "कर प्रतिनिधि",
    ),
}

_LINES: Final[dict[str, tuple[str, str, str, str]]] = {
    "position": ("No.", "N.", "Nr.", "क्र."),
    "description": ("Description", "Descrizione", "Denumire", "विवरण"),
    "hsn": ("HSN/SAC", "HSN/SAC", "HSN/SAC", "HSN/SAC"),
    "quantity": ("Quantity", "Quantità", "Cantitate", "मात्रा"),
    "unit_price": ("Unit price", "Prezzo unitario", "Preț unitar", "इकाई मूल्य"),
    "tax_rate": ("{tax}", "{tax}", "Cota {tax}", "{tax}"),
    "net": ("Net amount", "Importo", "Valoare netă", "शुद्ध राशि"),
    "item_number": ("Item {number}", "Art. {number}", "Cod {number}", "वस्तु {number}"),
    "your_item_number": (
        "your item {number}",
        "Vs. art. {number}",
        "codul dvs. {number}",
        "आपकी वस्तु {number}",
    ),
    "origin": ("Origin: {country}", "Origine: {country}", "Origine: {country}", "मूल देश: {country}"),
    "order_line": (
        "Order line {number}",
        "Riga d'ordine {number}",
        "Poz. comandă {number}",
        "आदेश पंक्ति {number}",
    ),
    "list_price": (
        "List price {gross}, less {discount}",
        "Prezzo di listino {gross}, sconto {discount}",
        "Preț de listă {gross}, reducere {discount}",
        "सूची मूल्य {gross}, छूट {discount}",
    ),
    "per": ("per {quantity}", "per {quantity}", "per {quantity}", "प्रति {quantity}"),
    "discount": ("Discount", "Sconto", "Reducere", "छूट"),
    "charge": ("Charge", "Maggiorazione", "Majorare", "प्रभार"),
    "percent_of_base": (
        "{percent} of {base}",
        "{percent} su {base}",
        "{percent} din {base}",
        "{base} का {percent}",
    ),
    "subtotal": ("Subtotal {group}", "Subtotale {group}", "Subtotal {group}", "उप-योग {group}"),
    "brought_forward": ("Brought forward", "Riporto", "Report", "पिछले पृष्ठ से आगे लाया गया"),
    "carried_forward": ("Carried forward", "A riportare", "De reportat", "अगले पृष्ठ पर ले जाया गया"),
}

_TOTALS: Final[dict[str, tuple[str, str, str, str]]] = {
    "sum_of_lines": ("Total of lines", "Totale righe", "Total poziții", "पंक्तियों का योग"),
    "without_tax": ("Total without {tax}", "Imponibile", "Total fără {tax}", "{tax} रहित योग"),
    "tax_total": ("{tax}", "{tax}", "{tax}", "{tax}"),
    "with_tax": ("Total with {tax}", "Totale documento", "Total cu {tax}", "{tax} सहित योग"),
    "prepaid": ("Already paid", "Acconti versati", "Avans achitat", "अग्रिम भुगतान"),
    "split_tax": (
        "{tax} that the customer pays to the treasury",
        "{tax} versata dal cessionario o committente",
        "{tax} virată de client",
        "ग्राहक द्वारा राजकोष को देय {tax}",
    ),
    "rounding": ("Rounding", "Arrotondamento", "Rotunjire", "पूर्णांकन"),
    "payable": ("Amount due", "Totale da pagare", "Total de plată", "देय राशि"),
    "credited": ("Amount credited", "Totale a credito", "Total storno", "क्रेडिट राशि"),
    "breakdown": ("{tax} summary", "Riepilogo {tax}", "Detaliere {tax}", "{tax} सारांश"),
    "rate": ("Rate", "Aliquota", "Cota", "दर"),
    "taxable": ("Taxable amount", "Imponibile", "Bază", "कर योग्य राशि"),
    "tax_amount": ("{tax} amount", "Imposta", "Valoare {tax}", "{tax} राशि"),
    "total": ("Total", "Totale", "Total", "कुल"),
    "tax_in_currency": (
        "{tax} in {currency}: {amount}",
        "{tax} in {currency}: {amount}",
        "{tax} în {currency}: {amount}",
        "{currency} में {tax}: {amount}",
    ),
    "exchange_rate": (
        "1 {source} = {rate} {target}",
        "1 {source} = {rate} {target}",
        "1 {source} = {rate} {target}",
        "1 {source} = {rate} {target}",
    ),
}

_TAXES: Final[dict[str, tuple[str, str, str, str]]] = {
    "vat": ("VAT", "IVA", "TVA", "वैट"),
    "gst": ("GST", "GST", "GST", "जीएसटी"),
    "sales_tax": ("Sales tax", "Sales tax", "Sales tax", "बिक्री कर"),
    "category_S": ("Standard", "Ordinaria", "Standard", "मानक"),
    "category_Z": ("Zero rated", "Aliquota zero", "Cota zero", "शून्य दर"),
    "category_E": ("Exempt", "Esente", "Scutit", "छूट प्राप्त"),
    "category_AE": ("Reverse charge", "Inversione contabile", "Taxare inversă", "रिवर्स चार्ज"),
    "category_K": (
        "Intra-community supply",
        "Cessione intracomunitaria",
        "Livrare intracomunitară",
        "अंतर-सामुदायिक आपूर्ति",
    ),
    "category_G": ("Export", "Esportazione", "Export", "निर्यात"),
    "category_O": (
        "Not subject to {tax}",
        "Fuori campo {tax}",
        "Neimpozabil",
        "{tax} के दायरे से बाहर",
    ),
    "category_L": ("IGIC", "IGIC", "IGIC", "IGIC"),
    "category_M": ("IPSI", "IPSI", "IPSI", "IPSI"),
    "category_B": ("Split payment", "Scissione dei pagamenti", "Plată defalcată", "विभाजित भुगतान"),
    "law_AE": (
        "Reverse charge: the customer accounts for the {tax}.",
        "Inversione contabile: l'imposta è dovuta dal cessionario o committente.",
        "Taxare inversă: {tax} se datorează de către beneficiar.",
        "रिवर्स चार्ज: {tax} का भुगतान ग्राहक द्वारा देय है।",
    ),
    "law_K": (
        "Intra-community supply, exempt under article 138 of Directive 2006/112/EC.",
        "Cessione intracomunitaria non imponibile, art. 138 direttiva 2006/112/CE.",
        "Livrare intracomunitară scutită, art. 138 din Directiva 2006/112/CE.",
        "अंतर-सामुदायिक आपूर्ति, निर्देश 2006/112/EC के अनुच्छेद 138 के अंतर्गत कर-मुक्त।",
    ),
    "law_G": (
        "Export of goods outside the customs territory, exempt from {tax}.",
        "Cessione all'esportazione non imponibile {tax}.",
        "Export în afara teritoriului vamal, scutit de {tax}.",
        "सीमा शुल्क क्षेत्र से बाहर निर्यात, {tax} से मुक्त।",
    ),
    "law_B": (
        "Split payment: the customer pays the {tax} to the treasury (art. 17-ter DPR 633/1972).",
        "Scissione dei pagamenti: {tax} versata dal committente (art. 17-ter DPR 633/1972).",
        "Plată defalcată: {tax} se virează de către client (art. 17-ter DPR 633/1972).",
        "विभाजित भुगतान: {tax} ग्राहक द्वारा राजकोष को देय (art. 17-ter DPR 633/1972)।",
    ),
}

_REGISTRATION: Final[dict[str, tuple[str, str, str, str]]] = {
    "e_invoice": (
        "GST e-invoice",
        "Fattura elettronica GST",
        "Factură electronică GST",
        "जीएसटी ई-चालान",
    ),
    "irn": ("IRN", "IRN", "IRN", "आईआरएन (IRN)"),
    "ack_number": ("Ack. no.", "N. di conferma", "Nr. confirmare", "पावती संख्या"),
    "ack_on": ("Ack. date", "Data di conferma", "Data confirmării", "पावती दिनांक"),
}

_PAYMENT: Final[dict[str, tuple[str, str, str, str]]] = {
    "payment": ("Payment", "Pagamento", "Plată", "भुगतान"),
    "terms": ("Terms: {terms}", "Condizioni: {terms}", "Condiții: {terms}", "शर्तें: {terms}"),
    "pay_by": (
        "Please pay {amount} by {date}.",
        "Importo di {amount} da pagare entro il {date}.",
        "Vă rugăm să achitați {amount} până la {date}.",
        "कृपया {date} तक {amount} का भुगतान करें।",
    ),
    "pay_early": (
        "Pay {amount} by {date} and save {discount} ({percent}).",
        "Pagando {amount} entro il {date} si risparmiano {discount} ({percent}).",
        "Achitați {amount} până la {date} și economisiți {discount} ({percent}).",
        "{date} तक {amount} का भुगतान करें और {discount} ({percent}) बचाएँ।",
    ),
    "will_debit": (
        "We will collect {amount} from your account {account} on {date}; mandate {mandate}.",
        "Addebiteremo {amount} sul conto {account} il {date}; mandato {mandate}.",
        "Vom debita {amount} din contul {account} la {date}; mandat {mandate}.",
        "हम {date} को आपके खाते {account} से {amount} प्राप्त करेंगे; मैंडेट {mandate}।",
    ),
    "paid_by_card": (
        "Paid by card {account}.",
        "Pagato con carta {account}.",
        "Plătit cu cardul {account}.",
        "कार्ड {account} द्वारा भुगतान किया गया।",
    ),
    "nothing_due": (
        "Nothing remains to be paid.",
        "Nulla è più dovuto.",
        "Nu mai este nimic de plată.",
        "कोई राशि देय नहीं है।",
    ),
    "credit_follows": (
        "We set this amount off against your open invoices or pay it back.",
        "L'importo sarà compensato con le fatture aperte o rimborsato.",
        "Suma se compensează cu facturile neachitate sau se restituie.",
        "यह राशि आपके बकाया बीजकों में समायोजित की जाएगी या लौटाई जाएगी।",
    ),
    "instalment": ("Instalment", "Rata", "Rata", "किस्त"),
    "amount": ("Amount", "Importo", "Suma", "राशि"),
    "beneficiary": ("Payee", "Beneficiario", "Beneficiar", "लाभार्थी"),
    "iban": ("IBAN", "IBAN", "IBAN", "IBAN"),
    "account": ("Account", "Conto", "Cont", "खाता संख्या"),
    "bic": ("BIC", "BIC", "BIC", "BIC"),
    "bank_code": ("Bank code", "Codice banca", "Cod bancă", "बैंक कोड (IFSC)"),
    "reference": ("Reference", "Causale", "Referință", "भुगतान संदर्भ"),
    "scan_to_pay": (
        "Scan to pay",
        "Inquadra per pagare",
        "Scanați pentru plată",
        "भुगतान के लिए स्कैन करें",
    ),
    "see_payment_part": (
        "Please use the payment part below.",
        "Si prega di utilizzare la sezione pagamento in calce.",
        "Vă rugăm să folosiți secțiunea de plată de mai jos.",
        "कृपया नीचे दिए गए भुगतान भाग का उपयोग करें।",
    ),
    "enclosures": ("Enclosures", "Allegati", "Anexe", "संलग्नक"),
    "page_of": (
        "Page {page} of {pages}",
        "Pagina {page} di {pages}",
        "Pagina {page} din {pages}",
        "पृष्ठ {page} / {pages}",
    ),
    "tax_id": (
        "{tax} no. {number}",
        "P. IVA {number}",
        "Cod {tax} {number}",
        "{tax} क्रमांक {number}",
    ),
    "registration": (
        "Reg. no. {number}",
        "C.F./Reg. {number}",
        "Nr. reg. {number}",
        "पंजीकरण {number}",
    ),
    "gstin": ("GSTIN {number}", "GSTIN {number}", "GSTIN {number}", "GSTIN {number}"),
}

_STATEMENT: Final[dict[str, tuple[str, str, str, str]]] = {
    "opening_balance": ("Opening balance", "Saldo iniziale", "Sold inițial", "प्रारंभिक शेष"),
    "closing_balance": ("Closing balance", "Saldo finale", "Sold final", "अंतिम शेष"),
    "as_of": ("As of", "Alla data del", "La data de", "दिनांक तक"),
    "movements": ("Movements", "Movimenti", "Mișcări", "लेन-देन"),
    "open_items": ("Open items", "Partite aperte", "Documente neachitate", "बकाया मदें"),
    "document": ("Document", "Documento", "Document", "दस्तावेज़"),
    "debit": ("Debit", "Dare", "Debit", "नामे"),
    "credit": ("Credit", "Avere", "Credit", "जमा"),
    "balance": ("Balance", "Saldo", "Sold", "शेष"),
    "open_amount": ("Open", "Residuo", "Rest de plată", "बकाया"),
    "original_amount": ("Amount", "Importo", "Valoare", "मूल राशि"),
    "days_overdue": ("Days overdue", "Giorni di ritardo", "Zile întârziere", "विलंब (दिन)"),
    "not_due": ("Not yet due", "A scadere", "Nescadent", "अभी देय नहीं"),
    "overdue_from": (
        "Over {days} days",
        "Oltre {days} giorni",
        "Peste {days} zile",
        "{days} दिन से अधिक",
    ),
    "overdue_between": (
        "{first}–{last} days",
        "{first}–{last} giorni",
        "{first}–{last} zile",
        "{first}–{last} दिन",
    ),
    "total_open": ("Total open", "Totale aperto", "Total neachitat", "कुल बकाया"),
    "overdue_total": ("Of which overdue", "Di cui scaduto", "Din care restant", "जिसमें से अतिदेय"),
    "nothing_open": (
        "Nothing is open. Thank you.",
        "Nessuna partita aperta. Grazie.",
        "Nu există documente neachitate. Vă mulțumim.",
        "कुछ भी बकाया नहीं है। धन्यवाद।",
    ),
    "no_movements": (
        "No movements in this period.",
        "Nessun movimento nel periodo.",
        "Nicio mișcare în această perioadă.",
        "इस अवधि में कोई लेन-देन नहीं।",
    ),
    "pay_online": ("Pay online", "Paga online", "Plătiți online", "ऑनलाइन भुगतान"),
    "kind_invoice": ("Invoice", "Fattura", "Factură", "बीजक"),
    "kind_credit_note": ("Credit note", "Nota di credito", "Factură storno", "क्रेडिट नोट"),
    "kind_payment": ("Payment", "Pagamento", "Plată", "भुगतान"),
    "kind_refund": ("Refund", "Rimborso", "Restituire", "धन-वापसी"),
    "kind_write_off": ("Write-off", "Stralcio", "Anulare creanță", "बट्टे खाते"),
    "kind_interest": ("Interest", "Interessi", "Dobândă", "ब्याज"),
    "kind_fee": ("Fee", "Spese", "Comision", "शुल्क"),
    "kind_adjustment": ("Adjustment", "Rettifica", "Ajustare", "समायोजन"),
}

_ROWS: Final = _TITLES | _FACTS | _LINES | _TOTALS | _TAXES | _PAYMENT | _STATEMENT | _REGISTRATION


@lru_cache(maxsize=16)
def words(language: Language, *, tax: str = "vat") -> Mapping[str, str]:
    """Every phrase in ``language``, with the tax named: ``vat``, ``gst`` or ``sales_tax``."""
    column = LANGUAGES.index(language)
    name = _TAXES[tax][column]
    return {key: row[column].replace("{tax}", name) for key, row in _ROWS.items()}
