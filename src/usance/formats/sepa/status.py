"""pain.002: what the bank says of a message that it was given."""

from __future__ import annotations

from usance.formats.sepa.model import Outcome, StatusReport


def parse_status_report(data: bytes) -> StatusReport:
    """Read a pain.002 of any version. Raises FormatError."""
    raise NotImplementedError


def outcome_of(report: StatusReport, *, group_id: str, end_to_end_id: str) -> Outcome:
    """What ``report`` says of one payment: its own status, else its group's, else the message's."""
    raise NotImplementedError
