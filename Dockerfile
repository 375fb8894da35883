# One image for every service: python -m registry|events|notifications|portal app|worker|migrate
#   docker build -t dorfnetz .                          the services (the last stage)
#   docker build -t dorfnetz-demo-data --target demo-data .   the loader of the example data, never needed in production
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
ARG UV_VERSION=0.13.9
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir "uv==${UV_VERSION}" && uv venv /opt/dorfnetz
WORKDIR /source
# The locked packages first: this layer changes only with the lock file.
COPY requirements/runtime.txt requirements/
RUN VIRTUAL_ENV=/opt/dorfnetz uv pip sync --require-hashes requirements/runtime.txt
COPY pyproject.toml ./
COPY libs libs
COPY services services
# uv builds our own packages with the backend that it carries, so nothing is downloaded here.
RUN for package in libs/shared services/registry services/events services/notifications services/portal; do \
      uv build --quiet --wheel --out-dir /wheels "$package" || exit 1; \
    done \
 && VIRTUAL_ENV=/opt/dorfnetz uv pip install --no-deps --offline /wheels/*.whl \
 && for service in registry events notifications portal; do \
      mkdir -p "/opt/dorfnetz/share/dorfnetz/$service" \
      && cp -r "services/$service/migrations" "/opt/dorfnetz/share/dorfnetz/$service/" || exit 1; \
    done

FROM ${PYTHON_IMAGE} AS base
LABEL org.opencontainers.image.title="Dorfnetz" \
      org.opencontainers.image.description="Software for the people who hold rural volunteering together" \
      org.opencontainers.image.licenses="EUPL-1.2"
ENV PATH=/opt/dorfnetz/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# The user has no home and no shell; the installer goes, because nothing is installed at run time.
RUN groupadd --gid 10001 dorfnetz \
 && useradd --uid 10001 --gid dorfnetz --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin dorfnetz \
 && install --directory --owner dorfnetz --group dorfnetz /var/lib/dorfnetz \
 && pip uninstall --quiet --yes --root-user-action ignore pip
COPY --from=build /opt/dorfnetz /opt/dorfnetz
WORKDIR /opt/dorfnetz
USER 10001:10001

# The loader enters the example data as an operator would. The demo's "log in as" is not among these files.
FROM base AS demo-data
COPY deploy/standalone/src/standalone/__init__.py /opt/demo-data/standalone/__init__.py
COPY deploy/standalone/src/standalone/demo /opt/demo-data/standalone/demo
ENV PYTHONPATH=/opt/demo-data
ENTRYPOINT ["python", "-m", "standalone.demo"]

FROM base AS services
EXPOSE 8000 8001
ENTRYPOINT ["python", "-m"]
