# The production image: one image for the web server, the worker and the scheduler. docs/production.md says how.
FROM python:3.14-slim AS build
WORKDIR /portal
COPY requirements/ requirements/
COPY portal package.json package-lock.json .npmrc ./
COPY config/ config/
COPY static/ static/
# The environment lies where the final image has it: its programs name it by its full path.
RUN ./portal assets && rm -rf node_modules .cache
COPY . .
RUN .venv/bin/python -m config.words
RUN DJANGO_SETTINGS_MODULE=config.settings.production PORTAL_SECRET_KEY=used-by-nothing-at-build \
    .venv/bin/python manage.py collectstatic --noinput --verbosity 0 --ignore scss

FROM python:3.14-slim
RUN useradd --system --uid 10001 portal && install -d -o portal /srv/media
WORKDIR /portal
COPY --from=build /portal /portal
ENV PATH=/portal/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    PORTAL_MEDIA_ROOT=/srv/media
USER portal
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
