"""Imports only go down. The contracts are in ``.importlinter``."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys

from tests.tidy.source_tree import PACKAGE, ROOT, python_files, shown, tree


def test_the_contracts_of_the_rooms_are_kept() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as m; m()"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Contracts: 4 kept, 0 broken." in run.stdout
    analyzed = re.search(r"Analyzed (\d+) files", run.stdout)
    assert analyzed
    assert int(analyzed[1]) >= len(python_files("src/usance"))


def test_rules_and_formats_open_nothing() -> None:
    """What import-linter cannot see: reading files, the environment, chance."""
    known = {"open", "input", "print", "exec", "eval"}
    forbidden = {"os", "random", "secrets", "time", "sys", "shutil", "threading", "asyncio"}
    wrong = []
    for path in python_files("src/usance/rules", "src/usance/formats"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if (
                    node.func.id in known
                    and (str(path.relative_to(ROOT)), node.func.id) not in COMPILES
                ):
                    wrong.append(f"{shown(path, node)} {node.func.id}()")
            elif isinstance(node, ast.Import):
                found = {name.name.split(".")[0] for name in node.names} & forbidden
                if str(path.relative_to(ROOT)) in LOCKS:
                    found -= {"os", "threading"}
                wrong += [f"{shown(path, node)} import {name}" for name in found]
            elif (
                isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in forbidden
            ):
                wrong.append(f"{shown(path, node)} from {node.module}")
    assert wrong == []


LOCKS = {"src/usance/formats/validation/exclusive.py"}
"""A lock, and nothing else: Saxon serves one thread at a time, and forked processes go on with it."""

COMPILES = {("src/usance/rules/credit/expressions/assembly.py", "exec")}
"""Turns checked policies into functions; ``tests/rules/credit/expressions`` shows that nothing of the
author's text gets into the code."""

_WRITES = {
    "create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "save", "delete",
    "update",
}  # fmt: skip


def test_only_flows_and_records_write() -> None:
    """Above the flows nobody saves, creates or updates a row of the records."""
    wrong = []
    for path in python_files(*(f"src/usance/{r}" for r in ("web", "jobs", "worlds", "cli"))):
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in _WRITES
                and _through_objects(node.func.value)
            ):
                wrong.append(f"{shown(path, node)} .{node.func.attr}()")
    assert wrong == []


def _through_objects(node: ast.AST) -> bool:
    """Whether the expression is a chain that begins at a model's ``objects``."""
    return any(
        isinstance(part, ast.Attribute) and part.attr == "objects" for part in ast.walk(node)
    )


def test_every_record_has_the_same_shape() -> None:
    """A newcomer finds the models, what writes and what reads at the same place in each record."""
    for record in sorted((PACKAGE / "records").iterdir()):
        if record.is_dir() and (record / "apps.py").exists():
            assert (record / "models.py").exists(), record.name
            assert (record / "migrations").is_dir(), record.name
