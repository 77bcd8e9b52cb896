from prospectus.exports.feed import XcriFeed
from prospectus.exports.table import COLUMNS, DICTIONARY_HEADINGS, courses_csv, dictionary

__all__ = ["COLUMNS", "DICTIONARY_HEADINGS", "XcriFeed", "courses_csv", "dictionary"]
