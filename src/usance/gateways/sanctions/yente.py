"""A yente server: OpenSanctions' own matching API, hosted by them or by the seller.

``POST /match/{dataset}`` of ``yente.openapi.json``. The hosted one needs a key, one's own does not.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from usance.gateways.errors import Malformed, Refused, Unavailable
from usance.gateways.exchange import Exchange, Patience, aware
from usance.gateways.json_answers import Document, read_document
from usance.gateways.sanctions.screen import Hit, Screening, ScreeningSubject
from usance.rules.money import round_half_up
from usance.rules.screening import THRESHOLD

ADDRESS: Final = "https://api.opensanctions.org"

_QUERY: Final = "subject"
_MOST_HITS: Final = 50


class Yente:
    """Asks a yente server. ``threshold`` is of 100; yente's own default is 70."""

    source = "yente"

    def __init__(
        self,
        *,
        api_key: str | None = None,
        dataset: str = "sanctions",
        threshold: int = THRESHOLD,
        base_url: str = ADDRESS,
        patience: Patience | None = None,
        private_network: bool = False,
    ) -> None:
        self._path = f"/match/{quote(dataset, safe='')}"
        self._dataset = dataset
        self._threshold = threshold
        headers = {} if api_key is None else {"authorization": f"ApiKey {api_key}"}
        self._exchange = Exchange(
            counterpart="yente",
            base_url=base_url,
            headers={"accept": "application/json", **headers},
            patience=patience,
            private_network=private_network,
        )

    def __repr__(self) -> str:
        return (
            f"Yente(base_url={self._exchange.base_url!r}, dataset={self._dataset!r}, api_key=***)"
        )

    def screen(self, subject: ScreeningSubject, *, at: datetime) -> Screening:
        """Search for ``subject``."""
        reply = self._exchange.ask(
            "POST",
            self._path,
            params={"threshold": str(Decimal(self._threshold) / 100), "limit": _MOST_HITS},
            json={"queries": {_QUERY: _example(subject)}},
        )
        if reply.status == 404:
            raise Refused(
                f"The yente server has no dataset {self._dataset!r}; name one of its catalogue.",
                counterpart="yente",
                detail="dataset",
            )
        reply.raise_for_failure()
        answer = read_document(reply).child("responses").child(_QUERY)
        status = answer.number("status")
        if status is not None and status != 200:
            raise Unavailable(
                "The yente server could not search; ask again later.",
                counterpart="yente",
                detail=f"status {status}",
            )
        results = answer.children("results")
        if results is None:
            answer.refuse("results", "a list of objects")
        _require_same(answer.child("query"), subject=subject)
        hits = sorted((_hit(each) for each in results), key=lambda hit: (-hit.score, hit.id))
        kept = tuple(hit for hit in hits if hit.score >= self._threshold)
        return Screening(
            source=self.source,
            asked_at=aware(at),
            outcome="hits" if kept else "clear",
            subject=subject,
            hits=kept,
            reference=self._dataset,
        )


def _example(subject: ScreeningSubject) -> dict[str, Any]:
    """The subject as an entity of FollowTheMoney, the model of OpenSanctions."""
    person = subject.kind == "person"
    properties: dict[str, list[str]] = {"name": [subject.name]}
    if subject.country:
        properties["nationality" if person else "jurisdiction"] = [subject.country.lower()]
    if subject.numbers:
        properties["idNumber" if person else "registrationNumber"] = list(subject.numbers)
    if person and subject.born:
        properties["birthDate"] = [subject.born]
    return {"schema": "Person" if person else "Company", "properties": properties}


def _require_same(query: Document, *, subject: ScreeningSubject) -> None:
    """Raise Malformed if the answer is to another question."""
    if query.text("schema") != _example(subject)["schema"]:
        raise Malformed(
            "The yente server answered another question than it was asked.",
            counterpart="yente",
            detail="another_query",
        )


def _hit(result: Document) -> Hit:
    score = result.number("score")
    if score is None or not 0 <= score <= 1:
        result.refuse("score", "a number from 0 to 1")
    properties = result.child("properties")
    reason = [*properties.texts("programId"), *properties.texts("program")]
    reason += properties.texts("topics")
    return Hit(
        id=result.required_text("id"),
        name=result.required_text("caption"),
        score=round_half_up(score * 100),
        list=", ".join(result.texts("datasets")),
        reason=", ".join(dict.fromkeys(reason)),
        grounds=_grounds(result.child("explanations")),
    )


def _grounds(explanations: Document) -> tuple[str, ...]:
    """The features that counted, such as name_match, with what each was worth."""
    grounds = []
    for name in explanations.names()[:50]:
        worth = explanations.child(name).number("score")
        if worth:
            grounds.append(f"{name} {round_half_up(worth * 100)} of 100")
    return tuple(grounds)
