"""Judge captured tokens with Spark: ``spark-submit audit_spark.py ACCOUNT TOKENS RESULTS``, directories all."""

import sys
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from federation.judging.bulk import Bench
from federation.judging.columns.judge import ColumnJudge
from federation.judging.judge import JudgingInstant

account, tokens, results = sys.argv[1:4]
judge = ColumnJudge(Bench(account=Path(account), instant=JudgingInstant(issued=True)))

spark = SparkSession.builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", 256).getOrCreate()
captured = spark.read.parquet(tokens).select("token", "at", "id")
judged = captured.mapInArrow(judge.over, from_arrow_schema(judge.schema))
judged.write.parquet(results)
