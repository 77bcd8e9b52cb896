"""What e-mails about a choice ask of staff."""

from django.utils.translation import gettext_lazy as _

RECEIVED = _("A new application waits for you. Sign in and answer")
WITH_SCHOOL = _("A learner's choice waits for you. Sign in and read it")
UNENDORSED = _("A choice was sent on when its school's time was up. Sign in to see it")
DESK = _("An application you look after has changed. Sign in to see it")
LEFT_SCHOOL = _("Something has changed for a learner of your school. Sign in to see it")
LEFT_ADVISER = _("Something has changed for a learner you answer for. Sign in to see it")
