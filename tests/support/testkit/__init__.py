"""What the tests share: real servers, clean databases, tokens, clients, and the means to hurt a server on purpose."""
