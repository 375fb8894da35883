"""Erasures: somebody is forgotten everywhere, and it is proven that they are."""
