"""The Italian exchange system: files that go out and notifications that come back."""

from usance.gateways.sdi.transmission import NotificationFile, SdiTransmission

__all__ = ["NotificationFile", "SdiTransmission"]
