"""Pages and derived values of telemetry."""
