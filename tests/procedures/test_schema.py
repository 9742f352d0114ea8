"""The published JSON Schema takes what the reader takes, and refuses what it refuses in form."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from groundsys.mission.model import Mission
from groundsys.mission.parsing.reading import plain_value
from groundsys.mission.parsing.yaml_tree import compose
from groundsys.procedures import default_procedures, procedure_schema
from tests.procedures.malformed import FORM, MEANING


def validator() -> jsonschema.Draft202012Validator:
    schema = procedure_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def plain(text: str) -> Any:
    return plain_value(compose(text))


def test_every_procedure_that_comes_along_is_valid(mission: Mission) -> None:
    paths = sorted(default_procedures(mission).glob("*.yaml"))
    assert paths
    for path in paths:
        validator().validate(plain(path.read_text()))


@pytest.mark.parametrize("name", FORM)
def test_what_is_wrong_in_form_is_refused(name: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(plain(FORM[name][0]))


@pytest.mark.parametrize("name", MEANING)
def test_what_a_model_must_tell_is_left_to_the_check(name: str) -> None:
    validator().validate(plain(MEANING[name][0]))


def test_every_field_says_what_it_means() -> None:
    def described(schema: Any) -> bool:
        if isinstance(schema, dict):
            fields = schema.get("properties", {})
            named = all(
                "description" in one or "const" in one or "enum" in one for one in fields.values()
            )
            return named and all(map(described, schema.values()))
        return not isinstance(schema, list) or all(map(described, schema))

    assert described(procedure_schema())


def test_the_schema_beside_the_procedures_is_the_one_that_is_published(mission: Mission) -> None:
    folder = default_procedures(mission)
    assert json.loads((folder / "procedure.schema.json").read_text()) == procedure_schema(), (
        "write it anew: groundsys procedure schema > procedures/procedure.schema.json"
    )
    for path in folder.glob("*.yaml"):
        first = path.read_text().splitlines()[0]
        assert first == "# yaml-language-server: $schema=procedure.schema.json", path.name
