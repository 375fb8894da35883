"""Text in csv files that no spreadsheet takes for a formula.

Excel, LibreOffice and Google Sheets calculate whatever begins with = + - @ (OWASP, "CSV Injection"), also in the middle
of a cell where the reader's list separator is another one. An apostrophe before it makes it text; reading takes exactly
that apostrophe away again. Runs in the process that reads (`extraction`): standard library only.
"""

import re

# The full-width signs are formulas to Excel in East Asian settings.
_SIGNS = "=+\\-@＝＋－＠"
_TO_GUARD = re.compile(rf"(^|[,;\t\r\n])([\s\"]*'*)(?=[{_SIGNS}])")
_GUARDED = re.compile(rf"(^|[,;\t\r\n])([\s\"]*'*)'(?=[{_SIGNS}])")
_FORMULA = re.compile(rf"\s*[{_SIGNS}](?!\s|[-\s]*$)")


def guard(text: str) -> str:
    """`text` as it may stand in a csv file."""
    return _TO_GUARD.sub(r"\1\2'", text)


def unguard(text: str) -> str:
    """What `guard` was given."""
    return _GUARDED.sub(r"\1\2", text) if "'" in text else text


def looks_like_formula(text: str) -> bool:
    """Whether a reader should be told that this text begins like a formula; `- a dash and a space` does not."""
    return _FORMULA.match(text) is not None
