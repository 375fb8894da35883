"""Words as they are compared: `Straße / Nr.`, `strasse nr` and `STRASSE, NR` are the same."""

import re
import unicodedata
from difflib import SequenceMatcher

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})
_OTHERS = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Lower-case ASCII words with one blank between them; umlauts as ae, oe, ue, ss."""
    text = unicodedata.normalize("NFC", text).lower().translate(_GERMAN)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _OTHERS.sub(" ", text).strip()


def likeness(one: str, other: str) -> float:
    """How alike two folded texts are, blanks aside: from 0 to 1, which is the same."""
    return SequenceMatcher(None, one.replace(" ", ""), other.replace(" ", ""), autojunk=False).ratio()
