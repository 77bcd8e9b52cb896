from prospectus.exports.feed import XcriFeed

__all__ = ["XcriFeed"]
