from prospectus.actions.reference import load_prospectus_reference
from prospectus.actions.search import refresh_search, refresh_vocabulary

__all__ = ["load_prospectus_reference", "refresh_search", "refresh_vocabulary"]
