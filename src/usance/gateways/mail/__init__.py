"""Mail that goes out: what a message is, and who carries it."""

from usance.gateways.mail.letter import Action, Letter, render_html, render_text
from usance.gateways.mail.sender import Mail, MailSender

__all__ = ["Action", "Letter", "Mail", "MailSender", "render_html", "render_text"]
