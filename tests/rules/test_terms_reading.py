"""Payment terms as bookkeepers write them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.terms_drawn import TERMS
from usance.rules.terms import Terms, UnknownTerms, parse_terms, read_terms


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # English
        ("net 30", "net_30"),
        ("Net 30 days", "net_30"),
        ("NET30", "net_30"),
        ("n/30", "net_30"),
        ("30", "net_30"),
        ("30 days net", "net_30"),
        ("within 30 days", "net_30"),
        ("45 days from invoice date", "net_45"),
        ("Payment terms: net 30", "net_30"),
        ("Due on receipt", "due_on_receipt"),
        ("due immediately", "due_on_receipt"),
        ("EOM", "net_0_eom"),
        ("30 EOM", "net_30_eom"),
        ("net 60, end of month", "net_60_eom"),
        ("EOM + 10", "eom_10"),
        ("EOM 10", "eom_10"),
        ("10 days after end of month", "eom_10"),
        ("30 days from the end of the month", "eom_30"),
        ("net 7 EOW", "net_7_eow"),
        ("14 days, end of week", "net_14_eow"),
        ("15 MFI", "day_15_1"),
        ("15th MFI", "day_15_1"),
        ("net 10th", "day_10_1"),
        ("10 prox.", "day_10_1"),
        ("15th of next month", "day_15_1"),
        ("on the 15th of the following month", "day_15_1"),
        ("due 2026-12-31", "on_20261231"),
        ("by 31.12.2026", "on_20261231"),
        ("COD", "cash_on_delivery"),
        ("C.O.D.", "cash_on_delivery"),
        ("CIA", "cash_in_advance"),
        ("Prepaid", "cash_in_advance"),
        ("payment in advance", "cash_in_advance"),
        # Discounts
        ("2/10 net 30", "d2_10_net_30"),
        ("2/10, n/30", "d2_10_net_30"),
        ("2% 10, net 30", "d2_10_net_30"),
        ("2% 10 days, net 30 days", "d2_10_net_30"),
        ("1.5/10 net 45 EOM", "d1.5_10_net_45_eom"),
        ("2/10 1/20 n/30", "d2_10_d1_20_net_30"),
        ("2% 10, 1% 20, net 30", "d2_10_d1_20_net_30"),
        ("2% 10 net 15 MFI", "d2_10_day_15_1"),
        ("1/10 net 30/60/90", "d1_10_3x30"),
        # Parts
        ("3x30", "3x30"),
        ("3 x 30 days", "3x30"),
        ("30/60/90", "3x30"),
        ("30-60-90 days", "3x30"),
        ("0/30/60", "at0_30_60"),
        ("15/45 days", "at15_45"),
        ("50% 30 days, 50% 60 days", "50at30_50at60"),
        ("33,5% 30, 66,5% 60", "33.5at30_66.5at60"),
        ("30% deposit, balance net 60", "dep30_net_60"),
        ("50% upfront, 50% net 30", "dep50_net_30"),
        ("deposit of 20% and balance 15 MFI", "dep20_day_15_1"),
        # Italian
        ("30 gg", "net_30"),
        ("30 giorni data fattura", "net_30"),
        ("30 gg. d.f.", "net_30"),
        ("30 giorni fine mese", "net_30_eom"),
        ("60 gg FM", "net_60_eom"),
        ("60 gg DFFM", "net_60_eom"),
        ("60 gg. d.f.f.m.", "net_60_eom"),
        ("60 gg data fattura fine mese", "net_60_eom"),
        ("Bonifico bancario 60 gg d.f.f.m.", "net_60_eom"),
        ("60 gg DFFM + 10", "net_60_eom_10"),
        ("Ri.Ba. 30/60/90 gg FM", "3x30_eom"),
        ("30% 30 gg, 70% 60 gg fine mese", "30at30_70at60_eom"),
        ("acconto 30%, saldo 60 gg", "dep30_net_60"),
        ("sconto 2% 10 gg, 30 gg", "d2_10_net_30"),
        ("il 10 del mese successivo", "day_10_1"),
        ("Rimessa diretta", "due_on_receipt"),
        ("pagamento anticipato", "cash_in_advance"),
        ("contrassegno", "cash_on_delivery"),
        # Romanian
        ("la 30 de zile", "net_30"),
        ("30 de zile de la data facturii", "net_30"),
        ("30 zile sfârșit de lună", "net_30_eom"),
        ("pe 15 a lunii următoare", "day_15_1"),
        ("avans 30%, restul la 30 de zile", "dep30_net_30"),
        ("10% avans, 90% la 30 de zile", "dep10_net_30"),
        ("plată în avans", "cash_in_advance"),
        ("ramburs", "cash_on_delivery"),
        # German, French, Spanish
        ("2%/10, net 30", "d2_10_net_30"),
        ("2/10, 1/20, net 30", "d2_10_d1_20_net_30"),
        ("20th of the month following invoice date", "day_20_1"),
        ("due on the 15th of next month", "day_15_1"),
        ("last day of next month", "day_31_1"),
        ("30, 60 and 90 days", "3x30"),
        ("net 30, 60, 90", "3x30"),
        ("cash before delivery", "cash_in_advance"),
        # Italian, Romanian: further ways
        ("fine mese successivo", "day_31_1"),
        ("60 gg FM 10 mese successivo", "net_60_eom_10"),
        ("RB 60 gg DFFM", "net_60_eom"),
        ("ricevimento fattura", "due_on_receipt"),
        ("scadent la 30 de zile", "net_30"),
        ("la termen 30 zile", "net_30"),
        ("OP 30 zile", "net_30"),
        ("ordin de plată la 15 zile calendaristice", "net_15"),
        ("la sfârșitul lunii", "net_0_eom"),
        ("sfârșitul lunii următoare", "day_31_1"),
        ("discount 2% la 10 zile, net 30", "d2_10_net_30"),
        ("plată în avans 100%", "cash_in_advance"),
        ("30 Tage netto", "net_30"),
        ("30 Tage netto Kasse", "net_30"),
        ("zahlbar innerhalb von 30 Tagen ohne Abzug", "net_30"),
        ("zahlbar sofort ohne Abzug", "due_on_receipt"),
        ("14 Tage 2% Skonto, 30 Tage netto", "d2_14_net_30"),
        ("8 Tage 3%, 14 Tage 2%, 30 Tage netto", "d3_8_d2_14_net_30"),
        ("bis zum 15. des Folgemonats", "day_15_1"),
        ("Ende des Folgemonats", "day_31_1"),
        ("30 Tage zum Monatsende", "net_30_eom"),
        ("per Nachnahme", "cash_on_delivery"),
        ("à réception de facture", "due_on_receipt"),
        ("45 jours fin de mois le 10", "net_45_eom_10"),
        ("escompte 2% sous 10 jours, 30 jours net", "d2_10_net_30"),
        ("à la commande", "cash_in_advance"),
        ("30 días fecha factura", "net_30"),
        ("Zahlbar innerhalb 30 Tagen", "net_30"),
        ("2 % 10 Tage, 30 Tage netto", "d2_10_net_30"),
        ("2% Skonto 10 Tage, 30 Tage netto", "d2_10_net_30"),
        ("Vorkasse", "cash_in_advance"),
        ("30 jours fin de mois", "net_30_eom"),
        ("45 JFDM", "net_45_eom"),
        ("30 días", "net_30"),
        # A code is read as it stands.
        ("net_30_eom", "net_30_eom"),
        ("  d2_10_net_30 ", "d2_10_net_30"),
    ],
)
def test_what_bookkeepers_write(text: str, code: str) -> None:
    assert read_terms(text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "net",
        "soon",
        "2/10",  # and then?
        "2/10 EOM",  # within ten days, or by the tenth of next month?
        "31/12/2026",  # of which month in another country?
        "31.02.2026",
        "net 400",
        "32 MFI",
        "50/50",
        "30% deposit",
        "30% deposit, 60% net 30",
        "50% 30 days, 40% 60 days",
        "1/10 2/20 net 30",
        "5/40 net 30",
        "50% 30 days, 100% 60 days",
        "30 days from shipment",  # a matter of the billing profile, which says what terms run from
        "2/10 prox",
        "2, 10, 30",
        "net 30 or so",
        "net 30 net 60",
        "-30",
        "30\0",
        "net 30 " + "," * 200,
        "9" * 5_000,
    ],
)
def test_what_is_not_clear_is_refused(text: str) -> None:
    with pytest.raises(UnknownTerms, match=r"cannot be read as payment terms.* Write for example"):
        read_terms(text)


SAP = {"0001": "due_on_receipt", "ZB30": "d2_10_net_30", "NT60": "net_60", "30 eom": "eom_30"}
"""Keys as a house has them, and its own reading of words that are unclear elsewhere."""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0001", "due_on_receipt"),
        ("zb30", "d2_10_net_30"),
        (" NT60 ", "net_60"),
        ("30 EOM", "eom_30"),
        ("60 EOM", "net_60_eom"),
    ],
)
def test_a_houses_own_keys_go_first(text: str, code: str) -> None:
    assert read_terms(text, keys=SAP).code == code


def test_a_key_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(UnknownTerms, match="ZB30"):
        read_terms("ZB30")
    with pytest.raises(UnknownTerms, match="'later' is not a payment term"):
        read_terms("ZB30", keys={"ZB30": "later"})


@given(TERMS)
def test_every_code_is_read(terms: Terms) -> None:
    assert read_terms(terms.code) == parse_terms(terms.code)


_TEXT = """net 30 60 2/10 2% % 10 gg days eom + mfi 15th fine mese de zile la x 3 30/60 , deposit
balance after end of month 31.12.2026 in advance ."""
_WORDS = st.sampled_from(_TEXT.split())


@given(st.lists(_WORDS, max_size=8).map(" ".join) | st.text(max_size=150))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UnknownTerms):
        found = read_terms(text)
        assert parse_terms(found.code) == found
