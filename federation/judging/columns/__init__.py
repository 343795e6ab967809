"""Captured tokens and judgements as columns: the judge as one function from an Arrow record batch to an Arrow record batch.

pyarrow is the extra ``arrow``: only the modules of this room import it.
"""
