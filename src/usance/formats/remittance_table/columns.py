"""What payers call the columns of their advices, in English, German, French, Italian, Spanish, Dutch and
Romanian. Names are compared as those of bank tables are: without accents, case and punctuation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from usance.formats.bank_csv.vocabulary import heading_of, plain

Field = Literal[
    "document",
    "kind",
    "dated",
    "order",
    "gross",
    "discount",
    "deduction",
    "reason",
    "paid",
    "currency",
    "payment_reference",
    "cheque",
    "payment_date",
    "payment_amount",
    "payer",
]
FIELDS: Final[tuple[Field, ...]] = get_args(Field)

_NAMES: Final[dict[Field, str]] = {
    "document": """
        invoice number, invoice no, invoice nr, invoice #, invoice id, invoice, inv no, inv number,
        supplier invoice, vendor invoice, your invoice, your reference, document number, document no,
        document, doc no, bill number, bill no, voucher invoice,
        rechnungsnummer, rechnungsnr, rechnungs nr, rechnung nr, rechnung, belegnummer, belegnr,
        beleg, ihre rechnung, ihr beleg, re nr,
        numero de facture, n de facture, no facture, n facture, num facture, facture, votre facture,
        numero fattura, n fattura, num fattura, nr fattura, fattura, fattura n, documento,
        numero documento, n documento,
        numero de factura, n factura, num factura, nro factura, factura, su factura,
        factuurnummer, factuurnr, factuur nr, factuur, uw factuur,
        numar factura, nr factura, factura nr, document nr
        """,
    "kind": """
        type, document type, doc type, transaction type, belegart, art, type de piece, type document,
        tipo documento, tipo, soort, tip document
        """,
    "dated": """
        invoice date, inv date, document date, doc date, bill date, date, rechnungsdatum, belegdatum,
        datum, date de facture, date facture, date piece, data fattura, data documento, data,
        fecha factura, fecha de factura, fecha documento, fecha, factuurdatum, data facturii
        """,
    "order": """
        po number, po no, po, p o number, purchase order, order number, order no, bestellnummer,
        bestellung, bestellnr, numero de commande, n commande, commande, ordine, numero ordine,
        n ordine, pedido, numero de pedido, n pedido, ordernummer, bestelnummer, comanda, nr comanda
        """,
    "gross": """
        gross amount, gross, invoice amount, invoice total, original amount, document amount, amount due,
        bruttobetrag, brutto, rechnungsbetrag, montant brut, montant facture, montant ttc, brut,
        importo lordo, lordo, importo fattura, importe bruto, bruto, importe factura, brutobedrag,
        factuurbedrag, suma bruta, valoare factura
        """,
    "discount": """
        discount, discount taken, cash discount, discount amount, terms discount, skonto, skontobetrag,
        abzug skonto, escompte, remise, sconto, descuento, descuento pronto pago, korting,
        betalingskorting, discount acordat, scont
        """,
    "deduction": """
        deduction, deductions, deduction amount, adjustment, adjustments, adjustment amount, deducted,
        withheld, abzug, abzuge, abzuege, kurzung, kuerzung, deduction montant, retenue, retenues,
        ajustement, deduzione, deduzioni, trattenuta, trattenute, deduccion, deducciones, retencion,
        ajuste, inhouding, aftrek, deducere, deduceri, retinere
        """,
    "reason": """
        reason, deduction reason, adjustment reason, reason code, comment, comments, remark, remarks,
        grund, abzugsgrund, bemerkung, kommentar, motif, commentaire, remarque, motivo, causale, note,
        motivo deduccion, observaciones, comentario, reden, opmerking, motiv, observatii
        """,
    "paid": """
        amount paid, paid amount, paid, net amount, net paid, net, amount, total paid,
        zahlbetrag, gezahlt, bezahlt, gezahlter betrag, zahlungsbetrag, nettobetrag, netto, betrag,
        montant paye, montant regle, regle, paye, montant net, montant,
        importo pagato, pagato, importo netto, importo,
        importe pagado, pagado, importe neto, importe,
        betaald bedrag, betaald, nettobedrag, bedrag,
        suma platita, platit, suma, valoare platita, payment amount
        """,
    "currency": """
        currency, ccy, curr, wahrung, waehrung, devise, divisa, moneda, valuta, munt, moneta
        """,
    "payment_reference": """
        payment reference, payment ref, payment number, payment no, payment id, trace number, trace,
        remittance reference, remittance id, transaction id, end to end id, endtoendid,
        zahlungsreferenz, zahlungsnummer, zahlung nr, zahlungsnr, avisnummer, avis nr,
        reference de paiement, reference paiement, n paiement, reference virement,
        riferimento pagamento, numero pagamento, cro, trn,
        referencia de pago, referencia pago, numero de pago, n pago,
        betalingskenmerk, betaalreferentie, betalingsreferentie, referinta plata, numar plata
        """,
    "cheque": """
        cheque number, cheque no, check number, check no, check #, cheque, schecknummer, scheck nr,
        numero de cheque, n cheque, numero assegno, n assegno, numero de talon, chequenummer, nr cec
        """,
    "payment_date": """
        payment date, date paid, paid on, remittance date, value date, zahlungsdatum, zahltag, zahldatum,
        date de paiement, date paiement, date de reglement, date reglement, data pagamento, data valuta,
        fecha de pago, fecha pago, betaaldatum, betalingsdatum, data platii
        """,
    "payment_amount": """
        payment total, total payment, total amount, total, total paid amount, remittance total,
        zahlungssumme, gesamtbetrag, gesamtsumme, gesamt, summe, zahlsumme, montant total,
        total paiement, total regle, total general, totale pagamento, importo totale, totale,
        importe total, total pago, total pagado, totaalbedrag, totaal, totaal betaald, suma totala,
        total plata, total platit, amount of payment, total remittance, cheque amount, check amount,
        payment amount
        """,
    "payer": """
        payer, payer name, paid by, customer name, customer, company, from, zahler, auftraggeber, kunde,
        firma, payeur, client, societe, pagatore, ordinante, cliente, societa, pagador, ordenante,
        betaler, opdrachtgever, klant, platitor, remitter, remitted by
        """,
}

HEADINGS: Final[dict[str, tuple[Field, ...]]] = {}
"""The fields that a plain heading may mean, the better one first."""
for _field, _names in _NAMES.items():
    for _name in _names.split(","):
        _heading = plain(" ".join(_name.split()))
        if _heading:
            HEADINGS[_heading] = (*HEADINGS.get(_heading, ()), _field)

CREDIT_WORDS: Final = frozenset(
    plain(word)
    for word in (
        "credit note",
        "credit memo",
        "credit",
        "cn",
        "cm",
        "gutschrift",
        "gs",
        "avoir",
        "nota di credito",
        "nota credito",
        "nc",
        "nota de credito",
        "abono",
        "creditnota",
        "credit nota",
        "nota de creditare",
    )
)
"""What stands in the column of kinds, or before a number, for a credit note."""

TOTAL_WORDS: Final = frozenset(
    plain(word)
    for word in [
        "total",
        "sum",
        "subtotal",
        "gesamt",
        "summe",
        "gesamtbetrag",
        "gesamtsumme",
        "totale",
        "totaal",
        "suma",
        "totalul",
    ]
)
"""What a row of sums begins with."""

_LOOSE: Final = frozenset(
    plain(name)
    for name in (
        "reference",
        "ref",
        "referenz",
        "referencia",
        "riferimento",
        "referentie",
        "referinta",
        "your ref",
        "ihre referenz",
        "votre reference",
        "vostro riferimento",
        "uw referentie",
        "number",
        "no",
    )
)
"""What may head the documents where nothing else does."""
_RANK: Final[dict[tuple[Field, str], int]] = {
    (field, plain(" ".join(name.split()))): rank
    for field, names in _NAMES.items()
    for rank, name in enumerate(names.split(","))
}


def columns_of(
    headings: list[str], *, said: Mapping[str, str | int | None] | None = None
) -> dict[Field, int] | None:
    """Which column, by index, holds which field; None if this is no row of headings.

    A table has to tell the document and an amount. ``said`` leads from a field to the heading or the
    number (from 1) of its column, or to None for a field that no column means.
    """
    plains = [heading_of(cell) for cell in headings]
    columns: dict[Field, int] = {}
    for field in FIELDS:
        wanted = (said or {}).get(field)
        if isinstance(wanted, int) and 1 <= wanted <= len(headings):
            columns[field] = wanted - 1
        elif isinstance(wanted, str):
            if heading_of(wanted) not in plains:
                return None
            columns[field] = plains.index(heading_of(wanted))
    for field in FIELDS:
        if field in (said or {}):
            continue
        candidates = [
            (_RANK[field, name], index)
            for index, name in enumerate(plains)
            if (field, name) in _RANK and index not in columns.values()
        ]
        if candidates:
            columns[field] = min(candidates)[1]
    _fill_in(columns, plains, said or {})
    if "document" not in columns or not columns.keys() & {"paid", "gross"}:
        return None
    return columns


def _fill_in(
    columns: dict[Field, int], plains: list[str], said: Mapping[str, str | int | None]
) -> None:
    """What loose headings mean beside those that are understood."""
    free = [i for i, name in enumerate(plains) if name and i not in columns.values()]
    if "document" not in columns and "document" not in said:
        loose = next((i for i in free if plains[i] in _LOOSE), None)
        if loose is not None:
            columns["document"] = loose
    if "gross" not in columns and "paid" in columns:
        # Beside "Amount paid", a column called "Amount" is what the document is made out for.
        more = next((i for i in free if ("paid", plains[i]) in _RANK), None)
        if more is not None:
            columns["gross"] = more
    if "paid" not in columns and "payment_amount" in columns:
        columns["paid"] = columns.pop("payment_amount")


_ABOUT_PAYMENT: Final[tuple[Field, ...]] = (
    "payment_reference",
    "cheque",
    "payment_date",
    "payment_amount",
    "payer",
    "currency",
    "paid",
)


def fact_of(name: str) -> Field | None:
    """What a name before a value tells of the payment as a whole; None if nothing."""
    fields = HEADINGS.get(heading_of(name), ())
    found = next((field for field in _ABOUT_PAYMENT if field in fields), None)
    return "payment_amount" if found == "paid" else found
