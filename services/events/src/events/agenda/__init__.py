"""The agenda: what a meeting talks about, who brings it in, and what moves on to the next meeting."""
