"""From a sample of a product back to the frames that brought it, through every hand it went."""

from groundsys.tracing.samples import TracedSample, locate_sample
from groundsys.tracing.telling import as_json, tell_trace
from groundsys.tracing.trace import Trace, trace_sample

__all__ = ["Trace", "TracedSample", "as_json", "locate_sample", "tell_trace", "trace_sample"]
