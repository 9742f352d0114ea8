"""Optical navigation: what pictures of a body tell of the orbit of the craft that takes them."""
