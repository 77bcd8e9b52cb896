from prospectus.views.courses import CourseView, HomeView, ProviderView
from prospectus.views.opening import ChangeOpeningView, OpeningView
from prospectus.views.search import CoursesView

__all__ = ["ChangeOpeningView", "CourseView", "CoursesView", "HomeView", "OpeningView", "ProviderView"]
