"""A duty roster is data; what is wrong with one is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundsys.pager import Contact, Step, read_duty
from groundsys.values.errors import DefinitionError

SOUND = """\
levels: [warning, critical]
steps:
  - {after_s: 60, to: [ada]}
  - {after_s: 900, to: [ada, grace]}
repeat_s: 1800
people:
  ada: {mail: ada@example.org}
  grace: {webhook: "https://pager.example.org/hook", secret_file: hook.secret}
mail: {host: smtp.example.org, port: 587, sender: ground@example.org}
"""


def _written(folder: Path, text: str, mode: int = 0o600) -> Path:
    secret = folder / "hook.secret"
    secret.write_text("a secret\n")
    secret.chmod(mode)
    path = folder / "duty.yaml"
    path.write_text(text)
    return path


def test_a_sound_roster(tmp_path: Path) -> None:
    duty = read_duty(_written(tmp_path, SOUND))
    assert duty.steps == (Step(60.0, ("ada",)), Step(900.0, ("ada", "grace")))
    assert duty.levels == {"warning", "critical"}
    assert duty.people["grace"] == Contact(
        "grace", webhook="https://pager.example.org/hook", secret="a secret"
    )
    assert duty.mail is not None
    assert duty.mail.port == 587


@pytest.mark.parametrize(
    ("spoilt", "line", "word"),
    [
        (SOUND.replace("[warning, critical]", "[worst]"), 1, "worst"),
        (SOUND.replace("to: [ada]", "to: [adda]"), 3, "adda"),
        (SOUND.replace("after_s: 900", "after_s: 9"), 2, "before"),
        (SOUND.replace("{mail: ada@example.org}", "{}"), 7, "one way"),
        (SOUND.replace("https://", "ftp://"), 8, "no URL"),
        (SOUND.replace("hook.secret", "other.secret"), 8, "other.secret"),
        (SOUND.partition("mail: {host")[0], 6, "no `mail` server"),
        (SOUND + "colour: blue\n", 10, "colour"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, spoilt: str, line: int, word: str
) -> None:
    with pytest.raises(DefinitionError) as raised:
        read_duty(_written(tmp_path, spoilt))
    told = [one for one in raised.value.found.splitlines() if one.startswith(f"duty.yaml:{line}:")]
    assert any(word in one for one in told), raised.value.found


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as raised:
        read_duty(_written(tmp_path, SOUND, mode=0o644))
    assert "others may read hook.secret" in raised.value.found
    assert "a secret" not in str(raised.value)
