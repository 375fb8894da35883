"""What a file really is, by its content and never by its name.

Runs in the process that reads (`extraction`): standard library only.
"""

import re
import zipfile
from enum import StrEnum
from typing import Any, BinaryIO

from registry.spreadsheets.limits import Limits

SMALL = 20_000_000  # bytes: archives that unpack to less are harmless, whatever their ratio
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE 2, [MS-CFB] section 2.2
# BOF of the workbook, perhaps WriteProtect, then FilePass: [MS-XLS] section 2.1.7.20.3
_PROTECTED_XLS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
_MANIFEST = "META-INF/manifest.xml"
# What of other files begins like no list would; most others hold a NUL soon.
_OTHER_FILES = (b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!\x1a", b"7z\xbc\xaf", b"\x1f\x8b")
_MARKUP = (b"<!--", b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<style", b"<div")


class Format(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"


class Refused(Exception):
    """The file cannot be read; `code` names the error of `registry.spreadsheets.errors`."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def format_of(file: BinaryIO, limits: Limits) -> Format:
    """The format of a seekable file. Raises `Refused` for everything else that people upload."""
    file.seek(0)
    start = file.read(4096)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _format_of_archive(file, limits)
    if start.startswith(_COMPOUND_FILE):
        return _format_of_compound_file(file)
    _check_that_it_is_text(start)
    return Format.CSV


def _check_that_it_is_text(start: bytes) -> None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not start.strip():
        raise Refused("empty_sheet")
    if start.startswith(b"%PDF"):
        raise Refused("pdf_file")
    if text.startswith(_MARKUP):
        raise Refused("web_page")
    if text.startswith(b"<?xml"):
        raise Refused("web_page" if b"<html" in text else "other_spreadsheet")
    in_utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if start.startswith(_OTHER_FILES) or (b"\0" in start and not in_utf16):
        raise Refused("not_a_spreadsheet")


def _format_of_archive(file: BinaryIO, limits: Limits) -> Format:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            kind = archive.read("mimetype") if _has(parts, "mimetype", at_most=100) else b""
            manifest = archive.read(_MANIFEST) if _has(parts, _MANIFEST, at_most=1_000_000) else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        raise Refused("damaged_file") from None
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if unpacked > limits.unpacked_size or (unpacked > SMALL and unpacked > limits.packing_ratio * packed):
        raise Refused("unpacks_too_large")
    if _has(parts, "xl/workbook.xml"):
        return Format.XLSX  # xlsm, too: macros are never read
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        if b"encryption-data" in manifest:  # OpenDocument 1.3 part 2, section 4.8
            raise Refused("protected_file")
        return Format.ODS
    if _has(parts, "xl/workbook.bin") or _has(parts, "Index/Document.iwa"):  # xlsb; Numbers
        raise Refused("other_spreadsheet")
    raise Refused("not_a_spreadsheet")


def _has(parts: list[zipfile.ZipInfo], name: str, at_most: int | None = None) -> bool:
    return any(part.filename == name and (at_most is None or part.file_size <= at_most) for part in parts)


def _format_of_compound_file(file: BinaryIO) -> Format:
    file.seek(0)
    content = file.read()
    # [MS-OFFCRYPTO] section 2.3: an xlsx with a password
    if "EncryptedPackage".encode("utf-16-le") in content or _PROTECTED_XLS.search(content):
        raise Refused("protected_file")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return Format.XLS
    # a Word document has the directory of such files, too; a file that is cut off has none
    raise Refused("not_a_spreadsheet" if "Root Entry".encode("utf-16-le") in content else "damaged_file")
