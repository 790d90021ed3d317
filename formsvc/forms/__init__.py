"""Forms as data, and what was read from one."""
