"""Judge captured tokens with Ray Data: ``python audit_ray.py ACCOUNT TOKENS RESULTS [WORKERS]``, directories all."""

import sys
from pathlib import Path

import ray

from federation.judging.bulk import Bench
from federation.judging.columns.judge import ColumnJudge
from federation.judging.judge import JudgingInstant

account, tokens, results, workers = (*sys.argv[1:], "2")[:4]
bench = Bench(account=Path(account), instant=JudgingInstant(issued=True))

ray.init(include_dashboard=False, log_to_driver=False)
captured = ray.data.read_parquet(tokens, columns=["token", "at", "id"])
judged = captured.map_batches(
    ColumnJudge,
    fn_constructor_args=(bench,),
    batch_format="pyarrow",
    batch_size=256,
    compute=ray.data.ActorPoolStrategy(size=int(workers)),
    num_cpus=0.5,  # the rest is for the tasks that read and write, which want a whole one
)
judged.write_parquet(results)
