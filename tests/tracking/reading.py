"""A small reader of TDM in keyword-value notation, after 503.0-B-2 section 3 alone."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Segment:
    metadata: dict[str, str] = field(default_factory=dict)
    data: dict[str, list[tuple[str, float]]] = field(default_factory=dict)


@dataclass
class TrackingDataMessage:
    header: dict[str, str] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)


def read_kvn(text: str) -> TrackingDataMessage:
    """Refuses, by an assertion, what stands at a wrong place."""
    message = TrackingDataMessage()
    within = "header"
    for line in filter(None, map(str.strip, text.splitlines())):
        if line in ("META_START", "META_STOP", "DATA_START", "DATA_STOP"):
            before = {"META_START": ("header", "done"), "META_STOP": ("meta",)}
            before |= {"DATA_START": ("between",), "DATA_STOP": ("data",)}
            assert within in before[line], line
            if line == "META_START":
                message.segments.append(Segment())
            within = {"META_START": "meta", "META_STOP": "between", "DATA_START": "data"}.get(
                line, "done"
            )
            continue
        key, separator, value = (part.strip() for part in line.partition("="))
        assert separator, line
        if within == "header":
            assert key not in message.header
            message.header[key] = value
        elif within == "meta":
            assert key not in message.segments[-1].metadata
            message.segments[-1].metadata[key] = value
        else:
            assert within == "data", line
            epoch, number = value.split()
            message.segments[-1].data.setdefault(key, []).append((epoch, float(number)))
    assert within == "done"
    assert next(iter(message.header)) == "CCSDS_TDM_VERS"
    return message
