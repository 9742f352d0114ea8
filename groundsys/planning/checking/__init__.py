"""Checking a plan, whoever made it; shares nothing with what makes plans."""
