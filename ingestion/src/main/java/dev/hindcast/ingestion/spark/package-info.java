/**
 * The Spark jobs that turn logs into datasets and into plain Parquet logs. They read, hand rows to
 * the plain code and write; no rule or formula is here.
 */
package dev.hindcast.ingestion.spark;
