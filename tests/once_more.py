"""A test that drives a browser and fails is tried once more, and the summary counts it as rerun.

On a busy machine a browser now and then loses a press of a key or opens a window too late. What fails
twice has failed.
"""

from __future__ import annotations

from typing import Any

import pytest
from _pytest.runner import runtestprotocol

RERUN = "rerun"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test of the browser, a second time if need be; other tests are run as always."""
    if item.get_closest_marker("browser") is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    failed = next((one for one in reports if one.failed), None)
    if failed is not None:
        failed.outcome = RERUN  # type: ignore[assignment]
        item.ihook.pytest_runtest_logreport(report=failed)
        item._initrequest()  # type: ignore[attr-defined]
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    """How the first, failed try is counted and shown."""
    return (RERUN, "R", "RERUN") if report.outcome == RERUN else None
