"""How often somebody may come in as a guest or try a name; a whole hall may share one address of the internet."""

from limits import RateLimitItemPerMinute

DOOR_GUESTS_FOR_CLIENT = RateLimitItemPerMinute(120, 15, namespace="attendance/door-client")
DOOR_GUESTS_FOR_MEETING = RateLimitItemPerMinute(500, 60, namespace="attendance/door-meeting")
NAMES_FOR_CLIENT = RateLimitItemPerMinute(30, 15, namespace="attendance/names-client")
NAMES_FOR_CERTIFICATE = RateLimitItemPerMinute(20, 60, namespace="attendance/names-certificate")
CERTIFICATES_FOR_PERSON = RateLimitItemPerMinute(5, 60, namespace="attendance/certificates-person")
