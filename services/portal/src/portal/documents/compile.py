"""`python -m portal.documents.compile TEMPLATE`: JSON from standard input, a tagged PDF to standard output."""

import sys
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).parent


def main() -> None:
    template = (FOLDER / f"{sys.argv[1]}.typ").resolve()
    if template.parent != FOLDER.resolve():
        sys.exit(f"{sys.argv[1]} is no template")
    options: dict[str, Any] = {
        "root": FOLDER, "ignore_system_fonts": True, "sys_inputs": {"data": sys.stdin.read()},
    }  # fmt: skip
    try:
        document = typst.compile(template, pdf_standards="ua-1", **options)
    except typst.TypstError:
        # A letter that no font has, such as an emoji in a name: still tagged, but not PDF/UA to the letter.
        document = typst.compile(template, **options)
    sys.stdout.buffer.write(document)


if __name__ == "__main__":
    main()
