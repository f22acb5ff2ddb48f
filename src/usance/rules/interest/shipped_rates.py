"""Reference rates that come with the program. What came after ``known_until`` the seller loads.

Each value is a published fact of its central bank; the tables begin early enough for debts of the years
since Directive 2011/7/EU applies, or where a table begins later, its first date says so. A table without
values is named here so that a seller can load it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from usance.rules.interest.rate_tables import RateTable


def _table(code: str, name: str, source: str, values: str = "", until: str = "") -> RateTable:
    """``values``: a day and the rate in force from it, pair after pair."""
    words = values.split()
    changes = tuple(
        (date.fromisoformat(day), Decimal(rate))
        for day, rate in zip(words[::2], words[1::2], strict=True)
    )
    return RateTable(code, name, source, changes, date.fromisoformat(until) if until else date.min)


ECB: Final = _table(
    "ecb",
    "main refinancing rate of the ECB",
    "European Central Bank, key interest rates: main refinancing operations",
    """
    2011-12-14 1.00  2012-07-11 0.75  2013-05-08 0.50  2013-11-13 0.25  2014-06-11 0.15
    2014-09-10 0.05  2016-03-16 0.00  2022-07-27 0.50  2022-09-14 1.25  2022-11-02 2.00
    2022-12-21 2.50  2023-02-08 3.00  2023-03-22 3.50  2023-05-10 3.75  2023-06-21 4.00
    2023-08-02 4.25  2023-09-20 4.50  2024-06-12 4.25  2024-09-18 3.65  2024-10-23 3.40
    2024-12-18 3.15  2025-02-05 2.90  2025-03-12 2.65  2025-04-23 2.40  2025-06-11 2.15
    """,
    "2026-01-01",
)
GERMANY: Final = _table(
    "de_base",
    "base rate of section 247 BGB",
    "Deutsche Bundesbank, Basiszinssatz nach § 247 BGB",
    """
    2008-01-01 3.32  2008-07-01 3.19  2009-01-01 1.62  2009-07-01 0.12  2011-07-01 0.37
    2012-01-01 0.12  2013-01-01 -0.13 2013-07-01 -0.38 2014-01-01 -0.63 2014-07-01 -0.73
    2015-01-01 -0.83 2016-07-01 -0.88 2023-01-01 1.62  2023-07-01 3.12  2024-01-01 3.62
    2024-07-01 3.37  2025-01-01 2.27  2025-07-01 1.27
    """,
    "2026-01-01",
)
ENGLAND: Final = _table(
    "boe",
    "Bank Rate of the Bank of England",
    "Bank of England, official Bank Rate",
    """
    2009-03-05 0.50  2016-08-04 0.25  2017-11-02 0.50  2018-08-02 0.75  2020-03-11 0.25
    2020-03-19 0.10  2021-12-16 0.25  2022-02-03 0.50  2022-03-17 0.75  2022-05-05 1.00
    2022-06-16 1.25  2022-08-04 1.75  2022-09-22 2.25  2022-11-03 3.00  2022-12-15 3.50
    2023-02-02 4.00  2023-03-23 4.25  2023-05-11 4.50  2023-06-22 5.00  2023-08-03 5.25
    2024-08-01 5.00  2024-11-07 4.75  2025-02-06 4.50  2025-05-08 4.25  2025-08-07 4.00
    2025-12-18 3.75
    """,
    "2025-12-31",
)
ROMANIA: Final = _table(
    "bnr",
    "reference rate of the National Bank of Romania",
    "Banca Națională a României, rata dobânzii de referință (rata dobânzii de politică monetară)",
    """
    2015-05-07 1.75  2018-01-09 2.00  2018-02-08 2.25  2018-05-08 2.50  2020-03-23 2.00
    2020-06-02 1.75  2020-08-06 1.50  2021-01-18 1.25  2021-10-06 1.50  2021-11-10 1.75
    2022-01-11 2.00  2022-02-10 2.50  2022-04-06 3.00  2022-05-11 3.75  2022-07-07 4.75
    2022-08-08 5.50  2022-10-06 6.25  2022-11-09 6.75  2023-01-11 7.00  2024-07-08 6.75
    2024-08-08 6.50
    """,
    "2026-01-01",
)
INDIA: Final = _table(
    "rbi",
    "Bank Rate of the Reserve Bank of India",
    "Reserve Bank of India, Bank Rate (section 49, RBI Act 1934)",
    """
    2015-09-29 7.75  2016-04-05 7.00  2016-10-04 6.75  2017-04-06 6.50  2017-08-02 6.25
    2018-06-06 6.50  2018-08-01 6.75  2019-02-07 6.50  2019-04-04 6.25  2019-06-06 6.00
    2019-08-07 5.65  2019-10-04 5.40  2020-03-27 4.65  2020-05-22 4.25  2022-05-04 4.65
    2022-06-08 5.15  2022-08-05 5.65  2022-09-30 6.15  2022-12-07 6.50  2023-02-08 6.75
    2025-02-07 6.50  2025-04-09 6.25  2025-06-06 5.75  2025-12-05 5.50
    """,
    "2025-12-31",
)
POLAND: Final = _table(
    "nbp",
    "reference rate of the National Bank of Poland",
    "Narodowy Bank Polski, stopa referencyjna",
    """
    2022-09-08 6.75  2023-09-07 6.00  2023-10-05 5.75  2025-05-08 5.25  2025-07-03 5.00
    2025-09-04 4.75  2025-10-09 4.50  2025-11-06 4.25  2025-12-04 4.00
    """,
    "2026-01-01",
)
AUSTRIA: Final = _table(
    "at_base", "base rate of Austria (Basiszinssatz)", "Oesterreichische Nationalbank"
)
CZECHIA: Final = _table("cnb", "repo rate of the Czech National Bank", "Česká národní banka")
HUNGARY: Final = _table("mnb", "base rate of the Magyar Nemzeti Bank", "Magyar Nemzeti Bank")
SWEDEN: Final = _table("riksbank", "reference rate of the Riksbank (referensränta)", "Riksbanken")
DENMARK: Final = _table(
    "dn", "lending rate of Danmarks Nationalbank (udlånsrente)", "Danmarks Nationalbank"
)

SHIPPED: Final[dict[str, RateTable]] = {
    table.code: table
    for table in (
        ECB,
        GERMANY,
        ENGLAND,
        ROMANIA,
        INDIA,
        POLAND,
        AUSTRIA,
        CZECHIA,
        HUNGARY,
        SWEDEN,
        DENMARK,
    )
}
"""Every table by its code."""
