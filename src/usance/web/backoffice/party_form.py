"""What is kept of a seller or buyer for its documents, as a form with what its country asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import ClassVar, Generic, TypeVar

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from usance.rules.invoicing.profiles import ProfileFields, SellerFields
from usance.web.words.amounts import country_text

Fields = TypeVar("Fields", SellerFields, ProfileFields)


class PartyForm(forms.Form, Generic[Fields]):
    """The fields under their headings, those of one country among them."""

    sections: ClassVar[Sequence[tuple[Promise, Sequence[str]]]]
    """Headings, each with the names of its fields."""
    national_at: ClassVar[int]
    """How many sections stand before that of the country."""

    kept: Fields
    home: str
    national: Sequence[str]

    def fill(
        self,
        kept: Fields,
        *,
        home: str,
        national: Mapping[str, forms.Field],
        usual: Mapping[str, str],
    ) -> None:
        """Begin with what is ``kept``, ask for what the country ``home`` wants, and show what is ``usual``
        where nothing is said."""
        self.kept, self.home, self.national = kept, home, tuple(national)
        self.initial = asdict(kept)
        for name, field in national.items():
            self.fields[f"national_{name}"] = field
            self.initial[f"national_{name}"] = kept.national.get(name, "")
        for name, text in usual.items():
            self.fields[name].widget.attrs["placeholder"] = text

    @property
    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The fields under their headings."""
        groups = [(str(title), [self[name] for name in names]) for title, names in self.sections]
        if self.national:
            title = _("What %(country)s asks for") % {"country": country_text(self.home)}
            fields = [self[f"national_{name}"] for name in self.national]
            groups.insert(self.national_at, (title, fields))
        return groups

    def said(self) -> Fields:
        """What was typed; what has no field here stays."""
        data = dict(self.cleaned_data)
        national = {name: data.pop(f"national_{name}", "") for name in self.national}
        return replace(self.kept, **data, national=national)
