"""What requests and answers about the seller's details and a buyer's billing profile look like."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from usance.rules.invoicing.faults import FieldFault
from usance.web.api.answers import Described, Shown
from usance.web.api.faults import pointer
from usance.web.api.problems import Fault, Problem
from usance.web.api.values import NO_NUL, BuyerId, Currency, ExternalId, Metadata, PublicId, Value

BankAccountId = Annotated[UUID, PublicId("bank_account")]
Text = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
Lines = Annotated[str, StringConstraints(max_length=600, pattern=NO_NUL)]
Mail = Annotated[str, StringConstraints(max_length=254, pattern=NO_NUL)]
National = Annotated[
    dict[Annotated[str, StringConstraints(max_length=40, pattern=NO_NUL)], Text],
    Field(
        max_length=20,
        description="What the country asks for besides. A seller in Italy: tax_regime (RF01 ...),"
        " codice_fiscale, rea_office, rea_number, share_capital, sole_shareholder (SU or SM),"
        " liquidation (LS or LN); in India: gstin, state_code, e_invoicing (`yes`"
        " where invoices must be registered before they are sent). A buyer in Italy: codice_destinatario,"
        " pec, codice_fiscale; in India: gstin, state_code (the place of supply).",
    ),
]

_SELLER: Final[dict[str, Any]] = {
    "legal_name": "Officine Brera S.r.l.",
    "address": {"line_1": "Via Solferino 11", "post_code": "20121", "city": "Milano"},
    "vat_id": "IT00743110157",
    "invoice_prefix": "FT",
    "national": {"tax_regime": "RF01", "rea_office": "MI", "rea_number": "1234567"},
}
_PROFILE: Final[dict[str, Any]] = {
    "schedule": "monthly:25",
    "group_by": "cost_centre",
    "email_to": ["invoices@nordwind.example"],
    "calendar": "buyer",
    "move": "next",
}
_ACCOUNT: Final[dict[str, Any]] = {
    "currency": "EUR",
    "iban": "IT60X0542811101000000123456",
    "holder": "Officine Brera S.r.l.",
}


class PostalAddress(Value):
    """Where a company is. Without a country, that of the object it belongs to."""

    line_1: Text = ""
    line_2: Text = ""
    line_3: Text = ""
    city: Text = ""
    post_code: Text = ""
    subdivision: Text = Field(default="", description="Province, county or state.")
    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""


class ElectronicAddress(Value):
    """Where electronic invoices are sent: an id and its scheme of the EAS list."""

    id: Text = ""
    scheme: Annotated[str, StringConstraints(max_length=4, pattern=NO_NUL)] = Field(
        default="",
        description="0088 for a GLN, 0204 for a Leitweg-ID, EM for an e-mail address ...",
    )


class Registration(Value):
    """A number in a register, and the register's code of ISO 6523 where it has one."""

    number: Text = ""
    scheme: Annotated[str, StringConstraints(max_length=4, pattern=NO_NUL)] = ""


class WhomToAsk(Value):
    """Whom a buyer may ask."""

    name: Text = ""
    phone: Text = ""
    email: Mail = ""


class SellerDetails(Value):
    """Who you are on your documents. What is empty is not said."""

    model_config = {"json_schema_extra": {"examples": [_SELLER]}}
    legal_name: Text = Field(default="", description="Empty: the name you were set up with.")
    trading_name: Text = ""
    address: PostalAddress = PostalAddress()
    vat_id: Text = Field(default="", description="With the prefix of its country.")
    tax_registration: Text = Field(
        default="", description="A local tax number, such as a Steuernummer."
    )
    registration: Registration = Registration()
    legal_information: Lines = Field(
        default="", description="What the law wants said, such as the share capital."
    )
    contact: WhomToAsk = WhomToAsk()
    endpoint: ElectronicAddress = ElectronicAddress()
    invoice_prefix: Text = Field(
        default="",
        description="Begins the numbers of a series from the next year's on. Empty: INV.",
    )
    credit_note_prefix: Text = Field(default="", description="The same of credit notes. Empty: CN.")
    footer: Lines = ""
    brand_colour: Text = Field(default="", examples=["#1d4ed8"])
    language: Text = ""
    creditor_id: Text = Field(default="", description="For SEPA direct debits.")
    calendar: Text = Field(
        default="",
        description="Your working days: IT, DE-BY, TARGET. Empty: your country's.",
    )
    national: National = {}


class SellerShown(Shown):
    """Who you are on your documents."""

    object: Literal["seller"]
    id: str
    name: str
    country: str
    currency: Currency
    details: SellerDetails
    logo_digest: str = Field(description="SHA-256 of the logo; empty without one.")


class NewBankAccount(Value):
    """An account that your invoices in a currency ask to be paid to."""

    model_config = {"json_schema_extra": {"examples": [_ACCOUNT]}}
    currency: Currency
    iban: Text = ""
    account_number: Text = Field(default="", description="Where there is no IBAN.")
    bic: Text = ""
    holder: Text = ""
    bank_name: Text = ""
    qr_iban: Text = Field(default="", description="For Swiss QR bills with a QR reference.")
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class BankAccountShown(Described):
    """An account to pay to."""

    id: BankAccountId
    object: Literal["bank_account"]
    currency: Currency
    iban: str
    account_number: str
    bic: str
    holder: str
    bank_name: str
    qr_iban: str


Channel = Literal["email", "portal", "webhook", "peppol", "sdi", "anaf", "download"]
Format = Literal[
    "pdf", "facturx", "ubl", "xrechnung", "peppol", "cii", "fatturapa", "cius-ro", "gst", "cxml"
]


class BillingProfile(Value):
    """How a buyer wants its invoices. What is empty is as it is usual in its country."""

    model_config = {"json_schema_extra": {"examples": [_PROFILE]}}
    schedule: Text = Field(
        default="per_shipment",
        description="per_shipment, per_order, daily, weekly:fri, twice_monthly, monthly:25,"
        " monthly:last.",
    )
    group_by: Literal["none", "cost_centre", "purchase_order", "ship_to"] = "none"
    language: Text = ""
    legal_name: Text = ""
    address: PostalAddress = PostalAddress()
    vat_id: Text = Field(default="", description="Empty: the buyer's tax_id.")
    buyer_reference: Text = Field(default="", description="BT-10; a Leitweg-ID in Germany.")
    endpoint: ElectronicAddress = ElectronicAddress()
    accounting_reference: Text = ""
    contract_reference: Text = ""
    purchase_order: Text = Field(default="", description="Where an order names none.")
    tax_treatment: Literal[
        "auto",
        "domestic",
        "reverse_charge",
        "intra_community",
        "export",
        "exempt",
        "outside_scope",
        "split_payment",
        "gst_sez",
        "gst_deemed_export",
    ] = "auto"
    exemption_reason: Annotated[str, StringConstraints(max_length=300, pattern=NO_NUL)] = ""
    exemption_code: Text = Field(default="", description="A code of the VATEX list.")
    channels: Annotated[list[Channel], Field(max_length=7)] = Field(
        default=[], description="In order of preference."
    )
    email_to: Annotated[list[Mail], Field(max_length=20)] = []
    email_cc: Annotated[list[Mail], Field(max_length=20)] = []
    formats: Annotated[list[Format], Field(max_length=9)] = []
    attach_xml: bool = Field(default=True, description="Whether an e-mail brings the XML as well.")
    attach_files: bool = Field(
        default=True,
        description="Whether an e-mail brings the invoice's attachments as files of their own as well.",
    )
    terms_base: Literal["invoice", "shipment", "delivery", "month_end"] = Field(
        default="invoice", description="The day from which payment terms are counted."
    )
    calendar: Literal["none", "seller", "buyer"] = Field(
        default="none", description="Whose working days due dates are moved to."
    )
    calendar_code: Text = Field(
        default="", description="The buyer's: DE, DE-BY, TARGET. Empty: its country's."
    )
    move: Literal["none", "next", "previous", "modified_following"] = "none"
    national: National = {}


class InEffect(Shown):
    """What holds after everything that was not said has been filled in."""

    language: str
    legal_name: str
    vat_id: str
    channels: list[Channel]
    formats: list[Format]
    email_to: list[str]
    calendar: str
    move: str


class BillingProfileShown(BillingProfile):
    """How a buyer's invoices are made, sent and fall due."""

    object: Literal["billing_profile"]
    buyer: BuyerId
    updated_at: datetime | None = Field(description="null: nobody has said anything yet.")
    in_effect: InEffect


class TermsKeys(Value):
    """Your own names for payment terms."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"keys": {"0001": "due_on_receipt", "ZB30": "2/10 net 30"}}]
        }
    }
    keys: Annotated[
        dict[
            Annotated[str, StringConstraints(max_length=40, pattern=NO_NUL)],
            Annotated[str, StringConstraints(max_length=120, pattern=NO_NUL)],
        ],
        Field(
            max_length=500,
            description="The name, and a terms code or words that can be read as one.",
        ),
    ]


class TermsKeysShown(Shown):
    """Your own names for payment terms, and the code of each."""

    object: Literal["terms_keys"]
    keys: dict[str, str]


_NESTED: Final = {
    **dict.fromkeys(("line_1", "line_2", "line_3", "city", "post_code", "subdivision"), "address"),
    "country": "address",
}
_PLACES: Final[dict[str, tuple[str, ...]]] = {
    **{name: (parent, name) for name, parent in _NESTED.items()},
    "registration_number": ("registration", "number"),
    "registration_scheme": ("registration", "scheme"),
    "contact_name": ("contact", "name"),
    "contact_phone": ("contact", "phone"),
    "contact_email": ("contact", "email"),
    "endpoint": ("endpoint", "id"),
    "endpoint_scheme": ("endpoint", "scheme"),
}
"""Where a field of the rules stands in a request."""
_GROUPS: Final = frozenset(place[0] for place in _PLACES.values())


def flat(document: dict[str, Any]) -> dict[str, Any]:
    """The fields of a request as the rules have them."""
    fields = {name: value for name, value in document.items() if name not in _GROUPS}
    for name, place in _PLACES.items():
        if place[0] in document:
            fields[name] = document[place[0]][place[1]]
    return fields


def nested(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of the rules as an answer shows them."""
    document: dict[str, Any] = {}
    for name, value in fields.items():
        place = _PLACES.get(name)
        if place is None:
            document[name] = value
        else:
            document.setdefault(place[0], {})[place[1]] = value
    return document


def fields_problem(faults: Iterable[FieldFault]) -> Problem:
    """The 422 for fields that cannot be, with the place of each in the request."""
    found = []
    for fault in faults:
        name, _, rest = fault.field.partition("/" if fault.field.startswith("keys/") else ".")
        location = [*_PLACES.get(name, (name,)), *([rest] if rest else [])]
        found.append(Fault(pointer(location), fault.code, fault.detail))
    more = f" There are {len(found)} errors in all." if len(found) > 1 else ""
    return Problem(
        f"{found[0].place}: {found[0].detail}{more}",
        status=422,
        code=found[0].code if len(found) == 1 else "wrong_fields",
        errors=found,
    )
