"""Whatever is done to a log after it was written is found, and at the right entry."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.audit import (
    GENESIS,
    AuditEntry,
    canonical,
    check_chain,
    fields_of,
    read_heads,
    verify_audit,
)
from tests.audit.chains import KEY, NOON, chain, changed, head_at, recipe, resealed

FIELDS = [field.name for field in dataclasses.fields(AuditEntry)]
PUBLIC = KEY.public_key()


@st.composite
def logs(draw: st.DrawFn, least: int = 1) -> tuple[list[AuditEntry], int]:
    """A log, and an entry of it by its place."""
    entries = chain(draw(st.integers(least, 12)))
    return entries, draw(st.integers(0, len(entries) - 1))


def test_the_form_of_an_entry_is_fixed() -> None:
    """Logs outlive versions of groundsys: these octets must never change."""
    [entry] = chain(1)
    expected = (
        '{"action":"command.queued","actor":"ada","detail":"{\\"state\\": \\"queued\\", '
        f'\\"number\\": 0}}","number":1,"previous":"{GENESIS}","reason":"","role":"operator",'
        f'"subject":"otv-0000","time_ns":{NOON.tai_ns}}}'
    )
    assert canonical(entry) == expected.encode()
    assert entry.digest == hashlib.sha256(expected.encode()).hexdigest()
    assert b"grace \\u0153" in canonical(chain(3)[2])


@given(logs())
def test_a_log_left_alone_verifies(log: tuple[list[AuditEntry], int]) -> None:
    entries, index = log
    heads = [head_at(entries, number) for number in sorted({index + 1, len(entries)})]
    assert verify_audit(entries, heads, PUBLIC).ok
    assert check_chain(entries) == []


@given(logs(), st.sampled_from(FIELDS))
def test_an_edit_of_any_field_is_found(log: tuple[list[AuditEntry], int], field: str) -> None:
    entries, index = log
    entries[index] = changed(entries[index], field)
    findings = check_chain(entries)
    assert any(one.entry in (index + 1, index + 2) for one in findings)


@given(logs(least=2))
def test_a_deletion_is_found(log: tuple[list[AuditEntry], int]) -> None:
    entries, index = log
    heads = [head_at(entries, len(entries))]
    del entries[index]
    findings = check_chain(entries, heads)
    assert [one.entry for one in findings] == [min(index + 2, len(entries) + 1)]


@given(logs(), st.integers(1, 12))
def test_a_log_cut_off_before_its_countersigned_head_is_found(
    log: tuple[list[AuditEntry], int], number: int
) -> None:
    entries, index = log
    number = min(number, len(entries))
    heads = [head_at(entries, number)]
    kept = entries[:index]
    findings = verify_audit(kept, heads, PUBLIC).findings
    if len(kept) >= number:  # only what nobody has countersigned is gone
        assert not findings
    else:
        [finding] = findings
        assert (finding.entry, finding.message) == (len(kept) + 1, "the log was cut off")
        assert str(number) in finding.expected


@given(st.permutations(range(6)))
def test_another_order_is_found(order: list[int]) -> None:
    entries = chain(6)
    moved = [entries[place] for place in order]
    assert bool(check_chain(moved)) == (moved != entries)
    renumbered = [dataclasses.replace(one, number=at) for at, one in enumerate(moved, 1)]
    assert bool(check_chain(renumbered)) == (moved != entries)


@given(logs(least=2), st.sampled_from(["edit", "delete", "move"]))
def test_a_forger_who_seals_everything_anew_contradicts_the_heads(
    log: tuple[list[AuditEntry], int], deed: str
) -> None:
    entries, index = log
    forged = list(entries)
    if deed == "edit":
        forged[index] = dataclasses.replace(forged[index], actor="nobody")
    elif deed == "delete":
        del forged[index]
    else:
        forged.insert((index + 1) % (len(forged) - 1), forged.pop(index))
    forged = resealed(forged)
    assert check_chain(forged) == []
    verification = verify_audit(forged, [head_at(entries, len(entries))], PUBLIC)
    assert bool(verification.findings) == (forged != entries)


@given(logs(), st.sampled_from(["number", "digest", "time", "key_id", "signature"]))
def test_a_forged_head_does_not_count(log: tuple[list[AuditEntry], int], field: str) -> None:
    entries, _ = log
    head = head_at(entries, len(entries))
    value = getattr(head, field)
    if field == "signature":
        forged = dataclasses.replace(head, signature=value[::-1])
    elif field == "time":
        forged = dataclasses.replace(head, time=value.plus_seconds(1))
    else:
        wrong = value + 1 if field == "number" else f"0{value}"
        forged = dataclasses.replace(head, **{field: wrong})
    verification = verify_audit(entries, [forged], PUBLIC)
    assert verification.countersigned is None
    assert {one.message for one in verification.findings} == {
        "its countersigned head is forged",
        "nothing vouches for it or for any before",
    }


def test_heads_that_go_back_and_lines_that_are_none_are_found() -> None:
    entries = chain(4)
    heads = [head_at(entries, 3), head_at(entries, 2)]
    [finding] = verify_audit(entries, heads, PUBLIC).findings
    assert (finding.entry, finding.message) == (2, "its countersigned head goes back")
    text = f'{heads[0].line}\n{{"number": 4}}\n{heads[1].line}\n{heads[1].line[:30]}'
    read, findings = read_heads(text)
    assert read == heads
    assert [one.message for one in findings] == ["line 2 of the heads after it cannot be read"]
    assert str(findings[0]).startswith("entry 3: ")


def test_words_name_the_entry_and_both_sides() -> None:
    entries = chain(5)
    entries[2] = dataclasses.replace(entries[2], actor="mallory")
    [finding] = check_chain(entries)
    assert str(finding) == (
        f"entry 3: it was changed after it was written: expected digest {entries[2].digest}, "
        f"found content of digest {hashlib.sha256(canonical(entries[2])).hexdigest()}"
    )
    del entries[1:4]
    assert "entries 2 to 4 are missing before it" in str(check_chain(entries)[0])


@pytest.mark.parametrize("value", [b"ada", None, 7, float("nan")])
def test_values_of_a_wrong_type_are_found_and_stop_nothing(value: object) -> None:
    entries = chain(3)
    entries[1] = dataclasses.replace(entries[1], actor=value)
    assert [one.entry for one in check_chain(entries)] == [2]


@given(logs(), st.sampled_from(["", *FIELDS]))
def test_the_recipe_without_groundsys_agrees(log: tuple[list[AuditEntry], int], field: str) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    entries, index = log
    heads = f"{head_at(entries, index + 1).line}\n"
    if field:
        entries[index] = changed(entries[index], field)
    pem = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    rows = json.loads(json.dumps([fields_of(entry) for entry in entries]))
    assert recipe(rows, heads, pem) == (not field)
    assert verify_audit(entries, read_heads(heads)[0], PUBLIC).ok == (not field)
