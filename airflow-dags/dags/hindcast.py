"""One set of DAGs for every pipeline in the file that HINDCAST_PIPELINES names."""

from airflow.sdk import DAG  # noqa: F401  Airflow only parses files that speak of it

from hindcast_airflow import pipelines, settings

_settings = settings.load()
for _pipeline in _settings.pipelines:
    for _declared in (pipelines.offline_training, pipelines.backfill):
        globals()[f"{_declared.__name__}_{_pipeline.name}"] = _declared(_settings, _pipeline)
    if _pipeline.stream is not None:
        for _declared in (pipelines.online_finetuning, pipelines.monitoring):
            globals()[f"{_declared.__name__}_{_pipeline.name}"] = _declared(_settings, _pipeline)
