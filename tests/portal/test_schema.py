"""The portal against its own description: schemathesis asks whatever OpenAPI allows, and more."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from groundsys.customers.rate_limits import RateLimit
from groundsys.portal.access import Doorkeeper
from groundsys.portal.app import create_app
from groundsys.portal.limits import Limiter
from tests.portal.fake_desks import POLAR_TOKEN, FakeDesks

load_all_checks()
#: no server error; every status, type and body is as described; what needs a token asks for it
ASKED = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "ignored_auth",
    )
]
BEARER = {"Authorization": f"Bearer {POLAR_TOKEN}"}


def _schema() -> Any:
    desks = FakeDesks()
    desks.deliver("polar-weather", "w1.dat", b"weather")
    endless = RateLimit(1e9, 1e9)
    doorkeeper = Doorkeeper(Limiter(endless), Limiter(endless))
    app = create_app(desks, desks.objects, doorkeeper=doorkeeper)
    found = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    # a stream has no end; the desks' requests are described where they are answered
    return found.exclude(path="/api/v1/events").exclude(path="/api/v1/requests/{verb}")


schema = _schema()


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: Any) -> None:
    case.validate_response(case.call(headers=BEARER), headers=BEARER, checks=ASKED)
