"""Mail that goes out: what a message is, and who carries it."""

from usance.gateways.mail.letter import Action, Letter, Table, render_html, render_text
from usance.gateways.mail.sender import Enclosure, Mail, MailSender, RecipientRefused

__all__ = [
    "Action",
    "Enclosure",
    "Letter",
    "Mail",
    "MailSender",
    "RecipientRefused",
    "Table",
    "render_html",
    "render_text",
]
