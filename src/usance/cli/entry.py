"""Where ``usance`` begins: the commands, and what becomes of errors.

Exit codes: 0 done, 1 refused or something does not hold, 2 misuse, 3 not fully checked (validate), 130
interrupted.
"""

from __future__ import annotations

import sys

import typer

from usance.cli import (
    backtest,
    billing,
    debit_returns,
    importing,
    operators,
    remittances,
    reports,
    returned,
    serving,
    transfer,
    validating,
    worlds,
)

app = typer.Typer(
    name="usance",
    help="Self-hosted net terms for B2B commerce: decide, hold, invoice, collect, reconcile.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command("up")(serving.up)
app.command("migrate")(operators.migrate)
app.command("demo")(worlds.demo)
app.command("replay")(worlds.replay)
app.command("simulate")(worlds.simulate)
app.command("backtest")(backtest.backtest)
app.command("bill")(billing.bill)
app.command("verify")(operators.verify)
app.command("validate")(validating.validate)
for _name, _take in (
    ("buyers", importing.buyers),
    ("open-items", importing.open_items),
    ("exchange-rates", importing.exchange_rates),
    ("reference-rates", importing.reference_rates),
    ("bureau-scores", importing.bureau_scores),
    ("remittance", remittances.remittance),
    ("sanctions-list", importing.sanctions_list),
    ("insolvency-notices", importing.insolvency_notices),
    ("validation-rules", validating.validation_rules),
    ("bounces", returned.bounces),
    ("sdi-notifications", returned.sdi_notifications),
    ("gst-registrations", returned.gst_registrations),
    ("debit-returns", debit_returns.debit_returns),
):
    transfer.imports.command(_name)(_take)
app.add_typer(transfer.imports, name="import")
app.add_typer(transfer.exports, name="export")
app.add_typer(reports.app, name="report")
app.command("create-seller")(operators.create_seller)
app.command("create-key")(operators.create_key)
app.command("revoke-key")(operators.revoke_key)
app.command("create-user")(operators.create_user)
app.command("remove-user")(operators.remove_user)
app.command("openapi")(operators.openapi)


def main() -> None:
    """Run one command and exit with its code."""
    from usance.cli.faults import explained

    try:
        with explained():
            app(standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(130)
