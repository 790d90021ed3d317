"""Where records are found by name, pinyin, year, form, organisation and unit.

To look things up, `finding.Finder` needs sqlite3 alone, and so does `writing` to take records in; `building`, which
makes the tables, and exports bring sqlite-utils.
"""
