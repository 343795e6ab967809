"""The page of the server: what was pasted, judged by an account, as typed findings, and their HTML and Markdown."""
