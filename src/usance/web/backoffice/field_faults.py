"""Faults that the rules find, shown at the fields of a form."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from usance.rules.invoicing.faults import FieldFault
from usance.web.words.field_faults import fault_text


def add_faults(form: forms.Form, faults: Iterable[FieldFault]) -> None:
    """Put each fault beside its field, or above the form where it has none of that name."""
    for fault in faults:
        name = fault.field.replace(".", "_")
        if name in form.fields:
            form.add_error(name, fault_text(fault))
        else:
            form.add_error(None, f"{fault.field}: {fault_text(fault)}")
