# syntax=docker/dockerfile:1
# The image of every Airflow service: the locked packages, the chuyenhoa package, bytecode compiled, no root.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /src
# The lock first: these layers are made again only when a version changes.
COPY requirements/cluster.txt requirements/cluster.txt
RUN pip install --compile --no-deps --require-hashes -r requirements/cluster.txt
# What builds the package is locked too; its lines stand in the developers' lock.
COPY requirements/dev.txt requirements/dev.txt
RUN sed -n '/^setuptools==/,/[^\\]$/p' requirements/dev.txt > build.txt && pip install --no-deps --require-hashes -r build.txt
COPY pyproject.toml README.md LICENSE ./
COPY plugins plugins
RUN pip install --compile --no-deps --no-build-isolation . \
    && python -m compileall -q -j 0 /opt/venv/lib \
    && python -c "from airflow.providers.celery.executors import celery_executor"

FROM python:3.12-slim-bookworm
# LibreOffice is wanted only where the office also asks for PDF copies: --build-arg WITH_LIBREOFFICE=true
ARG WITH_LIBREOFFICE=false
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini tzdata fonts-liberation2 \
    && if [ "$WITH_LIBREOFFICE" = "true" ]; then apt-get install -y --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui; fi \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 50000 --gid 0 --create-home --home-dir /home/airflow --shell /usr/sbin/nologin airflow
COPY --from=build /opt/venv /opt/venv
WORKDIR /opt/chuyenhoa
COPY dags dags
COPY plugins plugins
COPY plans plans
COPY expectations expectations
COPY templates templates
# Group 0 may write, so that another user id (AIRFLOW_UID) can be given without building again.
RUN mkdir -p /opt/chuyenhoa/data /opt/airflow/logs \
    && chown -R 50000:0 /opt/chuyenhoa/data /opt/airflow \
    && chmod -R g=u /opt/chuyenhoa/data /opt/airflow \
    && python -m compileall -q plugins dags
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/home/airflow \
    TZ=Asia/Ho_Chi_Minh \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/chuyenhoa/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/chuyenhoa/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False \
    GX_ANALYTICS_ENABLED=false \
    CHUYENHOA_HOME=/opt/chuyenhoa \
    CHUYENHOA_DATA=/opt/chuyenhoa/data
USER 50000:0
ENTRYPOINT ["tini", "-g", "--", "airflow"]
CMD ["version"]
