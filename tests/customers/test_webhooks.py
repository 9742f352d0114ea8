from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.customers.rate_limits import RateLimit, after_request, full
from groundsys.customers.webhooks import (
    DEAD_AFTER_S,
    LONGEST_PAUSE_S,
    Webhook,
    after_failure,
    after_success,
    check_webhook_url,
    is_signed,
    resumed,
    signature,
)
from groundsys.values.errors import AccessRefusedError
from groundsys.values.instants import Instant

HOOK = Webhook("id", "polar-weather", "https://x.example/", "secret", Instant(0), "pia", cursor=7)


def test_a_signature_is_what_standard_tools_make() -> None:
    """RFC 2104 over "<t>.<body>", reckoned anew with hmac alone."""
    expected = hmac.new(b"secret", b"1900000000.{}", hashlib.sha256).hexdigest()
    assert signature("secret", b"{}", 1_900_000_000.9) == f"t=1900000000,v1={expected}"


def test_only_the_same_body_lately_is_signed() -> None:
    header = signature("secret", b"{}", 1000.0)
    assert is_signed("secret", header, b"{}", 1299.0)
    for secret, text, body, now_s in (
        ("other", header, b"{}", 1000.0),
        ("secret", header, b"{ }", 1000.0),
        ("secret", header, b"{}", 1301.0),
        ("secret", header.replace("t=1000", "t=1001"), b"{}", 1000.0),
        ("secret", "", b"{}", 1000.0),
    ):
        assert not is_signed(secret, text, body, now_s)


@pytest.mark.parametrize(
    "url",
    [
        *("http://x.example/", "https://", "https://u:p@x.example/", "https://u@x.example/"),
        *("ftp://x.example/", "javascript:alert(1)", "https://x.example/#f", "https://[::1"),
        *("https://x.example/ a", "https://x.example/\n", "https://x.example:0/", "//x.example/"),
        *("https://x.example/" + "a" * 500, "http://10.0.0.1/", "http://127.0.0.1.example/"),
    ],
)
def test_events_are_not_sent_there(url: str) -> None:
    with pytest.raises(AccessRefusedError):
        check_webhook_url(url)


@pytest.mark.parametrize(
    "url",
    ["https://x.example/in?a=b", "http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/"],
)
def test_events_may_be_sent_there(url: str) -> None:
    check_webhook_url(url)


@given(st.integers(1, 200))
def test_pauses_grow_and_an_end_is_in_sight(most: int) -> None:
    hook, now_s, pauses = HOOK, 0.0, []
    while hook.state == "active" and len(pauses) < most:
        hook = after_failure(hook, now_s, "status 500")
        pauses.append(hook.next_s - now_s)
        now_s = hook.next_s
    assert pauses == sorted(pauses)
    assert max(pauses) <= LONGEST_PAUSE_S
    if hook.state == "dead":
        assert now_s >= DEAD_AFTER_S
        assert resumed(hook).cursor == HOOK.cursor
    assert after_success(hook, 9, "status 204").failures == 0


@given(
    st.lists(st.floats(0.0, 5.0), min_size=1, max_size=60), st.integers(1, 10), st.floats(0.1, 5.0)
)
def test_never_more_than_the_burst_and_the_rate(gaps: list[float], burst: int, rate: float) -> None:
    limit = RateLimit(rate, burst)
    bucket, now_s, taken = full(limit, 0.0), 0.0, 0
    for gap in gaps:
        now_s += gap
        bucket, wait_s = after_request(bucket, limit, now_s)
        taken += wait_s == 0.0
        assert taken <= burst + rate * now_s + 1e-6
        assert 0.0 <= wait_s <= 1.0 / rate + 1e-9
