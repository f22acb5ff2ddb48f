"""What single countries want to know of a seller or a buyer, beyond what EN 16931 asks.

Each is a small dataclass that is kept as a JSON object; what is not given is left out of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from typing import Any, Final, TypeVar

from stdnum.in_ import gstin as stdnum_gstin
from stdnum.it import codicefiscale

from usance.rules.invoicing.faults import FieldFault, InvalidFields
from usance.rules.invoicing.identifiers import is_email


@dataclass(frozen=True, slots=True)
class ItalianSeller:
    """CedentePrestatore of FatturaPA 1.2.3: 1.2.1.8 RegimeFiscale, 1.2.4 IscrizioneREA.

    ``share_capital`` in euro with two decimals; ``sole_shareholder`` SU (one) or SM (several);
    ``liquidation`` LS (in liquidation) or LN. The register of companies is all or nothing.
    """

    tax_regime: str = "RF01"
    codice_fiscale: str = ""
    rea_office: str = ""
    rea_number: str = ""
    share_capital: str = ""
    sole_shareholder: str = ""
    liquidation: str = ""


@dataclass(frozen=True, slots=True)
class IndianSeller:
    """Supplier details of the GST e-invoice schema 1.1: GSTIN and the state it is of.

    ``e_invoicing`` is ``yes`` where the law has the seller register its invoices (rule 48(4) of the CGST
    Rules 2017: by its turnover of a year, which is not known here).
    """

    gstin: str = ""
    state_code: str = ""
    e_invoicing: str = ""


@dataclass(frozen=True, slots=True)
class ItalianBuyer:
    """Where SdI delivers: 1.1.4 CodiceDestinatario (seven characters, six of a public office) or
    1.1.6 PECDestinatario; 1.4.1.2 CodiceFiscale."""

    codice_destinatario: str = ""
    pec: str = ""
    codice_fiscale: str = ""


@dataclass(frozen=True, slots=True)
class IndianBuyer:
    """Recipient details of the GST e-invoice schema 1.1. ``state_code`` is the place of supply."""

    gstin: str = ""
    state_code: str = ""


NationalSeller = ItalianSeller | IndianSeller
NationalBuyer = ItalianBuyer | IndianBuyer

TAX_REGIMES: Final = frozenset(f"RF{n:02d}" for n in range(1, 21) if n != 3)
"""FatturaPA 1.2.3, RegimeFiscaleType: RF01 to RF20 without RF03."""
SOLE_SHAREHOLDER: Final = frozenset({"", "SU", "SM"})
LIQUIDATION: Final = frozenset({"", "LS", "LN"})
TO_NOBODY: Final = "0000000"
"""CodiceDestinatario of a buyer that is reached by PEC, or finds it at the tax office."""

GST_STATES: Final = frozenset({f"{n:02d}" for n in range(1, 39) if n != 28} | {"97"})
"""State codes of GST: 01 to 38 without 28, which is part of 37 since 2014, and 97, other territory."""

_SELLERS: Final[Mapping[str, type[NationalSeller]]] = {"IT": ItalianSeller, "IN": IndianSeller}
_BUYERS: Final[Mapping[str, type[NationalBuyer]]] = {"IT": ItalianBuyer, "IN": IndianBuyer}


def seller_fields(country: str) -> tuple[str, ...]:
    """Names of what a seller of ``country`` may say of itself."""
    kind = _SELLERS.get(country)
    return tuple(field.name for field in fields(kind)) if kind else ()


def buyer_fields(country: str) -> tuple[str, ...]:
    """Names of what may be said of a buyer in ``country``."""
    kind = _BUYERS.get(country)
    return tuple(field.name for field in fields(kind)) if kind else ()


def read_seller(document: Mapping[str, Any], *, country: str) -> NationalSeller | None:
    """What is kept of a seller; None where its country asks for nothing. Raises InvalidFields."""
    given = _texts(document, allowed=seller_fields(country), country=country)
    kind = _SELLERS.get(country)
    if kind is None:
        return None
    found = kind(**given)
    return _italian_seller(found) if isinstance(found, ItalianSeller) else _indian_seller(found)


def read_buyer(document: Mapping[str, Any], *, country: str) -> NationalBuyer | None:
    """What is kept of a buyer; None where its country asks for nothing. Raises InvalidFields."""
    given = _texts(document, allowed=buyer_fields(country), country=country)
    kind = _BUYERS.get(country)
    if kind is None:
        return None
    found = kind(**given)
    return _italian_buyer(found) if isinstance(found, ItalianBuyer) else _indian(found)


def kept_seller(document: Mapping[str, str], *, country: str) -> NationalSeller | None:
    """What was kept of a seller, checked then; what ``country`` does not ask for is passed over."""
    kind = _SELLERS.get(country)
    allowed = seller_fields(country)
    return kind(**{n: v for n, v in document.items() if n in allowed}) if kind else None


def kept_buyer(document: Mapping[str, str], *, country: str) -> NationalBuyer | None:
    """What was kept of a buyer, which may have moved to another country since."""
    kind = _BUYERS.get(country)
    allowed = buyer_fields(country)
    return kind(**{n: v for n, v in document.items() if n in allowed}) if kind else None


def to_document(national: NationalSeller | NationalBuyer | None) -> dict[str, str]:
    """The JSON object that is kept, without what is empty."""
    if national is None:
        return {}
    return {name: value for name, value in asdict(national).items() if value}


def _texts(
    document: Mapping[str, Any], *, allowed: tuple[str, ...], country: str
) -> dict[str, str]:
    """What is given, trimmed. A number whose name the country does not know is refused, unless it
    is empty: a form may send those of another country."""
    faults = []
    given: dict[str, str] = {}
    for name, value in document.items():
        text = " ".join(value.split()) if isinstance(value, str) else value
        if not isinstance(text, str) or len(text) > 254:
            faults.append(FieldFault(f"national.{name}", "invalid_text", "must be a short text"))
        elif name in allowed:
            given[name] = text
        elif text:
            detail = f"is not asked for in {country}; leave it out"
            faults.append(FieldFault(f"national.{name}", "not_asked", detail))
    if faults:
        raise InvalidFields(faults)
    return given


def _require(*faults: FieldFault | None) -> None:
    found = [fault for fault in faults if fault is not None]
    if found:
        raise InvalidFields(found)


def _unless(good: bool, name: str, code: str, detail: str) -> FieldFault | None:
    return None if good else FieldFault(f"national.{name}", code, detail)


def _codice_fiscale(text: str) -> FieldFault | None:
    good = not text or codicefiscale.is_valid(text)
    return _unless(
        good,
        "codice_fiscale",
        "invalid_codice_fiscale",
        "has a wrong check character; copy all sixteen characters (a company's: eleven digits)",
    )


def _share_capital(text: str) -> str | None:
    """Euro with two decimals, or None. 10.000 is refused: it is ten thousand to an Italian."""
    if not re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,2})?", text):
        return None
    return f"{Decimal(text):.2f}"


def _italian_seller(given: ItalianSeller) -> ItalianSeller:
    regime = given.tax_regime.upper() or "RF01"
    capital = _share_capital(given.share_capital) if given.share_capital else ""
    office, number = given.rea_office.upper(), given.rea_number
    shareholder, liquidation = given.sole_shareholder.upper(), given.liquidation.upper()
    rest = bool(number or given.share_capital or shareholder or liquidation)
    fiscal = given.codice_fiscale.replace(" ", "").upper()
    _require(
        _unless(
            regime in TAX_REGIMES,
            "tax_regime",
            "unknown_tax_regime",
            "is not a tax regime; write RF01 (ordinary) or another of RF02 to RF20",
        ),
        _codice_fiscale(fiscal),
        _unless(
            not (office or rest) or re.fullmatch(r"[A-Z]{2}", office) is not None,
            "rea_office",
            "invalid_rea",
            "is the province of the register in two letters, such as MI",
        ),
        _unless(
            not (office or rest) or re.fullmatch(r"[A-Za-z0-9]{1,20}", number) is not None,
            "rea_number",
            "invalid_rea",
            "is the number in the register, such as 1234567; give it with its office",
        ),
        _unless(
            capital is not None,
            "share_capital",
            "invalid_share_capital",
            "is an amount in euro with at most two decimals and a point, such as 10000.00",
        ),
        _unless(
            shareholder in SOLE_SHAREHOLDER,
            "sole_shareholder",
            "invalid_code",
            "is SU (one shareholder), SM (several) or empty",
        ),
        _unless(
            liquidation in LIQUIDATION,
            "liquidation",
            "invalid_code",
            "is LS (in liquidation) or LN (not in liquidation)",
        ),
    )
    if office:
        liquidation = liquidation or "LN"  # 1.2.4.5 must be given with the register
    return ItalianSeller(regime, fiscal, office, number, capital or "", shareholder, liquidation)


def _italian_buyer(given: ItalianBuyer) -> ItalianBuyer:
    code = given.codice_destinatario.replace(" ", "").upper()
    fiscal = given.codice_fiscale.replace(" ", "").upper()
    _require(
        _unless(
            not code or re.fullmatch(r"[A-Z0-9]{6,7}", code) is not None,
            "codice_destinatario",
            "invalid_codice_destinatario",
            f"has {len(code)} characters; a company's has seven letters and digits, a public"
            " office's six. Leave it empty where the buyer has a PEC only",
        ),
        _unless(
            not given.pec or is_email(given.pec),
            "pec",
            "invalid_email",
            "is not an e-mail address; write one such as acme@pec.example",
        ),
        _codice_fiscale(fiscal),
    )
    return ItalianBuyer(code, given.pec, fiscal)


Kind = TypeVar("Kind", IndianSeller, IndianBuyer)


def _indian_seller(given: IndianSeller) -> IndianSeller:
    registers = given.e_invoicing.lower()
    registers = "" if registers == "no" else registers
    _require(
        _unless(
            registers in ("", "yes"),
            "e_invoicing",
            "invalid_code",
            "is yes where your invoices must be registered with the portal, else empty",
        ),
        _unless(
            not registers or bool(given.gstin),
            "gstin",
            "gstin_missing",
            "is needed to register invoices with the portal",
        ),
    )
    return _indian(replace(given, e_invoicing=registers))


def _indian(given: Kind) -> Kind:
    gstin = given.gstin.replace(" ", "").upper()
    state = given.state_code.strip()
    if state.isdigit():
        state = state.zfill(2)
    state = state or gstin[:2]
    _require(
        _unless(
            not gstin or stdnum_gstin.is_valid(gstin),
            "gstin",
            "invalid_gstin",
            "is not a GSTIN; copy its fifteen characters, such as 27AAPFU0939F1ZV",
        ),
        _unless(
            not state or state in GST_STATES,
            "state_code",
            "unknown_state",
            "is not a state of GST; write its two digits, such as 27 for Maharashtra",
        ),
        _unless(
            not (gstin and stdnum_gstin.is_valid(gstin)) or gstin[:2] == state,
            "state_code",
            "state_differs",
            f"must be {gstin[:2]}, with which the GSTIN begins",
        ),
    )
    return replace(given, gstin=gstin, state_code=state)
