"""Definitions as text: sections that know their lines, findings, fields and expressions."""
