"""Payment terms as bookkeepers write them: "2/10 net 30", "60 gg DFFM", "15 MFI", "la 30 de zile".

English, Italian, Romanian, German, French and Spanish, in the spellings that invoices and ERPs carry.
What could mean two things is refused, or decided here once: days before "end of month" run first
("30 EOM" is net_30_eom), days after it run from there ("EOM + 30" is eom_30). A house that means it
otherwise, or has keys of its own (SAP's ZTERM), passes a table of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from usance.rules.terms.codes import hundredths, parse_terms
from usance.rules.terms.marks import (
    WHOLE,
    Cash,
    DayOfMonth,
    EndOfWeek,
    FixedDate,
    Part,
    Tier,
    UnknownTerms,
)
from usance.rules.terms.model import Terms
from usance.rules.terms.spelling import equal_parts

LONGEST_TEXT: Final = 120


def read_terms(text: str, *, keys: Mapping[str, str] | None = None) -> Terms:
    """Read what somebody wrote as payment terms.

    ``keys`` maps a house's own names, whatever their case, to codes, and goes before everything
    else. Raises UnknownTerms for what cannot be read or is not clear.
    """
    written = " ".join(text.split())
    own = {name.casefold(): code for name, code in (keys or {}).items()}
    if code := own.get(written.casefold()):
        return parse_terms(code)
    try:
        return parse_terms(written)
    except UnknownTerms:
        pass
    reason = ""
    try:
        plain = _plain(written[:LONGEST_TEXT])
        terms = _read(plain) or _read(_INTRODUCTION.sub("", plain))
        if terms is not None and len(written) <= LONGEST_TEXT:
            return terms
    except UnknownTerms as error:
        reason = f" {error}"
    raise UnknownTerms(
        f"{text[:LONGEST_TEXT]!r} cannot be read as payment terms.{reason} Write for example net 30,"
        " 2/10 net 30, 30 EOM, EOM + 10, 15 MFI, 3x30, 30% deposit balance net 60."
    )


_INTRODUCTION: Final = re.compile(
    r"^(?:(?:payment|terms?|payable|due|pagamento|plata|(?:la )?termen|scadent(?:a)?|de plata|zahlbar"
    r"|zahlung(?:sziel)?|paiement|reglement|pago|bonifico|bancario|bancara|b\.?b\.?|ri\.?ba\.?|r\.?b\.?|rid"
    r"|sdd|ordin de plata|o\.?p\.?|virament|transfer|uberweisung|virement)\b[.:]? ?)+"
)
"""Words before the terms, and the way of paying that Italian invoices name with them."""


_ACCENTS: Final = str.maketrans("àáâãäăåèéêëìíîïòóôõöùúûüșşțţñç", "aaaaaaaeeeeiiiiooooouuuussttnc")


def _plain(text: str) -> str:
    """One spelling of what means the same: lower case, no accents, ``d`` for days, ``eom`` ..."""
    text = text.casefold().translate(_ACCENTS).rstrip(".;")
    for pattern, plain in _SPELLINGS:
        text = pattern.sub(plain, text)
    return re.sub(r" (?=[,;])", "", " ".join(text.split()))


_SPELLINGS: Final = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\b(?:d\.? ?f\.? ?f\.? ?m|f\.? ?m\.? ?d\.? ?f|jfdm)\b\.?", " eom "),
        (r"\b(?:data fattura|d\.? ?f)\b\.?", " "),
        (r"\b(?:date of invoice|from invoice(?: date)?|after invoice(?: date)?)\b", " "),
        (r"\b(?:de la data facturii|de la facturare|date de facture|ab rechnungsdatum)\b", " "),
        # What says no more than that nothing is taken off.
        (r"\b(?:ohne (?:jeden )?abzug|rein netto|netto kasse|sans escompte|zile calendaristice(?= )"
         r"|calendaristice|calendar days(?= net))", " "),
        (r"\b(?:innerhalb von|binnen|sous|in termen de|in cel mult)\b", " within "),
        (r"\b(?:end|last day) of (?:the )?(?:next|following) month\b|\bfine mese (?:successivo|prossimo)\b"
         r"|\b(?:la )?sfarsitul lunii (?:urmatoare|viitoare)\b"
         r"|\bende (?:des )?(?:folgemonats|nachsten monats)\b"
         r"|\bfin (?:du )?mois (?:suivant|prochain)\b|\bfin del mes (?:siguiente|proximo)\b", " 31 mfi "),
        (r"\b(?:fecha (?:de )?factura|dalla (?:data )?fattura)\b", " "),
        (r"\b(?:after|from|following) (?:the )?(?:end of (?:the )?month|e\.?o\.?m)\b", " after eom "),
        (r"\b(?:the )?end of (?:the )?month\b", " eom "),
        (r"\b(?:fine mese|f\.? ?m|fin de mois|fin de mes|(?:la )?sfarsit(?:ul)? (?:de luna|lunii)"
         r"|(?:zum )?monatsende)\b\.?", " eom "),
        (r"\be\.?o\.?m\b\.?", " eom "),
        (r"\b(?:end of (?:the )?week|fine settimana|e\.?o\.?w)\b\.?", " eow "),
        (r"\b(?:de zile|zile|zi|giorni|giorno|gg|days|day|tage|tagen|jours|j|dias)\b\.?", " d "),
        (r"(?<=\d)(?:gg|d|j)\b", " d "),
        (r"\b(?:netto|nett|neto)\b", " net "),
        (r"\bn ?/ ?(?=\d)|\bn(?=\d)|\bnet(?=\d)", " net "),
        (r"%(?=/)", ""),
        (r"%|\bpercent\b|\bper cento\b|\bprozent\b|\bpour ?cent\b|\bla suta\b", "% "),
    )
)  # fmt: skip

_NUMBER: Final = r"(\d{1,3})"
_RATE: Final = r"(\d{1,2}(?:[.,]\d{1,2})?)"

_AT_ONCE: Final = re.compile(
    r"(?:(?:due |payable )?(?:up)?on receipt|receipt|dor|at sight|(?:due )?immediate(?:ly)?|due now"
    r"|net 0|0 d(?: net)?|(?:rimessa diretta ?)?(?:(?:a )?vista(?: fattura)?|(?:a )?ricevimento fattura)"
    r"|rimessa diretta|la primire(?:a facturii)?|(?:plata )?imediat[a]?|sofort(?: fallig)?(?: net)?"
    r"|(?:a )?reception(?: de (?:la )?facture)?|(?:au )?comptant|(?:al )?contado)"
)
_IN_ADVANCE: Final = re.compile(
    r"(?:100% )?(?:cia|pia|cwo|cbd|cash before delivery|(?:cash |payment |paid )?in advance|cash with order"
    r"|prepaid|prepayment"
    r"|(?:pagamento )?anticipato|(?:plata )?(?:in avans|anticipata)|vor(?:aus)?kasse"
    r"|vorauszahlung|prepaiement|(?:paiement )?(?:a la commande|d'avance)"
    r"|(?:pago )?anticipado)(?: 100%)?"
)
_ON_DELIVERY: Final = re.compile(
    r"(?:cod|c\.o\.d|(?:cash |collect |pay |payment )?on delivery|contrassegno|alla consegna|ramburs"
    r"|(?:plata )?la livrare|(?:per |gegen )?nachnahme|(?:a )?la livraison"
    r"|contre remboursement|contra reembolso)"
)


def _read(text: str) -> Terms | None:
    """The terms that the plain ``text`` says, or None."""
    for words, cash in _CASH:
        if words.fullmatch(text):
            return cash
    for read in (_parted, _discounted, _with_deposit, _single):
        if (terms := read(text)) is not None:
            return terms
    return None


_CASH: Final = (
    (_AT_ONCE, Terms(0)),
    (_IN_ADVANCE, Terms(mark=Cash("in_advance"))),
    (_ON_DELIVERY, Terms(mark=Cash("on_delivery"))),
)

_TIER: Final = re.compile(
    rf"(?:(?:sconto|discount|skonto|escompte|discont|reducere) (?:de |del )?)?{_RATE}"
    rf"(?: ?% ?(?:(?:discount|sconto|skonto|escompte|discont) )?(?:if paid )?"
    rf"(?:in|within|a|entro|innerhalb|la)? ?| ?/ ?){_NUMBER}(?: d)?(?: ?[,;] ?| |$)"
)
_TIER_DAYS_FIRST: Final = re.compile(
    rf"(?:(?:in|within|innerhalb|entro) )?{_NUMBER} d(?: mit)? {_RATE} ?%"
    r" ?(?:skonto|discount|sconto)?(?: ?[,;] ?| |$)"
)
_OTHERWISE: Final = re.compile(r"^(?:(?:and|or|otherwise|altrimenti|sonst) )?")


def _discounted(text: str) -> Terms | None:
    """``2/10 net 30``: discounts, and then terms that begin with a word, so that a list of days
    (``30/60 ...``) is not taken for them."""
    tiers: list[Tier] = []
    rest = text
    while found := _TIER.match(rest) or _TIER_DAYS_FIRST.match(rest):
        days_first = found.re is _TIER_DAYS_FIRST
        rate, days = (found[2], found[1]) if days_first else (found[1], found[2])
        tiers.append(Tier(hundredths(rate.replace(",", ".")), int(days)))
        rest = rest[found.end() :]
    rest = _OTHERWISE.sub("", rest)
    # "2/10 EOM" is by the tenth of next month to some, within ten days to others.
    if not tiers or not re.search(r"\d", rest) or not (rest[0].isalpha() or "%" in text):
        return None
    terms = _read(rest)
    return None if terms is None or terms.tiers else replace(terms, tiers=tuple(tiers))


_DEPOSIT: Final = re.compile(
    rf"(?:acconto (?:del )?|avans (?:de )?|deposit (?:of )?|anzahlung |acompte (?:de )?)?{_RATE} ?%"
    r" ?(?:deposit|down(?: payment)?|up ?front|in advance|advance|acconto|anticipo|avans|anzahlung"
    r"|acompte|anticipato|with order|all'ordine)?"
    r" ?[,;+]? ?(?:and |e |si |und |et )?(?P<rest>.+)"
)
_DEPOSIT_WORD: Final = re.compile(
    r"\b(?:deposit|down|up ?front|advance|acconto|anticipo|avans|anzahlung|acompte|anticipato|order"
    r"|all'ordine)\b"
)
_BALANCE: Final = re.compile(
    rf"^(?:(?:the )?(?:balance|rest|saldo|remainder|restul|solde)(?: a| la| in| due)? )?"
    rf"(?:{_RATE} ?% )?(?:balance )?(?:a |la |in |due )?"
)


def _with_deposit(text: str) -> Terms | None:
    """``30% deposit, balance net 60``; where the balance's share is said, both make 100."""
    found = _DEPOSIT.fullmatch(text)
    if not found or not _DEPOSIT_WORD.search(text):
        return None
    deposit = hundredths(found[1].replace(",", "."))
    balance = _BALANCE.match(found["rest"])
    assert balance is not None
    if balance[1] and hundredths(balance[1].replace(",", ".")) + deposit != WHOLE:
        return None
    terms = _read(found["rest"][balance.end() :])
    return (
        None if terms is None or terms.tiers or terms.deposit else replace(terms, deposit=deposit)
    )


_TIMES: Final = re.compile(rf"(\d{{1,2}}) ?x ?{_NUMBER}(?: d)?(?: (eom))?")
_LIST: Final = re.compile(r"(?:net )?(\d{1,3}(?: ?[/+-] ?\d{1,3})+)(?: d)?(?: net)?(?: (eom))?")
_LIST_IN_WORDS: Final = re.compile(
    r"(?:net )?(\d{1,3}(?:(?:, ?| and | e | si | und | et | y )\d{1,3}){2,})(?: d)(?: net)?(?: (eom))?"
    r"|net (\d{1,3}(?:, ?\d{1,3}){2,})"
)
_SHARE: Final = re.compile(rf"{_RATE} ?% (?:net |a |at |in |la |after |within )?{_NUMBER}(?: d)?")
_SHORTEST: Final = 7
"""Days below which a list such as ``2/10`` is a discount rather than instalments."""


def _parted(text: str) -> Terms | None:
    """``3x30``, ``30/60/90 gg DFFM``, ``50% 30 days, 50% 60 days``."""
    if found := _TIMES.fullmatch(text):
        days = [int(found[2]) * n for n in range(1, int(found[1]) + 1)]
        moved = found[3]
    elif found := _LIST.fullmatch(text):
        days, moved = [int(n) for n in re.findall(r"\d+", found[1])], found[2]
        if any(0 < n < _SHORTEST for n in days):
            return None
    elif found := _LIST_IN_WORDS.fullmatch(text):
        days, moved = [int(n) for n in re.findall(r"\d+", found[1] or found[3])], found[2]
    else:
        return _by_share(text)
    if not days:
        return None
    return Terms(days[-1], bool(moved), parts=equal_parts(days))


def _by_share(text: str) -> Terms | None:
    body, moved = text.removesuffix(" eom"), text.endswith(" eom")
    parts = []
    for piece in re.split(r" ?(?:,(?!\d)|[;+]) ?| (?:and|e|si|und|et) ", body):
        found = _SHARE.fullmatch(piece)
        if not found:
            return None
        parts.append(Part(int(found[2]), hundredths(found[1].replace(",", "."))))
    if len(parts) < 2 or sum(part.share or 0 for part in parts) != WHOLE:
        return None
    return Terms(parts[-1].days, moved, parts=tuple(parts))


_ORDINAL: Final = r"(?:st|nd|rd|th|\.|°|º)?"
_MONTH_AFTER: Final = (
    r"(?:mfi|prox(?:imo)?|of (?:the )?(?:next|following) month(?: following invoice)?"
    r"|of (?:the )?month following(?: (?:the )?(?:date of )?invoice(?: date)?)?"
    r"|(?:del )?mese (?:successivo|prossimo)|mese succ|m\.?s|a lunii urmatoare|luna urmatoare"
    r"|des (?:folgemonats|nachsten monats)|du mois (?:suivant|prochain)|del mes (?:siguiente|proximo))"
)
_COUNTED: Final = rf"(?:net )?(?:la |a )?(?:{_NUMBER}(?: d)?(?: net)?,? )?"
_BY: Final = r"(?:due |on |by |entro il |il |scadenza |scadent )*"
_SINGLE: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Terms]], ...]] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (rf"(?:net )?(?:la |a |in |within |entro |innerhalb )?{_NUMBER}(?: d)?(?: net)?",
         lambda m: Terms(int(m[1]))),
        (rf"{_COUNTED}eom(?: ?\+? ?{_NUMBER}(?: d)?)?",
         lambda m: Terms(int(m[1] or 0), True, extra_days=int(m[2] or 0))),
        (rf"(?:net )?{_NUMBER}(?: d)? (?:after|dopo|dupa|nach|apres) eom",
         lambda m: Terms(0, True, extra_days=int(m[1]))),
        (rf"{_COUNTED}eow", lambda m: Terms(int(m[1] or 0), mark=EndOfWeek())),
        # A day of the month after the end of the month that the days lead to.
        (rf"{_NUMBER}(?: d)? eom (?:le |il |al |am )?(\d{{1,2}}){_ORDINAL}(?: {_MONTH_AFTER})?",
         lambda m: Terms(int(m[1]), True, extra_days=int(m[2]))),
        (rf"(?:net |due |the |il |on |pe |pana pe |bis |zum |le |el )*(\d{{1,2}}){_ORDINAL}"
         rf" ?(?:d )?{_MONTH_AFTER}\.?",
         lambda m: Terms(mark=DayOfMonth(int(m[1]), 1))),
        (r"net (\d{1,2})(?:st|nd|rd|th)", lambda m: Terms(mark=DayOfMonth(int(m[1]), 1))),
        (rf"{_BY}(\d{{4}})-(\d\d)-(\d\d)", lambda m: _on(m[1], m[2], m[3])),
        (rf"{_BY}(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}})", lambda m: _on(m[3], m[2], m[1])),
    )
)  # fmt: skip


def _on(year: str, month: str, day: str) -> Terms:
    try:
        return Terms(mark=FixedDate(date(int(year), int(month), int(day))))
    except ValueError as error:
        raise UnknownTerms(f"{year}-{month}-{day} is not a day of trade.") from error


def _single(text: str) -> Terms | None:
    """Terms of one due date."""
    for pattern, make in _SINGLE:
        if found := pattern.fullmatch(text):
            return make(found)
    return None
