"""Collections and transfers drawn by chance, of which every one may be written."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from usance.formats.sepa import (
    Amendment,
    Collection,
    CollectionGroup,
    Creditor,
    CreditTransferFile,
    DirectDebitFile,
    Transfer,
    TransferGroup,
)
from usance.rules.banking_days import TARGET, banking_day_on_or_after

IBANS = ("DE89370400440532013000", "NL91ABNA0417164300", "FR1420041010050500013M02606")
BICS = ("COBADEFFXXX", "ABNANL2A", None)
CREDITOR = Creditor(name="Nordwind Werkzeuge GmbH", iban=IBANS[0], identifier="DE98ZZZ09999999999")
AT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
DAY = date(2026, 12, 7)

_ID_END = "ABCXYZabc019"
_ID = _ID_END + "-+?:().,'"


def collection(**changes: object) -> Collection:
    """A collection of EUR 119.00, with what is said otherwise."""
    facts: dict[str, object] = {
        "end_to_end_id": "INV-2026-0042",
        "amount": 11900,
        "mandate_id": "M-17",
        "signed_on": date(2026, 1, 15),
        "debtor_name": "Acme B.V.",
        "debtor_iban": IBANS[1],
        "remittance_text": "Invoice 2026-0042",
    }
    return Collection(**(facts | changes))  # type: ignore[arg-type]


def group(*collections: Collection, **changes: object) -> CollectionGroup:
    """A group of Core collections due on DAY."""
    facts: dict[str, object] = {
        "id": "G-1",
        "creditor": CREDITOR,
        "scheme": "CORE",
        "sequence": "RCUR",
        "collect_on": DAY,
        "collections": collections or (collection(),),
    }
    return CollectionGroup(**(facts | changes))  # type: ignore[arg-type]


def debits(*groups: CollectionGroup, message_id: str = "MSG-1") -> DirectDebitFile:
    """A file of these groups."""
    return DirectDebitFile(
        message_id=message_id, created_at=AT, initiator="Nordwind", groups=groups or (group(),)
    )


def transfer(**changes: object) -> Transfer:
    """A refund of EUR 50.00."""
    facts: dict[str, object] = {
        "end_to_end_id": "REF-7",
        "amount": 5000,
        "creditor_name": "Acme B.V.",
        "creditor_account": IBANS[1],
    }
    return Transfer(**(facts | changes))  # type: ignore[arg-type]


def refunds(*transfers: Transfer, **changes: object) -> CreditTransferFile:
    """A file with one group of these transfers."""
    facts: dict[str, object] = {
        "id": "R-1",
        "debtor_name": "Nordwind",
        "debtor_account": IBANS[0],
        "execute_on": DAY,
        "transfers": transfers or (transfer(),),
    }
    one = TransferGroup(**(facts | changes))  # type: ignore[arg-type]
    return CreditTransferFile(
        message_id="MSG-2", created_at=AT, initiator="Nordwind", groups=(one,)
    )


def ids() -> st.SearchStrategy[str]:
    """Identifications that every bank keeps."""
    middle = st.text(_ID, max_size=30)
    return st.builds(lambda a, b, c: a + b + c, st.sampled_from(_ID_END), middle, st.just("9"))


def words(most: int) -> st.SearchStrategy[str]:
    """Texts in the characters of SEPA, single blanks between words."""
    word = st.text("abcdefgABCDEFG0123456789/-?:().,'+", min_size=1, max_size=12)
    joined = st.lists(word, max_size=20).map(" ".join)
    return joined.map(lambda text: text[:most].strip())


def names() -> st.SearchStrategy[str]:
    """Names that are written as they are."""
    return words(60).map(lambda text: f"A {text}".strip())


def _amendments() -> st.SearchStrategy[Amendment | None]:
    changed = st.builds(
        Amendment,
        original_mandate_id=st.none() | ids(),
        original_creditor_identifier=st.sampled_from([None, "DE98ABC09999999999"]),
        original_creditor_name=st.none() | names(),
        original_debtor_iban=st.sampled_from([None, *IBANS]),
    ) | st.just(Amendment(new_debtor_account=True))
    return st.none() | changed.filter(lambda each: each != Amendment())


@st.composite
def _collections(draw: st.DrawFn) -> Collection:
    reference = draw(st.sampled_from([None, "RF18539007547034"]))
    town = draw(st.sampled_from([None, "Zug"]))
    return Collection(
        end_to_end_id=draw(ids()),
        amount=draw(st.integers(1, 999_999_999_99)),
        mandate_id=draw(ids()),
        signed_on=draw(st.dates(date(2009, 11, 1), date(2026, 12, 1))),
        debtor_name=draw(names()),
        debtor_iban=draw(st.sampled_from(IBANS)),
        debtor_bic=draw(st.sampled_from(BICS)),
        debtor_country="CH" if town else None,
        debtor_town=town,
        debtor_address_lines=("Gartenweg 3", "6300")[: draw(st.integers(0, 2)) if town else 0],
        instruction_id=draw(st.none() | ids()),
        amendment=draw(_amendments()),
        ultimate_debtor=draw(st.none() | names()),
        remittance_text="" if reference else draw(words(140)),
        creditor_reference=reference,
        purpose=draw(st.sampled_from([None, "SUPP"])),
    )


@st.composite
def direct_debit_files(draw: st.DrawFn) -> DirectDebitFile:
    """Files of up to three groups."""
    groups = [
        CollectionGroup(
            id=f"{draw(ids())[:30]}-{number}",
            creditor=Creditor(
                name=draw(names()),
                iban=draw(st.sampled_from(IBANS)),
                identifier="DE98ZZZ09999999999",
                bic=draw(st.sampled_from(BICS)),
            ),
            scheme=draw(st.sampled_from(["CORE", "B2B"])),
            sequence=draw(st.sampled_from(["FRST", "RCUR", "OOFF", "FNAL"])),
            collect_on=banking_day_on_or_after(
                draw(st.dates(date(2020, 1, 1), date(2040, 1, 1))), calendar=TARGET
            ),
            collections=tuple(draw(st.lists(_collections(), min_size=1, max_size=3))),
            batch_booking=draw(st.sampled_from([None, True, False])),
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    return DirectDebitFile(
        message_id=draw(ids()), created_at=AT, initiator=draw(names()), groups=tuple(groups)
    )


@st.composite
def _refund_transfers(draw: st.DrawFn) -> Transfer:
    reference = draw(st.sampled_from([None, "RF18539007547034"]))
    return Transfer(
        end_to_end_id=draw(ids()),
        amount=draw(st.integers(1, 999_999_999_99)),
        creditor_name=draw(names()),
        creditor_account=draw(st.sampled_from(IBANS)),
        creditor_bic=draw(st.sampled_from(BICS)),
        instruction_id=draw(st.none() | ids()),
        remittance_text="" if reference else draw(words(140)),
        creditor_reference=reference,
        purpose=draw(st.sampled_from([None, "REFU"])),
    )


@st.composite
def credit_transfer_files(draw: st.DrawFn) -> CreditTransferFile:
    """Files of up to two groups."""
    groups = [
        TransferGroup(
            id=f"{draw(ids())[:30]}-{number}",
            debtor_name=draw(names()),
            debtor_account=draw(st.sampled_from(IBANS)),
            debtor_bic=draw(st.sampled_from(BICS)),
            execute_on=draw(st.dates(date(2020, 1, 1), date(2040, 1, 1))),
            transfers=tuple(draw(st.lists(_refund_transfers(), min_size=1, max_size=3))),
            batch_booking=draw(st.sampled_from([None, True, False])),
            instrument=draw(st.sampled_from([None, "INST"])),
        )
        for number in range(draw(st.integers(1, 2)))
    ]
    return CreditTransferFile(
        message_id=draw(ids()), created_at=AT, initiator=draw(names()), groups=tuple(groups)
    )
