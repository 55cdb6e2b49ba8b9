# The product in one image: web server, worker and commands differ by their command alone (compose.yaml).
FROM python:3.11-slim-bookworm AS packages
WORKDIR /srv/tracker
COPY requirements/production.txt requirements/
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/production.txt

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 tracker \
 && useradd --system --uid 10001 --gid tracker --home-dir /srv/tracker --no-create-home tracker \
 && install -d -o tracker -g tracker -m 0750 /var/lib/tracker
WORKDIR /srv/tracker
COPY --from=packages /srv/tracker/.venv .venv
COPY manage.py gunicorn.conf.py LICENSE ./
COPY fixtures fixtures
COPY seeds seeds
COPY templates templates
COPY tracker tracker
COPY plans plans
ENV PATH=/srv/tracker/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/var/lib/tracker \
    STATIC_ROOT=/srv/tracker/static \
    LOG_FORMAT=json
# The key is for this one command and is not kept; the image has no settings of any council in it.
RUN SECRET_KEY=only-to-collect-the-static-files-of-this-image python manage.py collectstatic --no-input
USER 10001:10001
EXPOSE 8000
VOLUME ["/var/lib/tracker"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["gunicorn", "tracker.wsgi", "--config", "gunicorn.conf.py", "--bind", "0.0.0.0:8000"]
