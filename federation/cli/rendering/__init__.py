"""How results look: to people, in columns and colours, and to programs."""
