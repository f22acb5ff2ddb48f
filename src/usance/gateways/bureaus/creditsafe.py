"""Creditsafe Connect, version 1, by REST.

Written against a list of fields derived from a public client of the API, since Creditsafe publishes
its contract to customers only: try it in Creditsafe's sandbox before relying on it. What the list
does not have (search results, the lifetime of a token) is read as loosely as it can be.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import quote

from usance.gateways.bureaus.bureau import (
    CompanyMatch,
    CompanyMatches,
    CompanyQuery,
    CreditReport,
)
from usance.gateways.bureaus.insolvency_words import tells_of_insolvency
from usance.gateways.errors import Malformed, Refused
from usance.gateways.exchange import Exchange, Patience, Reply, aware
from usance.gateways.json_answers import Document, read_document
from usance.rules.money import Money, MoneyError

ADDRESS: Final = "https://connect.creditsafe.com/v1"
SANDBOX: Final = "https://connect.sandbox.creditsafe.com/v1"

_TOKEN_LASTS: Final = timedelta(minutes=55)
"""Creditsafe's own figure is an hour; a token that ends sooner costs one more request."""
_MOST_MATCHES: Final = 20


class Creditsafe:
    """Asks Creditsafe. The credentials are those of the API, not of the website."""

    source = "creditsafe"

    def __init__(
        self,
        *,
        username: str,
        password: str,
        base_url: str = ADDRESS,
        patience: Patience | None = None,
        private_network: bool = False,
    ) -> None:
        self._username = username
        self._password = password
        self._lock = threading.Lock()
        self._token: tuple[str, datetime] | None = None
        self._exchange = Exchange(
            counterpart="Creditsafe",
            base_url=base_url,
            headers={"accept": "application/json"},
            patience=patience,
            private_network=private_network,
        )

    def __repr__(self) -> str:
        return f"Creditsafe(base_url={self._exchange.base_url!r}, username=***, password=***)"

    def search(self, company: CompanyQuery, *, at: datetime) -> CompanyMatches:
        """The companies that may be ``company``, by the best of what is known of it."""
        params: dict[str, str | int] = {
            "countries": company.country.upper(),
            "pageSize": _MOST_MATCHES,
        }
        if company.number:
            params["regNo"] = company.number
        elif company.vat_number:
            params["vatNo"] = company.vat_number
        else:
            params["name"] = company.name or ""
        reply = self._get("/companies", at=aware(at), params=params)
        if reply.status == 404:
            return CompanyMatches(source=self.source, asked_at=at, outcome="not_found", matches=())
        reply.raise_for_failure()
        answer = read_document(reply)
        found = answer.children("companies")
        if found is None:
            answer.refuse("companies", "a list of objects")
        matches = tuple(_match(each) for each in found)
        return CompanyMatches(
            source=self.source,
            asked_at=at,
            outcome="found" if matches else "not_found",
            matches=matches,
            reference=answer.text("correlationId"),
        )

    def report(self, id: str, *, at: datetime) -> CreditReport:  # noqa: A002
        """The full report on the company with the connect id ``id``."""
        reply = self._get(f"/companies/{quote(id, safe='')}", at=aware(at))
        if reply.status == 404:
            return CreditReport(source=self.source, asked_at=at, outcome="not_found", id=id)
        reply.raise_for_failure()
        answer = read_document(reply)
        report = answer.child("report")
        if report.required_text("companyId") != id:
            raise Malformed(
                "Creditsafe answered about another company than it was asked.",
                counterpart="Creditsafe",
                detail="another_company",
            )
        return _report(answer, report, source=self.source, id=id, at=at)

    def _get(
        self, path: str, *, at: datetime, params: Mapping[str, str | int] | None = None
    ) -> Reply:
        """One request with a token; a token that was refused is replaced once."""
        reply = self._with_token(path, token=self._current_token(at), params=params)
        if reply.status == 401:
            with self._lock:
                self._token = None
            reply = self._with_token(path, token=self._current_token(at), params=params)
        return reply

    def _with_token(
        self, path: str, *, token: str, params: Mapping[str, str | int] | None
    ) -> Reply:
        headers = {"authorization": f"Bearer {token}"}
        return self._exchange.ask("GET", path, params=params, headers=headers)

    def _current_token(self, at: datetime) -> str:
        with self._lock:
            if self._token is None or not self._token[1] <= at < self._token[1] + _TOKEN_LASTS:
                reply = self._exchange.ask(
                    "POST",
                    "/authenticate",
                    json={"username": self._username, "password": self._password},
                )
                reply.raise_for_failure()
                token = read_document(reply).required_text("token")
                if not token.isascii() or not token.isprintable() or " " in token:
                    raise Refused(
                        "Creditsafe gave a token that cannot be sent back.",
                        counterpart="Creditsafe",
                        detail="token",
                    )
                self._token = token, at
            return self._token[0]


def _match(each: Document) -> CompanyMatch:
    return CompanyMatch(
        id=each.required_text("id"),
        name=each.required_text("name"),
        country=each.text("country"),
        number=each.text("regNo"),
        status=each.text("status"),
        city=each.child("address").text("city"),
    )


def _report(
    answer: Document,
    report: Document,
    *,
    source: str,
    id: str,  # noqa: A002
    at: datetime,
) -> CreditReport:
    summary = report.child("companySummary")
    basic = report.child("companyIdentification").child("basicInformation")
    score = report.child("creditScore")
    rating = score.child("currentCreditRating")
    if not rating.names():
        rating = summary.child("creditRating")
    value = rating.child("providerValue")
    status = summary.child("companyStatus")
    limit, currency = _limit(rating.child("creditLimit"))
    words = {
        "status": status.text("status"),
        "status_description": status.text("description"),
        "provider_status": status.text("providerStatus"),
        "rating_description": rating.shown("commonDescription"),
        "provider_description": rating.shown("providerDescription"),
        "provider_value": value.shown("value"),
        "credit_limit": rating.child("creditLimit").shown("value"),
        "latest_rating_change": score.text("latestRatingChangeDate"),
    }
    return CreditReport(
        source=source,
        asked_at=at,
        outcome="found",
        id=id,
        name=summary.text("businessName") or basic.text("businessName"),
        number=summary.text("companyRegistrationNumber") or basic.text("companyRegistrationNumber"),
        country=summary.text("country") or basic.text("country"),
        status=status.text("status"),
        score=_figure(value.shown("value")),
        scale=_scale(value),
        rating=rating.text("commonValue"),
        limit=limit,
        currency=currency,
        as_of=answer.day("dateOfOrder"),
        insolvent=_insolvent(words),
        reference=answer.text("correlationId"),
        raw={name: word for name, word in words.items() if word is not None},
    )


def _figure(text: str | None) -> Decimal | None:
    """A score, or None for what is no figure, such as Not rated."""
    try:
        figure = Decimal(text or "")
    except InvalidOperation:
        return None
    return figure if figure.is_finite() and abs(figure.adjusted()) < 19 else None


def _scale(value: Document) -> tuple[Decimal, Decimal] | None:
    worst, best = _figure(value.shown("minValue")), _figure(value.shown("maxValue"))
    return None if worst is None or best is None else (worst, best)


def _limit(limit: Document) -> tuple[int | None, str | None]:
    """The recommended limit in minor units; None for words such as No limit."""
    currency = limit.shown("currency")
    figure = _figure(limit.shown("value"))
    if figure is None or currency is None or figure < 0:
        return None, None
    try:
        return Money.parse(str(figure), currency=currency).amount, currency
    except MoneyError:
        limit.refuse("value", f"an amount in {currency[:10]}")


def _insolvent(words: Mapping[str, Any]) -> bool | None:
    """What the words of the status say; a company that is not active may just have closed."""
    said = [words["status_description"], words["provider_status"], words["status"]]
    if any(tells_of_insolvency(word) for word in said if word):
        return True
    return False if words["status"] == "Active" else None
