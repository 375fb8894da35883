"""Containers by testcontainers, where a Docker engine answers."""

import os
from typing import Any

# Its helper container only cleans up after us, which we do ourselves, and cannot be had everywhere.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")

ANSWER_WITHIN = 5  # seconds
REGISTRY_WITHIN = 20  # seconds


def available(*images: str) -> bool:
    """Whether a Docker engine answers that has these images or can fetch them."""
    import docker
    from docker.errors import DockerException, ImageNotFound

    try:
        engine = docker.from_env(timeout=ANSWER_WITHIN)
        engine.ping()
    except (DockerException, OSError):
        return False
    try:
        for image in images:
            try:
                engine.images.get(image)
            except ImageNotFound:
                docker.from_env(timeout=REGISTRY_WITHIN).images.get_registry_data(image)
                docker.from_env(timeout=600).images.pull(image)
    except (DockerException, OSError):
        return False
    finally:
        engine.close()
    return True


def create_container(image: str, **options: Any) -> Any:
    """A container that is not started yet."""
    from testcontainers.core.container import DockerContainer

    return DockerContainer(image, labels={"org.dorfnetz": "test"}, **options)
