"""Lists for Excel: a page with all of them, and the files behind the buttons of the list pages."""
