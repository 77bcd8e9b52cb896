"""What gunicorn serves: ``gunicorn config.wsgi``."""

import gc

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config import env

env.choose_settings("config.settings.production")
application = get_wsgi_application()

# Every page is there before the first request, and what is there now stays to the end: looking through it for garbage
# again and again was a tenth of the time of a request.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
