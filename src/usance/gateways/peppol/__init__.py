"""Peppol: documents that go through somebody's access point."""

from usance.gateways.peppol.access_point import (
    AccessPoint,
    AlreadyTaken,
    Dispatch,
    Participant,
    read_participant,
)

__all__ = ["AccessPoint", "AlreadyTaken", "Dispatch", "Participant", "read_participant"]
