"""Where records are found by name, pinyin, year, form, organisation and unit.

To look things up, `finding.Finder` needs sqlite3 alone. To take records in, `writing` brings sqlite-utils and pypinyin.
"""
