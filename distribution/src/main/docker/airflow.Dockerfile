# Airflow with Hindcast's DAGs; the verbs themselves run in pods of the other image.
# From the unpacked tarball: docker build --file docker/airflow.Dockerfile --tag registry.example/hindcast-airflow:0.1.0 .
FROM apache/airflow:3.3.2-python3.11

COPY airflow/*.whl /tmp/hindcast/
# Naming Airflow's own version keeps pip from moving it.
RUN pip install --no-cache-dir "apache-airflow==${AIRFLOW_VERSION}" /tmp/hindcast/*.whl
COPY airflow/dags/hindcast.py /opt/airflow/dags/hindcast.py
