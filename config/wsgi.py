"""What gunicorn serves: ``gunicorn config.wsgi``."""

from django.core.wsgi import get_wsgi_application

from config import env

env.choose_settings("config.settings.production")
application = get_wsgi_application()
