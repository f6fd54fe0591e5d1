# The server: the same `ivr` command as on a plain host.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends espeak-ng sox \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin ivr \
    && install -d -o ivr -g ivr -m 0700 /var/lib/ivr

WORKDIR /srv/ivr
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md ./
COPY ivr ./ivr
COPY asterisk-config ./asterisk-config
# Editable: the templates are found beside the package, as in a checkout.
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e .
COPY dialplans ./dialplans

USER 10001:10001
ENV IVR_STATE_DIR=/var/lib/ivr IVR_DIALPLANS=/srv/ivr/dialplans PYTHONUNBUFFERED=1
VOLUME /var/lib/ivr
ENTRYPOINT ["ivr"]
CMD ["serve"]
