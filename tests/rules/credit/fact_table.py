"""``docs/policy-facts.md``, made from the facts there are: ``python -m tests.rules.credit.fact_table``."""

from __future__ import annotations

from pathlib import Path

from usance.rules.credit.facts import FACTS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "policy-facts.md"

HEAD = """\
# Facts that policies read

Made from `src/usance/rules/credit/facts.py` by `python -m tests.rules.credit.fact_table`; a test keeps the
two the same. The language is described in [policy-language.md](policy-language.md).

Amounts are in the seller's own currency. A fact that nobody knows is left out, never guessed: ask for it
with `has(...)`. Facts marked *kept ready* are renewed when something happens to the buyer and every night,
and each decision keeps the time as of which they were true; the others are read at the moment of the order.
"""

GROUPS = {
    "order": "The order",
    "buyer": "The buyer",
    "line": "The credit line",
    "history": "What the buyer did so far",
    "score": "The score",
    "bureau": "The credit bureau",
    "application": "The application, in rules for new trade accounts and routes",
    "review": "The review, in routes only",
}
KINDS = {
    "boolean": "true or false",
    "number": "number",
    "amount": "amount",
    "text": "text",
    "texts": "list of texts",
}


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for first, title in GROUPS.items():
        parts += [f"\n## {title}\n", "| fact | kind | meaning |", "|---|---|---|"]
        for name, fact in FACTS.items():
            if name.partition(".")[0] == first:
                kept = " *Kept ready.*" if fact.origin == "standing" else ""
                parts.append(f"| `{name}` | {KINDS[fact.kind]} | {fact.meaning}{kept} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
