"""Numbers and addresses that an electronic invoice is sent by, and their checks.

Form and check digits only: whether somebody has the number, a register must say.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban
from stdnum.iso7064 import mod_97_10

from usance.rules.applications.numbers import EU_VAT, VAT_PREFIX, check_number, fields_of

_EAS: Final = """\
0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183
0184 0188 0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209
0210 0211 0212 0213 0215 0216 0217 0218 0219 0220 0221 0225 0230 0235 0240 0242 0244 0245 0246
0248 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932
9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951
9952 9953 9957 9959 AN AQ AS AU EM
"""
EAS: Final = frozenset(_EAS.split())
"""Schemes of an electronic address (BT-34-1, BT-49-1): the EAS code list of the European Commission
as EN 16931's own rules (1.3.16) have it. EM is an e-mail address, 0204 a Leitweg-ID."""

E_MAIL: Final = "EM"
LEITWEG: Final = "0204"

_E_MAIL: Final = re.compile(
    r"[^\s@\x00-\x1f,;<>\"]+@[^\s@\x00-\x1f,;<>\"]+\.[^\s@\x00-\x1f,;<>\".]+"
)


def is_email(text: str) -> bool:
    """Whether ``text`` looks like one e-mail address."""
    return len(text) <= 254 and _E_MAIL.fullmatch(text) is not None


_LEITWEG: Final = re.compile(r"[0-9]{2,12}(?:-[A-Z0-9]{1,30})?-[0-9]{2}")
_LEITWEG_OF_STATE: Final = re.compile(r"(?:0[1-9]|1[0-6]|99)[0-9]{0,10}-[A-Z0-9]{1,30}-[0-9]{2}")


def leitweg_id(text: str) -> str | None:
    """``text`` as a Leitweg-ID is written, or None where its form or check digits are wrong.

    Coarse address of 2 to 12 digits, fine address of up to 30 letters and digits, two check digits
    by ISO/IEC 7064, MOD 97-10 (Formatspezifikation Leitweg-ID 2.0.2, KoSIT).
    """
    written = text.strip().upper()
    if len(written) > 46 or not _LEITWEG.fullmatch(written):
        return None
    return written if mod_97_10.is_valid(written.replace("-", "")) else None


def looks_like_leitweg_id(text: str) -> bool:
    """Whether ``text`` has the three parts of a Leitweg-ID and begins like a state's or the Union's."""
    return _LEITWEG_OF_STATE.fullmatch(text.strip().upper()) is not None


def iban(text: str) -> str | None:
    """``text`` as an IBAN without spaces, or None where country, length or check digits are wrong.

    ISO 13616-1, and the national check digits where python-stdnum knows them.
    """
    try:
        return str(stdnum_iban.validate(text))
    except ValueError:
        return None


def is_qr_iban(text: str) -> bool:
    """Whether the IBAN has an institution number from 30000 to 31999, which is kept for QR bills
    (Swiss Implementation Guidelines for the QR-bill 2.3, section 4.2.2)."""
    return text[:2] in ("CH", "LI") and text[4:9].isdigit() and 30000 <= int(text[4:9]) <= 31999


def bic(text: str) -> str | None:
    """``text`` as a BIC without spaces, or None where its form is wrong (ISO 9362)."""
    try:
        return str(stdnum_bic.validate(text))
    except ValueError:
        return None


def vat_prefixes(country: str) -> tuple[str, ...]:
    """What a VAT number of ``country`` may begin with; none where it has no prefix of its own."""
    if country == "GB":
        return ("GB", "XI")  # Northern Ireland has its own since the Windsor Framework
    if country in EU_VAT or country in ("CH", "LI"):
        return ("CHE",) if country in ("CH", "LI") else (VAT_PREFIX.get(country, country),)
    return ()


def vat_number(text: str, *, country: str) -> str | None:
    """``text`` as the VAT number of ``country`` with its prefix (BT-31, BT-48), or None.

    In the Union the prefix must be the country's (Directive 2006/112/EC, article 215) and the number
    valid. Elsewhere the number is checked where its form is known, and kept as it is where not.
    """
    written = re.sub(r"[\s./-]", "", text).upper()
    prefixes = vat_prefixes(country)
    field = next((one for one in fields_of(country) if one.role == "tax" and one.standard), None)
    if prefixes and not written.startswith(prefixes):
        return None
    if country in ("CH", "LI"):
        written = re.sub(r"(?:MWST|TVA|IVA|VAT)$", "", written)
    if written.startswith("XI"):
        return written if re.fullmatch(r"XI[0-9]{9}(?:[0-9]{3})?", written) else None
    if field is None:
        return written[:40] or None
    found = check_number(field, written)
    if found.outcome != "valid":
        return None
    # python-stdnum leaves some prefixes out: the invoice wants them.
    return written if prefixes else found.number


_RO_COUNTIES: Final = """\
AB AG AR B BC BH BN BR BT BV BZ CJ CL CS CT CV DB DJ GJ GL GR HD HR IF IL IS MH MM MS NT OT PH SB
SJ SM SV TL TM TR VL VN VS
"""
RO_COUNTIES: Final = frozenset(_RO_COUNTIES.split())
"""ISO 3166-2:RO without its prefix: RO_CIUS wants a Romanian address to name one (BR-RO-110, 140)."""
