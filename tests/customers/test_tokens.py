from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.customers import is_token, is_token_of, token_hash, token_text


@given(st.binary(min_size=32, max_size=32))
def test_every_entropy_makes_a_token_that_only_its_hash_knows(entropy: bytes) -> None:
    token = token_text(entropy)
    assert is_token(token)
    assert len(token) == 47
    assert is_token_of(token, token_hash(token))
    assert token not in token_hash(token)


def test_two_tokens_differ_and_do_not_open_each_other() -> None:
    first, second = (token_text(secrets.token_bytes(32)) for _ in range(2))
    assert first != second
    assert not is_token_of(first, token_hash(second))


def test_too_little_entropy_is_refused() -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        token_text(bytes(16))


@pytest.mark.parametrize("text", ["", "gs1_", "gs1_" + "a" * 42, "gs1_" + "a" * 44, "x" * 47])
def test_what_is_no_token_is_told(text: str) -> None:
    assert not is_token(text)
