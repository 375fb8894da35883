"""A receipt proves that one service has erased one person, and nothing else does."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from joserfc import jws
from joserfc.jwk import KeySet, OKPKey
from pydantic import SecretStr
from shared.erasure.make_keys import make_keys, private_file, public_set
from shared.erasure.receipts import (
    TYPE,
    ReceiptRefused,
    create_receipt_key,
    parse_receipt_key,
    sign_receipt,
    verify_receipt,
)

EVENTS, PORTAL = create_receipt_key("events"), create_receipt_key("portal")
KEYS = KeySet.import_key_set(public_set([EVENTS, PORTAL]))
ERASURE, PERSON = uuid4(), uuid4()


def test_a_receipt_says_what_was_removed() -> None:
    text = sign_receipt(EVENTS, "events", ERASURE, PERSON, {"invitation": 2}, now=1_800_000_000)
    receipt = verify_receipt(KEYS, text, "events", ERASURE)
    assert (receipt.person, receipt.iat, receipt.removed) == (PERSON, 1_800_000_000, {"invitation": 2})


def unsigned() -> str:
    head, body, _ = sign_receipt(EVENTS, "events", ERASURE, PERSON, {}).split(".")
    return f"{head}.{body}."


def changed() -> str:
    head, _, signature = sign_receipt(EVENTS, "events", ERASURE, PERSON, {}).split(".")
    return f"{head}.{sign_receipt(EVENTS, 'events', ERASURE, uuid4(), {}).split('.')[1]}.{signature}"


def with_no_algorithm() -> str:
    return jws.serialize_compact(
        {"alg": "none", "typ": TYPE}, b"{}", OKPKey.generate_key("Ed25519"), algorithms=["none"]
    )


def of_a_key_that_claims_to_be_ours() -> str:
    stranger = OKPKey.generate_key("Ed25519", {"kid": str(EVENTS.kid)}, auto_kid=False)
    return sign_receipt(stranger, "events", ERASURE, PERSON, {})


FORGED: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "no receipt": lambda: "a.b.c",
    "not signed": unsigned,
    "changed": changed,
    "no algorithm": with_no_algorithm,
    "another key": of_a_key_that_claims_to_be_ours,
    "another service's key": lambda: sign_receipt(PORTAL, "events", ERASURE, PERSON, {}),
    "another service": lambda: sign_receipt(PORTAL, "portal", ERASURE, PERSON, {}),
    "another erasure": lambda: sign_receipt(EVENTS, "events", uuid4(), PERSON, {}),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_receipt_is_refused(kind: str) -> None:
    with pytest.raises(ReceiptRefused):
        verify_receipt(KEYS, FORGED[kind](), "events", ERASURE)


def test_keys_are_made_once(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / "keys"
    first, second = make_keys(folder, ["events"]), make_keys(folder, ["events", "portal"])
    assert first["events"].kid == second["events"].kid
    published = json.loads((folder / "receipt_keys.json").read_text())["keys"]
    assert [key["kid"].partition(".")[0] for key in published] == ["events", "portal"]
    assert not any("d" in key for key in published), "a private key was published"
    assert (folder / private_file("events")).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("value", ["", "{}", '{"kty": "OKP"}', json.dumps(EVENTS.as_dict(private=False))])
def test_a_setting_that_is_no_private_key_is_refused_without_being_quoted(value: str) -> None:
    with pytest.raises(ValueError, match="not a private") as refusal:
        parse_receipt_key(SecretStr(value))
    assert not value or value not in str(refusal.value)
