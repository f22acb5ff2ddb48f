"""What a FatturaPA says that the semantic model of EN 16931 has no place for.

Names in brackets are the elements of the schema, version 1.2.3. Every field has a default that says
"not there", so that a seller needs to fill in what applies to it only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

from usance.rules.invoicing.document import Address, DocumentReference, InvoiceDocument

NAMESPACE: Final = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"

PUBLIC_BODY: Final = "FPA12"
"""Format of an invoice to a public body, addressed by an office code of six characters."""
PRIVATE: Final = "FPR12"
"""Format of an invoice to a company or consumer, addressed by a code of seven characters or by PEC."""

NO_CODE: Final = "0000000"
"""CodiceDestinatario of an Italian buyer without a code: SdI uses its PEC or its tax drawer."""
ABROAD: Final = "XXXXXXX"
"""CodiceDestinatario of a buyer outside Italy: SdI files the invoice and delivers nothing."""


@dataclass(frozen=True, slots=True)
class TaxId:
    """A VAT number in two parts [IdPaese, IdCodice]."""

    country: str
    code: str


@dataclass(frozen=True, slots=True)
class Transmission:
    """Who sends the file to SdI, and where SdI takes it [DatiTrasmissione].

    ``sender`` is who puts the file on the channel: the seller itself or its intermediary.
    ``progressive`` is chosen by the sender and unique among its files: up to ten letters and digits.
    """

    sender: TaxId
    progressive: str
    recipient_code: str = NO_CODE
    recipient_pec: str = ""
    format: str = PRIVATE
    telephone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class PersonName:
    """The name of a natural person [Nome, Cognome]."""

    given: str
    family: str


@dataclass(frozen=True, slots=True)
class Rea:
    """The entry in the register of companies [IscrizioneREA]; art. 2250 of the civil code.

    ``office`` is the province's two letters; ``sole_member`` SU (one) or SM (several), only for a
    company with share capital; ``liquidation`` LS (in liquidation) or LN (not).
    """

    office: str
    number: str
    capital: Decimal | None = None
    sole_member: str = ""
    liquidation: str = "LN"


@dataclass(frozen=True, slots=True)
class Intermediary:
    """Who issued the invoice in the seller's name [TerzoIntermediarioOSoggettoEmittente]."""

    name: str
    vat: TaxId | None = None
    tax_code: str = ""


@dataclass(frozen=True, slots=True)
class Withholding:
    """Income tax or contribution that the buyer keeps back [DatiRitenuta]."""

    kind: str  # RT01 to RT06
    amount: Decimal
    rate: Decimal
    reason: str  # of form CU: A, M, ...


@dataclass(frozen=True, slots=True)
class Stamp:
    """Stamp duty paid without a stamp [DatiBollo]; DPR 642/1972, on untaxed invoices over 77.47 EUR."""

    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PensionFund:
    """A contribution to a professional pension fund [DatiCassaPrevidenziale]."""

    kind: str  # TC01 to TC22
    rate: Decimal
    amount: Decimal
    vat_rate: Decimal
    base: Decimal | None = None
    withheld: bool = False
    natura: str = ""
    accounting: str = ""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A discount or surcharge [ScontoMaggiorazione] with its figures as written.

    On the document it changes the total after VAT, so that SdI's control of the taxable amounts does
    not see it; an allowance that lowers the VAT is a line.
    """

    is_charge: bool
    percent: Decimal | None = None
    amount: Decimal | None = None


RelatedKind = Literal["order", "contract", "agreement", "receiving", "invoice"]

RELATED_ELEMENTS: Final[dict[RelatedKind, str]] = {
    "order": "DatiOrdineAcquisto",
    "contract": "DatiContratto",
    "agreement": "DatiConvenzione",
    "receiving": "DatiRicezione",
    "invoice": "DatiFattureCollegate",
}
"""In the order in which the schema has them."""


@dataclass(frozen=True, slots=True)
class RelatedDocument:
    """A document that this one refers to [DatiOrdineAcquisto, DatiContratto, DatiConvenzione,
    DatiRicezione, DatiFattureCollegate]; for the whole, or for the lines named.

    ``cup`` and ``cig`` are the codes of public investment and of the tender (L. 136/2010, art. 3).
    """

    kind: RelatedKind
    number: str
    on: date | None = None
    lines: tuple[int, ...] = ()
    item: str = ""
    project: str = ""
    cup: str = ""
    cig: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryNote:
    """The transport document of goods [DatiDDT]; DPR 472/1996. It makes an invoice a deferred one."""

    number: str
    on: date
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Transport:
    """How the goods travelled [DatiTrasporto]."""

    means: str = ""
    reason: str = ""
    packages: int | None = None
    description: str = ""
    weight_unit: str = ""
    gross_weight: Decimal | None = None
    net_weight: Decimal | None = None
    collected_at: datetime | None = None
    started_on: date | None = None
    terms: str = ""  # Incoterms [TipoResa]
    address: Address | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One amount to pay [DettaglioPagamento]."""

    method: str  # MP01 to MP23
    amount: Decimal
    due_on: date | None = None
    terms_from: date | None = None
    terms_days: int | None = None
    payee: str = ""
    bank: str = ""
    iban: str = ""
    abi: str = ""
    cab: str = ""
    bic: str = ""
    early_discount: Decimal | None = None
    early_until: date | None = None
    late_penalty: Decimal | None = None
    penalty_from: date | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PaymentBlock:
    """Amounts under one condition [DatiPagamento]: TP01 instalments, TP02 whole, TP03 advance."""

    condition: str
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class ExtraData:
    """What seller and buyer agreed to write on a line [AltriDatiGestionali]."""

    kind: str
    text: str = ""
    number: Decimal | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class LineDetails:
    """What a line says beyond the model, by the line's id (BT-126)."""

    line: str
    natura: str = ""
    unit: str | None = None  # as written; None: from the model's unit code
    supply: str = ""  # TipoCessionePrestazione: SC, PR, AB or AC
    withheld: bool = False
    without_quantity: bool = False
    adjustments: tuple[Adjustment, ...] = ()  # as written; () : from the line's allowances
    codes: tuple[tuple[str, str], ...] = ()  # (CodiceTipo, CodiceValore) that the model cannot say
    extra: tuple[ExtraData, ...] = ()


@dataclass(frozen=True, slots=True)
class SummaryDetails:
    """What a VAT group says beyond BG-23 [DatiRiepilogo], in the order of ``InvoiceDocument.vat``."""

    natura: str = ""
    collectability: str = ""  # EsigibilitaIVA: I, D or S
    rounding: Decimal | None = None
    accessory: Decimal | None = None  # SpeseAccessorie
    legal_reference: str = ""  # RiferimentoNormativo


@dataclass(frozen=True, slots=True)
class FatturaDetails:
    """The national data of one invoice; see the module.

    A billing flow fills it from the profiles of seller and buyer: ``regime`` (RegimeFiscale), ``rea``,
    ``stamp``, ``delivery_notes`` and so on. What is empty the writer derives from the document:
    ``document_type`` (TD01, TD04, TD24 ...), natures of VAT, ``payments``, ``collectability``.
    """

    document_type: str = ""
    regime: str = "RF01"
    collectability: str = ""  # EsigibilitaIVA I, D or S for groups that say nothing themselves
    seller_tax_code: str = ""  # CodiceFiscale; empty: an identifier of the party with scheme 0210
    buyer_tax_code: str = ""
    rea: Rea | None = None
    seller_person: PersonName | None = None
    buyer_person: PersonName | None = None
    issuer: str = ""  # SoggettoEmittente: CC (the buyer) or TZ (a third party)
    intermediary: Intermediary | None = None
    payment_method: str = ""  # MP01 to MP23; empty: from BT-81
    buyer_bank: tuple[str, str] | None = None  # ABI and CAB, for a RiBa (MP12)
    stamp: Stamp | None = None
    withholdings: tuple[Withholding, ...] = ()
    pension_funds: tuple[PensionFund, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    total: Decimal | None = None  # ImportoTotaleDocumento as written; None: from the totals
    article_73: bool = False
    related: tuple[RelatedDocument, ...] = ()
    stages: tuple[int, ...] = ()  # DatiSAL
    delivery_notes: tuple[DeliveryNote, ...] = ()
    transport: Transport | None = None
    main_invoice: DocumentReference | None = None
    lines: tuple[LineDetails, ...] = ()
    summaries: tuple[SummaryDetails, ...] = ()
    payments: tuple[PaymentBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Fattura:
    """One invoice of a file: the model, and beside it what only Italy says."""

    document: InvoiceDocument
    details: FatturaDetails = field(default_factory=FatturaDetails)


@dataclass(frozen=True, slots=True)
class FatturaFile:
    """A file: one transmission with one or more invoices between the same parties.

    ``enveloped`` says that it came inside a CAdES signature (.p7m), which was taken off and not
    verified. ``format`` is FPA12, FPR12 or FSM10, of older versions what they wrote.
    """

    transmission: Transmission
    invoices: tuple[Fattura, ...]
    format: str
    enveloped: bool = False
