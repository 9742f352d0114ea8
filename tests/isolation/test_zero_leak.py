"""Zero leak: whatever A asks, it is answered as if B had nothing.

Requests are made by schemathesis from the portal's own OpenAPI document, and from the routes that
it leaves out; B's names, identifiers, hashes and keys are put into every path, query, header and
body.  Each is asked of two ground segments (`tests.isolation.worlds`), one of which holds B's
products, token, person and command, and one of which knows nothing of B but its mission's files.
Equal answers mean that nothing of B's can be told from them, not even that it is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.isolation.worlds import CRAFT, DRAFT, PRODUCTS, TOKENS, A, B, World, two_worlds

#: of A's own account: they would end A's session, or make what is random.  Whoever makes a key
#: names its hash, and could tell whether another has it who knows it already
OWN_ACCOUNT = {
    "end_sessions", "own_password", "log_in", "own_key_make", "own_webhook_make", "exchange_key",
}  # fmt: skip
RANDOM = {
    ("POST", "/api/v1/keys"), ("POST", "/api/v1/tokens"), ("POST", "/api/v1/webhooks"),
    ("DELETE", "/api/v1/tokens"), ("POST", "/sign-in"), ("POST", "/sign-out"),
}  # fmt: skip
#: they do not end by themselves: they are followed in `test_streams`
STREAMS = {"/api/v1/events", "/events"}
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Both:
    """The two worlds, and what can be asked in them."""

    with_b: World
    without_b: World
    operations: tuple[tuple[str, str, Any], ...]
    verbs: tuple[str, ...]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folders = (tmp_path_factory.mktemp("with"), tmp_path_factory.mktemp("without"))
    with two_worlds(*folders) as (first, second):
        yield Both(first, second, tuple(_operations(first)), _verbs(first))


def _operations(one: World) -> Iterator[tuple[str, str, Any]]:
    """Method, path and strategy of everything that is described, then of what is not."""
    document = one.client.get("/api/v1/openapi.json").json()
    described = set()
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        key = (operation.method.upper(), operation.path)
        described.add(key)
        if key not in RANDOM and operation.path not in STREAMS:
            yield (*key, operation.as_strategy())
    for route in one.client.app.routes:
        path = _PARAMETER.sub(r"{\1}", route.path)
        for method in sorted(getattr(route, "methods", ())):
            if (method, path) not in described | RANDOM and path not in STREAMS:
                yield method, path, None


def _verbs(one: World) -> tuple[str, ...]:
    """Every request that the desks know: an unknown one is told what there is."""
    answer = one.ask("POST", "/api/v1/requests/none", "session", {}, json={})
    listed = re.search(r"expected: (.*)", answer.json()["title"])
    assert listed is not None
    return tuple(set(listed[1].split(", ")) - OWN_ACCOUNT)


def names(both: Both) -> st.SearchStrategy[str]:
    """What is B's, as it is and as somebody would write it who wants to slip past a check."""
    plain = st.sampled_from(both.with_b.names_of_b)
    own = st.sampled_from(both.with_b.names_of_a)
    ways = st.sampled_from(
        ["{}", "{}", "{}", "{}/", "../{}", "./{}", "/{}", "%2e%2e/{}", "{}\0", "{} ", " {}",
         "{}%00", "..\\{}", "{}*", "{}%", "{}'--", "\u2024{}", "\uff0e{}"]
    )  # fmt: skip
    spelt = st.sampled_from([str, str, str.upper, str.title, _full_width])
    written = st.builds(lambda name, way, spell: way.format(spell(name)), plain, ways, spelt)
    between = st.builds(lambda one, other: f"{one}/../{other}", own, plain)
    return st.one_of(plain, plain, written, between, own, st.text(max_size=12))


def _full_width(text: str) -> str:
    """Letters and digits that NFKC folds into the plain ones."""
    return "".join(chr(ord(one) + 0xFEE0) if one.isalnum() else one for one in text)


def header_lines(name: str) -> dict[str, st.SearchStrategy[str]]:
    visible = quote(name, safe="/-._~:*'")
    return {
        "Range": st.sampled_from(["bytes=0-", "bytes=5-10", "bytes=-7", "bytes=999999-", visible]),
        "If-Range": st.sampled_from([f'"{visible}"', visible]),
        "If-None-Match": st.sampled_from([f'"{visible}"', "*", f'W/"{visible}", "x"']),
        "If-Match": st.sampled_from([f'"{visible}"', "*"]),
        "Last-Event-ID": st.sampled_from([visible, "0", "-1"]),
        "Accept": st.sampled_from(["text/html", "application/json", "text/event-stream"]),
        "X-Forwarded-For": st.just("127.0.0.1"),
        "X-Original-URL": st.just(f"/api/v1/products/{visible}"),
        "X-HTTP-Method-Override": st.just("DELETE"),
    }


def arguments(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Of a request to the desks, or the query of any other."""
    values = st.one_of(st.just(name), st.just(name), st.integers(-1, 20), st.booleans())
    one = st.dictionaries(st.sampled_from(KEYS), values, max_size=6)
    return st.one_of(one, one, *map(st.just, wishes(name)))


def wishes(name: str) -> list[dict[str, Any]]:
    """Requests in which one name stands wherever it might open something."""
    return [
        {key: name for key in KEYS if key != "verb"} | {"go": True, "states": [name]},
        {"spacecraft": CRAFT[A], **DRAFT, "replaces": name},
        {"spacecraft": name, **DRAFT},
        {"command_id": name, "why": "none"},
        {"run": name, "go": True, "reason": "none"},
        {"products": [name]},
    ]


KEYS = ["customer", "product", "id", "command_id", "replaces", "run", "spacecraft", "name",
            "upload_id", "pass_id", "alarm_id", "why", "reason", "verb", "token_hash", "cursor",
            "after", "level", "limit", "since", "payload", "identifier", "webhook",
            "key"]  # fmt: skip


@st.composite
def requests(draw: st.DrawFn, both: Both) -> tuple[str, str, str, dict[str, str], dict[str, Any]]:
    """Method, path, credential, headers, and query or body."""
    method, path, strategy = draw(st.sampled_from(both.operations))
    case = draw(strategy) if strategy is not None else None
    name = draw(names(both))
    headers = {
        key: draw(value)
        for key, value in header_lines(name).items()
        if draw(st.sampled_from([False, False, True]))
    }
    content: dict[str, Any] = {}
    if method in ("POST", "PUT", "PATCH"):
        body = getattr(case, "body", {})
        content["json"] = body if isinstance(body, dict) and draw(st.booleans()) else {}
        content["json"] |= draw(arguments(name))
    query = dict(getattr(case, "query", None) or {})
    if draw(st.booleans()):
        query |= {key: str(value) for key, value in draw(arguments(name)).items()}
    content["params"] = {str(key): str(value) for key, value in query.items()}

    def filled(match: re.Match[str]) -> str:
        if match[1] == "verb":
            return draw(st.sampled_from(both.verbs))
        return quote(name, safe="" if draw(st.booleans()) else "/")

    credential = draw(st.sampled_from(list(both.with_b.credentials)))
    return method, _PARAMETER.sub(filled, path), credential, headers, content


def seen(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """All that reaches A; a date tells when, and nothing else."""
    headers = [(key, value) for key, value in answer.headers.multi_items() if key != "date"]
    return answer.status_code, sorted(headers), answer.content


@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_is_answered_as_if_b_had_nothing(both: Both, data: st.DataObject) -> None:
    method, path, credential, headers, content = data.draw(requests(both), label="request")
    with_b = both.with_b.ask(method, path, credential, headers, **content)
    without_b = both.without_b.ask(method, path, credential, headers, **content)
    assert seen(with_b) == seen(without_b)
    assert with_b.status_code < 500
    for secret in both.with_b.secrets:
        assert secret not in f"{with_b.text} {with_b.headers}"


def test_every_request_to_the_desks_with_every_name_of_b_s(both: Both) -> None:
    for verb in both.verbs:
        for name in both.with_b.names_of_b[:11]:  # one of each kind
            for wish in wishes(name):
                first, second = (
                    one.ask("POST", f"/api/v1/requests/{verb}", "session", {}, json=wish)
                    for one in (both.with_b, both.without_b)
                )
                assert seen(first) == seen(second), (verb, wish)


def test_the_two_worlds_differ_and_b_can_tell(both: Both) -> None:
    """The test above could fail: B itself sees what A must not."""
    shown = {"Authorization": f"Bearer {TOKENS[B]}"}
    lists = [
        one.client.get("/api/v1/products", headers=shown) for one in (both.with_b, both.without_b)
    ]
    assert len(lists[0].json()["products"]) == 4
    assert lists[1].status_code == 401
    identifier = lists[0].json()["products"][0]["id"]
    assert identifier in both.with_b.names_of_b
    content = both.with_b.client.get(f"/api/v1/products/{identifier}", headers=shown).content
    assert content == PRODUCTS[B][0][2]
    # and A is let in where it belongs, or everything would be refused alike
    for credential in ("token", "session"):
        assert both.with_b.ask("GET", "/api/v1/products", credential, {}).status_code == 200
    [own, *_] = both.with_b.ask("GET", "/api/v1/products", "token", {}).json()["products"]
    assert both.with_b.ask("GET", f"/products/{own['id']}", "cookie", {}).status_code == 200


def test_a_partner_has_what_a_gives_it_and_nothing_of_b_s(both: Both) -> None:
    rows = both.with_b.ask("GET", "/api/v1/products?limit=100", "partner", {}).json()["products"]
    copied = [one["name"] for one in rows if one["name"].startswith(f"{A}/")]
    assert len(copied) == 4
    assert {one["level"] for one in rows if one["name"] not in copied} >= {"message", "signature"}
    told = both.with_b.ask("GET", "/api/v1/products?limit=100", "partner", {}).text
    of_b = set(both.with_b.names_of_b) - set(both.with_b.names_of_a)  # an empty file is alike
    assert not any(name in told for name in of_b)


def test_refused_and_absent_are_one_answer(both: Both) -> None:
    """Every route with an identifier, every credential: B's, and one of the same form."""
    asked = 0
    for method, path, _ in both.operations:
        if "{" not in path or "{verb}" in path:
            continue
        for name in both.with_b.names_of_b:
            absent = _another(name)
            for credential in both.with_b.credentials:
                answers = [
                    both.with_b.ask(
                        method, _PARAMETER.sub(one, path), credential, {}, **_body(method)
                    )
                    for one in (quote(name, safe=""), quote(absent, safe=""))
                ]
                first, second = (seen(answer) for answer in answers)
                assert first == (
                    second[0],
                    second[1],
                    second[2].replace(absent.encode(), name.encode()),
                )
                asked += 1
    assert asked > 100


def _body(method: str) -> Mapping[str, Any]:
    return {"json": {}} if method in ("POST", "PUT", "PATCH") else {}


def _another(name: str) -> str:
    """A name of the same form that is nobody's."""
    turned = name.translate(str.maketrans("0123456789abcdef", "8961cab74530fed2"))
    assert turned != name
    return turned
