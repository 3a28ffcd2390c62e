"""The DAGs. Each function declares one for one pipeline of the settings; a file in the DAG folder calls them."""

from hindcast_airflow.pipelines.backfill import backfill
from hindcast_airflow.pipelines.monitoring import monitoring
from hindcast_airflow.pipelines.offline_training import offline_training
from hindcast_airflow.pipelines.online_finetuning import online_finetuning

__all__ = ["backfill", "monitoring", "offline_training", "online_finetuning"]
