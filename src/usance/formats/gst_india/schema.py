"""The schema INV-01 1.1 of India's e-invoice as a JSON schema of our own.

Source: the notified format FORM GST INV-01 (notification 60/2020 - Central Tax) and the lengths, patterns
and bounds that the registration portal publishes for its version 1.1. Only facts are taken over: names,
types, lengths and which fields are mandatory. The portal takes numbers with two decimals for amounts and
three for quantities and prices; a schema cannot say that of every number, the rules in ``rules`` do.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

_AMOUNT: Final = 999_999_999_999.99
_TOTAL: Final = 99_999_999_999_999.99

GSTIN: Final = "[0-9]{2}[0-9A-Z]{13}"
DOCUMENT_NUMBER: Final = "^[a-zA-Z1-9][a-zA-Z0-9/-]{0,15}$"
DATE: Final = "^[0-3][0-9]/[0-1][0-9]/20[1-9][0-9]$"
TEXT: Final = r'^[^\\"]*$'
"""Neither quotation marks nor backslashes."""


def _text(least: int, most: int, pattern: str = TEXT) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most, "pattern": pattern}


def _number(most: float, least: float = 0) -> dict[str, Any]:
    return {"type": "number", "minimum": least, "maximum": most}


def _one_of(*values: str) -> dict[str, Any]:
    return {"enum": list(values)}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any], *, least: int = 0, most: int = 1000) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


_STATE: Final = _text(1, 2, "^(?!0+$)[0-9]{1,2}$")
_DATE: Final = _text(10, 10, DATE)
_FLAG: Final = _one_of("Y", "N")
_PIN: Final = _number(999_999, 100_000)
_ANY_GSTIN: Final = _text(3, 15, f"^({GSTIN}|URP)$")
_OWN_GSTIN: Final = _text(15, 15, f"^{GSTIN}$")
_PLACE: Final[dict[str, Any]] = {
    "Addr1": _text(1, 100),
    "Addr2": _text(3, 100),
    "Loc": _text(3, 100),
    "Pin": _PIN,
    "Stcd": _STATE,
}
_PARTY: Final[dict[str, Any]] = {
    "LglNm": _text(3, 100),
    "TrdNm": _text(3, 100),
    **_PLACE,
    "Ph": _text(6, 12, "^[0-9]{6,12}$"),
    "Em": _text(6, 100, r"^[a-zA-Z0-9+_.-]+@[a-zA-Z0-9.-]+$"),
}

_ITEM: Final = _object(
    "SlNo IsServc HsnCd UnitPrice TotAmt AssAmt GstRt TotItemVal",
    SlNo=_text(1, 6, "^[0-9]{1,6}$"),
    PrdDesc=_text(3, 300),
    IsServc=_FLAG,
    HsnCd=_text(4, 8, "^(?!0+$)([0-9]{4}|[0-9]{6}|[0-9]{8})$"),
    Barcde=_text(3, 30),
    Qty=_number(9_999_999_999.999),
    FreeQty=_number(9_999_999_999.999),
    Unit=_text(3, 8, "^[A-Za-z]{3,8}$"),
    UnitPrice=_number(999_999_999_999.999),
    TotAmt=_number(_AMOUNT),
    Discount=_number(_AMOUNT),
    PreTaxVal=_number(_AMOUNT),
    AssAmt=_number(_AMOUNT),
    GstRt=_number(999.999),
    IgstAmt=_number(_AMOUNT),
    CgstAmt=_number(_AMOUNT),
    SgstAmt=_number(_AMOUNT),
    CesRt=_number(999.999),
    CesAmt=_number(_AMOUNT),
    CesNonAdvlAmt=_number(_AMOUNT),
    StateCesRt=_number(999.999),
    StateCesAmt=_number(_AMOUNT),
    StateCesNonAdvlAmt=_number(_AMOUNT),
    OthChrg=_number(_AMOUNT),
    TotItemVal=_number(_AMOUNT),
    OrdLineRef=_text(1, 50),
    OrgCntry=_text(2, 2, "^[A-Za-z]{2}$"),
    PrdSlNo=_text(1, 20),
    BchDtls=_object("Nm", Nm=_text(3, 20), ExpDt=_DATE, WrDt=_DATE),
    AttribDtls=_list(_object("", Nm=_text(1, 100), Val=_text(1, 100))),
)

_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "India GST e-invoice INV-01, version 1.1",
    **_object(
        "Version TranDtls DocDtls SellerDtls BuyerDtls ItemList ValDtls",
        Version=_one_of("1.1"),
        TranDtls=_object(
            "TaxSch SupTyp",
            TaxSch=_one_of("GST"),
            SupTyp=_one_of("B2B", "SEZWP", "SEZWOP", "EXPWP", "EXPWOP", "DEXP"),
            RegRev=_FLAG,
            EcmGstin=_OWN_GSTIN,
            IgstOnIntra=_FLAG,
        ),
        DocDtls=_object(
            "Typ No Dt",
            Typ=_one_of("INV", "CRN", "DBN"),
            No=_text(1, 16, DOCUMENT_NUMBER),
            Dt=_DATE,
        ),
        SellerDtls=_object(
            "Gstin LglNm Addr1 Loc Pin Stcd",
            **{**_PARTY, "Gstin": _OWN_GSTIN, "Loc": _text(3, 50)},
        ),
        BuyerDtls=_object("Gstin LglNm Pos Addr1 Loc Stcd", Gstin=_ANY_GSTIN, Pos=_STATE, **_PARTY),
        DispDtls=_object("Nm Addr1 Loc Pin Stcd", Nm=_text(3, 100), **_PLACE),
        ShipDtls=_object(
            "LglNm Addr1 Loc Pin Stcd",
            Gstin=_ANY_GSTIN,
            LglNm=_text(3, 100),
            TrdNm=_text(3, 100),
            **_PLACE,
        ),
        ItemList=_list(_ITEM, least=1),
        ValDtls=_object(
            "AssVal TotInvVal",
            AssVal=_number(_TOTAL),
            CgstVal=_number(_TOTAL),
            SgstVal=_number(_TOTAL),
            IgstVal=_number(_TOTAL),
            CesVal=_number(_TOTAL),
            StCesVal=_number(_TOTAL),
            Discount=_number(_TOTAL),
            OthChrg=_number(_TOTAL),
            RndOffAmt=_number(99.99, -99.99),
            TotInvVal=_number(_TOTAL),
            TotInvValFc=_number(_TOTAL),
        ),
        PayDtls=_object(
            "",
            Nm=_text(1, 100),
            AccDet=_text(1, 18),
            Mode=_text(1, 18),
            FinInsBr=_text(1, 11),
            PayTerm=_text(1, 100),
            PayInstr=_text(1, 100),
            CrTrn=_text(1, 100),
            DirDr=_text(1, 100),
            CrDay=_number(9999),
            PaidAmt=_number(_TOTAL),
            PaymtDue=_number(_TOTAL),
        ),
        RefDtls=_object(
            "",
            InvRm=_text(3, 100),
            DocPerdDtls=_object("InvStDt InvEndDt", InvStDt=_DATE, InvEndDt=_DATE),
            PrecDocDtls=_list(
                _object(
                    "InvNo InvDt",
                    InvNo=_text(1, 16, DOCUMENT_NUMBER),
                    InvDt=_DATE,
                    OthRefNo=_text(1, 20),
                )
            ),
            ContrDtls=_list(
                _object(
                    "",
                    RecAdvRefr=_text(1, 20),
                    RecAdvDt=_DATE,
                    TendRefr=_text(1, 20),
                    ContrRefr=_text(1, 20),
                    ExtRefr=_text(1, 20),
                    ProjRefr=_text(1, 20),
                    PORefr=_text(1, 16),
                    PORefDt=_DATE,
                )
            ),
        ),
        AddlDocDtls=_list(_object("", Url=_text(3, 100), Docs=_text(3, 1000), Info=_text(3, 1000))),
        ExpDtls=_object(
            "",
            ShipBNo=_text(1, 20),
            ShipBDt=_DATE,
            Port=_text(2, 10, "^[0-9A-Za-z]{2,10}$"),
            RefClm=_FLAG,
            ForCur=_text(3, 16, "^[A-Za-z]{3,16}$"),
            CntCode=_text(2, 2, "^[A-Z]{2}$"),
            ExpDuty=_number(_AMOUNT),
        ),
        EwbDtls={"type": "object"},
    ),
}


def schema() -> dict[str, Any]:
    """The schema, draft 7, as a copy of the caller's own.

    It has no nulls: drop them before validating, as :func:`usance.formats.gst_india.broken_rules` does.
    The part of an e-way bill (EwbDtls) may be any object.
    """
    return deepcopy(_SCHEMA)
