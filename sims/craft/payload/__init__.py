"""Instruments, what they measure, and the files that they write."""
