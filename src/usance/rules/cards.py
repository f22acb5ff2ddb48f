"""Cards: what a decline means, when one is charged again, and how an authorization follows its order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

DeclineReason = Literal[
    "insufficient_funds",
    "limit_reached",
    "try_later",
    "do_not_honor",
    "authentication_required",
    "expired_card",
    "wrong_details",
    "not_supported",
    "lost_or_stolen",
    "consent_revoked",
    "suspected_fraud",
]
DECLINE_REASONS: Final[tuple[DeclineReason, ...]] = (
    "insufficient_funds",
    "limit_reached",
    "try_later",
    "do_not_honor",
    "authentication_required",
    "expired_card",
    "wrong_details",
    "not_supported",
    "lost_or_stolen",
    "consent_revoked",
    "suspected_fraud",
)

_RETRIES: Final[dict[DeclineReason, tuple[int, ...]]] = {
    "insufficient_funds": (3, 5, 7),
    "limit_reached": (1, 3, 5),
    "try_later": (1, 1, 2),
    "do_not_honor": (3, 7),
}
"""Days after each refusal until the same card is charged again. Visa and Mastercard allow 15 and 10
tries in 30 days and forbid any after a refusal that no later try can change; these stay well below.
A reason that is missing is one of those: the buyer has to act."""


def reason_named(name: str) -> DeclineReason:
    """The reason that is kept by its name; an issuer that did not say for what is none of ours."""
    return next((reason for reason in DECLINE_REASONS if reason == name), "do_not_honor")


def charge_again_on(reason: DeclineReason, *, attempts: int, on: date) -> date | None:
    """The day of the next try after ``attempts`` (1 or more) were refused, the last on ``on``; None:
    trying again does not help, the buyer is asked."""
    waits = _RETRIES.get(reason, ())
    return on + timedelta(days=waits[attempts - 1]) if attempts <= len(waits) else None


RENEW_BEFORE: Final = timedelta(hours=24)
"""How long before an authorization runs out it is renewed: a day leaves time to ask the buyer."""
USUAL_VALIDITY: Final = timedelta(days=7)
"""How long an authorization holds where the provider does not say: that of most networks for a
payment without its holder (Visa has 7 days, Mastercard 7, American Express 7)."""


def expires_at(*, authorized_at: datetime, told: datetime | None) -> datetime:
    """When an authorization runs out."""
    return told or authorized_at + USUAL_VALIDITY


@dataclass(frozen=True, slots=True)
class Held:
    """One live authorization: what may still be captured of it, minor units."""

    capturable: int
    can_increase: bool | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What to do so that what is held follows what the order needs.

    ``increase`` raises the authorization at ``place`` by ``amount``, ``beside`` authorizes ``amount``
    anew, ``void`` lets go of the one at ``place``, ``renew`` authorizes its amount anew before it runs
    out.
    """

    kind: Literal["increase", "beside", "void", "renew"]
    amount: int
    place: int = -1


def follow(needed: int, *, held: tuple[Held, ...], at: datetime) -> tuple[Step, ...]:
    """What makes the sum of ``held`` cover ``needed`` minor units, and no authorization run out.

    Those that hold longest count first, and what is not needed at all is let go. Too little: the first
    that may be raised is, else the difference is authorized beside. An authorization is never lowered:
    networks know no such thing, and a part is captured of it anyway.
    """
    if needed <= 0:
        return tuple(Step("void", one.capturable, place) for place, one in enumerate(held))
    steps: list[Step] = []
    raisable: int | None = None
    covered = 0
    for place in sorted(range(len(held)), key=lambda p: held[p].expires_at, reverse=True):
        one = held[place]
        runs_out = one.expires_at - RENEW_BEFORE <= at
        if covered >= needed:
            steps.append(Step("void", one.capturable, place))
            continue
        covered += one.capturable
        if runs_out:
            steps.append(Step("renew", one.capturable, place))
        elif raisable is None and one.can_increase is not False:
            raisable = place
    missing = needed - covered
    if missing > 0 and raisable is not None:
        steps.append(Step("increase", missing, raisable))
    elif missing > 0:
        steps.append(Step("beside", missing))
    return tuple(steps)


def shares_of_capture(amount: int, *, held: tuple[Held, ...]) -> tuple[int, ...]:
    """How much of ``amount`` is captured of each of ``held``, the one that runs out first before the
    others; what none of them bears is left."""
    order = sorted(range(len(held)), key=lambda place: held[place].expires_at)
    shares = [0] * len(held)
    for place in order:
        shares[place] = min(amount, held[place].capturable)
        amount -= shares[place]
    return tuple(shares)


PAYOUT_BEFORE: Final = timedelta(days=3)
PAYOUT_AFTER: Final = timedelta(days=7)
"""Around the day that a payout is expected within which a bank books it."""
_SHORTEST_NAME: Final = 6
_SHORTEST_MARK: Final = 4


@dataclass(frozen=True, slots=True)
class SentPayout:
    """A payout of a provider that a bank line may book; minor units. ``names`` it alone has, ``marks``
    all payouts of the account."""

    amount: int
    currency: str
    arrives_on: date
    names: tuple[str, ...]
    marks: tuple[str, ...]


def is_named(payout: SentPayout, *, text: str) -> bool:
    """Whether ``text`` holds, as a word of its own, a name that only this payout has."""
    return any(_has_word(text, name) for name in payout.names if len(name) >= _SHORTEST_NAME)


def fits_payout(
    payout: SentPayout, *, amount: int, currency: str, booked_on: date, text: str
) -> bool:
    """Whether a line without its name may be the payout: to the cent, in its days, and with a mark of
    the provider's. Another payout may fit as well; then neither is it."""
    is_in_time = payout.arrives_on - PAYOUT_BEFORE <= booked_on <= payout.arrives_on + PAYOUT_AFTER
    if not is_in_time or (amount, currency) != (payout.amount, payout.currency):
        return False
    return any(_has_word(text, mark) for mark in payout.marks if len(mark) >= _SHORTEST_MARK)


def _has_word(text: str, word: str) -> bool:
    pattern = rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"
    return re.search(pattern, text, re.IGNORECASE) is not None
