"""Session tokens: signed (JWT, RFC 7519, with EdDSA of RFC 8037), short-lived, renewed by use.

A token says only whose session it is and when it began.  What that account may do is looked up at
every request, so that a role that is taken away is gone at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from groundsys.values.errors import EnvironmentLackError, NotLoggedInError

LIFETIME_S = 8 * 3600.0
#: after so long a person has to show the password again, however busy
LONGEST_SESSION_S = 7 * 86_400.0
#: tokens of the run's programs: as long as a run may stand
PROGRAMS_LIFETIME_S = 366 * 86_400.0

_ALGORITHM = "EdDSA"
_AUDIENCE = "groundsys desks"
_REQUIRED = ("sub", "aud", "iat", "exp", "began", "generation")


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is; times are wall time, seconds since 1970."""

    name: str
    generation: int
    began_s: float
    issued_s: float
    expires_s: float


def begin(name: str, generation: int, now_s: float, lifetime_s: float = LIFETIME_S) -> Session:
    return Session(name, generation, now_s, now_s, now_s + lifetime_s)


def renewed(session: Session, now_s: float) -> Session | None:
    """The session with a fresh token, once half of the old one's time is over; None before.

    It is never renewed past `LONGEST_SESSION_S`; then it runs out.
    """
    half = (session.expires_s - session.issued_s) / 2
    last = session.began_s + LONGEST_SESSION_S
    if now_s < session.issued_s + half or session.expires_s >= last:
        return None
    return replace(session, issued_s=now_s, expires_s=min(now_s + LIFETIME_S, last))


class SessionKey:
    """The run's own Ed25519 key: what it did not sign is nobody's token."""

    def __init__(self, pem: bytes) -> None:
        key = load_pem_private_key(pem, None)
        if not isinstance(key, Ed25519PrivateKey):
            raise EnvironmentLackError(
                "the run's key for session tokens is of another kind",
                expected="an Ed25519 private key",
                remedy="remove the file; a new one is made at the next start",
            )
        self._private = key
        self._public = key.public_key()

    @staticmethod
    def new_pem() -> bytes:
        key = Ed25519PrivateKey.generate()
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, session: Session) -> str:
        """The token's text."""
        claims = {
            "aud": _AUDIENCE,
            "sub": session.name,
            "generation": session.generation,
            "began": session.began_s,
            "iat": session.issued_s,
            "exp": session.expires_s,
        }
        return jwt.encode(claims, self._private, algorithm=_ALGORITHM)

    def read(self, token: str, now_s: float) -> Session:
        """Whose session a token is; `NotLoggedInError` if it is not ours, or over."""
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                # time is compared below, with the clock that we were given
                options={"require": list(_REQUIRED), "verify_exp": False, "verify_iat": False},
            )
            session = Session(
                name=str(claims["sub"]),
                generation=int(claims["generation"]),
                began_s=float(claims["began"]),
                issued_s=float(claims["iat"]),
                expires_s=float(claims["exp"]),
            )
        except (jwt.InvalidTokenError, TypeError, ValueError) as error:
            raise NotLoggedInError(
                "this token was not given by this ground segment",
                remedy="log in with `groundsys login`",
            ) from error
        if now_s >= session.expires_s:
            raise NotLoggedInError(
                f"the session of {session.name} is over", remedy="log in with `groundsys login`"
            )
        return session
