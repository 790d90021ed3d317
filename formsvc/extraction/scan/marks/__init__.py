"""Seals and signatures: there, not there, or unclear."""
