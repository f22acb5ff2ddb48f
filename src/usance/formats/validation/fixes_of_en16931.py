"""How to mend what breaks EN 16931 itself (EN 16931-1:2017, 6.4 and 6.5)."""

from __future__ import annotations

from typing import Final

CATEGORIES: Final = {
    "S": "standard rated (S)",
    "Z": "zero rated (Z)",
    "E": "exempt (E)",
    "AE": "reverse charge (AE)",
    "IC": "intra-community supply (K)",
    "G": "export (G)",
    "O": "outside the scope of VAT (O)",
    "AF": "IGIC (L)",
    "IG": "IGIC (L)",
    "AG": "IPSI (M)",
    "IP": "IPSI (M)",
}
"""The part of a rule's name that stands for a VAT category."""

_SELLER_VAT: Final = (
    "Give the seller's VAT identifier (BT-31) with its country's prefix, or the tax representative's "
    "(BT-63)"
)
_BOTH_VAT: Final = f"{_SELLER_VAT}, and the buyer's VAT identifier (BT-48)."
_NONE_OUTSIDE: Final = (
    "Take the VAT identifiers of seller, representative and buyer (BT-31, BT-63, BT-48) out, or choose "
    "another category: what is {category} is sold by somebody without VAT."
)
_ZERO_RATE: Final = "Write the VAT rate 0 for what is {category}, or choose another category."
_NO_RATE: Final = "Take the VAT rate out of what is {category}; it has none, not even 0."
_REASON: Final = (
    "Say in the VAT breakdown why no tax is charged: a VATEX code (BT-121) or a text (BT-120)."
)

CATEGORY_FIXES: Final[dict[tuple[str, str], str]] = {
    ("", "01"): "Add a VAT breakdown (BG-23) of what is {category}, one for each rate.",
    (
        "",
        "02",
    ): f"{_SELLER_VAT}; the seller's local tax number (BT-32) will do where it has no other.",
    ("", "03"): f"{_SELLER_VAT}; the allowance is {{category}}.",
    ("", "04"): f"{_SELLER_VAT}; the charge is {{category}}.",
    ("", "05"): _ZERO_RATE,
    ("", "06"): _ZERO_RATE,
    ("", "07"): _ZERO_RATE,
    ("", "08"): (
        "Make the taxable amount (BT-116) what is {category} at this rate: net amounts of lines (BT-131) "
        "less document allowances (BT-92) plus document charges (BT-99)."
    ),
    ("", "09"): "Write the VAT amount 0.00 (BT-117) in the breakdown of what is {category}.",
    ("", "10"): _REASON,
    (
        "S",
        "05",
    ): "Write a VAT rate above 0, or choose the category that explains why there is none.",
    ("S", "06"): "Write a VAT rate above 0 on the allowance, or choose another category.",
    ("S", "07"): "Write a VAT rate above 0 on the charge, or choose another category.",
    (
        "S",
        "09",
    ): "Make the VAT amount (BT-117) the taxable amount (BT-116) times the rate, rounded half up.",
    ("S", "10"): "Take the reason for exemption out; what is standard rated has none.",
    ("Z", "10"): "Take the reason for exemption out; what is zero rated has none.",
    ("AF", "05"): "Write the IGIC rate, 0 or more.",
    ("AF", "06"): "Write the IGIC rate, 0 or more.",
    ("AF", "07"): "Write the IGIC rate, 0 or more.",
    (
        "AF",
        "09",
    ): "Make the tax (BT-117) the taxable amount (BT-116) times the rate, rounded half up.",
    ("AF", "10"): "Take the reason for exemption out; IGIC has none.",
    ("AG", "05"): "Write the IPSI rate, 0 or more.",
    ("AG", "06"): "Write the IPSI rate, 0 or more.",
    ("AG", "07"): "Write the IPSI rate, 0 or more.",
    (
        "AG",
        "09",
    ): "Make the tax (BT-117) the taxable amount (BT-116) times the rate, rounded half up.",
    ("AG", "10"): "Take the reason for exemption out; IPSI has none.",
    (
        "AE",
        "02",
    ): f"{_SELLER_VAT}, and the buyer's VAT identifier (BT-48) or legal registration (BT-47).",
    (
        "AE",
        "03",
    ): f"{_SELLER_VAT}, and the buyer's VAT identifier (BT-48) or legal registration (BT-47).",
    (
        "AE",
        "04",
    ): f"{_SELLER_VAT}, and the buyer's VAT identifier (BT-48) or legal registration (BT-47).",
    (
        "AE",
        "10",
    ): "Write VATEX-EU-AE (BT-121) or the text “Reverse charge” (BT-120) in the breakdown.",
    ("IC", "02"): _BOTH_VAT,
    ("IC", "03"): _BOTH_VAT,
    ("IC", "04"): _BOTH_VAT,
    (
        "IC",
        "10",
    ): "Write VATEX-EU-IC (BT-121) or “Intra-community supply” (BT-120) in the breakdown.",
    (
        "IC",
        "11",
    ): "Say when the goods were delivered (BT-72), or for which period is invoiced (BG-14).",
    ("IC", "12"): "Say to which country the goods went (BT-80).",
    ("G", "02"): f"{_SELLER_VAT}.",
    (
        "G",
        "10",
    ): "Write VATEX-EU-G (BT-121) or the text “Export outside the EU” (BT-120) in the breakdown.",
    ("O", "02"): _NONE_OUTSIDE,
    ("O", "03"): _NONE_OUTSIDE,
    ("O", "04"): _NONE_OUTSIDE,
    ("O", "05"): _NO_RATE,
    ("O", "06"): _NO_RATE,
    ("O", "07"): _NO_RATE,
    (
        "O",
        "10",
    ): "Write VATEX-EU-O (BT-121) or the text “Not subject to VAT” (BT-120) in the breakdown.",
    (
        "O",
        "11",
    ): "Put what bears VAT on an invoice of its own; what is outside its scope stands alone.",
    ("O", "12"): "Put lines of other VAT categories on an invoice of their own.",
    ("O", "13"): "Give the document's allowances the category O as well.",
    ("O", "14"): "Give the document's charges the category O as well.",
}
"""By the rule's category and number; an empty category stands for all that are not named."""


def _lacks(term: str) -> str:
    return f"Add {term}."


_PARTY_ADDRESS: Final = "with at least the country"

EN16931: Final[dict[str, str]] = {
    "BR-01": "Name the specification in BT-24, such as urn:cen.eu:en16931:2017.",
    "BR-02": _lacks("the invoice number (BT-1)"),
    "BR-03": _lacks("the day of issue (BT-2)"),
    "BR-04": "Add the type (BT-3): 380 for an invoice, 381 for a credit note.",
    "BR-05": "Add the currency (BT-5) by its ISO 4217 code, such as EUR.",
    "BR-06": _lacks("the seller's name (BT-27), as it is registered"),
    "BR-07": _lacks("the buyer's name (BT-44)"),
    "BR-08": _lacks(f"the seller's postal address (BG-5), {_PARTY_ADDRESS}"),
    "BR-09": _lacks("the country (BT-40) to the seller's address"),
    "BR-10": _lacks(f"the buyer's postal address (BG-8), {_PARTY_ADDRESS}"),
    "BR-11": _lacks("the country (BT-55) to the buyer's address"),
    "BR-12": _lacks("the sum of the lines (BT-106)"),
    "BR-13": _lacks("the total without VAT (BT-109)"),
    "BR-14": _lacks("the total with VAT (BT-112)"),
    "BR-15": _lacks("the amount due (BT-115); 0.00 if all is paid"),
    "BR-16": _lacks("at least one line (BG-25)"),
    "BR-17": "Name the payee (BT-59), or take it out if it is the seller.",
    "BR-18": _lacks("the tax representative's name (BT-62)"),
    "BR-19": _lacks(f"the tax representative's address (BG-12), {_PARTY_ADDRESS}"),
    "BR-20": _lacks("the country (BT-69) to the tax representative's address"),
    "BR-21": "Number the line (BT-126).",
    "BR-22": _lacks("the quantity (BT-129) to the line"),
    "BR-23": "Add the unit (BT-130) by its code, such as C62 for pieces or HUR for hours.",
    "BR-24": _lacks("the net amount (BT-131) to the line"),
    "BR-25": _lacks("the name of the item (BT-153)"),
    "BR-26": _lacks("the net price (BT-146)"),
    "BR-27": "Write the price without a minus and make the quantity negative instead.",
    "BR-28": "Write the gross price without a minus and make the quantity negative instead.",
    "BR-29": "Let the invoicing period end on or after the day it begins (BT-73, BT-74).",
    "BR-30": "Let the line's period end on or after the day it begins (BT-134, BT-135).",
    "BR-31": _lacks("the amount (BT-92) to the allowance"),
    "BR-32": _lacks("the VAT category (BT-95) to the allowance"),
    "BR-33": "Say what the allowance is for: a text (BT-97) or a code of UNTDID 5189 (BT-98).",
    "BR-36": _lacks("the amount (BT-99) to the charge"),
    "BR-37": _lacks("the VAT category (BT-102) to the charge"),
    "BR-38": "Say what the charge is for: a text (BT-104) or a code of UNTDID 7161 (BT-105).",
    "BR-41": _lacks("the amount (BT-136) to the line's allowance"),
    "BR-42": "Say what the line's allowance is for (BT-139 or BT-140).",
    "BR-43": _lacks("the amount (BT-141) to the line's charge"),
    "BR-44": "Say what the line's charge is for (BT-144 or BT-145).",
    "BR-45": _lacks("the taxable amount (BT-116) to the VAT breakdown"),
    "BR-46": _lacks("the VAT amount (BT-117) to the VAT breakdown; 0.00 if there is none"),
    "BR-47": _lacks("the category (BT-118) to the VAT breakdown"),
    "BR-48": _lacks("the rate (BT-119) to the VAT breakdown; 0 where no VAT is charged"),
    "BR-49": "Say by a code of UNTDID 4461 how to pay (BT-81): 30 credit transfer, 58 SEPA transfer.",
    "BR-50": _lacks("the account to pay to (BT-84)"),
    "BR-51": "Show at most the first six and the last four digits of the card (BT-87).",
    "BR-52": _lacks("a reference (BT-122) to the supporting document"),
    "BR-53": "Add the VAT total in the currency of BT-6 (BT-111), or take BT-6 out.",
    "BR-54": "Give the item's attribute both a name (BT-160) and a value (BT-161).",
    "BR-55": _lacks("the number of the preceding invoice (BT-25)"),
    "BR-56": _lacks("the tax representative's VAT identifier (BT-63)"),
    "BR-57": _lacks("the country (BT-80) to the delivery address"),
    "BR-61": "Add the account to pay to (BT-84), or choose another means of payment (BT-81).",
    "BR-62": "Say by a code of the EAS list what the seller's electronic address is (schemeID of BT-34).",
    "BR-63": "Say by a code of the EAS list what the buyer's electronic address is (schemeID of BT-49).",
    "BR-64": "Say by a code of ISO 6523 what the item's number is, such as 0160 for a GTIN.",
    "BR-65": "Say by a code of UNTDID 7143 which list classifies the item (schemeID of BT-158).",
    "BR-CO-03": "Keep either the tax point date (BT-7) or its code (BT-8).",
    "BR-CO-04": _lacks("the VAT category (BT-151) to the line"),
    "BR-CO-09": "Begin each VAT identifier with its country's code, EL for Greece, XI for Northern Ireland.",
    "BR-CO-10": "Make the sum of the lines (BT-106) the sum of their net amounts (BT-131).",
    "BR-CO-11": "Make the sum of allowances (BT-107) the sum of the document's allowances (BT-92).",
    "BR-CO-12": "Make the sum of charges (BT-108) the sum of the document's charges (BT-99).",
    "BR-CO-13": (
        "Make the total without VAT (BT-109) the sum of the lines (BT-106) less allowances (BT-107) plus "
        "charges (BT-108)."
    ),
    "BR-CO-14": "Make the VAT total (BT-110) the sum of the VAT amounts of the breakdown (BT-117).",
    "BR-CO-15": (
        "Make the total with VAT (BT-112) the total without VAT (BT-109) plus the VAT total (BT-110), all in "
        "the invoice's currency."
    ),
    "BR-CO-16": (
        "Make the amount due (BT-115) the total with VAT (BT-112) less what is paid (BT-113) plus the "
        "rounding (BT-114)."
    ),
    "BR-CO-17": "Make the VAT amount (BT-117) the taxable amount (BT-116) times the rate, rounded half up.",
    "BR-CO-18": _lacks("a VAT breakdown (BG-23), also where no VAT is charged"),
    "BR-CO-19": "Say when the invoicing period begins or ends (BT-73, BT-74), or take it out.",
    "BR-CO-20": "Say when the line's period begins or ends (BT-134, BT-135), or take it out.",
    "BR-CO-21": "Say what the allowance is for: a text (BT-97) or a code of UNTDID 5189 (BT-98).",
    "BR-CO-22": "Say what the charge is for: a text (BT-104) or a code of UNTDID 7161 (BT-105).",
    "BR-CO-23": "Say what the line's allowance is for (BT-139 or BT-140).",
    "BR-CO-24": "Say what the line's charge is for (BT-144 or BT-145).",
    "BR-CO-25": "Say until when to pay: a day (BT-9) or terms (BT-20).",
    "BR-CO-26": "Give the seller a VAT identifier (BT-31), a registration (BT-30) or a number (BT-29).",
    "BR-B-01": "Use split payment (B) only between an Italian seller and an Italian buyer.",
    "BR-B-02": "Put what is standard rated (S) and what is split payment (B) on separate invoices.",
    "BR-CL-01": "Write a type code (BT-3) of UNTDID 1001 that invoices or credit notes may have.",
    "BR-CL-03": "Write the currency of the amount by its ISO 4217 code.",
    "BR-CL-04": "Write the currency (BT-5) by its ISO 4217 code.",
    "BR-CL-05": "Write the currency of the tax (BT-6) by its ISO 4217 code.",
    "BR-CL-06": "Write 3, 35 or 432 (UNTDID 2005): issue, delivery or payment date.",
    "BR-CL-10": "Choose the scheme of the identifier from ISO 6523 (ICD), or leave the scheme out.",
    "BR-CL-11": "Choose the scheme of the registration from ISO 6523 (ICD), or leave the scheme out.",
    "BR-CL-13": "Choose the scheme of the classification from UNTDID 7143, such as STI or CV.",
    "BR-CL-14": "Write the country by its two letters of ISO 3166-1.",
    "BR-CL-15": "Write the country of origin by its two letters of ISO 3166-1.",
    "BR-CL-16": "Write the means of payment (BT-81) by its code of UNTDID 4461.",
    "BR-CL-17": "Write the VAT category by one of S, Z, E, AE, K, G, O, L, M, B.",
    "BR-CL-18": "Write the VAT category by one of S, Z, E, AE, K, G, O, L, M, B.",
    "BR-CL-19": "Write the reason of the allowance by a code of UNTDID 5189, such as 95 for a discount.",
    "BR-CL-20": "Write the reason of the charge by a code of UNTDID 7161, such as FC for freight.",
    "BR-CL-21": "Choose the scheme of the item's number from ISO 6523, such as 0160 for a GTIN.",
    "BR-CL-22": "Write the reason of the exemption by a code of the VATEX list.",
    "BR-CL-23": "Write the unit by its code of UN/ECE Recommendation 20 or 21, such as C62 for pieces.",
    "BR-CL-24": "Attach PDF, PNG, JPEG, CSV, XLSX or ODS, and name the type so, such as application/pdf.",
    "BR-CL-25": "Choose the scheme of the electronic address from the EAS list.",
    "BR-CL-26": "Choose the scheme of the delivery place from ISO 6523, such as 0088 for a GLN.",
    "UBL-SR-53": "Give the VAT identifier in the PartyTaxScheme, or take the whole PartyTaxScheme out.",
    "UBL-SR-43": "Leave schemeID off, unless the document reference is the invoiced object (130).",
    "UBL-SR-44": "Write the same payment reference (BT-83) with every means of payment.",
    "UBL-SR-47": "Write the same payment code (BT-81) with every means of payment.",
    "UBL-SR-48": "Give the line exactly one VAT category.",
    "UBL-DT-01": "Round the amount to two decimals.",
    "UBL-DT-06": "Say the media type (mimeCode) of the attachment.",
    "UBL-DT-07": "Give the attachment a file name (filename).",
}
