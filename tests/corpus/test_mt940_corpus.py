"""Every MT940 document of the open corpus, with what it must come to."""

from __future__ import annotations

import re

import pytest

from tests.corpus.locations import documents
from usance.formats import mt940
from usance.formats.errors import FormatError
from usance.formats.statement import Statement, check_balances

# kind, account, currency, opening, closing, transactions, sum of credits, sum of debits (minor units),
# and the codes of what is noticed in it
Expected = tuple[str, str, str, int | None, int | None, int, int, int, tuple[str, ...]]

PATTERNS = ("*.sta", "*.txt")
COUNTS = (33, 15)

ASNB: list[Expected] = [
    ("statement", "NL81ASNB9999999999", "EUR", 44429, 37929, 1, 0, -6500, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 37929, 37929, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 37929, 37929, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 37929, 37929, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 37929, 57774, 2, 100000, -80155, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57774, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57774, 57609, 1, 0, -165, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57609, 57609, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57609, 57609, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57609, 57609, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 57609, 40481, 2, 82872, -100000, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 40481, 40481, 0, 0, 0, ()),
    ("statement", "NL81ASNB9999999999", "EUR", 40481, 50123, 2, 100018, -90376, ()),
]

READ: dict[str, list[Expected]] = {
    "wolph__betterplace__sepa_mt9401.sta": [
        (
            "statement",
            "50880050/0194774600888",
            "EUR",
            -123471836,
            -123762823,
            7,
            99724196,
            -100015183,
            (),
        ),
        (
            "statement",
            "50880050/0194777100888",
            "EUR",
            -97049990,
            -145574985,
            2,
            1500005,
            -50025000,
            (),
        ),
        (
            "statement",
            "50880050/0194778300888",
            "EUR",
            -170929634,
            -223733485,
            5,
            12518081,
            -65321932,
            (),
        ),
        ("statement", "50880050/0194779500888", "EUR", 319267504, 424267504, 3, 105000000, 0, ()),
        (
            "statement",
            "50880050/0194780100888",
            "EUR",
            -236882787,
            -309552214,
            5,
            20488,
            -72689915,
            (),
        ),
        ("statement", "50880050/0194780101888", "EUR", 15297015, 20396020, 1, 5099005, 0, ()),
        (
            "statement",
            "50880050/0194781300888",
            "EUR",
            -4043220,
            -3050383,
            4,
            1999005,
            -1006168,
            (),
        ),
        ("statement", "50880050/0194781300888", "EUR", -3050383, -10085445, 4, 0, -7035062, ()),
        (
            "statement",
            "50880050/0194782500888",
            "EUR",
            -155249738,
            -135894552,
            8,
            20120210,
            -765024,
            (),
        ),
        ("statement", "50880050/0194782500888", "EUR", -135894552, -230347111, 3, 0, -94452559, ()),
        (
            "statement",
            "50880050/0194783700888",
            "EUR",
            -382947787,
            -293199484,
            6,
            91564688,
            -1816385,
            (),
        ),
        (
            "statement",
            "50880050/0194783700888",
            "EUR",
            -293199484,
            -501969796,
            6,
            0,
            -208770312,
            (),
        ),
        (
            "statement",
            "50880050/0194784900888",
            "EUR",
            -577758557,
            -601811338,
            6,
            17105200,
            -41157981,
            (),
        ),
        (
            "statement",
            "50880050/0194784900888",
            "EUR",
            -601811338,
            -884442538,
            3,
            0,
            -282631200,
            (),
        ),
        ("statement", "50880050/0194784901888", "EUR", 1399005, 2798010, 1, 1399005, 0, ()),
        ("statement", "50880050/0194785000888", "EUR", -361251902, -363258504, 5, 0, -2006602, ()),
        ("statement", "50880050/0194785000888", "EUR", -363258504, -381490147, 5, 0, -18231643, ()),
        (
            "statement",
            "50880050/0194785000888",
            "EUR",
            -381490147,
            -511359352,
            2,
            0,
            -129869205,
            (),
        ),
        ("statement", "50880050/0194785001888", "EUR", 15297015, 20396020, 1, 5099005, 0, ()),
        ("statement", "50880050/0194786200888", "EUR", 14596458, 23895477, 3, 9299019, 0, ()),
        (
            "statement",
            "50880050/0194787400888",
            "EUR",
            76665649,
            112525040,
            4,
            36009391,
            -150000,
            (),
        ),
        (
            "statement",
            "50880050/0194791600888",
            "EUR",
            -197043187,
            -447204909,
            7,
            107095181,
            -357256903,
            (),
        ),
        (
            "statement",
            "50880050/0194791601888",
            "EUR",
            -32491025,
            -39731025,
            3,
            5290010,
            -12530010,
            (),
        ),
        ("statement", "50880050/0194798900888", "EUR", -45000, -60000, 1, 0, -15000, ()),
        ("statement", "50880050/0194799000888", "EUR", -45000, -60000, 1, 0, -15000, ()),
        ("statement", "50880050/0194804000888", "EUR", 0, 5005, 1, 5005, 0, ()),
    ],
    "wolph__betterplace__sepa_snippet_broken.sta": [
        (
            "statement",
            "50880050/0194787400888",
            "EUR",
            76665649,
            112525040,
            1,
            5099005,
            0,
            ("balance_does_not_add_up",),
        ),
    ],
    "wolph__betterplace__with_binary_character.sta": [
        ("statement", "51230800/0000007055", "EUR", 38011577, 19992902, 3, 1309530, -19328205, ()),
        ("statement", "51230800/0000007304", "EUR", 13007319, 13119319, 1, 112000, 0, ()),
    ],
    "wolph__jejik__generic.sta": [
        ("statement", "11111111", "EUR", 10000, 9000, 1, 0, -1000, ()),
        ("statement", "11111111", "EUR", 9000, 8000, 1, 0, -1000, ()),
    ],
    "wolph__jejik__knab.sta": [
        ("statement", "123456789", "EUR", 0, 50000, 1, 50000, 0, ()),
        (
            "statement",
            "123456789",
            "EUR",
            305898,
            79898,
            2,
            50000,
            -726000,
            ("balance_does_not_add_up",),
        ),
    ],
    "wolph__jejik__postfinance.sta": [
        ("statement", "123456789", "CHF", 0, 22920, 2, 22920, 0, ()),
        ("statement", "123456789", "CHF", 22920, 15960, 2, 1010, -7990, ()),
    ],
    "wolph__jejik__rabobank-iban.sta": [
        ("statement", "NL71RABO0123456789", "EUR", 100000, 96500, 2, 0, -3500, ()),
        ("statement", "NL71RABO0123456789", "EUR", 96500, 93000, 2, 0, -3500, ()),
    ],
    "wolph__jejik__rabobank.sta": [
        (
            "statement",
            "1291.99.348",
            "EUR",
            47317,
            39582,
            1,
            0,
            -121328,
            ("balance_does_not_add_up",),
        ),
        ("statement", "1291.99.348", "EUR", 100089, 100089, 0, 0, 0, ()),
        (
            "statement",
            "1291.99.348",
            "EUR",
            129582,
            125087,
            2,
            0,
            -28151,
            ("balance_does_not_add_up",),
        ),
        ("statement", "1526.89.184", "EUR", 419612, 410182, 2, 0, -9430, ()),
    ],
    "wolph__jejik__sns.sta": [
        ("statement", "0123456789", "EUR", 123456, 120956, 2, 0, -2500, ()),
        ("statement", "0123456789", "EUR", 120956, 120956, 0, 0, 0, ()),
    ],
    "wolph__mBank__mt940.sta": [
        ("statement", "PL29114010810000267002001002", "PLN", 40, 43, 3, 3, 0, ()),
    ],
    "wolph__mBank__mt942.sta": [
        ("report", "PL29114010810000267002001002", "PLN", None, None, 3, 3, 0, ()),
    ],
    "wolph__self-provided__malformed_details.sta": [
        (
            "statement",
            "12345678/1020304050",
            "EUR",
            1234512,
            1234598,
            1,
            0,
            -23315,
            ("balance_does_not_add_up",),
        ),
    ],
    "wolph__self-provided__mt942.sta": [
        ("report", "GJB0291077111", "EUR", None, None, 1, 0, -42, ("total_differs",)),
    ],
    "wolph__self-provided__overly_long_details.sta": [
        (
            "statement",
            "12345678/1020304050",
            "EUR",
            1234512,
            1234598,
            1,
            0,
            -23315,
            ("balance_does_not_add_up",),
        ),
    ],
    "wolph__self-provided__raiffeisen-cmi.sta": [
        (
            "statement",
            "UBRTHUHB/123456789150ABCDEF002/HUF",
            "HUF",
            2517063710,
            2528168760,
            7,
            206663700,
            -307885050,
            ("encoding_assumed", "balance_does_not_add_up"),
        ),
    ],
    "wolph__self-provided__transaction_details_wrapped.sta": [
        ("statement", "12345678/1020304050", "EUR", 120000, 119400, 1, 0, -600, ()),
    ],
    "jejik__document__bug-core-5401.txt": [
        (
            "statement",
            "DE19662800530622160900",
            "EUR",
            0,
            0,
            1,
            5000,
            0,
            ("balance_does_not_add_up",),
        ),
    ],
    "jejik__document__generic.txt": [
        ("statement", "11111111", "EUR", 10000, 9000, 1, 0, -1000, ()),
        ("statement", "11111111", "EUR", 9000, 8000, 1, 0, -1000, ()),
    ],
    "jejik__document__ing-dos.txt": [
        ("statement", "0001234567", "EUR", 0, 347, 7, 468, -5027, ("balance_does_not_add_up",)),
    ],
    "jejik__document__knab.txt": [
        ("statement", "123456789", "EUR", 0, 50000, 1, 50000, 0, ()),
        (
            "statement",
            "123456789",
            "EUR",
            305898,
            79898,
            2,
            50000,
            -726000,
            ("balance_does_not_add_up",),
        ),
    ],
    "jejik__document__lbbw.txt": [
        ("statement", "12345678/1324357", "EUR", 0, 0, 2, 1, -1, ()),
    ],
    "jejik__document__oldenburgischelandesbank.txt": [
        (
            "statement",
            "28020050/1324354687",
            "EUR",
            0,
            0,
            1,
            10450,
            0,
            ("balance_does_not_add_up",),
        ),
    ],
    "jejik__document__oldenburgischelandesbank2.txt": [
        (
            "statement",
            "DE19662800530622160900",
            "EUR",
            0,
            None,
            1,
            23000,
            0,
            ("closing_balance_missing",),
        ),
    ],
    "jejik__document__postfinance.txt": [
        ("statement", "123456789", "CHF", 0, 22920, 2, 22920, 0, ()),
        ("statement", "123456789", "CHF", 22920, 15960, 2, 1010, -7990, ()),
    ],
    "jejik__document__rabobank-iban.txt": [
        ("statement", "NL71RABO0123456789", "EUR", 100000, 96500, 2, 0, -3500, ()),
        ("statement", "NL71RABO0123456789", "EUR", 96500, 93000, 2, 0, -3500, ()),
    ],
    "jejik__document__rabobank.txt": [
        (
            "statement",
            "1291.99.348",
            "EUR",
            47317,
            39582,
            1,
            0,
            -121328,
            ("balance_does_not_add_up",),
        ),
        ("statement", "1291.99.348", "EUR", 100089, 100089, 0, 0, 0, ()),
        (
            "statement",
            "1291.99.348",
            "EUR",
            129582,
            125087,
            2,
            0,
            -28151,
            ("balance_does_not_add_up",),
        ),
        ("statement", "1526.89.184", "EUR", 419612, 410182, 2, 0, -9430, ()),
    ],
    "jejik__document__sns.txt": [
        ("statement", "0123456789", "EUR", 123456, 120956, 2, 0, -2500, ()),
        ("statement", "0123456789", "EUR", 120956, 120956, 0, 0, 0, ()),
    ],
    "jejik__document__sparkasse3.txt": [
        (
            "statement",
            "DE11222220220222220200",
            "EUR",
            93105229,
            93130450,
            1,
            0,
            -102725,
            ("balance_does_not_add_up",),
        ),
    ],
    "jejik__document__sparkasse_interim_balance.txt": [
        ("statement", "87052000/123456789", "EUR", 19457, 17457, 1, 0, -2000, ()),
        ("statement", "87052000/123456789", "EUR", 17457, 15457, 1, 0, -2000, ()),
        ("statement", "87052000/123456789", "EUR", 0, 0, 0, 0, 0, ()),
    ],
    "jejik__document__volksbankenraiffeisenbanken.txt": [
        ("statement", "66642399/93387", "EUR", 308500, 323000, 2, 14500, 0, ()),
        ("statement", "66642399/93387", "EUR", 323000, 331000, 1, 8000, 0, ()),
        ("statement", "66642399/93387", "EUR", 331000, 343000, 2, 12000, 0, ()),
        ("statement", "66642399/93387", "EUR", 343000, 362000, 3, 19000, 0, ()),
        ("statement", "66642399/93387", "EUR", 362000, 368500, 1, 6500, 0, ()),
        ("statement", "66642399/93387", "EUR", 368500, 373500, 1, 5000, 0, ()),
        ("statement", "66642399/93387", "EUR", 373500, 377500, 1, 4000, 0, ()),
        ("statement", "66642399/93387", "EUR", 377500, 383000, 1, 5500, 0, ()),
    ],
    "wolph__ASNB__mt940.txt": ASNB,
    "wolph__ASNB__mt940_with_spaces_for_entry_date.txt": ASNB,
    "wolph__citi__mt940.txt": [
        ("statement", "123456789", "USD", 1737667, 1623392, 5, 0, -114275, ()),
    ],
}
# The code of the refusal, and the line that it names.
REFUSED: dict[str, tuple[str, int | None]] = {
    "wolph__betterplace__amount_formats.sta": ("missing_field", 1),
    "wolph__betterplace__empty_entry_date.sta": ("missing_field", 1),
    "wolph__betterplace__missing_crlf_at_end.sta": ("missing_field", 1),
    "wolph__cmxl__account_balance_credit.sta": ("missing_field", 1),
    "wolph__cmxl__account_balance_debit.sta": ("missing_field", 1),
    "wolph__cmxl__account_identification_legacy.sta": ("missing_field", 1),
    "wolph__cmxl__mt940.sta": ("unknown_currency", 4),
    "wolph__cmxl__reference.sta": ("missing_field", 1),
    "wolph__cmxl__statement_line.sta": ("missing_field", 1),
    "wolph__cmxl__statement_number.sta": ("missing_field", 1),
    "wolph__self-provided__account_identification.sta": ("missing_field", 1),
    "wolph__self-provided__gv_codes.sta": ("cut_off", 7),
    "wolph__self-provided__invalid_statement.sta": ("no_statement", None),
    "wolph__self-provided__sparkassen.sta": ("missing_field", 1),
    "wolph__mt940_tests__requirements.txt": ("no_statement", None),
}


def found() -> dict[str, bytes]:
    return {
        name: data for pattern in PATTERNS for name, data in documents("mt940", pattern).items()
    }


def seen(statement: Statement) -> Expected:
    amounts = [t.amount for t in statement.transactions]
    assert [t.ordinal for t in statement.transactions] == list(range(1, len(amounts) + 1))
    return (
        statement.kind,
        statement.account or "",
        statement.currency or "",
        statement.opening,
        statement.closing,
        len(amounts),
        sum(a for a in amounts if a > 0),
        sum(a for a in amounts if a < 0),
        (
            *(notice.code for notice in statement.notices),
            *(finding.code for finding in check_balances(statement)),
        ),
    )


def test_the_corpus_is_whole() -> None:
    assert set(found()) == set(READ) | set(REFUSED)
    assert (len(READ), len(REFUSED)) == COUNTS


@pytest.mark.parametrize("name", READ)
def test_document_is_read_to_the_cent(name: str) -> None:
    assert [seen(statement) for statement in mt940.parse(found()[name])] == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_document_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(FormatError) as caught:
        mt940.parse(found()[name])
    assert (caught.value.code, caught.value.line) == REFUSED[name]


def test_another_reader_counts_as_many_transactions() -> None:
    """The YAML beside each document is what an independent reader makes of it. It makes statements
    without a booking into a transaction, so only documents where each has one are compared."""
    compared = 0
    for name, data in documents("mt940", "*.yml").items():
        document = name.removesuffix(".yml") + ".sta"
        if document not in READ or any(count == 0 for *_, count, _, _, _ in READ[document]):
            continue
        theirs = len(re.findall(rb"^- !!python/object:mt940\.models\.Transaction$", data, re.M))
        assert sum(expected[5] for expected in READ[document]) == theirs, name
        compared += 1
    assert compared == 13
