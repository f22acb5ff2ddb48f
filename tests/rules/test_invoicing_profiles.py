"""Who the seller is on its documents, how buyers want theirs, and what is usual where nobody says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from usance.rules.invoicing.document import Address, Contact, CreditTransfer, Identifier
from usance.rules.invoicing.faults import InvalidFields
from usance.rules.invoicing.national import (
    IndianBuyer,
    ItalianBuyer,
    ItalianSeller,
    kept_buyer,
    read_buyer,
    read_seller,
)
from usance.rules.invoicing.profile_checks import checked_profile
from usance.rules.invoicing.profiles import (
    BankAccount,
    BillingProfileView,
    BuyerFacts,
    ProfileFields,
    SellerDetailsView,
    SellerFields,
    profile_view,
    seller_view,
)
from usance.rules.invoicing.seller_checks import checked_account, checked_seller

ID = UUID(int=7)
LEITWEG = "04011000-1234512345-06"


def seller(country: str = "IT", **fields: Any) -> SellerDetailsView:
    return seller_view(
        SellerFields(**fields),
        seller_id=ID,
        name="Officine Brera S.r.l.",
        country=country,
        currency="EUR",
        language="it",
    )


def buyer(country: str = "IT", **facts: Any) -> BuyerFacts:
    return BuyerFacts(ID, "Nordwind GmbH", country, **({"email": "ap@nordwind.example"} | facts))


def usual(of: str, to: str, *, peppol_seller: Any = False, **said: Any) -> BillingProfileView:
    endpoint = {"endpoint": "0123456789", "endpoint_scheme": "0208"} if peppol_seller else {}
    return profile_view(ProfileFields(**said), buyer=buyer(to), seller=seller(of, **endpoint))


@pytest.mark.parametrize(
    ("of", "to", "said", "formats", "channels"),
    [
        ("IT", "IT", {}, "fatturapa pdf", "sdi email portal"),
        ("IT", "DE", {}, "facturx", "email portal"),
        ("DE", "IT", {}, "facturx", "email portal"),
        ("RO", "RO", {}, "cius-ro pdf", "anaf email portal"),
        ("RO", "IT", {}, "facturx", "email portal"),
        ("DE", "DE", {}, "facturx", "email portal"),
        ("DE", "DE", {"buyer_reference": LEITWEG}, "xrechnung pdf", "email portal"),
        ("IT", "DE", {"buyer_reference": LEITWEG}, "xrechnung pdf", "email portal"),
        ("IN", "IN", {}, "gst pdf", "email portal"),
        ("IN", "DE", {}, "gst pdf", "email portal"),
        ("US", "US", {}, "pdf", "email portal"),
        ("GB", "FR", {}, "pdf", "email portal"),
    ],
)
def test_what_is_usual(of: str, to: str, said: dict[str, str], formats: str, channels: str) -> None:
    view = usual(of, to, **said)
    assert (" ".join(view.formats), " ".join(view.channels)) == (formats, channels)


def test_two_in_peppol_use_it() -> None:
    address = {"endpoint": "987654325", "endpoint_scheme": "0208"}
    both = usual("BE", "BE", peppol_seller=True, **address)
    assert (both.formats, both.channels[0]) == (("peppol", "pdf"), "peppol")
    assert "peppol" not in usual("BE", "BE", **address).channels, "the seller has no address"
    mail = {"endpoint": "ap@nordwind.example", "endpoint_scheme": "EM"}
    assert "peppol" not in usual("BE", "BE", peppol_seller=True, **mail).channels
    public = usual("DE", "DE", peppol_seller=True, buyer_reference=LEITWEG, **address)
    assert (public.formats, public.channels[0]) == (("xrechnung", "pdf"), "peppol")


def test_nobody_is_written_to_without_an_address() -> None:
    view = profile_view(None, buyer=buyer("DE", email=""), seller=seller())
    assert view.channels == ("portal",)
    assert not view.stored


def test_what_is_said_goes_before_what_is_usual() -> None:
    view = usual("IT", "IT", formats=("pdf",), channels=("portal",), email_to=("x@y.example",))
    assert (view.formats, view.channels, view.email_to) == (("pdf",), ("portal",), ("x@y.example",))


def test_names_and_numbers_come_from_the_buyer_where_the_profile_has_none() -> None:
    facts = buyer("DE", tax_id="DE136695976", registration_number="HRB 1", language="de")
    view = profile_view(None, buyer=facts, seller=seller())
    party = view.party()
    assert (party.name, party.vat_id, view.language) == ("Nordwind GmbH", "DE136695976", "de")
    assert party.registration == Identifier("HRB 1")
    said = ProfileFields(
        legal_name="Nordwind Holding SE",
        country="AT",
        city="Wien",
        vat_id="ATU13585627",
        endpoint="9012345678901",
        endpoint_scheme="0088",
    )
    party = profile_view(said, buyer=facts, seller=seller()).party()
    assert (party.name, party.vat_id) == ("Nordwind Holding SE", "ATU13585627")
    assert party.address == Address(country="AT", city="Wien")
    assert party.endpoint == Identifier("9012345678901", "0088")


@pytest.mark.parametrize(
    ("said", "calendar", "move"),
    [
        ({}, "", "none"),
        ({"calendar": "seller", "move": "next"}, "IT-MI", "next"),
        ({"calendar": "buyer", "move": "modified_following"}, "DE", "modified_following"),
        ({"calendar": "buyer", "calendar_code": "DE-BY", "move": "previous"}, "DE-BY", "previous"),
    ],
)
def test_whose_calendar_moves_due_dates(said: dict[str, str], calendar: str, move: str) -> None:
    view = profile_view(ProfileFields(**said), buyer=buyer("DE"), seller=seller(calendar="IT-MI"))  # type: ignore[arg-type]
    assert (view.calendar, view.move) == (calendar, move)
    assert seller().calendar == "IT", "a seller's calendar is its country's"


def test_the_seller_of_a_document() -> None:
    silent = seller()
    assert silent.party().name == "Officine Brera S.r.l."
    assert (silent.invoice_prefix, silent.credit_note_prefix) == ("INV", "CN")
    assert silent.party().contact is None
    view = seller(
        legal_name="Officine Brera Società a responsabilità limitata",
        city="Milano",
        vat_id="IT00743110157",
        registration_number="MI-1234567",
        contact_email="conti@brera.example",
        endpoint="conti@brera.example",
        endpoint_scheme="EM",
    )
    party = view.party()
    assert party.address == Address(country="IT", city="Milano")
    assert party.contact == Contact(email="conti@brera.example")
    assert (party.registration, party.endpoint) == (
        Identifier("MI-1234567"),
        Identifier("conti@brera.example", "EM"),
    )


def test_the_account_to_pay_to_is_of_the_invoices_currency() -> None:
    euro = BankAccount(
        ID, "EUR", iban="IT60X0542811101000000123456", bic="BLOPIT22", holder="Brera"
    )
    other = BankAccount(UUID(int=8), "EUR", account_number="12-3")
    view = replace(seller(), accounts=(euro, BankAccount(UUID(int=9), "CHF", iban="CH"), other))
    assert view.accounts_in("EUR") == (euro, other)
    assert view.accounts_in("USD") == ()
    assert euro.transfer == CreditTransfer("IT60X0542811101000000123456", "Brera", "BLOPIT22")
    assert other.transfer.account == "12-3"


# What is refused, field by field


def faults_of(check: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidFields) as raised:
        check()
    assert all(fault.detail for fault in raised.value.faults)
    return [(fault.field, fault.code) for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"vat_id": "DE136695976"}, ("vat_id", "vat_id_of_another_country")),
        ({"vat_id": "IT00743110158"}, ("vat_id", "invalid_vat_id")),
        ({"country": "Italy"}, ("country", "unknown_country")),
        ({"country": "RO", "subdivision": "Cluj"}, ("subdivision", "unknown_subdivision")),
        (
            {"country": "DE", "tax_registration": "12"},
            ("tax_registration", "invalid_tax_registration"),
        ),
        ({"registration_scheme": "REA"}, ("registration_scheme", "unknown_registration_scheme")),
        ({"contact_email": "conti"}, ("contact_email", "invalid_email")),
        ({"endpoint": "123", "endpoint_scheme": "1234"}, ("endpoint_scheme", "unknown_eas_scheme")),
        ({"endpoint": "123"}, ("endpoint_scheme", "endpoint_incomplete")),
        ({"endpoint_scheme": "0088"}, ("endpoint", "endpoint_incomplete")),
        ({"endpoint": "ap", "endpoint_scheme": "EM"}, ("endpoint", "invalid_email")),
        ({"invoice_prefix": "FT 1"}, ("invoice_prefix", "invalid_prefix")),
        ({"invoice_prefix": "-F"}, ("invoice_prefix", "invalid_prefix")),
        ({"invoice_prefix": "FATTURA26"}, ("invoice_prefix", "prefix_too_long")),
        ({"invoice_prefix": "CN"}, ("credit_note_prefix", "same_prefix")),
        ({"brand_colour": "blue"}, ("brand_colour", "invalid_colour")),
        ({"language": "xx"}, ("language", "unknown_language")),
        ({"creditor_id": "DE97ZZZ09999999999"}, ("creditor_id", "invalid_creditor_id")),
        ({"calendar": "IT-ROME"}, ("calendar", "unknown_calendar")),
        ({"calendar": "XX"}, ("calendar", "unknown_calendar")),
        ({"legal_name": "x" * 201}, ("legal_name", "too_long")),
        ({"legal_name": "x\0"}, ("legal_name", "too_long")),
        ({"national": {"tax_regime": "RF03"}}, ("national.tax_regime", "unknown_tax_regime")),
        ({"national": {"rea_office": "MI"}}, ("national.rea_number", "invalid_rea")),
        ({"national": {"rea_number": "1234567"}}, ("national.rea_office", "invalid_rea")),
        (
            {"national": {"rea_office": "MI", "rea_number": "1", "share_capital": "10.000"}},
            ("national.share_capital", "invalid_share_capital"),
        ),
        (
            {"national": {"codice_fiscale": "RSSMRA80A01F205Y"}},
            ("national.codice_fiscale", "invalid_codice_fiscale"),
        ),
        ({"national": {"gstin": "27AAPFU0939F1ZV"}}, ("national.gstin", "not_asked")),
        ({"national": {"tax_regime": 1}}, ("national.tax_regime", "invalid_text")),
        ({"country": "IN", "invoice_prefix": "BRERA"}, ("invoice_prefix", "prefix_too_long")),
        (
            {"country": "IN", "credit_note_prefix": "0CN"},
            ("credit_note_prefix", "prefix_begins_with_zero"),
        ),
        ({"country": "IN", "national": {"gstin": "27"}}, ("national.gstin", "invalid_gstin")),
        (
            {"country": "IN", "national": {"gstin": "27AAPFU0939F1ZV", "state_code": "29"}},
            ("national.state_code", "state_differs"),
        ),
        (
            {"country": "IN", "national": {"state_code": "28"}},
            ("national.state_code", "unknown_state"),
        ),
    ],
)
def test_what_a_seller_cannot_be(said: dict[str, Any], fault: tuple[str, str]) -> None:
    assert faults_of(lambda: checked_seller(SellerFields(**said), country="IT")) == [fault]


def test_every_fault_is_found_at_once() -> None:
    said = SellerFields(vat_id="DE136695976", brand_colour="blue", national={"tax_regime": "X"})
    found = faults_of(lambda: checked_seller(said, country="IT"))
    assert [field for field, _ in found] == ["vat_id", "brand_colour", "national.tax_regime"]


def test_what_is_kept_of_a_seller() -> None:
    said = SellerFields(
        legal_name="  Officine  Brera ",
        country="it",
        vat_id="it 00743110157",
        invoice_prefix="ft",
        brand_colour="#1D4ED8",
        creditor_id="DE98 ZZZ0 9999 9999 99",
        footer=" Cap. soc. 10.000 EUR \n REA MI-1234567 ",
        national={"rea_office": "mi", "rea_number": "1234567", "share_capital": "10000"},
    )
    kept = checked_seller(said, country="IT")
    assert (kept.legal_name, kept.country, kept.vat_id) == ("Officine Brera", "IT", "IT00743110157")
    assert (kept.invoice_prefix, kept.brand_colour) == ("FT", "#1d4ed8")
    assert kept.creditor_id == "DE98ZZZ09999999999"
    assert kept.footer == "Cap. soc. 10.000 EUR\nREA MI-1234567"
    assert kept.national == {
        "tax_regime": "RF01",
        "rea_office": "MI",
        "rea_number": "1234567",
        "share_capital": "10000.00",
        "liquidation": "LN",
    }
    assert checked_seller(kept, country="IT") == kept, "checking twice changes nothing"
    assert read_seller({}, country="IT") == ItalianSeller()
    assert checked_seller(SellerFields(subdivision="cj"), country="RO").subdivision == "RO-CJ"


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"schedule": "monthly:30"}, ("schedule", "unknown_schedule")),
        ({"schedule": "sometimes"}, ("schedule", "unknown_schedule")),
        ({"group_by": "colour"}, ("group_by", "unknown_grouping")),
        ({"language": "xx"}, ("language", "unknown_language")),
        ({"vat_id": "IT00743110157"}, ("vat_id", "vat_id_of_another_country")),
        ({"buyer_reference": "04011000-1234512345-07"}, ("buyer_reference", "invalid_leitweg_id")),
        (
            {"endpoint": "04011000-1234512345-07", "endpoint_scheme": "0204"},
            ("endpoint", "invalid_leitweg_id"),
        ),
        ({"formats": ("xrechnung",)}, ("buyer_reference", "reference_missing")),
        ({"formats": ("docx",)}, ("formats", "unknown_format")),
        ({"channels": ("fax",)}, ("channels", "unknown_channel")),
        ({"channels": ("peppol",)}, ("endpoint", "endpoint_missing")),
        ({"channels": ("sdi",), "formats": ("pdf",)}, ("formats", "format_missing")),
        ({"email_to": ("ap",)}, ("email_to", "invalid_email")),
        ({"email_cc": ("a@b.example\nBcc: c@d.example",)}, ("email_cc", "invalid_email")),
        (
            {"email_to": tuple(f"a{n}@b.example" for n in range(21))},
            ("email_to", "too_many_recipients"),
        ),
        ({"tax_treatment": "none"}, ("tax_treatment", "unknown_treatment")),
        ({"tax_treatment": "gst_sez"}, ("tax_treatment", "impossible_treatment")),
        ({"tax_treatment": "split_payment"}, ("tax_treatment", "impossible_treatment")),
        ({"tax_treatment": "exempt"}, ("exemption_reason", "reason_missing")),
        ({"exemption_code": "132"}, ("exemption_code", "unknown_exemption_code")),
        ({"terms_base": "order"}, ("terms_base", "unknown_base")),
        ({"calendar": "bank", "move": "next"}, ("calendar", "unknown_calendar")),
        ({"calendar": "buyer", "move": "back"}, ("move", "unknown_move")),
        ({"calendar": "buyer"}, ("move", "move_without_calendar")),
        ({"move": "next"}, ("move", "move_without_calendar")),
        ({"calendar_code": "DE-XX"}, ("calendar_code", "unknown_calendar")),
        ({"national": {"pec": "x@y.example"}}, ("national.pec", "not_asked")),
    ],
)
def test_what_the_profile_of_a_german_buyer_cannot_be(
    said: dict[str, Any], fault: tuple[str, str]
) -> None:
    def check() -> None:
        checked_profile(ProfileFields(**said), buyer=buyer("DE"), seller_country="IT")

    assert faults_of(check) == [fault]


@pytest.mark.parametrize(
    ("of", "to", "treatment", "can"),
    [
        ("IT", "DE", "intra_community", True),
        ("IT", "IT", "intra_community", False),
        ("IT", "US", "intra_community", False),
        ("IT", "US", "export", True),
        ("IT", "IT", "export", False),
        ("IN", "IN", "gst_sez", True),
        ("IT", "IT", "reverse_charge", True),
    ],
)
def test_where_a_tax_treatment_can_be(of: str, to: str, treatment: str, can: bool) -> None:
    def check() -> ProfileFields:
        said = ProfileFields(tax_treatment=treatment)
        return checked_profile(said, buyer=buyer(to), seller_country=of)

    if can:
        assert check().tax_treatment == treatment
    else:
        assert faults_of(check) == [("tax_treatment", "impossible_treatment")]


def test_mail_needs_somebody_to_read_it() -> None:
    def check(**facts: str) -> ProfileFields:
        said = ProfileFields(channels=("email",))
        return checked_profile(said, buyer=buyer("DE", **facts), seller_country="IT")

    assert check().channels == ("email",)
    assert faults_of(lambda: check(email="")) == [("email_to", "recipient_missing")]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"codice_destinatario": "ABC12"}, "codice_destinatario"),
        ({"codice_destinatario": "ABCD12345"}, "codice_destinatario"),
        ({"codice_destinatario": "ABC-123"}, "codice_destinatario"),
        ({"pec": "acme"}, "pec"),
        ({"codice_fiscale": "00743110158"}, "codice_fiscale"),
    ],
)
def test_where_sdi_cannot_deliver(given: dict[str, str], fault: str) -> None:
    [(field, _)] = faults_of(lambda: read_buyer(given, country="IT"))
    assert field == f"national.{fault}"


def test_where_sdi_delivers() -> None:
    assert read_buyer({"codice_destinatario": "abc1234"}, country="IT") == ItalianBuyer("ABC1234")
    assert read_buyer({"codice_destinatario": "UFY9MH"}, country="IT") == ItalianBuyer("UFY9MH")
    assert read_buyer({"gstin": "27AAPFU0939F1ZV"}, country="IN") == IndianBuyer(
        "27AAPFU0939F1ZV", "27"
    )
    assert read_buyer({"state_code": "7"}, country="IN") == IndianBuyer("", "07")
    assert read_buyer({"pec": ""}, country="DE") is None, "a form may send it empty"
    assert kept_buyer({"pec": "a@pec.example"}, country="DE") is None, "the buyer has moved"


def test_a_profile_is_kept_as_it_is_written_in_law() -> None:
    said = ProfileFields(
        schedule="monthly",
        endpoint="04011000-1234512345-06".lower(),
        endpoint_scheme="0204",
        channels=("portal", "email", "portal"),
        email_to=(" ap@nordwind.example ", ""),
    )
    kept = checked_profile(said, buyer=buyer("DE"), seller_country="IT")
    assert (kept.schedule, kept.endpoint) == ("monthly:last", LEITWEG)
    assert kept.channels == ("portal", "email")
    assert kept.email_to == ("ap@nordwind.example",)
    assert checked_profile(kept, buyer=buyer("DE"), seller_country="IT") == kept


ACCOUNT = {
    "currency": "CHF", "iban": "CH93 0076 2011 6238 5295 7", "account_number": "", "bic": "",
    "holder": " Brera ", "bank_name": "", "qr_iban": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"iban": "CH93 0076 2011 6238 5295 8"}, ("iban", "invalid_iban")),
        ({"iban": ""}, ("iban", "account_missing")),
        ({"account_number": "12-3"}, ("iban", "account_missing")),
        ({"bic": "BANK"}, ("bic", "invalid_bic")),
        ({"qr_iban": "CH93 0076 2011 6238 5295 7"}, ("qr_iban", "not_a_qr_iban")),
        (
            {"currency": "USD", "qr_iban": "CH44 3199 9123 0008 8901 2"},
            ("qr_iban", "qr_iban_currency"),
        ),
        ({"holder": "x" * 201}, ("holder", "too_long")),
    ],
)
def test_accounts_that_cannot_be(change: dict[str, str], fault: tuple[str, str]) -> None:
    assert faults_of(lambda: checked_account(**(ACCOUNT | change))) == [fault]


def test_an_account_is_kept_without_spaces() -> None:
    kept = checked_account(**(ACCOUNT | {"qr_iban": "CH44 3199 9123 0008 8901 2"}))
    assert (kept["iban"], kept["qr_iban"]) == ("CH9300762011623852957", "CH4431999123000889012")
    assert kept["holder"] == "Brera"
