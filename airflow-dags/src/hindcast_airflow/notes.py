"""Notes beside tasks, which people see where they look at runs. Tasks cannot write them themselves, so this asks Airflow's public API."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from airflow.sdk import BaseHook

log = logging.getLogger("airflow.task")
LONGEST = 1000


def write(connection: str, context: Any, words: str, report: str) -> None:
    """Puts words beside the running task, if a connection is set; a note that cannot be written fails nothing.

    :param connection: the id of an ``http`` connection to Airflow's API server, with the login and password of a user who may edit
        task instances; empty for no notes
    :param report: the address of what the words are about; it is never cut off
    """
    if not connection:
        return
    ti = context["ti"]
    try:
        conn = BaseHook.get_connection(connection)
        address = f"{conn.schema or 'http'}://{conn.host}:{conn.port or 8080}"
        token = _call("POST", f"{address}/auth/token", {"username": conn.login or "", "password": conn.password or ""})["access_token"]
        parts = [urllib.parse.quote(part, safe="") for part in (ti.dag_id, ti.run_id, ti.task_id)]
        place = "{}/api/v2/dags/{}/dagRuns/{}/taskInstances/{}".format(address, *parts)
        if ti.map_index is not None and ti.map_index >= 0:
            place += f"/{ti.map_index}"
        link = f"\n\n[Report]({report})"  # the empty line ends a list, whose last point it would else belong to
        _call("PATCH", f"{place}?update_mask=note", {"note": words[: LONGEST - len(link)] + link}, token)
    except Exception as e:  # whatever happens to a note, the stage itself went well
        log.warning("Cannot write the note beside the task: %s. Look at connection %s.", e, connection)


def _call(method: str, address: str, body: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(address, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)
