"""How much one file may ask of the service."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """A district's largest list, 50,000 volunteers in 30 columns, is well within these."""

    size: int = 25_000_000  # bytes as uploaded
    unpacked_size: int = 400_000_000  # bytes; xlsx and ods are zip archives
    packing_ratio: int = 200  # real lists pack 10 to 60 times
    rows: int = 100_000  # that hold something
    columns: int = 200
    cell_length: int = 32_767  # characters, as in Excel
    memory: int = 300_000_000  # bytes of address space of the process that reads
    seconds: int = 120  # of processor time of that process


LIMITS = Limits()
