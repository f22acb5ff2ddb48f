"""RO e-Factura: documents that are uploaded to Romania's tax administration."""

from usance.gateways.anaf.transmission import AnafTransmission, Download, TokenKeeper, read_download

__all__ = ["AnafTransmission", "Download", "TokenKeeper", "read_download"]
