from ilp.forms.contact import ContactForm
from ilp.forms.entry import ASKED, LATER, EntryForm, PickCourseForm, PlanFilterForm, ReplyForm
from ilp.forms.validating import TalkForm, ValidateForm, WaitingForm

__all__ = [
    "ASKED",
    "LATER",
    "ContactForm",
    "EntryForm",
    "PickCourseForm",
    "PlanFilterForm",
    "ReplyForm",
    "TalkForm",
    "ValidateForm",
    "WaitingForm",
]
