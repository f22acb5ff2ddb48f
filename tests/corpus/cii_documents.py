"""Every CII invoice of the open corpus that is XML, with what it comes to.

A row: the document, its lines, the amount due, the profile it is written in again (``-`` for MINIMUM and
BASIC WL, which have no lines), the rules of that profile that the document breaks as it came (some on
purpose), and those that ours breaks. Documents of BASIC break FX-SCH-A-000556, by which BT-24 has to be
EN 16931's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from usance.formats.einvoice.profiles import PROFILES, Profile


@dataclass(frozen=True, slots=True)
class Expected:
    """What a document comes to."""

    lines: int
    payable: Decimal
    currency: str
    profile: Profile | None
    broken_as_it_came: frozenset[str]
    broken_as_written: frozenset[str]


_ROWS: Final = """
cen__examples__CII-BR-CO-10-RoundingIssue.xml 4 0.00 EUR en16931 - -
cen__examples__CII_business_example_02.xml 3 11.90 EUR en16931 - -
cen__examples__CII_business_example_Z.xml 3 11693.87 EUR en16931 - -
cen__examples__CII_example1.xml 20 250.33 EUR en16931 - -
cen__examples__CII_example9.xml 1 177.87 EUR en16931 - -
cen__examples__XRechnung-O.xml 2 385544.60 EUR en16931 - -
akretion__xml__factur-x-basic.xml 3 104.90 EUR facturx-en16931 FX-SCH-A-000556 -
akretion__xml__factur-x-basicwl.xml 0 104.90 EUR - - -
akretion__xml__factur-x-extended.xml 3 104.90 EUR facturx-extended - -
akretion__xml__factur-x-minimum.xml 0 104.90 EUR - - -
phive-2.5.2__basic__factur-x-1.xml 1 235.62 EUR facturx-en16931 FX-SCH-A-000556 -
phive-2.5.2__basic__factur-x-2.xml 2 -8.79 EUR facturx-en16931 FX-SCH-A-000556 -
phive-2.5.2__basic__factur-x-3.xml 2 18.08 EUR facturx-en16931 FX-SCH-A-000556 -
phive-2.5.2__basicwl__factur-x-1.xml 0 18.08 EUR - - -
phive-2.5.2__basicwl__factur-x-2.xml 0 18.08 EUR - - -
phive-2.5.2__en16931__factur-x-1.xml 4 147.58 EUR facturx-en16931 - -
phive-2.5.2__en16931__factur-x-14.xml 2 440.00 EUR facturx-en16931 - -
phive-2.5.2__en16931__factur-x-17.xml 2 3273.00 EUR facturx-en16931 - -
phive-2.5.2__en16931__factur-x-19.xml 4 165.07 EUR facturx-en16931 - -
phive-2.5.2__en16931__factur-x-2.xml 1 23.54 EUR facturx-en16931 - -
phive-2.5.2__en16931__factur-x-20.xml 2 -8.79 EUR facturx-en16931 - -
phive-2.5.2__en16931__factur-x-21.xml 6 340.96 EUR facturx-en16931 - -
phive-2.5.2__en16931__factur-x-24.xml 2 529.87 EUR facturx-en16931 - -
phive-2.5.2__en16931__factur-x-3.xml 2 529.87 EUR facturx-en16931 - -
phive-2.5.2__en16931__factur-x-6.xml 2 529.87 EUR facturx-en16931 - -
phive-2.5.2__en16931__factur-x-8.xml 2 300 EUR facturx-en16931 - -
phive-2.5.2__extended__factur-x-1.xml 3 1618.40 EUR facturx-extended - -
phive-2.5.2__extended__factur-x-14.xml 1 1.00 EUR facturx-extended - -
phive-2.5.2__extended__factur-x-17.xml 1 11900.00 EUR facturx-extended - -
phive-2.5.2__extended__factur-x-19.xml 3 824.88 EUR facturx-extended - -
phive-2.5.2__extended__factur-x-2.xml 4 202.30 EUR facturx-extended - -
phive-2.5.2__extended__factur-x-20.xml 2 -135.05 EUR facturx-extended - -
phive-2.5.2__extended__factur-x-21.xml 2 135.05 EUR facturx-extended - -
phive-2.5.2__extended__factur-x-24.xml 6 518.99 EUR facturx-extended - -
phive-2.5.2__extended__factur-x-3.xml 1 -59.50 EUR facturx-extended - -
phive-2.5.2__extended__factur-x-6.xml 7 655.38 EUR facturx-extended - -
phive-2.5.2__extended__factur-x-8.xml 5 15291.50 EUR facturx-extended - -
phive-2.5.2__minimum__factur-x-1.xml 0 235.62 EUR - - -
phive-2.5.2__minimum__factur-x-2.xml 0 235.62 EUR - - -
zfcorpus__CII__EN16931_1_Teilrechnung.cii.xml 4 147.65 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_2_Teilrechnung.cii.xml 1 23.54 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_Betriebskostenabrechnung.cii.xml 1 502.63 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_Elektron.cii.xml 2 300 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_Gutschrift.cii.xml 2 529.87 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_Haftpflichtversicherung_Versicherungssteuer.cii.xml 2 50.00 EUR facturx-en16931 \
    - -
zfcorpus__CII__EN16931_Innergemeinschaftliche_Lieferungen.cii.xml 2 2000.00 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_Miete.cii.xml 6 340.96 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_OEPNV.cii.xml 1 9.00 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_Rabatte.cii.xml 4 165.07 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_RechnungsUebertragung.cii.xml 6 340.96 EUR facturx-en16931 \
    BR-CL-25,FX-SCH-A-000571 same
zfcorpus__CII__EN16931_Reisekostenabrechnung.cii.xml 4 230.48 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_SEPA_Prenotification.cii.xml 2 529.87 EUR facturx-en16931 - -
zfcorpus__CII__EN16931_Sachversicherung_berechneter_Steuersatz.cii.xml 1 1163.40 EUR facturx-en16931 \
    - -
zfcorpus__CII__XRECHNUNG_Einfach.cii.xml 2 529.87 EUR xrechnung - -
zfcorpus__Mustangproject__hate1.xml 2 293.81 EUR facturx-en16931 - -
zfcorpus__Mustangproject__testout-XR-Edge.xml 1 1.00 EUR xrechnung \
    PEPPOL-EN16931-R001,PEPPOL-EN16931-R008,PEPPOL-EN16931-R010,PEPPOL-EN16931-R020 \
    PEPPOL-EN16931-R010,PEPPOL-EN16931-R020
zfcorpus__Mustangproject__testout-ZF2PushAllowances.xml 1 4046.00 EUR facturx-en16931 - -
zfcorpus__Mustangproject__testout-ZF2PushCorrection.xml 3 -3.57 EUR facturx-en16931 - -
zfcorpus__Mustangproject__testout-ZF2PushCreditNote.xml 3 3.57 EUR facturx-en16931 - -
zfcorpus__Mustangproject__testout-ZF2PushEdge.xml 1 1.48 CHF facturx-en16931 - -
zfcorpus__Mustangproject__testout-ZF2PushItemChargesAllowances.xml 4 18.33 EUR facturx-extended - -
zfcorpus__Mustangproject__testout-ZF2PushReverseCharge.xml 4 15.00 EUR facturx-extended - -
kosit-unit__cii__cii-br-de-1-test.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-br-de-14-test.xml 4 10555.3 EUR xrechnung - -
kosit-unit__cii__cii-br-de-16-test-code-O-2.xml 1 120 EUR xrechnung - -
kosit-unit__cii__cii-br-de-16-test-code-O.xml 1 120 EUR xrechnung - -
kosit-unit__cii__cii-br-de-16-tests-bt-95-bt-151.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-br-de-18-case-sensitive-keyword-2.xml 1 2594.2 EUR xrechnung BR-DE-18 same
kosit-unit__cii__cii-br-de-18-case-sensitive-keyword-3.xml 1 2594.2 EUR xrechnung BR-DE-18 same
kosit-unit__cii__cii-br-de-18-no-newline-after-skonto-4.xml 1 2594.2 EUR xrechnung BR-DE-18 same
kosit-unit__cii__cii-br-de-18-test-incorrect-verzug.xml 1 2594.2 EUR xrechnung BR-DE-18 same
kosit-unit__cii__cii-br-de-18-test-skonto-test-no-newline-last-note.xml 1 2594.2 EUR xrechnung - -
kosit-unit__cii__cii-br-de-18-text-after-end-2.xml 1 2594.2 EUR xrechnung BR-DE-18 same
kosit-unit__cii__cii-br-de-18-text-after-end.xml 1 2594.2 EUR xrechnung BR-DE-18 same
kosit-unit__cii__cii-br-de-18-too-much-digits-after-dot.xml 1 2594.2 EUR xrechnung BR-DE-18 same
kosit-unit__cii__cii-br-de-18-wrong-whitespace.xml 1 2594.2 EUR xrechnung BR-DE-18 same
kosit-unit__cii__cii-br-de-19-iban-tests.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-br-de-23-test-bg-17-with-bg-19-bt-89.xml 2 336.9 EUR xrechnung \
    BR-DE-23-b,BR-DE-30,BR-DE-31 same
kosit-unit__cii__cii-br-de-24-test-bg-18-with-bg-19-bt-89.xml 2 336.9 EUR xrechnung \
    BR-DE-24-b,BR-DE-30,BR-DE-31,PEPPOL-EN16931-R008 BR-DE-24-b,BR-DE-30,BR-DE-31
kosit-unit__cii__cii-br-de-24-test-bg-18-with-bg-19-bt-90.xml 2 336.9 EUR xrechnung \
    BR-DE-24-b,BR-DE-30,BR-DE-31,PEPPOL-EN16931-R008 BR-DE-24-b,BR-DE-30,BR-DE-31
kosit-unit__cii__cii-br-de-24-test-bg-18.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-br-de-25-test-bg-19-remove-bt-89.xml 2 336.9 EUR xrechnung \
    BR-DE-30,BR-DE-31,PEPPOL-EN16931-R008,PEPPOL-EN16931-R061 BR-DE-30,BR-DE-31,PEPPOL-EN16931-R061
kosit-unit__cii__cii-br-de-25-test-bg-19-with-bg-17.xml 2 336.9 EUR xrechnung BR-DE-25-b same
kosit-unit__cii__cii-br-de-25-test-bg-19-with-bt-86-1.xml 2 336.9 EUR xrechnung BR-DE-25-b -
kosit-unit__cii__cii-br-de-26-test.xml 4 10555.3 EUR xrechnung - -
kosit-unit__cii__cii-br-de-27-test.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-br-de-28-test.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-br-de-3-test.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-br-de-30-31-test-2.xml 2 336.9 EUR xrechnung BR-DE-23-a,CII-SR-470 same
kosit-unit__cii__cii-br-de-30-31-test.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-br-de-5-test2.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-br-de-9-test.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-br-de-cvd-01-test.xml 2 336.9 EUR xrechnung BR-CL-13 same
kosit-unit__cii__cii-br-de-cvd-02-test.xml 2 336.9 EUR xrechnung BR-CL-13 same
kosit-unit__cii__cii-br-de-cvd-03-04-05-06-test.xml 2 12829.69 EUR xrechnung BR-CL-13 same
kosit-unit__cii__cii-br-de-tmp-32-bg-14-test.xml 1 4743.75 EUR xrechnung - -
kosit-unit__cii__cii-br-de-tmp-32-bt-72-test.xml 1 4743.75 EUR xrechnung - -
kosit-unit__cii__cii-br-dex-04-schemeid-test-2.xml 2 336.9 EUR xrechnung-extension \
    BR-CL-10,BR-CL-21 same
kosit-unit__cii__cii-br-dex-04-schemeid-test-4.xml 2 336.9 EUR xrechnung-extension \
    BR-CL-10,BR-CL-21,BR-DEX-04,BR-DEX-06 same
kosit-unit__cii__cii-br-dex-05-schemeid-test-2.xml 2 336.9 EUR xrechnung-extension BR-CL-11 BR-CL-10
kosit-unit__cii__cii-br-dex-05-schemeid-test-3.xml 2 336.9 EUR xrechnung-extension \
    BR-CL-11,BR-DEX-05 BR-CL-10,BR-DEX-04
kosit-unit__cii__cii-br-dex-06-schemeid-test-3.xml 2 336.9 EUR xrechnung-extension \
    BR-CL-21,BR-DEX-06 same
kosit-unit__cii__cii-br-dex-06-schemeid-test.xml 2 336.9 EUR xrechnung-extension - -
kosit-unit__cii__cii-br-dex-07-schemeid-test-3.xml 2 336.9 EUR xrechnung-extension \
    BR-CL-25,BR-DEX-07 same
kosit-unit__cii__cii-br-dex-08-schemeid-test.xml 4 10555.3 EUR xrechnung-extension - -
kosit-unit__cii__cii-br-tmp-3-test.xml 2 12829.69 EUR xrechnung - -
kosit-unit__cii__cii-peppol-en16931-r008.xml 2 314.86 EUR xrechnung - -
kosit-unit__cii__cii-peppol-en16931-r020.xml 2 314.86 EUR xrechnung - -
kosit-unit__cii__cii-peppol-en16931-r040.xml 2 12829.69 EUR xrechnung CII-SR-461 -
kosit-unit__cii__cii-peppol-en16931-r042.xml 2 12829.69 EUR xrechnung CII-SR-461 -
kosit-unit__cii__cii-peppol-en16931-r046-1.xml 2 12829.69 EUR xrechnung CII-SR-461 -
kosit-unit__cii__cii-peppol-en16931-r046-2.xml 2 12829.69 EUR xrechnung CII-SR-461 -
kosit-unit__cii__cii-peppol-en16931-r061-1.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-peppol-en16931-r101.xml 2 12829.69 EUR xrechnung CII-SR-461 -
kosit-unit__cii__cii-peppol-en16931-r110.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-peppol-en16931-r111.xml 2 336.9 EUR xrechnung - -
kosit-unit__cii__cii-peppol-en16931-r120.xml 2 12829.69 EUR xrechnung - -
kosit-unit__cii__cii-peppol-en16931-r121.xml 2 12829.69 EUR xrechnung CII-SR-461 -
kosit-unit__cii__cii-peppol-en16931-r130-1.xml 2 357.00 EUR xrechnung - -
kosit__cius__01.05_minimal_test_uncefact.xml 1 4743.75 EUR xrechnung - -
kosit__cius__01.06_minimal_test_uncefact.xml 1 4743.75 EUR xrechnung - -
kosit__cvd__02.01a-cvd_INVOICE_uncefact.xml 2 12829687.50 EUR xrechnung BR-CL-13 same
kosit__extension__04.05a-INVOICE_uncefact.xml 1 119.00 EUR xrechnung-extension \
    BR-CL-10,BR-CL-21 same
kosit__standard__01.01a-INVOICE_uncefact.xml 2 336.9 EUR xrechnung - -
kosit__standard__01.02a-INVOICE_uncefact.xml 1 12.6 EUR xrechnung - -
kosit__standard__01.03a-INVOICE_uncefact.xml 2 182.2 EUR xrechnung - -
kosit__standard__01.04a-INVOICE_uncefact.xml 1 120 EUR xrechnung - -
kosit__standard__01.06a-INVOICE_uncefact.xml 7 21701.7 EUR xrechnung - -
kosit__standard__01.11a-INVOICE_uncefact.xml 3 279.38 EUR xrechnung - -
kosit__standard__01.13a-INVOICE_uncefact.xml 11 6342.7 EUR xrechnung - -
kosit__standard__01.14a-INVOICE_uncefact.xml 2 12829.69 EUR xrechnung - -
kosit__standard__01.18a-INVOICE_uncefact.xml 4 10555.3 EUR xrechnung - -
kosit__standard__01.19a-INVOICE_uncefact.xml 4 10555.3 EUR xrechnung - -
kosit__standard__01.20a-INVOICE_uncefact.xml 2 357.00 EUR xrechnung - -
kosit__standard__03.03a-INVOICE_uncefact.xml 4 10686.2 EUR xrechnung - -
kosit__standard__03.06a-INVOICE_uncefact.xml 4 1804.00 EUR xrechnung - -
"""


def _rules(text: str) -> frozenset[str]:
    return frozenset() if text == "-" else frozenset(text.split(","))


def _expected(row: str) -> tuple[str, Expected]:
    name, lines, payable, currency, profile, came, written = row.split()
    return name, Expected(
        lines=int(lines),
        payable=Decimal(payable),
        currency=currency,
        profile=None if profile == "-" else PROFILES[profile],
        broken_as_it_came=_rules(came),
        broken_as_written=_rules(came if written == "same" else written),
    )


DOCUMENTS: Final = dict(_expected(row) for row in _ROWS.splitlines() if row.strip())
"""Each document by its name."""
