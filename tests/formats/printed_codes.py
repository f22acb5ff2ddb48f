"""QR codes as they are printed: found on the page by their drawing, and read module by module."""

from __future__ import annotations

import pypdfium2 as pdfium
from pypdfium2 import raw

_DOTS = 400


def printed_code(pdf: bytes, *, size: int, least_mm: float) -> list[list[bool]]:
    """The modules of the code of ``size`` by ``size`` modules, which is ``least_mm`` wide or more.

    A code is one path, whose bounds are those of its dark modules: three of its corners are finders.
    Raises LookupError where no page has one.
    """
    with pdfium.PdfDocument(pdf) as document:
        for page in document:
            for left, bottom, right, top in _squares(page, least=least_mm * 72 / 25.4):
                drawn = page.render(scale=_DOTS / 72).to_pil().convert("L")
                height, step = page.get_height(), (right - left) / size
                scale = _DOTS / 72
                assert abs((top - bottom) - (right - left)) < step / 2
                return [
                    [
                        drawn.getpixel(
                            (
                                int((left + (x + 0.5) * step) * scale),
                                int((height - top + (y + 0.5) * step) * scale),
                            )
                        )
                        < 128
                        for x in range(size)
                    ]
                    for y in range(size)
                ]
    raise LookupError(f"No page has a code of at least {least_mm} mm.")


def _squares(page: pdfium.PdfPage, *, least: float) -> list[tuple[float, float, float, float]]:
    """Bounds of the drawings on ``page`` that are square and have many parts."""
    found = []
    for one in page.get_objects(max_depth=8):
        if one.type != raw.FPDF_PAGEOBJ_PATH or raw.FPDFPath_CountSegments(one) < 500:
            continue
        left, bottom, right, top = one.get_bounds()
        if right - left >= least and abs((right - left) - (top - bottom)) < 1:
            found.append((left, bottom, right, top))
    return found
