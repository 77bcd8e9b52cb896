from prospectus.views.areas import AreasView
from prospectus.views.courses import CourseView, LevelsView, ProviderView
from prospectus.views.home import HomeView
from prospectus.views.map import MapView
from prospectus.views.open_data import AreaFeedView, ProviderFeedView
from prospectus.views.opening import ChangeOpeningView, OpeningView
from prospectus.views.search import CoursesView
from prospectus.views.shortlist import (
    ApplyView,
    CompareView,
    ShortlistKeepView,
    ShortlistNoteView,
    ShortlistRemoveView,
    ShortlistView,
)
from prospectus.views.start_now import StartNowView
from prospectus.views.together import TogetherView
from prospectus.views.wish import WishMadeView, WishView
from prospectus.views.words import (
    MissesDownloadView,
    MissesView,
    PhraseAddView,
    PhraseChangeView,
    PhraseDeleteView,
    PhrasesView,
    SynonymAddView,
    SynonymChangeView,
    SynonymDeleteView,
    SynonymsView,
    WishesDownloadView,
    WishesView,
)

__all__ = [
    "ApplyView",
    "AreaFeedView",
    "AreasView",
    "ChangeOpeningView",
    "CompareView",
    "CourseView",
    "CoursesView",
    "HomeView",
    "LevelsView",
    "MapView",
    "MissesDownloadView",
    "MissesView",
    "OpeningView",
    "PhraseAddView",
    "PhraseChangeView",
    "PhraseDeleteView",
    "PhrasesView",
    "ProviderFeedView",
    "ProviderView",
    "ShortlistKeepView",
    "ShortlistNoteView",
    "ShortlistRemoveView",
    "ShortlistView",
    "StartNowView",
    "SynonymAddView",
    "SynonymChangeView",
    "SynonymDeleteView",
    "SynonymsView",
    "TogetherView",
    "WishMadeView",
    "WishView",
    "WishesDownloadView",
    "WishesView",
]
