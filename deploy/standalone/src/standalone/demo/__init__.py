"""The network that a first start shows: the Heidedörfer of Muldestausee, with invented people and associations."""
