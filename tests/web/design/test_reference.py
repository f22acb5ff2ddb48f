"""The reference of the design system names everything that can be used, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from django.template.loader import get_template

import usance.web.design
from usance.web.design.templatetags import design, locale

DESIGN = Path(usance.web.design.__file__).parent
REFERENCE = (DESIGN / "README.md").read_text()


def test_every_tag_and_filter_is_in_the_reference() -> None:
    for name in design.register.tags:
        assert f"{{% {name}" in REFERENCE, name
    for name in locale.register.filters:
        assert re.search(rf"\|{name}\b|`{name}`", REFERENCE), name


def test_every_template_named_exists() -> None:
    named = set(re.findall(r"`(design/\w+\.html)`", REFERENCE))
    assert len(named) >= 5
    for name in named:
        get_template(name)


def test_every_class_named_has_a_look() -> None:
    table = REFERENCE.split("## Classes")[1].split("## Tokens")[0]
    sheets = "".join(sheet.read_text() for sheet in (DESIGN / "static" / "design").glob("*.css"))
    for name in re.findall(r"`([a-z]+(?:-[a-z]+)*)`", table):
        if name not in {"td", "role", "data-label", "aria-label"}:
            assert f".{name}" in sheets, name


def test_every_token_named_exists() -> None:
    sheet = (DESIGN / "static" / "design" / "tokens.css").read_text()
    for name in set(re.findall(r"--[a-z][\w-]+", REFERENCE.split("## Tokens")[1])):
        assert f"{name}:" in sheet, name


def test_every_template_can_be_read() -> None:
    for template in (DESIGN / "templates").rglob("*.html"):
        get_template(str(template.relative_to(DESIGN / "templates")))
