"""Everything a credit policy may read: each fact's name, kind and meaning.

Amounts are in the seller's own currency, converted at the stored rate of the day, so that one figure
in a policy means the same for every buyer. A fact that is not known is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["boolean", "number", "amount", "text", "texts"]
Origin = Literal["order", "buyer", "line", "standing", "review", "application"]


@dataclass(frozen=True, slots=True)
class Fact:
    """``origin``: read at the moment of the order (order, buyer, line), or kept ready and renewed
    when something happens and every night (standing); review facts exist in routing rules only,
    application facts where an application for a trade account is decided or routed."""

    kind: Kind
    origin: Origin
    meaning: str


FACTS: Final[Mapping[str, Fact]] = {
    "order.amount": Fact("amount", "order", "The order's total with tax."),
    "order.currency": Fact("text", "order", "Its currency, such as 'EUR'."),
    "order.terms_days": Fact(
        "number", "order", "Days of the terms asked for, or of the usual terms."
    ),
    "order.lines": Fact("number", "order", "How many lines it has."),
    "order.largest_line": Fact("amount", "order", "Its largest line."),
    "order.skus": Fact("texts", "order", "The article numbers of its lines."),
    "order.has_po_number": Fact("boolean", "order", "Whether it names a purchase order."),
    "order.ship_to_country": Fact("text", "order", "The country it ships to."),
    "order.new_ship_to": Fact(
        "boolean", "order", "Whether it ships to an address this buyer has not used before."
    ),
    "buyer.country": Fact("text", "buyer", "The buyer's country, such as 'IT'."),
    "buyer.group": Fact("text", "buyer", "The customer group the seller put the buyer in."),
    "buyer.days_known": Fact("number", "buyer", "Days since the trade account was opened."),
    "buyer.days_overdue": Fact(
        "number", "buyer", "Days the oldest open invoice is past due; 0 if none is."
    ),
    "line.limit": Fact("amount", "line", "The credit limit."),
    "line.exposure": Fact("amount", "line", "What is used of it now."),
    "line.available": Fact("amount", "line", "What is left of it, tolerance included."),
    "line.used": Fact("number", "line", "Exposure over limit: 0.8 is four fifths."),
    "line.tier": Fact("text", "line", "The tier the credit manager put the line in."),
    "line.insured_limit": Fact("amount", "line", "What an insurer covers today."),
    "buyer.vat_verified": Fact(
        "boolean", "standing", "Whether the tax register confirmed the number."
    ),
    "buyer.vat_checked_days_ago": Fact(
        "number", "standing", "Days since the register was last asked with success."
    ),
    "buyer.registered": Fact("boolean", "standing", "Whether the company register knows it."),
    "buyer.sanctioned": Fact("boolean", "standing", "Whether it matches a sanctions list."),
    "buyer.insolvent": Fact("boolean", "standing", "Whether an insolvency notice names it."),
    "buyer.exposure": Fact(
        "amount", "standing", "Exposure over all its lines and currencies together."
    ),
    "history.orders": Fact("number", "standing", "Orders authorized so far and not let go of."),
    "history.orders_1d": Fact("number", "standing", "Orders authorized in the last 24 hours."),
    "history.orders_30d": Fact("number", "standing", "Orders authorized in the last 30 days."),
    "history.days_since_last_order": Fact("number", "standing", "Days since the last order."),
    "history.first_order": Fact("amount", "standing", "The first order."),
    "history.largest_order": Fact("amount", "standing", "The largest order in twelve months."),
    "history.average_order": Fact("amount", "standing", "The average order in twelve months."),
    "history.turnover_30d": Fact("amount", "standing", "Invoiced less credited in 30 days."),
    "history.turnover_90d": Fact("amount", "standing", "Invoiced less credited in 90 days."),
    "history.turnover_12m": Fact("amount", "standing", "Invoiced less credited in 365 days."),
    "history.monthly_turnover": Fact(
        "amount",
        "standing",
        "Turnover of twelve months, over the months begun since the first order, at most twelve.",
    ),
    "history.paid_invoices": Fact("number", "standing", "Invoices paid in full so far."),
    "history.late_share": Fact("number", "standing", "Share of paid invoices that were paid late."),
    "history.average_days_late": Fact(
        "number", "standing", "Average days late of paid invoices; early counts as 0."
    ),
    "history.worst_days_late_12m": Fact(
        "number", "standing", "The latest in twelve months, open invoices included; 0 if none was."
    ),
    "history.overdue": Fact("amount", "standing", "Open and past due."),
    "history.overdue_invoices": Fact("number", "standing", "Invoices open and past due."),
    "history.written_off": Fact("amount", "standing", "Written off so far."),
    "history.disputes": Fact(
        "number", "standing", "Invoices in dispute; unknown until disputes are recorded."
    ),
    "history.disputed": Fact(
        "amount", "standing", "What is in dispute; unknown until disputes are recorded."
    ),
    "history.broken_promises_12m": Fact(
        "number", "standing", "Promises to pay not kept; unknown until promises are recorded."
    ),
    "score.late_probability": Fact(
        "number",
        "standing",
        "Probability, 0 to 1, that the next invoice is paid over 30 days late.",
    ),
    "score.days_late": Fact("number", "standing", "Days late expected of the next invoice."),
    "score.band": Fact("text", "standing", "'A' (best) to 'E'."),
    "bureau.score": Fact("number", "standing", "The bureau's score, 0 (worst) to 100."),
    "bureau.rating": Fact("text", "standing", "The bureau's rating in its own letters."),
    "bureau.limit": Fact("amount", "standing", "The limit the bureau recommends."),
    "bureau.days_old": Fact("number", "standing", "Days since that report."),
    "application.requested": Fact("amount", "application", "The limit that was asked for."),
    "application.country": Fact("text", "application", "The applicant's country, such as 'IT'."),
    "application.days_registered": Fact(
        "number", "application", "Days since the company was registered, as the register says."
    ),
    "application.number_valid": Fact(
        "boolean",
        "application",
        "Whether its numbers have the form and check digits they must have.",
    ),
    "application.registry_confirmed": Fact(
        "boolean",
        "application",
        "Whether a register confirmed its number and knows it as trading; unknown if none answered.",
    ),
    "application.name_confirmed": Fact(
        "boolean", "application", "Whether the register has the number under the name given."
    ),
    "application.duplicate": Fact(
        "boolean", "application", "Whether it is like a buyer there is already."
    ),
    "application.email_verified": Fact(
        "boolean", "application", "Whether the person proved its e-mail address with a code."
    ),
    "application.email_at_domain": Fact(
        "boolean", "application", "Whether that address is at the domain of the company's website."
    ),
    "application.sanctions_hit": Fact(
        "boolean",
        "application",
        "Whether it or a person of it is like an entry of a sanctions list.",
    ),
    "application.references": Fact("number", "application", "How many trade references it named."),
    "application.persons": Fact("number", "application", "How many authorized persons it named."),
    "application.has_documents": Fact("boolean", "application", "Whether it sent documents."),
    "review.kind": Fact("text", "review", "'order', 'application', 'limit' or 'policy'."),
    "review.amount": Fact("amount", "review", "What there is to approve."),
    "review.over_limit": Fact("amount", "review", "By how much it exceeds what is available."),
    "review.reasons": Fact("texts", "review", "Why it came to a person."),
}
"""Every fact by its name."""

AT_CHECKOUT: Final[Mapping[str, Kind]] = {
    name: fact.kind for name, fact in FACTS.items() if fact.origin not in ("review", "application")
}
AT_ADMISSION: Final[Mapping[str, Kind]] = {
    name: fact.kind for name, fact in FACTS.items() if fact.origin != "review"
}
"""What decides about an application, and what a suggested limit may rest on."""
IN_ROUTING: Final[Mapping[str, Kind]] = {name: fact.kind for name, fact in FACTS.items()}
STANDING: Final = frozenset(name for name, fact in FACTS.items() if fact.origin == "standing")
"""Facts that are kept ready, with the time they were true."""
