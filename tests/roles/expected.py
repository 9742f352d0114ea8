"""Who may do what, written down by hand and read by nothing but tests.

`+` may, `o` only what belongs to the own customer, `.` may not.  Columns: whoever gives no token
(-), observer (B), operator (O), flight director (D), payload operator (P), automation (A), portal
(W).  It is compared with the one table, and with what the desks, the portal and Yamcs really do.
"""

from __future__ import annotations

ROLES = {
    "-": "anonymous",
    "B": "observer",
    "O": "operator",
    "D": "flight_director",
    "P": "payload_operator",
    "A": "automation",
    "W": "portal",
}

_MATRIX = """
                       - B O D P A W
  log_in               + + + + + . .
  look                 + + + + o + +
  watch                . + + + . + .
  keep_own_account     . + + + + . .
  acknowledge_alarm    . . + + . . .
  handle_alarm         . . + + . . .
  write_logbook        . . + + . . .
  steer_clock          . . + + . . .
  inject_fault         . . . + . . .
  draft_command        . . + + o + .
  approve_command      . . + + . . .
  draft_upload         . . + + . . .
  approve_upload       . . + + . . .
  change_plan          . . + + . + .
  tell_notice          . . + + . + .
  run_procedure        . . + + . + .
  approve_procedure    . . . + . . .
  vote_at_gate         . . + + o . .
  read_products        . . . . o . .
  manage_own_access    . . . . o . .
  serve_products       . . . . . . +
  see_custody          . + + + o + +
  manage_tokens        . . . + . . .
  manage_people        . . . + . . .
  destroy_customer_key . . . + . . .
  stop                 . . . + . . .
"""

_WORDS = {"+": "yes", "o": "own", ".": "no"}


def _read() -> dict[tuple[str, str], str]:
    header, *lines = (line.split() for line in _MATRIX.strip().splitlines())
    return {
        (ROLES[column], action): _WORDS[sign]
        for action, *signs in lines
        for column, sign in zip(header, signs, strict=True)
    }


#: (role, action): "yes", "own" or "no"
EXPECTED = _read()
#: in the order of the matrix
ACTIONS = tuple(dict.fromkeys(action for _, action in EXPECTED))
