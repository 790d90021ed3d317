"""Making documents: Word and PDF blanks, copies, and the fonts, lines and pages they are drawn with.

Everything here returns bytes or values; nothing is written to disk and no clock is read.
"""
