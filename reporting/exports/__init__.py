"""Reports as files. The same rows on the same day are the same bytes."""

from reporting.exports.tables import FORMATS, file_of

__all__ = ["FORMATS", "file_of"]
