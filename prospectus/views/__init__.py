from prospectus.views.courses import CourseView, ProviderView
from prospectus.views.home import HomeView
from prospectus.views.opening import ChangeOpeningView, OpeningView
from prospectus.views.search import CoursesView

__all__ = ["ChangeOpeningView", "CourseView", "CoursesView", "HomeView", "OpeningView", "ProviderView"]
