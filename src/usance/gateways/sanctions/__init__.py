"""Sanctions lists: whether somebody may be traded with at all."""

from usance.gateways.sanctions.screen import (
    Hit,
    SanctionsScreen,
    Screening,
    ScreeningSubject,
    screen_subject,
)

__all__ = ["Hit", "SanctionsScreen", "Screening", "ScreeningSubject", "screen_subject"]
