"""Which certificates the process trusts when it asks others."""

import ssl
from functools import cache

import httpcore2


@cache
def trusted() -> ssl.SSLContext:
    """The system's authorities, or those of SSL_CERT_FILE. One for all clients: to read the list takes 30 ms."""
    return httpcore2.default_ssl_context()
