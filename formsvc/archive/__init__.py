"""The archive: where everything lies, how it is filed, chained and checked. docs/archive-format.md specifies it."""
