"""Reading an account directory: each kind of file, and the whole."""
