"""Programs of the sellers' that want to be told: webhook receivers."""

from usance.gateways.webhooks.sender import Message, Reply, WebhookSender

__all__ = ["Message", "Reply", "WebhookSender"]
