"""Reports as files. The same rows on the same day are the same bytes."""

from reporting.exports.files import FORMATS, formats_of, write_file
from reporting.exports.pictures import Picture, picture_of

__all__ = ["FORMATS", "Picture", "formats_of", "picture_of", "write_file"]
