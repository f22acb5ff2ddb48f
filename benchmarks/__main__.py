"""``python -m benchmarks [names] [--quick]``: run the measures and print the ratios."""

from __future__ import annotations

import argparse
import platform
import sys


def main() -> int:
    """Run what was asked for; everything, if nothing was named."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument(
        "names",
        nargs="*",
        help="checkout hot batch invoices billing bank aging past-aging policy pdf hybrids xml bulk"
        " score matching forecast dunning collecting",
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    parser.add_argument("--size", type=int, default=0, help="invoices of bulk; 10,000 by default")
    parser.add_argument("--checked", action="store_true", help="bulk by the official rules, too")
    options = parser.parse_args()

    from benchmarks import server

    with server.running():
        from benchmarks import (
            billing,
            books,
            bulk_documents,
            checkout,
            collecting,
            documents,
            dunning,
            forecast,
            matching_quality,
            past_aging,
            score_quality,
            shipped_documents,
            written_policy,
        )

        quick = options.quick
        rounds, seconds = (1, 2) if quick else (3, 8)
        large = 20_000 if quick else 100_000
        measures = {
            "checkout": lambda: checkout.over_http(
                lines=10_000,
                processes=2,
                rounds=rounds,
                seconds=seconds,
                name="(a) POST /v1/orders over 10,000 lines, 8 connections, 2 web processes",
            ),
            "hot": lambda: checkout.over_http(
                lines=1,
                processes=1,
                rounds=rounds,
                seconds=seconds,
                name="(a) POST /v1/orders over one hot line, 8 connections, 1 web process",
            ),
            "batch": lambda: checkout.batch(rounds=rounds, seconds=seconds),
            "invoices": lambda: books.invoices_opened(rounds=rounds, count=200 if quick else 1000),
            "billing": lambda: billing.cut_off_run(
                rounds=rounds, buyers=300 if quick else 10_000, shipments=4
            ),
            "bank": lambda: books.bank_lines(
                rounds=rounds, invoices=large, lines=1000 if quick else 5000
            ),
            "aging": lambda: books.aging(rounds=rounds, invoices=large if quick else 1_000_000),
            "past-aging": lambda: past_aging.run(
                rounds=max(rounds, 3), invoices=large if quick else 1_000_000
            ),
            "dunning": lambda: dunning.run_over(
                rounds=rounds,
                invoices=10_000 if quick else 100_000,
                buyers=2_000 if quick else 20_000,
                messages=500 if quick else 5_000,
            ),
            "collecting": lambda: collecting.run(
                buyers=100 if quick else 1_000, days=120 if quick else 365, seed=1
            ),
            "policy": lambda: written_policy.forty_rules(
                lines=1_000 if quick else 10_000, rounds=rounds, seconds=seconds
            ),
            "pdf": lambda: documents.pdf(rounds=rounds, count=10 if quick else 40),
            "hybrids": lambda: bulk_documents.hybrids(
                rounds=rounds, count=50 if quick else 1_000, peers=5 if quick else 50
            ),
            "xml": lambda: bulk_documents.xml(
                rounds=rounds, count=100 if quick else 2_000, peers=50 if quick else 500
            ),
            "bulk": lambda: shipped_documents.bulk(
                size=options.size or (100 if quick else 10_000),
                rounds=rounds,
                processes=2,
                peers=3 if quick else 20,
                checked=options.checked,
            ),
            "matching": lambda: matching_quality.report(quick=quick),
            "forecast": forecast.run,
            "score": lambda: score_quality.run(rounds=rounds, brief=quick),
        }
        unknown = set(options.names) - set(measures)
        if unknown:
            parser.error(f"unknown measure {min(unknown)!r}; choose from {', '.join(measures)}")
        print(f"{platform.machine()}, Python {platform.python_version()}", flush=True)
        for name in options.names or measures:
            print("\n".join(measures[name]().lines()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
