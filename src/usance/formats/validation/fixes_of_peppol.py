"""How to mend what breaks Peppol BIS Billing 3.0."""

from __future__ import annotations

from typing import Final

_P: Final = "PEPPOL-EN16931-"

PEPPOL: Final[dict[str, str]] = {
    f"{_P}R001": "Write the process (BT-23): urn:fdc:peppol.eu:2017:poacc:billing:01:1.0.",
    f"{_P}R002": "Join the document's notes into one.",
    f"{_P}R003": (
        "Ask the buyer for a reference and write it in BT-10, or write the number of its purchase order in "
        "BT-13."
    ),
    f"{_P}R004": (
        "Write in BT-24: urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0."
    ),
    f"{_P}R005": "Take the tax currency (BT-6) out where it is the invoice's own.",
    f"{_P}R007": "Write the process (BT-23): urn:fdc:peppol.eu:2017:poacc:billing:01:1.0.",
    f"{_P}R008": "Take the empty element out, or fill it.",
    f"{_P}R010": "Add the buyer's electronic address (BT-49), to which the network delivers.",
    f"{_P}R020": "Add the seller's electronic address (BT-34), from which the network sends.",
    f"{_P}R040": "Make the amount the base times the percentage, rounded half up, or leave both out.",
    f"{_P}R041": "Add the base amount to the percentage, or take the percentage out.",
    f"{_P}R042": "Add the percentage to the base amount, or take the base amount out.",
    f"{_P}R043": "Write true for a charge and false for an allowance.",
    f"{_P}R044": "Raise the price itself; a price can only have an allowance.",
    f"{_P}R046": "Make the net price (BT-146) the gross price (BT-148) less its discount (BT-147).",
    f"{_P}R051": "Write every amount but BT-111 in the invoice's currency (BT-5).",
    f"{_P}R053": "Keep one TaxTotal with a breakdown: the one in the invoice's currency.",
    f"{_P}R054": "With a tax currency (BT-6) write a second TaxTotal without breakdown; without one, none.",
    f"{_P}R055": "Give the VAT total the same sign in both currencies.",
    f"{_P}R061": "Add the mandate's reference (BT-89) to the direct debit.",
    f"{_P}R080": "Keep one project reference (BT-11).",
    f"{_P}R100": "Keep one invoiced object (BT-128) on the line.",
    f"{_P}R101": "Use the line's document reference for the invoiced object (BT-128, type 130) only.",
    f"{_P}R110": "Let the line's period begin within the invoice's (BT-134, BT-73).",
    f"{_P}R111": "Let the line's period end within the invoice's (BT-135, BT-74).",
    f"{_P}R120": (
        "Make the line's net amount (BT-131) quantity times price by base quantity, plus its charges less "
        "its allowances, rounded to two decimals."
    ),
    f"{_P}R121": "Write a base quantity (BT-149) above 0.",
    f"{_P}R130": "Write the base quantity of the price in the unit of the line (BT-150, BT-130).",
    f"{_P}F001": "Write the date as 2026-04-30, without a time.",
    f"{_P}P0100": "Write a type (BT-3) that Peppol takes for invoices, mostly 380.",
    f"{_P}P0101": "Write a type (BT-3) that Peppol takes for credit notes, mostly 381.",
    f"{_P}P0104": "Give VATEX-EU-G the category G, or write another reason.",
    f"{_P}P0105": "Give VATEX-EU-O the category O, or write another reason.",
    f"{_P}P0106": "Give VATEX-EU-IC the category K, or write another reason.",
    f"{_P}P0107": "Give VATEX-EU-AE the category AE, or write another reason.",
    f"{_P}P0108": "Give VATEX-EU-D the category E, or write another reason.",
    f"{_P}P0109": "Give VATEX-EU-F the category E, or write another reason.",
    f"{_P}P0110": "Give VATEX-EU-I the category E, or write another reason.",
    f"{_P}P0111": "Give VATEX-EU-J the category E, or write another reason.",
    f"{_P}P0112": "Use 326 and 384 between German parties only; else write 380.",
    f"{_P}CL001": "Attach a file of a type that Peppol takes, such as PDF, PNG or CSV.",
    f"{_P}CL002": "Write the reason of the allowance by a code of UNTDID 5189 that Peppol takes.",
    f"{_P}CL003": "Write the reason of the charge by a code of UNTDID 7161.",
    f"{_P}CL006": "Write 3, 35 or 432 (UNTDID 2005).",
    f"{_P}CL007": "Write the currency by its ISO 4217 code.",
    f"{_P}CL008": "Choose the scheme of the electronic address from the EAS list.",
    "PEPPOL-COMMON-R040": "Check the GLN: 13 digits, of which the last is the check digit.",
    "PEPPOL-COMMON-R041": "Check the Norwegian organisation number: 9 digits with a check digit.",
    "PEPPOL-COMMON-R042": "Check the Danish CVR number: DK and 8 digits, or 8 digits.",
    "PEPPOL-COMMON-R043": "Check the Belgian enterprise number: 10 digits with two check digits.",
    "PEPPOL-COMMON-R047": "Check the Partita IVA: IT and 11 digits with a check digit.",
    "PEPPOL-COMMON-R049": "Check the Swedish organisation number: 10 digits, the last by Luhn.",
    "PEPPOL-COMMON-R054": "Check the Dutch KVK number: 8 digits.",
    "SE-R-013": "Check the Swedish organisation number: the last of its 10 digits by Luhn.",
    "DE-R-001": "Say how to pay (BG-16).",
    "DE-R-002": "Name a contact of the seller's, with telephone and e-mail (BG-6).",
    "DE-R-015": "Ask the buyer for its reference and write it in BT-10; for authorities the Leitweg-ID.",
}
