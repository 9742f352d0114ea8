"""The notary signs what descends from its last head, and nothing else, over all its restarts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from groundsys.audit import AuditEntry, fields_of, read_heads, verify_audit
from groundsys.notary import HEADS, Notary, NotaryNode
from groundsys.notary.notary import KEY
from groundsys.signing import load_public_key
from groundsys.values.errors import DiskFullError, EnvironmentLackError
from groundsys.values.messages import Message
from tests.audit.chains import NOON, chain, resealed
from tests.full_disk import full_disk


@pytest.fixture
def notary(tmp_path: Path) -> Notary:
    return Notary(tmp_path)


def again(notary: Notary, folder: Path) -> Notary:
    notary.close()
    return Notary(folder)


def test_heads_outlive_the_notary_and_verify(notary: Notary, tmp_path: Path) -> None:
    entries = chain(9)
    assert notary.countersign(entries[:4], NOON) == []
    notary = again(notary, tmp_path)
    assert notary.head == (4, entries[3].digest)
    assert notary.countersign(entries[4:6], NOON) == []
    assert notary.countersign(entries[:9], NOON) == []  # offered again from the beginning
    assert notary.countersign(entries[:9], NOON) == []  # and once more: nothing new to sign
    assert notary.countersign([], NOON) == []
    heads, findings = read_heads((tmp_path / HEADS).read_text())
    assert findings == []
    assert [head.number for head in heads] == [4, 6, 9]
    public = tmp_path / "public.pem"
    public.write_bytes(notary.public_pem)
    assert verify_audit(entries, heads, load_public_key(public, "the notary")).ok
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o600
    notary.close()


def test_a_full_disk_leaves_the_last_head_standing(notary: Notary, tmp_path: Path) -> None:
    entries = chain(4)
    assert notary.countersign(entries[:2], NOON) == []
    with full_disk(), pytest.raises(DiskFullError, match="cannot grow"):
        notary.countersign(entries, NOON)
    notary = again(notary, tmp_path)
    assert notary.head == (2, entries[1].digest)
    assert notary.countersign(entries, NOON) == []
    assert again(notary, tmp_path).head == (4, entries[3].digest)


def _edited(entries: list[AuditEntry]) -> list[AuditEntry]:
    return resealed([dataclasses.replace(entries[0], actor="mallory"), *entries[1:]])


@pytest.mark.parametrize(
    ("offered", "complaint"),
    [
        pytest.param(lambda e: e[:3], "the log goes back", id="cut off"),
        pytest.param(lambda e: _edited(e)[:4], "not the entry whose head was", id="same number"),
        pytest.param(lambda e: _edited(e), "not the entry whose head was", id="whole, edited"),
        pytest.param(lambda e: _edited(e)[4:], "does not follow", id="what follows, edited"),
        pytest.param(lambda e: e[5:], "entry 5 is missing", id="a gap"),
        pytest.param(
            lambda e: [dataclasses.replace(e[4], reason="x")], "was changed", id="changed"
        ),
    ],
)
def test_what_does_not_descend_from_the_last_head_is_not_signed(
    notary: Notary, tmp_path: Path, offered: object, complaint: str
) -> None:
    entries = chain(8)
    notary.countersign(entries[:4], NOON)
    before = (tmp_path / HEADS).read_bytes()
    findings = notary.countersign(offered(entries), NOON)  # type: ignore[operator]
    assert complaint in str(findings[0])
    assert (tmp_path / HEADS).read_bytes() == before
    assert notary.countersign(entries[4:], NOON) == []
    notary.close()


def test_a_line_cut_short_by_a_crash_goes_and_the_next_is_whole(
    notary: Notary, tmp_path: Path
) -> None:
    entries = chain(3)
    notary.countersign(entries[:1], NOON)
    with (tmp_path / HEADS).open("ab") as heads:
        heads.write(b'{"digest":"half of')
    notary = again(notary, tmp_path)
    assert notary.head.number == 1
    notary.countersign(entries[1:], NOON)
    heads, findings = read_heads((tmp_path / HEADS).read_text())
    assert ([head.number for head in heads], findings) == ([1, 3], [])
    notary.close()


def test_a_notary_whose_key_or_heads_were_meddled_with_does_not_start(
    notary: Notary, tmp_path: Path
) -> None:
    notary.countersign(chain(2), NOON)
    notary.close()
    key, heads = (tmp_path / KEY).read_bytes(), (tmp_path / HEADS).read_text()
    (tmp_path / KEY).unlink()
    with pytest.raises(EnvironmentLackError, match="key is gone"):
        Notary(tmp_path)
    (tmp_path / KEY).write_bytes(key)
    for forged in (heads.replace('"number":2', '"number":1'), "nonsense\n"):
        (tmp_path / HEADS).write_text(forged)
        with pytest.raises(EnvironmentLackError, match="has been changed"):
            Notary(tmp_path)
    (tmp_path / HEADS).write_text(heads)
    (tmp_path / KEY).write_text("no key")
    with pytest.raises(EnvironmentLackError, match="cannot be read"):
        Notary(tmp_path)


def test_the_node_answers_with_its_head_and_what_speaks_against_another(notary: Notary) -> None:
    entries = chain(4)
    node = NotaryNode(notary)

    def ask(offered: list[AuditEntry]) -> dict[str, object]:
        body = {"entries": [fields_of(entry) for entry in offered]}
        [answer] = node.advance(
            NOON, [Message("desks", "notary", "audit_entries", NOON, body)]
        ).outbox
        assert (answer.target, answer.kind) == ("desks", "audit_head")
        return dict(answer.body)

    assert ask([]) == {"number": 0, "digest": "0" * 64, "refused": ""}
    assert ask(entries[:2]) == {"number": 2, "digest": entries[1].digest, "refused": ""}
    refused = ask(entries[3:])
    assert refused["number"] == 2
    assert "entry 3 is missing before it" in str(refused["refused"])
    node.close()
