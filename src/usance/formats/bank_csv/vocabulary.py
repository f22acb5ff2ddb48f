"""What banks call the columns of their tables, in English, German, French, Italian, Spanish,
Dutch and Romanian.

Names are compared without accents, case, punctuation, anything in brackets and a currency at the
end. Within a field the better name comes first, for tables that have both.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, get_args

from usance.rules.money import EXPONENTS

Field = Literal[
    "booked_on",
    "value_on",
    "amount",
    "debit",
    "credit",
    "direction",
    "balance",
    "currency",
    "counterparty_account",
    "account",
    "end_to_end_id",
    "structured_reference",
    "bank_reference",
    "payer_reference",
    "payer_name",
    "payee_name",
    "counterparty_name",
    "remittance_text",
    "bank_transaction_code",
    "status",
    "statement_id",
]

FIELDS: Final[tuple[Field, ...]] = get_args(Field)

_NAMES: Final[dict[Field, str]] = {
    "booked_on": """
        booked on, booking date, posting date, posted date, date posted, post date, entry date,
        completed date, transaction date, operation date, date,
        buchungstag, buchungsdatum, buchung, datum,
        date comptable, date de comptabilisation, date d operation, date operation,
        date de l operation,
        data contabile, data contabilizzazione, data registrazione, data operazione,
        data movimento, data,
        fecha contable, fecha operacion, fecha de operacion, fecha de la operacion, f operacion,
        fecha movimiento, fecha,
        boekingsdatum, boekdatum, transactiedatum, datum boeking,
        data inregistrarii, data inregistrare, data tranzactiei, data tranzactie,
        data procesarii, data operatiunii
        """,
    "value_on": """
        value on, value date, interest date, wertstellung, wertstellungsdatum, valutadatum, wert,
        date de valeur, date valeur, valeur, data valuta, valuta, fecha valor, f valor,
        rentedatum, datum valuta, data valutei
        """,
    "amount": """
        amount, transaction amount, amount in account currency, net amount, net, value,
        betrag, umsatz, montant,
        montant de l operation, importo, importe, cantidad,
        bedrag, transactiebedrag, suma, valoare, valoare tranzactie
        """,
    "debit": """
        debit, debit amount, withdrawal, withdrawals, withdrawal amount, paid out, money out,
        soll, soll betrag, belastung, belastungen, lastschrift, ausgang, ausgaben,
        montant debit, dare, addebito, addebiti, uscite,
        cargo, cargos, debe, adeudo, adeudos, debet, af, uitgaven, suma debit, debitare
        """,
    "credit": """
        credit, credit amount, deposit, deposits, deposit amount, paid in, money in,
        haben, haben betrag, gutschrift, gutschriften, eingang, einnahmen,
        montant credit, avere, accredito, accrediti, entrate,
        abono, abonos, haber, ingreso, ingresos, bij, inkomsten, suma credit, creditare
        """,
    "direction": """
        credit debit indicator, credit debit, debit credit, cr dr, dr cr, direction,
        soll haben, soll haben kennzeichen, s h, sens, segno, signo, af bij, d c, debet credit,
        debit credit indicator
        """,
    "balance": """
        balance, running balance, account balance, balance after, closing balance,
        saldo, kontostand, saldo nach buchung, solde, solde apres operation,
        saldo contabile, saldo contable, saldo na boeking, saldo na mutatie,
        saldo na trn, sold, sold final,
        sold contabil
        """,
    "currency": """
        currency, account currency, ccy, currency code, wahrung, waehrung, devise, monnaie,
        divisa, moneda, munt, muntsoort, devize
        """,
    "account": """
        account, account number, own account, account iban, account no, auftragskonto,
        iban auftragskonto, eigenes konto, konto, kontonummer, compte, numero de compte, conto,
        numero conto, numero rapporto, cuenta, numero de cuenta, rekening, rekeningnummer,
        iban bban, cont, numar cont, cont iban, iban
        """,
    "remittance_text": """
        remittance text, remittance information, remittance, description, details, narrative, memo,
        particulars, payment details, transaction details, transaction description, message, label,
        verwendungszweck, zahlungsgrund, buchungsdetails, mitteilung,
        libelle, libelle operation, libelle de l operation, communication, motif, objet,
        descrizione, descrizione operazione, causale, dettagli,
        concepto, descripcion, detalle, observaciones,
        omschrijving, mededeling, mededelingen, beschrijving,
        descriere, descrierea tranzactiei, descriere tranzactie, detalii, detalii tranzactie,
        explicatii
        """,
    "payer_name": """
        payer name, payer, debtor name, debtor, sender, from,
        zahlungspflichtiger, zahlungspflichtige r, auftraggeber, auftraggeber in,
        donneur d ordre, emetteur, debiteur, ordinante, ordenante, opdrachtgever,
        platitor, nume platitor, ordonator, nume ordonator
        """,
    "payee_name": """
        payee name, payee, creditor name, creditor, beneficiary, beneficiary name, recipient, to,
        zahlungsempfanger, zahlungsempfaenger, zahlungsempfanger in, empfanger, empfaenger,
        beguenstigter, begunstigter, beneficiaire, crediteur, beneficiario, begunstigde,
        beneficiar, nume beneficiar
        """,
    "counterparty_name": """
        counterparty name, counterparty, partner name, name,
        name zahlungsbeteiligter, beguenstigter zahlungspflichtiger,
        begunstigter zahlungspflichtiger, beguenstigter auftraggeber, begunstigter auftraggeber,
        auftraggeber beguenstigter, auftraggeber begunstigter, auftraggeber empfanger,
        auftraggeber empfaenger,
        tiers, nom contrepartie, nom de la contrepartie, contrepartie, nom,
        controparte, ordinante beneficiario, nome, contraparte, ordenante beneficiario, nombre,
        naam tegenpartij, tegenpartij, naam omschrijving, naam tegenrekening, naam,
        partener, nume partener, nume
        """,
    "counterparty_account": """
        counterparty account, counterparty iban, payer iban, payer account, partner iban,
        debtor iban, sender iban, iban zahlungsbeteiligter, kontonummer iban, iban kontonummer,
        gegenkonto, iban gegenkonto, iban auftraggeber, iban zahlungspflichtiger,
        iban contrepartie, compte contrepartie, compte de la contrepartie,
        iban ordinante, iban controparte, iban ordenante, cuenta ordenante, cuenta contraparte,
        tegenrekening, tegenrekening iban bban, iban tegenpartij, rekening tegenpartij,
        iban platitor, iban partener, cont partener, cont platitor, iban
        """,
    "bank_reference": """
        bank reference, transaction id, transaction reference, transaction number,
        reference number, referenznummer,
        buchungsreferenz, transaktions id, transaktionsnummer, bankreferenz,
        reference bancaire, reference operation, reference de l operation, numero d operation,
        riferimento banca, numero operazione, cro, trn,
        numero operacion, numero de operacion, n operacion,
        transactiereferentie, volgnr, volgnummer,
        referinta tranzactie, referinta tranzactiei, nr referinta, id tranzactie
        """,
    # A heading that says no more than "reference" is what the payer gave, not what the bank did.
    "payer_reference": """
        payment reference, remittance reference, payer reference, customer reference,
        your reference, reference, reference no, ref,
        zahlungsreferenz, referenz des auftraggebers, referenz,
        reference du paiement, reference client, reference donneur d ordre,
        riferimento pagamento, riferimento cliente, riferimento,
        referencia de pago, referencia del pago, referencia cliente, referencia,
        betalingsreferentie, referentie,
        referinta platii, referinta client, referinta
        """,
    "end_to_end_id": """
        end to end id, end to end reference, end to end, endtoend, e2e id, kundenreferenz,
        reference de bout en bout, kenmerk
        """,
    "structured_reference": """
        structured reference, creditor reference, structured communication, glaubigerreferenz,
        strukturierte referenz, qr referenz, communication structuree, gestructureerde mededeling,
        betalingskenmerk, riferimento creditore, referencia estructurada
        """,
    "bank_transaction_code": """
        bank transaction code, transaction code, transaction type, type, buchungstext, umsatzart,
        type d operation, causale abi, tipo operazione, tipo, tipo de operacion, mutatiesoort,
        tip tranzactie
        """,
    "status": "status, state, etat, statut, stato, estado, stare",
    "statement_id": "statement id, statement, auszug, auszugsnummer, extrait, afschrift",
}


_REFERENCES: Final = """
    bank reference, transaction id, transaction reference, transaction number,
    reference number, reference, reference no, ref, referenz, referenznummer,
    buchungsreferenz, transaktions id, transaktionsnummer,
    reference bancaire, reference operation, reference de l operation, numero d operation,
    riferimento, numero operazione, cro, trn,
    referencia, numero operacion, numero de operacion, n operacion,
    referentie, transactiereferentie, volgnr, volgnummer,
    referinta, referinta tranzactie, referinta tranzactiei, nr referinta, id tranzactie
    """
TOLD_APART_BY: Final = tuple(name.strip() for name in _REFERENCES.split(","))
"""Headings, in this order, of the column by which the bookings of a table are told apart. Never changed:
a table that overlaps one of years ago has to be known by the same, or its money is booked twice."""


def plain(name: str) -> str:
    """``name`` without accents, case, punctuation and anything in brackets."""
    unbracketed = _BRACKETED.sub(" ", name)
    decomposed = unicodedata.normalize("NFKD", unbracketed.casefold())
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split())


def heading_of(cell: str) -> str:
    """The heading in ``cell`` as it is compared: plain, and without a currency at the end."""
    words = plain(cell).split()
    if len(words) > 1 and words[-1].upper() in EXPONENTS:
        words.pop()
        if len(words) > 1 and words[-1] == "in":
            words.pop()
    return " ".join(words)


def currency_of_heading(cell: str) -> str | None:
    """The currency that a heading such as "Betrag (EUR)" or "Amount in GBP" states."""
    match = _STATED.search(cell)
    if match is not None and match[1] in EXPONENTS:
        return str(match[1])
    return next((code for sign, code in _SIGNS.items() if sign in cell), None)


# What is in brackets may not hold brackets: a row of opening ones would take square time.
_BRACKETED: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_STATED: Final = re.compile(r"[\s(\[]([A-Z]{3})[)\]]?\s*$")
_SIGNS: Final = {"€": "EUR", "£": "GBP"}

HEADERS: Final[dict[Field, tuple[str, ...]]] = {
    field: tuple(plain(name) for name in names.split(",")) for field, names in _NAMES.items()
}


def _words(text: str) -> frozenset[str]:
    return frozenset(plain(word) for word in text.split(","))


BOOKED: Final = _words(
    """
    , booked, completed, posted, settled, cleared, executed, done, gebucht, ausgefuhrt,
    abgeschlossen, comptabilise, execute, termine, contabilizzato, eseguito, completato,
    contabilizado, ejecutado, completado, realizado, geboekt, verwerkt, uitgevoerd, voltooid,
    procesat, procesata, executat, decontat, finalizat
    """
)
"""What a column of states says of bookings; nothing at all counts as booked."""
NOT_BOOKED: Final = _words(
    """
    pending, reverted, declined, failed, cancelled, canceled, rejected, expired, vorgemerkt,
    ausstehend, storniert, abgelehnt, en attente, en cours, annule, refuse, in sospeso, in attesa,
    annullato, rifiutato, pendiente, cancelado, rechazado, in behandeling, in afwachting,
    geannuleerd, geweigerd, in asteptare, in curs, anulat, respins
    """
)
CREDIT_WORDS: Final = _words(
    "c, cr, crdt, credit, h, haben, gutschrift, bij, avere, accredito, abono"
)
DEBIT_WORDS: Final = _words(
    "d, dr, db, dbit, debit, debet, s, soll, lastschrift, af, dare, addebito, cargo"
)
