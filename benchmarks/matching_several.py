"""One payment for several invoices, in the forms in which payers send them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import matching_mess as mess
from usance.rules.matching.model import BankLine, OpenItem

if TYPE_CHECKING:
    from benchmarks.matching_ledger import Customer
    from benchmarks.matching_lines import Lines, Truth


def several(lines: Lines) -> tuple[BankLine, Truth]:
    """A payment for two to forty of a buyer's items, with or without their numbers."""
    from benchmarks.matching_lines import Truth

    draw = lines.draw
    customer = lines.customer(least=2)
    left = sorted(lines.left[customer.buyer.id], key=lambda i: (i.due_on, i.keys[0].text))
    chosen, silent = _chosen(lines, left)
    notes: list[OpenItem] = []
    if customer.credits and draw.random() < 0.25:
        notes = [customer.credits[-1]]
        if sum(i.outstanding for i in chosen) <= notes[0].outstanding + 100:
            notes = []
        else:
            customer.credits.pop()
    lines.take_all(customer, chosen)
    on = lines.day(chosen[-1])
    paid = {item.id: item.outstanding for item in chosen}
    if draw.random() < 0.15:
        on = min(on, chosen[0].issued_on)
        for item in chosen:
            paid[item.id] -= sum(tier.amount for tier in item.discounts[:1])
    for note in notes:
        paid[note.id] = -note.outstanding
    amount = sum(paid.values())
    payer = lines.payer(customer)
    name = payer["payer_name"] or "UNKNOWN"
    advice = ()
    if silent:
        texts = lines.said_nothing(on, name)
    elif draw.random() < 0.2:
        advice = lines.advice([*chosen, *notes], paid)
        texts = lines.said_nothing(on, name)
    else:
        texts = lines.text(_listed(lines, [*chosen, *notes]), customer, amount, on, name)
    line = BankLine(
        amount=amount,
        currency=chosen[0].currency,
        booked_on=on,
        texts=texts,
        advice=advice,
        **payer,
    )
    return line, Truth(
        "several, none named" if silent else "several in one",
        customer.buyer.id,
        paid,
        names=not silent,
        twins=_twins(lines, customer, chosen),
    )


def _chosen(lines: Lines, left: list[OpenItem]) -> tuple[list[OpenItem], bool]:
    """Which items, and whether their numbers are left out."""
    draw = lines.draw
    chance = draw.random()
    if chance < 0.06 and len(left) <= 60:
        return left, draw.random() < 0.6  # the whole balance
    if chance < 0.16:
        count = min(len(left), draw.randint(2, 8))
        return left[:count], draw.random() < 0.5  # what is due first
    count = min(
        len(left),
        draw.choices((2, 3, 4, 5, 6, 8, 12, 20, 40), weights=(30, 20, 14, 10, 8, 8, 5, 3, 2))[0],
    )
    start = draw.randrange(len(left) - count + 1)
    if draw.random() < 0.5:
        return left[start : start + count], draw.random() < 0.06
    return sorted(draw.sample(left, count), key=lambda i: i.keys[0].text), draw.random() < 0.06


def _listed(lines: Lines, items: list[OpenItem]) -> str:
    draw = lines.draw
    numbers = [lines.number(item) for item in items]
    form = draw.random()
    if form < 0.15:
        return "/".join(
            [numbers[0], *(_shortened(number, numbers[0], lines) for number in numbers[1:])]
        )
    if form < 0.27:
        place = draw.randrange(len(numbers))
        numbers[place] = mess.typed(numbers[place], draw)
    elif form < 0.32:
        numbers = [mess.tail(number, draw) for number in numbers]
    elif form < 0.37 and draw.random() < 0.5:
        return "".join(numbers)
    elif form < 0.47:
        return "".join(
            f"RMR*IV*{number}*PI*{item.outstanding / 100:.2f}*{item.outstanding / 100:.2f}\\"
            for number, item in zip(numbers, items, strict=True)
        )
    return draw.choice((" ", ", ", "/", "; ", " + ", ",", " AND ")).join(numbers)


def _shortened(number: str, first: str, lines: Lines) -> str:
    """Without what it has in common with the first; now and then by more than that."""
    same = next((p for p, (a, b) in enumerate(zip(number, first, strict=False)) if a != b), 0)
    needed = len(number) - same
    length = max(needed, lines.draw.choice((2, 3, 4)))
    if lines.draw.random() < 0.15:
        length = lines.draw.choice((2, 3, 4))
    return number[-length:]


def _twins(lines: Lines, customer: Customer, chosen: list[OpenItem]) -> bool:
    amounts = {item.outstanding for item in chosen}
    return any(item.outstanding in amounts for item in lines.left[customer.buyer.id])
