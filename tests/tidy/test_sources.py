"""The house rules for source files that a program can check."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.tidy.source_tree import (
    PACKAGE,
    ROOT,
    functions,
    project_files,
    python_files,
    shown,
    tree,
)

LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def test_a_file_is_one_idea() -> None:
    places = [*python_files("src/usance", "config"), *(ROOT / "src").rglob("*.sql")]
    long = {shown(p): n for p in places if (n := len(p.read_text().splitlines())) >= LONGEST_FILE}
    assert long == {}


def test_a_function_is_one_page() -> None:
    """Counted from the first line after signature and docstring."""
    long = {}
    for path in python_files("src/usance", "config"):
        for function in functions(path):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            lines = (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines >= LONGEST_FUNCTION:
                long[f"{shown(path)} {function.name}"] = lines
    assert long == {}


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers",
               "lib", "base_utils", "stuff", "tools"}  # fmt: skip
    names = {
        shown(path): path
        for path in python_files("src/usance", "config", "tests", "benchmarks")
        if {path.stem, *path.relative_to(ROOT).parts[:-1]} & drawers
    }
    assert set(names) == set()


PURE = ("rules", "formats", "records", "flows", "gateways", "worlds")


def test_the_wall_clock_is_read_at_the_edge_only() -> None:
    """``at`` and ``on`` are arguments: a year of trading can be played in seconds."""
    reads = {("now",), ("today",), ("utcnow",), ("time", "time"), ("time", "time_ns")}
    wrong = []
    for path in python_files(*(f"src/usance/{room}" for room in PURE)):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                name = owner.id if isinstance(owner, ast.Name) else ""
                if {(node.func.attr,), (name, node.func.attr)} & reads:
                    wrong.append(f"{shown(path, node)} {name}.{node.func.attr}()")
            elif (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.search(_SQL_CLOCK, node.value)
            ):
                wrong.append(f"{shown(path, node)} {node.value[:60]!r}")
    for path in (ROOT / "src").rglob("*.sql"):
        code = re.sub(r"--.*", "", path.read_text())
        wrong += [f"{shown(path)} {found[0]}" for found in re.finditer(_SQL_CLOCK, code)]
    assert wrong == []


_SQL_CLOCK = r"(?i)\b(?:now|clock_timestamp|statement_timestamp)\(\)|\bcurrent_(?:date|timestamp)\b"


NOT_MONEY = {
    "rules/payer_behaviour.py",  # how likely a simulated payer is late
    "rules/credit/score.py",  # chances and days; of amounts only how one compares with another
    "rules/credit/score_fitted.py",  # the same
    "rules/credit/score_history.py",  # the same; amounts are summed whole
    "rules/credit/score_model.py",  # the same
    "rules/credit/score_running.py",  # the same; amounts are summed whole
    "rules/credit/standing.py",  # shares and averages; its amounts are Decimals until they are rounded
    "rules/forecast/arrival.py",  # chances and days; the amount it carries is whole
    "rules/forecast/weeks.py",  # means and spreads of chances; what is said is rounded to whole units
    "rules/retries.py",  # seconds to wait
    "flows/webhook_deliveries.py",  # seconds to wait
    "flows/outgoing_mails.py",  # seconds to wait
    "flows/deliveries/sending.py",  # seconds to wait
}
"""Modules whose fractions are chances and durations; no amount passes through them."""


def money_files(*rooms: str) -> list[Path]:
    found = python_files(*(f"src/usance/{room}" for room in rooms))
    assert {str(path.relative_to(PACKAGE)) for path in found} >= {
        name for name in NOT_MONEY if name.split("/")[0] in rooms
    }
    return [path for path in found if str(path.relative_to(PACKAGE)) not in NOT_MONEY]


def test_money_is_never_a_float() -> None:
    wrong = []
    for path in money_files("rules", "records", "flows"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
                wrong.append(f"{shown(path, node)} {node.value}")
            elif isinstance(node, ast.Name) and node.id == "float":
                wrong.append(f"{shown(path, node)} float")
            elif isinstance(node, ast.Attribute) and node.attr in ("FloatField", "float64"):
                wrong.append(f"{shown(path, node)} {node.attr}")
    assert wrong == []


def test_whole_numbers_are_not_divided_into_floats() -> None:
    """``/`` between whole numbers is a float; between decimals the reader should see that it is."""
    wrong = []
    for path in money_files("rules", "flows"):
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.BinOp)
                and isinstance(node.op, ast.Div)
                and not re.search("Decimal|Fraction", ast.unparse(node))
            ):
                wrong.append(f"{shown(path, node)} {ast.unparse(node)}")
    assert wrong == []


def test_no_django_signals() -> None:
    wrong = [
        shown(path, node)
        for path in python_files("src/usance", "config")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom | ast.Import)
        and re.search(r"django\.dispatch|signals", ast.unparse(node))
    ]
    assert wrong == []


def test_no_business_logic_hides_in_a_model() -> None:
    """Models have no ``save``, ``delete`` or ``clean`` of their own."""
    wrong = [
        f"{shown(path, function)} {function.name}"
        for path in python_files("src/usance/records")
        if path.name == "models.py"
        for function in functions(path)
        if function.name in {"save", "delete", "clean", "full_clean"}
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ["rules", "flows", "records"])
def test_public_functions_name_their_arguments(room: str) -> None:
    """Keyword-only past the first, and with a docstring."""
    wrong = []
    for path in python_files(f"src/usance/{room}"):
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                if not ast.get_docstring(node):
                    wrong.append(f"{shown(path, node)} {node.name} has no docstring")
                if len(node.args.posonlyargs + node.args.args) > 2 and node.name not in POSITIONAL:
                    wrong.append(f"{shown(path, node)} {node.name} takes arguments by position")
    assert wrong == []


POSITIONAL = {"decide", "alternatives", "choose_route", "known_facts", "offers", "rule_results"}
"""``decide(application, exposure, policy, on)`` is the trade's own sentence; the others ask more about
the same case, and take it as it stands there."""


def test_nothing_is_left_for_later() -> None:
    words = re.compile(r"\bTO" + r"DO\b|\bFIX" + r"ME\b|# *(?:XX" + r"X|HA" + r"CK)\b")
    wrong = [
        f"{shown(path)}:{number}"
        for path in python_files("src/usance", "config", "tests")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if words.search(line)
    ]
    assert wrong == []


def test_no_file_names_a_package_index_or_a_machine() -> None:
    """What is installed from where, and where this stood, is the operator's business."""
    places = re.compile(
        r"https?://[^\s\"'<>]*(?:py" + r"pi\.|python" + r"hosted|artifact" + r"ory|dev" + r"pi|/simple\b)"
        r"|--(?:extra-)?index-" + r"url[ =]\S|/ro" + r"ot/|/ho" + r"me/[a-z]|(?<![\w.])/wo" + r"rk/\w"
    )  # fmt: skip
    wrong = []
    for path in project_files():
        data = path.read_bytes()
        if b"\0" in data[:4096]:
            continue
        for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
            if places.search(line):
                wrong.append(f"{shown(path)}:{number} {line.strip()[:80]}")
    assert wrong == []
