"""When the stages of Hindcast run, and with which paths.

A stage is one verb of ``hindcast`` with explicit inputs and outputs. What is here decides which verb, which paths, and what
its exit code means to a scheduler; it computes nothing about policies. ``settings``, ``paths``, ``commands``, ``results``,
``gates``, ``estimates`` and ``flink`` know nothing of Airflow; ``operators``, ``triggers`` and ``pipelines`` declare.
"""
