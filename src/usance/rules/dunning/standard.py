"""A policy to begin with: how a careful seller reminds, left for the seller to change."""

from __future__ import annotations

from typing import Any


def standard_policy(name: str) -> dict[str, Any]:
    """The document of a usual policy called ``name``: polite first, firm later, formal only after it
    has been polite. A person rings up before the formal notice, credit is held with the last demand."""
    return {
        "name": name,
        "min_days": 5,
        "steps": [
            {"level": "friendly", "days": -3, "channels": ["email"]},
            {"level": "notice_1", "days": 5, "channels": ["email", "portal"]},
            {"level": "notice_2", "days": 14, "channels": ["email", "portal"]},
            {"level": "notice_3", "days": 24, "channels": ["email", "portal", "task"]},
            {
                "level": "formal",
                "days": 38,
                "channels": ["email", "portal", "letter"],
                "needs_notice": True,
                "tell": ["credit_manager"],
            },
            {
                "level": "final",
                "days": 52,
                "channels": ["email", "portal", "letter"],
                "needs_notice": True,
                "hold": True,
            },
            {
                "level": "handover",
                "days": 70,
                "channels": ["task", "webhook"],
                "needs_notice": True,
            },
        ],
    }
