"""Short names for addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry.slugs import LONGEST, slugify


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Heidedörfer", "heidedoerfer"),
        ("Gro\u0308bern", "groebern"),
        ("Straße der Älteren e. V.", "strasse-der-aelteren-e-v"),
        ("ÜBER ALLES", "ueber-alles"),
        ("Café »Zur Linde«", "cafe-zur-linde"),
        ("Köthen (Anhalt)", "koethen-anhalt"),
        ("---", ""),
        ("日本", ""),
    ],
)
def test_slugs(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(st.text(max_size=300))
def test_a_slug_fits_into_an_address(name: str) -> None:
    slug = slugify(name)
    assert len(slug) <= LONGEST
    assert not slug or all(word and word.isascii() and word.isalnum() for word in slug.split("-"))
    assert slug == slugify(slug)
