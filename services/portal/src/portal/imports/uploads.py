"""A file on its way through the portal: piece by piece from the browser to the service, stored nowhere here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from shared.errors import DomainError
from starlette.requests import Request

LARGEST = 25_000_000  # bytes, as the registry takes; what is said to be more is not even read
BEYOND = 2 * LARGEST  # where the reading of a form ends, whatever its Content-Length said
FILE = "file"
_LONGEST_FIELD = 1_000


class BrokenForm(DomainError):
    code = "broken_form"
    message = "The file did not arrive completely. Please try again."


def is_too_large(request: Request) -> bool:
    """Whether the browser says that it is going to send more than any list has."""
    declared = request.headers.get("content-length", "")
    return declared.isdigit() and int(declared) > LARGEST + 10_000  # the form around the file


@dataclass
class Upload:
    """A form with one file, which comes last: what stands before it is known when the file begins."""

    fields: dict[str, str] = field(default_factory=dict)
    file_name: str = ""

    async def begin(self, request: Request) -> AsyncIterator[bytes]:
        """Read up to the file; the pieces of the file come from the answer. Raises `BrokenForm`."""
        pieces = _pieces(request, self)
        first = await anext(pieces, b"")

        async def rest() -> AsyncIterator[bytes]:
            yield first
            async for piece in pieces:
                yield piece

        return rest()


async def _pieces(request: Request, upload: Upload) -> AsyncIterator[bytes]:
    reader = _Reader(upload)
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if not boundary:
        raise BrokenForm
    parser = MultipartParser(boundary, reader.callbacks())  # type: ignore[arg-type]
    try:
        async for chunk in request.stream():
            parser.write(chunk)
            for piece in reader.taken():
                yield piece
    except FormParserError:
        raise BrokenForm from None


class _Reader:
    """What the parser tells, put together: small fields into `Upload.fields`, the file into pieces."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        self._header: dict[str, bytes] = {}
        self._name = self._value = b""
        self._part = ""
        self._text = b""
        self._pieces: list[bytes] = []

    def taken(self) -> list[bytes]:
        pieces, self._pieces = self._pieces, []
        return pieces

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._read_name,
            "on_header_value": self._read_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._read_data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._header, self._text, self._part = {}, b"", ""

    def _read_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _read_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._header[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._header.get("content-disposition", b""))
        self._part = options.get(b"name", b"").decode(errors="replace")
        if self._part == FILE:
            self.upload.file_name = options.get(b"filename", b"").decode(errors="replace")

    def _read_data(self, data: bytes, start: int, end: int) -> None:
        if self._part == FILE:
            self._pieces.append(data[start:end])
        elif len(self._text) < _LONGEST_FIELD:
            self._text += data[start:end]

    def _end(self) -> None:
        if self._part != FILE:
            self.upload.fields[self._part] = self._text.decode(errors="replace").strip()
