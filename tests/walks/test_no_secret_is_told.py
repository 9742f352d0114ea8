"""After a day no file of the run tells a secret but the one that keeps it."""

from __future__ import annotations

from groundsys.customers import token_hash
from tests.isolation.secrets import secrets_of, told_in
from tests.walks.flown_day import FlownDay


def test_no_log_store_archive_or_object_holds_a_secret(day: FlownDay) -> None:
    secrets = secrets_of(day.run)
    kinds = {name.partition(" ")[0] for name in secrets}
    assert kinds == {"token", "link", "private", "master", "key", "data"}
    told = told_in(day.run.path, secrets)
    kept = [one for one in told if one[0].partition("/")[0] in ("tokens", "people", "keys")]
    assert {name for _, name in kept} == {
        name for name in secrets if name.startswith(("token ", "link key ", "master key"))
    }
    assert [one for one in told if one not in kept] == []
    # and the search finds what is there: of a customer's token the store keeps the hash
    hashes = {"hash": token_hash(secrets["token polar-weather"].decode()).encode()}
    assert {path.partition("-")[0] for path, _ in told_in(day.run.path, hashes)} == {"store.sqlite"}
