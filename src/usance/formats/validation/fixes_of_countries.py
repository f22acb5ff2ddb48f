"""How to mend what breaks the rules of Germany (XRechnung), Romania (CIUS-RO) and Italy (SdI)."""

from __future__ import annotations

from typing import Final

GERMANY: Final[dict[str, str]] = {
    "BR-DE-1": "Say how to pay (BG-16).",
    "BR-DE-2": "Name a contact of the seller's (BG-6), with telephone and e-mail.",
    "BR-DE-3": "Add the seller's city (BT-37).",
    "BR-DE-4": "Add the seller's post code (BT-38).",
    "BR-DE-5": "Name the seller's contact person or department (BT-41).",
    "BR-DE-6": "Add the telephone number of the seller's contact (BT-42).",
    "BR-DE-7": "Add the e-mail address of the seller's contact (BT-43).",
    "BR-DE-8": "Add the buyer's city (BT-52).",
    "BR-DE-9": "Add the buyer's post code (BT-53).",
    "BR-DE-10": "Add the city to the delivery address (BT-77), or take the address out.",
    "BR-DE-11": "Add the post code to the delivery address (BT-78), or take the address out.",
    "BR-DE-14": "Add the rate (BT-119) to every VAT breakdown, 0 where no VAT is charged.",
    "BR-DE-15": "Ask the buyer for its reference and write it in BT-10; for authorities the Leitweg-ID.",
    "BR-DE-16": "Give the seller's VAT identifier (BT-31) or tax number (BT-32).",
    "BR-DE-17": "Write a type (BT-3) of 326, 380, 384, 389, 381, 875, 876 or 877.",
    "BR-DE-18": (
        "Write each discount in BT-20 on a line of its own, ended by a line break: "
        "#SKONTO#TAGE=14#PROZENT=2.00# with two decimals and capital letters, without blanks."
    ),
    "BR-DE-19": "Check the IBAN (BT-84); code 58 is for IBANs only.",
    "BR-DE-20": "Check the IBAN of the debited account (BT-91).",
    "BR-DE-21": (
        "Write in BT-24: urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0."
    ),
    "BR-DE-22": "Give each attachment a file name that no other has.",
    "BR-DE-23-a": "Add the account to pay to (BG-17), or choose another means of payment than 30 or 58.",
    "BR-DE-23-b": "Take card and direct debit (BG-18, BG-19) out of a credit transfer.",
    "BR-DE-24-a": "Add the card (BG-18), or choose another means of payment than 48, 54 or 55.",
    "BR-DE-24-b": "Take transfer and direct debit (BG-17, BG-19) out of a payment by card.",
    "BR-DE-25-a": "Add the direct debit (BG-19), or choose another means of payment than 59.",
    "BR-DE-25-b": "Take transfer and card (BG-17, BG-18) out of a direct debit.",
    "BR-DE-26": "Refer to the invoice that is corrected (BG-3), or use another type than 384.",
    "BR-DE-27": "Write a telephone number with at least three digits (BT-42).",
    "BR-DE-28": "Write an e-mail address with one @ and a name of at least two characters on each side.",
    "BR-DE-30": "Add the creditor's identifier (BT-90) to the direct debit.",
    "BR-DE-31": "Add the account to be debited (BT-91) to the direct debit.",
    "BR-DEX-01": "Attach XML only if it is needed; else PDF, PNG, JPEG, CSV, XLSX or ODS.",
    "BR-DEX-02": "Make the line's net amount (BT-131) the sum of its sub lines.",
    "BR-DEX-03": "Give each sub line its VAT category and rate, once.",
    "BR-DEX-04": "Choose the scheme of the identifier from ISO 6523 (ICD), or write XR01, XR02 or XR03.",
    "BR-DEX-05": "Choose the scheme of the registration from ISO 6523 (ICD), or write XR01, XR02 or XR03.",
    "BR-DEX-06": "Choose the scheme of the item's number from ISO 6523, or write XR01, XR02 or XR03.",
    "BR-DEX-07": "Choose the scheme of the electronic address from EAS, or write XR01, XR02 or XR03.",
    "BR-DEX-08": "Choose the scheme of the delivery place from ISO 6523, or write XR01, XR02 or XR03.",
    "BR-DEX-09": (
        "Make the amount due (BT-115) the total with VAT (BT-112) less what is paid (BT-113) plus the "
        "rounding (BT-114) plus the third party payments (BT-DEX-002)."
    ),
    "BR-DEX-10": "Say what the third party payment is (BT-DEX-001).",
    "BR-DEX-11": "Add the amount of the third party payment (BT-DEX-002).",
    "BR-DEX-12": "Describe the third party payment (BT-DEX-003).",
    "BR-DEX-13": "Round the third party payment to two decimals.",
    "BR-DEX-14": "Write the third party payment in the invoice's currency (BT-5).",
    "BR-DE-CVD-01": "Write the contract's number (BT-12).",
    "BR-DE-CVD-02": "Write the number of the tender or lot (BT-17).",
    "BR-DE-CVD-03": "Classify at least one line by the list CVD (BT-158) with the attribute cva (BT-160).",
    "BR-DE-TMP-32": "Say when was delivered: a day (BT-72), a period (BG-14) or one on every line (BG-26).",
}

_BUCHAREST: Final = "Write SECTOR1 to SECTOR6 as the city of an address in Bucharest (RO-B)."
_COUNTY: Final = "Write the Romanian county by its ISO 3166-2 code, such as RO-CJ."

ROMANIA: Final[dict[str, str]] = {
    "BR-RO-010": "Use an invoice number (BT-1) with at least one digit.",
    "BR-RO-020": "Write a type (BT-3) of 380, 384, 389, 751 or 381.",
    "BR-RO-030": "Show the VAT in RON as well: BT-6 RON and the total in it (BT-111).",
    "BR-RO-040": "Write 3, 35 or 432 (UNTDID 2005) in BT-8.",
    "BR-RO-065": "Give the seller's VAT identifier (BT-31) or fiscal code (BT-32).",
    "BR-RO-081": "Add the first line of the seller's address (BT-35).",
    "BR-RO-082": "Add the first line of the buyer's address (BT-50).",
    "BR-RO-091": "Add the seller's city (BT-37).",
    "BR-RO-092": "Add the buyer's city (BT-52).",
    "BR-RO-100": _BUCHAREST,
    "BR-RO-101": _BUCHAREST,
    "BR-RO-110": _COUNTY,
    "BR-RO-111": _COUNTY,
    "BR-RO-120": "Give the buyer's fiscal code (BT-47) or VAT identifier (BT-48).",
    "BR-RO-140": "Add the first line of the tax representative's address (BT-64).",
    "BR-RO-150": "Add the tax representative's city (BT-66).",
    "BR-RO-160": _BUCHAREST,
    "BR-RO-170": _COUNTY,
    "BR-RO-180": "Add the first line of the delivery address (BT-75), or take the address out.",
    "BR-RO-201": "Add the city of the delivery address (BT-77), or take the address out.",
    "BR-RO-202": _BUCHAREST,
    "BR-RO-211": "Add the county of the delivery address (BT-79).",
    "BR-RO-212": _COUNTY,
}

ITALY: Final[dict[str, str]] = {
    "00301": "Check the seller's Partita IVA (IdFiscaleIVA) in the tax register.",
    "00305": "Check the buyer's Partita IVA (IdFiscaleIVA) in the tax register.",
    "00306": "Check the buyer's Codice Fiscale in the tax register.",
    "00311": "Ask the buyer for its CodiceDestinatario; write 0000000 if it has none.",
    "00400": "Say by Natura (N1 to N7) why the rate of the line is 0.",
    "00401": "Take Natura off the line: it is for the rate 0 only.",
    "00403": "Date the document on or before the day it is sent.",
    "00404": "Do not send the invoice again: SdI has taken one of this number and year.",
    "00409": "Send each invoice of the file once.",
    "00411": "Add DatiRitenuta: a line says that tax is withheld.",
    "00413": "Say by Natura why the rate of the pension fund contribution is 0.",
    "00414": "Take Natura off the pension fund contribution: it is for the rate 0 only.",
    "00415": "Add DatiRitenuta: the pension fund contribution says that tax is withheld.",
    "00417": "Give the buyer's IdFiscaleIVA or CodiceFiscale.",
    "00418": "Date the credit note on or after the invoice that it refers to.",
    "00419": "Add a DatiRiepilogo for every rate and Natura of the lines.",
    "00420": "Take split payment (EsigibilitaIVA S) off what is reverse charge (Natura N6).",
    "00421": "Make Imposta the ImponibileImporto times the rate, rounded; one cent may differ.",
    "00422": "Make ImponibileImporto the sum of the lines of its rate, plus its contributions and rounding.",
    "00423": "Make PrezzoTotale quantity times price, with discounts, to the cent.",
    "00424": "Write the rate in percent: 22.00, not 0.22.",
    "00425": "Use a number with at least one digit.",
    "00427": "Write a CodiceDestinatario of 7 characters for companies, of 6 for authorities.",
    "00428": "Write the same FormatoTrasmissione as the attribute versione.",
    "00429": "Say by Natura in DatiRiepilogo why the rate is 0.",
    "00430": "Take Natura off the DatiRiepilogo: it is for the rate 0 only.",
    "00444": "Add a DatiRiepilogo for every Natura of the lines.",
    "00445": "Write the Natura in full, such as N2.1, N3.2 or N6.1.",
    "00471": "Let seller and buyer differ, or use the document type for self-consumption (TD27).",
}
"""SdI's codes of refusal (Agenzia delle Entrate, Elenco controlli)."""
