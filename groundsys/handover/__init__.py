"""The hand-over of a shift: what one crew tells the next, from what was kept (decisions only).

shift    what of the record belongs to a shift
report   the same as Markdown
"""

from groundsys.handover.report import handover_report
from groundsys.handover.shift import Ahead, Happening, Record, Shift, shift_of

__all__ = ["Ahead", "Happening", "Record", "Shift", "handover_report", "shift_of"]
