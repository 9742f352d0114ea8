"""A token opens its own session for its own time, and nothing that another key signed opens any."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from groundsys.authority.sessions import (
    LIFETIME_S,
    LONGEST_SESSION_S,
    SessionKey,
    begin,
    renewed,
)
from groundsys.values.errors import EnvironmentLackError, NotLoggedInError

NOW_S = 1_800_000_000.0
PEM = SessionKey.new_pem()
KEY = SessionKey(PEM)
ADA = begin("ada", 1, NOW_S)


def test_a_token_says_whose_it_is_until_its_time_is_over() -> None:
    token = KEY.sign(ADA)
    assert KEY.read(token, NOW_S) == ADA
    assert SessionKey(PEM).read(token, NOW_S + LIFETIME_S - 1) == ADA  # another process, same key
    with pytest.raises(NotLoggedInError, match="session of ada is over"):
        KEY.read(token, NOW_S + LIFETIME_S)


def with_header(token: str, **header: str) -> str:
    _, payload, _ = token.split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{head}.{payload}."


def altered(token: str) -> str:
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["sub"] = "grace"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{forged}.{signature}"


CLAIMS = {
    "sub": "ada",
    "aud": "groundsys desks",
    "generation": 1,
    "began": NOW_S,
    "iat": NOW_S,
    "exp": NOW_S + 9,
}


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "nonsense",
        SessionKey(SessionKey.new_pem()).sign(ADA),
        altered(KEY.sign(ADA)),
        with_header(KEY.sign(ADA), alg="none", typ="JWT"),
        jwt.encode(CLAIMS, "x" * 32, algorithm="HS256"),
    ],
    ids=["empty", "nonsense", "another key", "altered", "no signature", "a symmetric key"],
)
def test_what_this_key_did_not_sign_is_nobody_s(forged: str) -> None:
    with pytest.raises(NotLoggedInError, match="not given by this ground segment"):
        KEY.read(forged, NOW_S)


@pytest.mark.parametrize("claim", sorted(CLAIMS))
def test_a_token_that_lacks_a_claim_is_nobody_s(claim: str) -> None:
    signed = {name: value for name, value in CLAIMS.items() if name != claim}
    with pytest.raises(NotLoggedInError):
        KEY.read(jwt.encode(signed, KEY._private, algorithm="EdDSA"), NOW_S)
    KEY.read(jwt.encode(CLAIMS, KEY._private, algorithm="EdDSA"), NOW_S)


def test_use_renews_a_session_in_its_second_half_but_not_for_ever() -> None:
    assert renewed(ADA, NOW_S + LIFETIME_S / 2 - 1) is None
    session, moment, renewals = ADA, NOW_S, 0
    while (fresh := renewed(session, moment := session.issued_s + LIFETIME_S * 0.75)) is not None:
        assert fresh == replace(
            session, issued_s=moment, expires_s=min(moment + LIFETIME_S, NOW_S + LONGEST_SESSION_S)
        )
        session, renewals = fresh, renewals + 1
    assert session.expires_s == NOW_S + LONGEST_SESSION_S
    assert renewals > 20


def test_a_key_of_another_kind_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(EnvironmentLackError, match="another kind"):
        SessionKey(other)
