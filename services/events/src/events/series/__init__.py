"""Series: meetings that come again and again by a rule, with exceptions."""
