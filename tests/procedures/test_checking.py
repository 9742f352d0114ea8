"""Every way in which a procedure can be wrong is a finding with file and line, all at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import LaterModel
from groundsys.procedures import default_procedures, read_library
from groundsys.values.errors import DefinitionError
from tests.procedures.conftest import Write
from tests.procedures.malformed import AS_LOADED, FORM, HEAD, MEANING, enabling


@pytest.mark.parametrize("name", FORM | MEANING)
def test_what_is_wrong_is_found_where_it_stands(write: Write, name: str) -> None:
    text, line, words = (FORM | MEANING)[name]
    library = write(one=text)
    told = [(finding.file, finding.line, str(finding)) for finding in library.findings]
    assert any(file == "one.yaml" and at == line and words in said for file, at, said in told), told
    with pytest.raises(DefinitionError, match=r"one\.yaml"):
        library.sound("one")


def test_the_procedures_that_come_along_are_sound(mission: Mission) -> None:
    library = read_library(default_procedures(mission), mission)
    assert library.findings == ()
    assert library.procedures


def test_all_findings_come_at_once(write: Write) -> None:
    text = (
        f"{HEAD}steps:\n- {{id: a, do: command, command: DANCE}}\n"
        "- {id: b, do: command, command: SAFE_MODE}\n- {id: b, do: note, txt: B}\n"
    )
    lines = [finding.line for finding in write(one=text).findings]
    assert lines == sorted(lines)
    assert {5, 6, 7} <= set(lines)


def test_a_command_that_nothing_verifies_is_found(write: Write, mission: Mission) -> None:
    otv = mission.spacecraft["otv"]
    silent = tuple(one for one in otv.model.packets if one.name != "COMPLETION_SUCCESS")
    deaf = replace(otv, model=replace(otv.model, packets=silent))
    fleet = {**mission.spacecraft, "otv": deaf}
    text = f"{HEAD}steps:\n- {{id: a, do: command, command: PING}}\n"
    (finding,) = write(replace(mission, spacecraft=fleet), one=text).findings
    assert (finding.line, finding.message) == (5, "nothing verifies that PING is completed")


def test_calls_are_followed_into_their_circle_and_told_where_each_is_made(write: Write) -> None:
    def calling(name: str, other: str) -> str:
        return (
            f"id: {name}\ntitle: T\ncraft: otv\nsteps:\n- {{id: a, do: call, procedure: {other}}}\n"
        )

    library = write(
        one=calling("one", "two"), two=calling("two", "three"), three=calling("three", "two")
    )
    circle = [(f.file, f.line) for f in library.findings if "comes to call itself" in f.message]
    assert circle == [("three.yaml", 5), ("two.yaml", 5)]
    with pytest.raises(DefinitionError, match=r"two\.yaml"):
        library.sound("one")


def test_a_call_must_tell_what_is_asked_within_its_limits(write: Write) -> None:
    called = (
        "id: two\ntitle: T\nmodel: cube\nparameters:\n"
        "- {name: gain, kind: integer, minimum: 0, maximum: 7}\nsteps:\n"
        "- {id: a, do: command, command: PAYLOAD_SET_GAIN, arguments: {gain: $gain}}\n"
    )

    def caller(rest: str) -> str:
        return (
            "id: one\ntitle: T\ncraft: otv\nsteps:\n"
            f"- {{id: a, do: call, procedure: two, craft: cube-polar{rest}}}\n"
        )

    def told(rest: str) -> list[str]:
        return [finding.message for finding in write(one=caller(rest), two=called).findings]

    assert told(", parameters: {gain: 3}") == []
    assert told("") == ["two is not told its parameter 'gain'"]
    assert told(", parameters: {gain: 8}") == ["gain is 8"]
    assert "unknown parameter of two 'loss'" in told(", parameters: {gain: 3, loss: 1}")
    wrong_craft = caller(", parameters: {gain: 3}").replace("cube-polar", "otv")
    (finding,) = write(one=wrong_craft, two=called).findings
    assert finding.message == "two is for craft of model cube"


def test_what_is_for_a_model_is_for_those_that_extend_it(write: Write) -> None:
    called = "id: two\ntitle: T\nmodel: otv\nsteps:\n- {id: a, do: command, command: PING}\n"

    def caller(craft: str) -> str:
        call = f"{{id: a, do: call, procedure: two, craft: {craft}}}"
        return f"id: one\ntitle: T\ncraft: otv\nsteps:\n- {call}\n"

    assert write(one=caller("ryugu-stage"), two=called).findings == ()
    assert write(one=caller("cube-polar"), two=called).findings != ()


def test_there_is_no_procedure_of_an_unknown_name(write: Write) -> None:
    library = write(one=f"{HEAD}steps:\n- {{id: a, do: note, text: A}}\n")
    with pytest.raises(DefinitionError, match="there is no procedure 'two'"):
        library.sound("two")
    assert library.sound("one").title == "One"


def test_the_example_that_teaches_the_language_is_sound(write: Write, mission: Mission) -> None:
    text = (default_procedures(mission) / "README.md").read_text()
    example = text.split("```yaml\n")[1].split("```")[0]
    assert write(**{"lower-threshold": example}).findings == ()


def test_an_enabling_behind_its_read_back_is_sound(write: Write) -> None:
    text = enabling(AS_LOADED)
    assert write(one=text).findings == ()


def test_what_a_later_version_of_the_software_lacks_is_found(
    write: Write, mission: Mission
) -> None:
    otv = mission.spacecraft["otv"]
    fewer = replace(
        otv.model,
        id="otv-2",
        commands=tuple(one for one in otv.model.commands if one.name != "PING"),
        packets=tuple(one for one in otv.model.packets if one.name != "COMM"),
    )
    since = otv.sclk_epoch.plus_seconds(1000.0)
    changing = replace(otv, later_models=(LaterModel(since, fewer),))
    text = (
        f"{HEAD}steps:\n- {{id: a, do: command, command: PING}}\n"
        "- {id: b, do: wait, until: [{parameter: comm_downlink_rate, minimum: 1}], margin_s: 60}\n"
    )
    assert write(one=text).findings == ()
    fleet = {**mission.spacecraft, "otv": changing}
    found = write(replace(mission, spacecraft=fleet), one=text).findings
    assert [(one.line, one.message) for one in found] == [
        (5, "unknown command of otv-2 'PING'"),
        (6, "unknown parameter of otv-2 'comm_downlink_rate'"),
    ]
