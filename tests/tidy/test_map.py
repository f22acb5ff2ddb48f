"""``docs/map.md`` names what there is: every name on it exists, and no stage is left out."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from tests.tidy.source_tree import PACKAGE, ROOT
from usance.records.seller_scope import registry_of_scoped_models

COLUMNS = ("rule", "flow", "table", "screen", "endpoint", "job")


@cache
def rows() -> list[dict[str, list[str]]]:
    """The names in each row of the map's tables, by column."""
    found = []
    for line in (ROOT / "docs" / "map.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 7 and not cells[0].startswith("--"):
            names = [re.findall(r"`([^`]+)`", cell) for cell in cells[1:]]
            if any(names):
                found.append(dict(zip(COLUMNS, names, strict=True)))
    return found


def named(column: str) -> set[str]:
    return {name for row in rows() for name in row[column]}


def exists(package: str, dotted: str) -> bool:
    """Whether ``module.name`` or ``folder.module.Class.name`` is in ``package``."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join([package, *parts[:cut]]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return cut < len(parts)
    return False


def addresses(patterns: Any = None, before: str = "/") -> Iterator[str]:
    """Every address of the site, with ``{}`` where something is filled in."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = before + re.sub(r"<[^>]+>", "{}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address.rstrip("/") or "/"


def blank(address: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", address)


@cache
def operations() -> set[str]:
    """``METHOD /path`` of the API, and of what machines ask about the process."""
    from usance.web.api.openapi import document

    api = {
        f"{method.upper()} {blank(path)}"
        for path, methods in document()["paths"].items()
        for method in methods
        if method in {"get", "post", "put", "patch", "delete"}
    }
    return api | {f"GET {address}" for address in addresses() if not address.startswith("/v1")}


def test_the_map_is_read_whole() -> None:
    assert len(rows()) >= 19
    for column in COLUMNS:
        assert len(named(column)) >= 15, column


@pytest.mark.parametrize("column", ["rule", "flow"])
def test_every_rule_and_flow_on_the_map_exists(column: str) -> None:
    assert {name for name in named(column) if not exists(f"usance.{column}s", name)} == set()


def test_every_table_on_the_map_exists_and_every_table_is_on_it() -> None:
    tables = {model._meta.db_table for model in registry_of_scoped_models(apps)}
    assert named("table") == tables | {"parties_seller", "parties_user"}


def test_every_screen_on_the_map_exists() -> None:
    known = set(addresses())
    assert {screen for screen in named("screen") if blank(screen) not in known} == set()


def test_every_endpoint_on_the_map_exists() -> None:
    assert {each for each in named("endpoint") if blank(each) not in operations()} == set()


def test_every_kind_of_endpoint_is_on_the_map() -> None:
    """``/v1/orders``, ``/v1/payments`` ...: each has a row."""
    kinds = {o.split("/")[2] for o in operations() if " /v1/" in o}
    assert kinds - {each.split("/")[2] for each in named("endpoint") if " /v1/" in each} == set()


def test_every_part_of_the_site_is_on_the_map() -> None:
    """``/office/orders``, ``/account/invoices`` ...: each has a row."""
    parts = {
        "/".join(a.split("/")[:3]) for a in addresses() if a.startswith(("/office", "/account/"))
    }
    on_it = {"/".join(screen.split("/")[:3]) for screen in named("screen")}
    # Looking for something is not a stage.
    assert parts - on_it - {"/office/search"} == set()


def test_every_job_and_command_on_the_map_exists_and_is_on_it() -> None:
    import typer.main
    from procrastinate.contrib.django import app

    from usance.cli.entry import app as command_line

    for path in (PACKAGE / "jobs").glob("*.py"):
        importlib.import_module(f"usance.jobs.{path.stem}")
    jobs = {
        f"{task.func.__module__.removeprefix('usance.jobs.')}.{task.func.__name__}"
        for task in app.tasks.values()
        if getattr(task.func, "__module__", "").startswith("usance.jobs.")
    }
    commands = {f"usance {name}" for name in typer.main.get_command(command_line).commands}
    assert jobs
    assert named("job") == jobs | commands


@pytest.mark.parametrize("column", ["rule", "flow"])
def test_every_rule_and_flow_is_on_the_map(column: str) -> None:
    root = PACKAGE / f"{column}s"
    modules = {
        ".".join(path.relative_to(root).with_suffix("").parts)
        for path in root.rglob("*.py")
        if path.name != "__init__.py"
    }
    on_it = {
        module for name in named(column) for module in modules if name.startswith(f"{module}.")
    }
    assert modules - on_it == set()
