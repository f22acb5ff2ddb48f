"""How a buyer wants its invoices, in words: each choice, and in one paragraph what will happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from babel.dates import get_day_names
from babel.lists import format_list
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from usance.rules.invoicing.profiles import BillingProfileView
from usance.rules.invoicing.schedule import LAST_DAY, Schedule, UnknownSchedule, parse_schedule
from usance.rules.terms.holiday_calendar import TARGET
from usance.web.design import display
from usance.web.design.locale import locale_of
from usance.web.words.amounts import country_text

GROUPINGS: Final[Mapping[str, Promise]] = {
    "none": pgettext_lazy("grouping", "Not grouped"),
    "cost_centre": _lazy("By cost centre"),
    "purchase_order": _lazy("By the buyer's order number"),
    "ship_to": _lazy("By place of delivery"),
}
_GROUPED: Final[Mapping[str, Promise]] = {
    "cost_centre": _lazy("grouped by cost centre"),
    "purchase_order": _lazy("grouped by the buyer's order number"),
    "ship_to": _lazy("grouped by place of delivery"),
}
CHANNELS: Final[Mapping[str, Promise]] = {
    "email": _lazy("E-mail"),
    "portal": _lazy("Portal"),
    "webhook": _lazy("Webhook"),
    "peppol": _lazy("Peppol"),
    "sdi": _lazy("SdI (Italy)"),
    "anaf": _lazy("ANAF (Romania)"),
    "download": _lazy("Download by hand"),
}
FORMATS: Final[Mapping[str, str | Promise]] = {
    "pdf": "PDF",
    "facturx": _lazy("PDF with its XML inside (Factur-X, ZUGFeRD)"),
    "ubl": "UBL 2.1",
    "xrechnung": "XRechnung",
    "peppol": "Peppol BIS Billing 3",
    "cii": "UN/CEFACT CII",
    "fatturapa": "FatturaPA",
    "cius-ro": "RO e-Factura (CIUS-RO)",
    "gst": _lazy("GST e-invoice (India)"),
    "cxml": _lazy("cXML, for procurement systems"),
}
_SHORT_FORMATS: Final[Mapping[str, str]] = {
    "facturx": "Factur-X",
    "peppol": "Peppol BIS",
    "cii": "CII",
    "ubl": "UBL",
    "cius-ro": "RO e-Factura",
    "gst": "GST e-invoice",
    "cxml": "cXML",
}
TREATMENTS: Final[Mapping[str, Promise]] = {
    "auto": _lazy("By the countries and tax numbers of both"),
    "domestic": _lazy("Domestic"),
    "reverse_charge": _lazy("Reverse charge"),
    "intra_community": _lazy("Intra-community supply"),
    "export": _lazy("Export"),
    "exempt": _lazy("Exempt"),
    "outside_scope": _lazy("Outside the scope of VAT"),
    "gst_sez": _lazy("GST: special economic zone"),
    "gst_deemed_export": _lazy("GST: deemed export"),
}
BASES: Final[Mapping[str, Promise]] = {
    "invoice": _lazy("From the day of the invoice"),
    "shipment": _lazy("From the day of shipment"),
    "delivery": _lazy("From the day of delivery"),
    "month_end": _lazy("From the end of the invoice's month"),
}
_COUNTED: Final[Mapping[str, Promise]] = {
    "shipment": _lazy("Payment terms run from the day of shipment."),
    "delivery": _lazy("Payment terms run from the day of delivery."),
    "month_end": _lazy("Payment terms run from the end of the invoice's month."),
}
CALENDARS: Final[Mapping[str, Promise]] = {
    "none": _lazy("None: every day counts"),
    "seller": _lazy("Ours"),
    "buyer": _lazy("The buyer's"),
}
MOVES: Final[Mapping[str, Promise]] = {
    "none": pgettext_lazy("due date", "Not at all"),
    "next": _lazy("To the next working day"),
    "previous": _lazy("To the working day before"),
    "modified_following": _lazy("To the next one, but not into another month"),
}
_MOVED: Final[Mapping[str, Promise]] = {
    "next": _lazy("A due date that is no working day of %(calendar)s moves to the next one."),
    "previous": _lazy("A due date that is no working day of %(calendar)s moves to the one before."),
    "modified_following": _lazy(
        "A due date that is no working day of %(calendar)s moves to the next one, or to the one before"
        " where the next is in another month."
    ),
}


def schedule_text(code: str) -> str:
    """A billing schedule by its code; what is none as it is."""
    try:
        return _schedule(parse_schedule(code))
    except UnknownSchedule:
        return code


_PLAIN_SCHEDULES: Final[Mapping[str, Promise]] = {
    "per_shipment": _lazy("One invoice for each shipment"),
    "per_order": _lazy("One invoice for each order, when all of it has shipped"),
    "daily": _lazy("Every day"),
    "twice_monthly": _lazy("Twice a month, up to the 15th and up to the last day"),
}


def _schedule(schedule: Schedule) -> str:
    if schedule.kind == "weekly":
        names = get_day_names("wide", locale=locale_of(display.language()))
        return _("Every week, up to %(weekday)s") % {"weekday": names[schedule.day - 1]}
    if schedule.kind == "monthly" and schedule.day == LAST_DAY:
        return _("Every month, up to its last day")
    if schedule.kind == "monthly":
        return _("Every month, up to day %(day)s") % {"day": schedule.day}
    return str(_PLAIN_SCHEDULES[schedule.kind])


def schedule_choices() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Every schedule there is, for a field to choose from."""
    plain: list[tuple[str, str | list[tuple[str, str]]]] = [
        (code, schedule_text(code)) for code in ("per_shipment", "per_order", "daily")
    ]
    weekly = [(s.code, _schedule(s)) for s in (Schedule("weekly", day) for day in range(1, 8))]
    days = (LAST_DAY, *range(1, 29))
    monthly = [(s.code, _schedule(s)) for s in (Schedule("monthly", day) for day in days)]
    twice = ("twice_monthly", schedule_text("twice_monthly"))
    return [*plain, (_("Weekly"), weekly), twice, (_("Monthly"), monthly)]


def calendar_text(code: str) -> str:
    """A calendar of working days by its code."""
    if code == TARGET:
        return _("the euro's banks (TARGET)")
    country, _dash, part = code.partition("-")
    name = country_text(country)
    return f"{name} ({part})" if part else name


def summary(view: BillingProfileView) -> str:
    """What will happen to this buyer's invoices, in a few sentences."""
    return " ".join(part for part in (_made(view), _sent(view), _due(view)) if part)


def _made(view: BillingProfileView) -> str:
    when = schedule_text(view.schedule)
    grouped = _GROUPED.get(view.group_by)
    waits = view.schedule not in ("per_shipment", "per_order")
    if waits and grouped:
        return _("%(when)s: one invoice for all that has shipped, %(grouped)s.") % {
            "when": when,
            "grouped": grouped,
        }
    if waits:
        return _("%(when)s: one invoice for all that has shipped.") % {"when": when}
    if grouped:
        return _("%(when)s, %(grouped)s.") % {"when": when, "grouped": grouped}
    return _("%(when)s.") % {"when": when}


def _sent(view: BillingProfileView) -> str:
    formats = _listed([_SHORT_FORMATS.get(form, str(FORMATS[form])) for form in view.formats])
    ways = [_way(channel, view) for channel in view.channels]
    if not ways:
        return _("%(formats)s, which nobody is sent: add a channel.") % {"formats": formats}
    return _("%(formats)s: %(ways)s.") % {"formats": formats, "ways": _listed(ways)}


_WAYS: Final[Mapping[str, Promise]] = {
    "portal": _lazy("in the portal"),
    "webhook": _lazy("told by webhook"),
    "peppol": _lazy("through Peppol"),
    "sdi": _lazy("through SdI"),
    "anaf": _lazy("through ANAF"),
    "download": _lazy("downloaded by hand"),
}


def _way(channel: str, view: BillingProfileView) -> str:
    if channel != "email":
        return str(_WAYS[channel])
    if not view.email_to:
        return _("by e-mail, but to no address")
    return _("by e-mail to %(addresses)s") % {"addresses": _listed(view.email_to)}


def _due(view: BillingProfileView) -> str:
    parts = [str(_COUNTED[view.terms_base])] if view.terms_base in _COUNTED else []
    if view.calendar and view.move in _MOVED:
        parts.append(str(_MOVED[view.move]) % {"calendar": calendar_text(view.calendar)})
    return " ".join(parts)


def _listed(parts: Sequence[str]) -> str:
    return str(format_list(list(parts), locale=locale_of(display.language())))
