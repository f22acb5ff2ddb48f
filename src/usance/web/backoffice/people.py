"""People and programs by the names that readers know, however a record names them."""

from __future__ import annotations

from collections.abc import Iterable

from usance.flows.reviews import Person
from usance.records.parties import queries as parties
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.timeline import names_of


def person_of(desk: Desk) -> Person:
    """Whoever sits at the desk, as one who answers reviews."""
    return Person(desk.staff.user.email, desk.staff.role, desk.by)


class People:
    """Names of ``actors``: ids of staff and keys, e-mail addresses, programs."""

    def __init__(self, desk: Desk, actors: Iterable[str]) -> None:
        known = {actor for actor in actors if actor}
        self._names = names_of(desk, known)
        emails = [actor for actor in known if "@" in actor]
        if emails:
            self._names |= parties.staff_names(seller_id=desk.seller.id, emails=emails)

    def name(self, actor: str) -> str:
        """The name, or the actor as it is recorded."""
        return self._names.get(actor, actor)
