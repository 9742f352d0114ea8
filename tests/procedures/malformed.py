"""Files that are no procedures, by what is wrong: (text, line, words of the finding)."""

from __future__ import annotations

HEAD = "id: one\ntitle: One\ncraft: otv\n"
#: wrong in form: the JSON Schema refuses them too
FORM = {
    "no steps": (HEAD, 1, "steps is missing"),
    "unknown key": (f"{HEAD}colour: blue\nsteps:\n- {{id: a, do: note, text: A}}\n", 4, "'colour'"),
    "no id": (f"{HEAD}steps:\n- {{do: note, text: A}}\n", 5, "id is missing"),
    "no kind": (f"{HEAD}steps:\n- {{id: a, text: A}}\n", 5, "do is missing"),
    "unknown kind": (f"{HEAD}steps:\n- {{id: a, do: dance}}\n", 5, "kind of step 'dance'"),
    "key of another kind": (
        f"{HEAD}steps:\n- {{id: a, do: note, text: A, question: B}}\n", 5, "'question'",
    ),
    "wait without deadline": (
        f"{HEAD}steps:\n- id: a\n  do: wait\n  until: [{{parameter: obc_mode, equals: SAFE}}]\n",
        5, "margin_s is missing",
    ),
    "deadline that is no number": (
        f"{HEAD}steps:\n- id: a\n  do: wait\n  until: [{{parameter: obc_mode, equals: SAFE}}]\n"
        "  margin_s: soon\n", 8, "margin_s should be a number",
    ),
    "deadline before the light": (
        f"{HEAD}steps:\n- id: a\n  do: wait\n  until: [{{parameter: obc_mode, equals: SAFE}}]\n"
        "  margin_s: -1\n", 8, "margin_s is -1",
    ),
    "age of nothing": (
        f"{HEAD}steps:\n- id: a\n  do: wait\n  until:\n"
        "  - {parameter: obc_mode, equals: SAFE, within_s: 0}\n  margin_s: 1\n",
        8, "within_s is 0",
    ),
    "list as an argument": (
        f"{HEAD}steps:\n- id: a\n  do: command\n  command: SET_MODE\n  arguments:\n"
        "    mode: [SAFE]\n", 9, "mode should be a text",
    ),
    "arguments as a list": (
        f"{HEAD}steps:\n- id: a\n  do: command\n  command: SET_MODE\n  arguments: [SAFE]\n",
        8, "arguments should be a mapping",
    ),
    "steps as a text": (f"{HEAD}steps: none\n", 4, "steps should be a list"),
    "a step as a text": (f"{HEAD}steps:\n- none\n", 5, "should be a mapping"),
    "branch with one way": (
        f"{HEAD}steps:\n- id: a\n  do: branch\n  then: end\n"
        "  when: [{parameter: obc_mode, equals: SAFE}]\n", 5, "otherwise is missing",
    ),
    "critical as a text": (
        f"{HEAD}critical: perhaps\nsteps:\n- {{id: a, do: note, text: A}}\n", 4, "'perhaps'",
    ),
    "kind of parameter": (
        f"{HEAD}parameters:\n- {{name: b, kind: colour}}\nsteps:\n"
        "- {id: a, do: note, text: A}\n", 5, "kind is 'colour'",
    ),
    "name with spaces": (f"{HEAD}steps:\n- {{id: A b, do: note, text: A}}\n", 5, "id is 'A b'"),
}  # fmt: skip

_GATE = "- {id: g, do: gate, question: Go, roles: [operator]}\n"
_SAFE = "- {id: a, do: command, command: SAFE_MODE}\n"


def _command(text: str) -> str:
    return f"{HEAD}steps:\n- id: a\n  do: command\n  {text}\n"


def _wait(condition: str) -> str:
    return f"{HEAD}steps:\n- id: a\n  do: wait\n  margin_s: 60\n  until:\n  - {condition}\n"


def _sequence(*entries: str, sub_schedule: str = "1", more: str = "") -> str:
    listed = "".join(f"  - {one}\n" for one in entries)
    return (
        f"{HEAD}{more}steps:\n- id: a\n  do: sequence\n  sub_schedule: {sub_schedule}\n"
        f"  entries:{listed and chr(10)}{listed or ' []' + chr(10)}"
    )


def enabling(condition: str, then: str = "") -> str:
    conditions = f", conditions: [{condition}]" if condition else ""
    return (
        f"{HEAD}roles: [operator]\nsteps:\n- id: s\n  do: sequence\n  sub_schedule: 1\n"
        "  entries:\n  - {command: PING, at: 2031-08-20T06:00:00Z}\n"
        f"- {{id: g, do: gate, question: Go, roles: [operator]{conditions}}}\n{then}"
        "- {id: e, do: command, command: SCHEDULE_ENABLE, arguments: {schedule_id: 1}}\n"
    )


_AT_SIX = "at: 2031-08-20T06:00:00Z"
AS_LOADED = "{parameter: ground.schedule, sub_schedule: 1, equals: AS_LOADED}"

#: right in form, wrong in what they mean
MEANING = {
    "unknown command": (_command("command: DANCE"), 7, "unknown command of otv 'DANCE'"),
    "misspelt command": (_command("command: PIN"), 7, "did you mean 'PING'"),
    "missing argument": (_command("command: SET_MODE"), 5, "SET_MODE lacks its argument mode"),
    "unknown argument": (
        _command("command: PING\n  arguments: {mode: SAFE}"), 8, "unknown argument of PING 'mode'",
    ),
    "out of range": (
        _command("command: SET_BATTERY_THRESHOLD\n  arguments:\n    threshold_percent: 61"),
        9, "threshold_percent is 61 (use 10 to 60 %)",
    ),
    "more than its bits": (
        _command(
            "command: RELAY_SESSION_ADD\n  arguments:\n    session_spacecraft_id: 1\n"
            "    session_start_sclk: 4294967296\n    session_duration_s: 60"
        ), 10, "session_start_sclk is 4.29497e+09",
    ),
    "no whole number": (
        _command("command: SET_BATTERY_THRESHOLD\n  arguments: {threshold_percent: 20.5}"),
        8, "write a whole number",
    ),
    "no label": (
        _command("command: SET_MODE\n  arguments: {mode: DREAMY}"), 8, "one of SAFE, NOMINAL",
    ),
    "octets": (
        _command("command: CFDP_PDU\n  arguments: {pdu_length: 8, pdu: abcdefgh}"), 8, "octets",
    ),
    "parameter that is none": (
        _command("command: SET_MODE\n  arguments: {mode: $mode}"), 8, "unknown parameter 'mode'",
    ),
    "parameter without limits": (
        f"{HEAD}parameters: [{{name: t, kind: integer}}]\nsteps:\n- id: a\n  do: command\n"
        "  command: SET_BATTERY_THRESHOLD\n  arguments: {threshold_percent: $t}\n",
        9, "limit it to 10 to 60 %",
    ),
    "parameter of another kind": (
        f"{HEAD}parameters: [{{name: t, kind: text}}]\nsteps:\n- id: a\n  do: command\n"
        "  command: SET_BATTERY_THRESHOLD\n  arguments: {threshold_percent: $t}\n",
        9, "of kind integer",
    ),
    "parameter with other labels": (
        f"{HEAD}parameters: [{{name: m, kind: text, choices: [SAFE, DREAMY]}}]\nsteps:\n- id: a\n"
        "  do: command\n  command: SET_MODE\n  arguments: {mode: $m}\n",
        9, "let its choices be among",
    ),
    "default out of range": (
        f"{HEAD}parameters:\n- {{name: n, kind: number, default: 3, maximum: 2}}\nsteps:\n"
        "- {id: a, do: wait, margin_s: 1, until: [{parameter: obc_cpu_load, maximum: $n}]}\n",
        5, "n is 3",
    ),
    "parameter of no use": (
        f"{HEAD}parameters: [{{name: n, kind: number}}]\nsteps:\n- {{id: a, do: note, text: A}}\n",
        4, "no step uses parameter 'n'",
    ),
    "parameter that is the craft's own": (
        f"{HEAD}parameters:\n- {{name: craft_scid, kind: integer}}\nsteps:\n"
        "- {id: a, do: wait, margin_s: 1,"
        " until: [{parameter: obc_cpu_load, maximum: $craft_scid}]}\n",
        5, "nobody states",
    ),
    "hazardous without a gate": (f"{HEAD}steps:\n{_SAFE}", 5, "nobody is asked before"),
    "hazardous with a gate on one way only": (
        f"{HEAD}roles: [operator]\nsteps:\n- id: b\n  do: branch\n"
        "  when: [{parameter: obc_mode, equals: SAFE}]\n  then: g\n  otherwise: a\n"
        f"{_GATE}{_SAFE}", 12, "nobody is asked before",
    ),
    "hazardous in the abort path": (
        f"{HEAD}steps:\n- {{id: n, do: note, text: N}}\nabort:\n{_SAFE}", 7, "nobody is asked",
    ),
    "critical without asking": (
        f"{HEAD}critical: true\nsteps:\n- {{id: a, do: command, command: PING}}\nabort:\n"
        "- {id: n, do: note, text: N}\n", 6, "before anybody is asked",
    ),
    "critical without an abort path": (
        f"{HEAD}critical: true\nsteps:\n- {{id: n, do: note, text: N}}\n", 4, "without an abort",
    ),
    "unreachable": (
        f"{HEAD}steps:\n- {{id: a, do: note, text: A, next: end}}\n"
        "- {id: b, do: note, text: B}\n", 6, "no way leads to 'b'",
    ),
    "unknown step": (
        f"{HEAD}steps:\n- {{id: a, do: note, text: A, next: z}}\n", 5, "step in steps 'z'",
    ),
    "into the abort path": (
        f"{HEAD}steps:\n- {{id: a, do: note, text: A, next: b}}\nabort:\n"
        "- {id: b, do: note, text: B}\n", 5, "unknown step in steps 'b'",
    ),
    "step twice": (
        f"{HEAD}steps:\n- {{id: a, do: note, text: A}}\n- {{id: a, do: note, text: B}}\n",
        6, "'a' stands twice",
    ),
    "step called as the language is": (
        f"{HEAD}steps:\n- {{id: end, do: note, text: A}}\n", 5, "a word of the language",
    ),
    "round and round": (
        f"{HEAD}steps:\n- {{id: a, do: note, text: A}}\n- {{id: b, do: note, text: B, next: a}}\n",
        5, "without waiting",
    ),
    "moved to what is no instant": (
        f"{HEAD}parameters: [{{name: t, kind: instant}}]\nsteps:\n"
        "- {id: a, do: retime, parameter: t, to: ground.antenna}\n"
        "- {id: b, do: load, time_argument: session_start_sclk, entries: [{command:"
        " RELAY_SESSION_ADD, at: $t, arguments: {session_spacecraft_id: 1,"
        " session_duration_s: 60}}]}\n", 6, "unknown instant 'ground.antenna'",
    ),
    "moved without being a time": (
        f"{HEAD}parameters: [{{name: n, kind: number}}]\nsteps:\n"
        "- {id: a, do: retime, parameter: n, to: ground.closest_approach}\n"
        "- {id: b, do: wait, margin_s: 1, until: [{parameter: obc_cpu_load, maximum: $n}]}\n",
        6, "parameter 'n' is no instant",
    ),
    "waited for while nobody knows what holds": (
        f"{HEAD}steps:\n- id: a\n  do: wait\n  margin_s: 1\n"
        "  until: [{parameter: obc_mode, equals: SAFE}]\n"
        "  only_while: [{parameter: no_such_one, minimum: 1}]\n",
        9, "unknown parameter of otv 'no_such_one'",
    ),
    "no step": (f"{HEAD}steps: []\n", 4, "without steps"),
    "unknown telemetry": (
        _wait("{parameter: obc_mod, equals: SAFE}"), 9, "unknown parameter of otv 'obc_mod'",
    ),
    "unknown to the ground": (
        _wait("{parameter: ground.weather, equals: FINE}"), 9, "parameter of the ground",
    ),
    "telemetry of the other craft": (
        _wait("{parameter: payload_power, equals: ON}"), 9, "unknown parameter of otv",
    ),
    "label that never comes": (
        _wait("{parameter: obc_mode, equals: DREAMY}"), 9, "obc_mode is never 'DREAMY'",
    ),
    "label by size": (_wait("{parameter: obc_mode, minimum: 1}"), 9, "use equals"),
    "number by label": (
        _wait("{parameter: obc_cpu_load, equals: HIGH}"), 9, "is a number, never 'HIGH'",
    ),
    "nothing asked": (_wait("{parameter: obc_mode}"), 9, "nothing is asked"),
    "never within": (
        _wait("{parameter: obc_cpu_load, minimum: 2, maximum: 1}"), 9, "at least 2 and at most 1",
    ),
    "after what commands nothing": (
        f"{HEAD}steps:\n- {{id: n, do: note, text: N}}\n- id: a\n  do: wait\n  margin_s: 1\n"
        "  after: n\n  until: [{parameter: obc_mode, equals: SAFE}]\n",
        9, "unknown commanding step 'n'",
    ),
    "wait for nothing": (
        f"{HEAD}steps:\n- {{id: a, do: wait, until: [], margin_s: 1}}\n", 5, "a wait for nothing",
    ),
    "gate that asks nobody": (
        f"{HEAD}steps:\n- {{id: g, do: gate, question: Q, roles: []}}\n", 5, "asks nobody",
    ),
    "gate that asks strangers": (
        f"{HEAD}roles: [operator]\nsteps:\n{_GATE}"
        "- {id: h, do: gate, question: Q, roles: [flight_director]}\n",
        7, "unknown role 'flight_director'",
    ),
    "role of no gate": (
        f"{HEAD}roles: [operator]\nsteps:\n- {{id: a, do: note, text: A}}\n", 4, "no gate asks",
    ),
    "role that is none": (
        f"{HEAD}roles: [cook]\nsteps:\n- {{id: g, do: gate, question: Q, roles: [cook]}}\n",
        4, "unknown role 'cook'",
    ),
    "unknown procedure": (
        f"{HEAD}steps:\n- {{id: a, do: call, procedure: two}}\n", 5, "unknown procedure 'two'",
    ),
    "calls itself": (
        f"{HEAD}steps:\n- {{id: a, do: call, procedure: one}}\n", 5, "comes to call itself",
    ),
    "no craft": ("id: one\ntitle: One\nsteps:\n- {id: a, do: note, text: A}\n", 1, "state one"),
    "unknown craft": (
        "id: one\ntitle: One\ncraft: voyager\nsteps:\n- {id: a, do: note, text: A}\n",
        3, "unknown craft 'voyager'",
    ),
    "unknown model": (
        "id: one\ntitle: One\nmodel: barge\nsteps:\n- {id: a, do: note, text: A}\n",
        3, "unknown model 'barge'",
    ),
    "nobody relays": (
        f"{HEAD}steps:\n- {{id: a, do: command, command: PING, craft: $relay}}\n",
        5, "no craft relays",
    ),
    "another name than the file's": (
        "id: two\ntitle: One\ncraft: otv\nsteps:\n- {id: a, do: note, text: A}\n",
        1, "id is 'two' in one.yaml",
    ),
    "load of what carries no time": (
        f"{HEAD}steps:\n- id: a\n  do: load\n  time_argument: when\n  entries:\n"
        "  - {command: PING, at: 2031-08-20T06:00:00Z}\n", 7, "no argument 'when'",
    ),
    "load of nothing": (
        f"{HEAD}steps:\n- {{id: a, do: load, entries: []}}\n", 5, "a load of nothing",
    ),
    "time without an argument for it": (
        f"{HEAD}steps:\n- id: a\n  do: load\n  entries:\n"
        "  - {command: PING, at: 2031-08-20T06:00:00Z}\n", 5, "no argument '' of whole seconds",
    ),
    "load lacks an argument": (
        f"{HEAD}steps:\n- id: a\n  do: load\n  entries:\n  - {{command: SET_MODE}}\n",
        8, "SET_MODE lacks its argument mode",
    ),
    "load at no instant": (
        f"{HEAD}steps:\n- id: a\n  do: load\n  time_argument: session_start_sclk\n  entries:\n"
        "  - {command: RELAY_SESSION_ADD, at: noon,"
        " arguments: {session_spacecraft_id: 1, session_duration_s: 60}}\n",
        9, "'noon' is no instant",
    ),
    "sequence with a release": (
        _sequence(
            f"{{command: RELEASE_CUBE, {_AT_SIX}, arguments: {{release_spacecraft_id: 418}}}}"
        ),
        9, "lets a craft go at a time at which nobody looks",
    ),
    "sequence that enables a file": (
        _sequence(f"{{command: FILE_ENABLE, {_AT_SIX}, arguments: {{file_number: 1}}}}"),
        9, "at a time at which nobody looks whether the file is still verified",
    ),
    "sequence of nothing": (_sequence(), 8, "a sequence of nothing"),
    "sequence of a command that is none": (
        _sequence(f"{{command: DANCE, {_AT_SIX}}}"), 9, "unknown command of otv 'DANCE'",
    ),
    "sequence with an argument out of range": (
        _sequence(f"{{command: SET_HOUSEKEEPING_PERIOD, {_AT_SIX}, arguments: {{period_s: 1e4}}}}"),
        9, "period_s is 10000",
    ),
    "sequence that lacks an argument": (
        _sequence(f"{{command: SET_MODE, {_AT_SIX}}}"), 9, "lacks its argument mode",
    ),
    "sequence at no instant": (
        _sequence("{command: PING, at: noon}"), 9, "'noon' is no instant",
    ),
    "sequence at an unknown parameter": (
        _sequence("{command: PING, at: $when}"), 9, "unknown parameter 'when'",
    ),
    "sequence between seconds": (
        _sequence(f"{{command: PING, {_AT_SIX}, plus_s: 0.5}}"), 9, "whole seconds",
    ),
    "sequence out of order": (
        _sequence(
            f"{{command: PING, {_AT_SIX}, plus_s: 60}}",
            "{command: REPORT_TIME, at: 2031-08-20T06:00:59Z}",
        ), 10, "REPORT_TIME is released before PING",
    ),
    "sequence out of order by a parameter": (
        _sequence(
            "{command: PING, at: $t, plus_s: 60}", "{command: REPORT_TIME, at: $t}",
            more="parameters: [{name: t, kind: instant}]\n",
        ), 11, "in order of time",
    ),
    "sequence into no sub-schedule": (
        _sequence(f"{{command: PING, {_AT_SIX}}}", sub_schedule="256"), 7, "schedule_id is 256",
    ),
    "sequence by a parameter without limits": (
        _sequence(
            f"{{command: PING, {_AT_SIX}}}", sub_schedule="$n",
            more="parameters: [{name: n, kind: integer}]\n",
        ), 8, "limit it to 1 to 255",
    ),
    "sequence that commands the schedule": (
        _sequence(f"{{command: SCHEDULE_DELETE, {_AT_SIX}, arguments: {{schedule_id: 1}}}}"),
        9, "commands the schedule itself",
    ),
    "sequence of a command too long": (
        _sequence(f"{{command: CFDP_PDU, {_AT_SIX}}}"), 9, "takes up to 976 octets",
    ),
    "sequence longer than the table": (
        _sequence(*(f"{{command: PING, {_AT_SIX}, plus_s: {n}}}" for n in range(65))),
        8, "65 entries, and the table of otv takes 64",
    ),
    "sequence for craft without a schedule": (
        _sequence(f"{{command: PING, {_AT_SIX}}}").replace("craft: otv", "model: cube"),
        5, "hold no time-tagged commands",
    ),
    "enabling without a gate": (
        f"{HEAD}steps:\n- {{id: e, do: command, command: SCHEDULE_ENABLE,"
        " arguments: {schedule_id: 1}}\n", 5, "nobody is asked before",
    ),
    "enabling what nobody has seen": (enabling(""), 12, "nobody has seen read back"),
    "enabling another sub-schedule than was seen": (
        enabling(AS_LOADED.replace("1,", "2,")), 12, "nobody has seen read back",
    ),
    "enabling what differs": (
        enabling(AS_LOADED.replace("AS_LOADED", "DIFFERENT")), 12, "nobody has seen read back",
    ),
    "loading again after it was seen": (
        enabling(
            AS_LOADED,
            "- id: again\n  do: sequence\n  sub_schedule: 1\n"
            "  entries:\n  - {command: PING, at: 2031-08-20T06:00:00Z}\n",
        ), 17, "nobody has seen read back",
    ),
    "schedule of no sub-schedule": (
        _wait("{parameter: ground.schedule, equals: AS_LOADED}"), 9, "add sub_schedule",
    ),
    "sub-schedule of something else": (
        _wait("{parameter: obc_mode, equals: SAFE, sub_schedule: 1}"), 9, "no sub-schedules",
    ),
    "sub-schedule that is none": (
        _wait(AS_LOADED.replace("1,", "0,")), 9, "schedule_id is 0",
    ),
    "schedule that is never so": (
        _wait(AS_LOADED.replace("AS_LOADED", "FINE")), 9, "ground.schedule is never 'FINE'",
    ),
    "schedule of craft without one": (
        _wait(AS_LOADED).replace("craft: otv", "model: cube"), 9, "hold no time-tagged commands",
    ),
}  # fmt: skip
