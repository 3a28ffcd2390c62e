/**
 * Formats that logs come in: each makes a table of named columns. What the columns mean is not
 * here.
 */
package dev.hindcast.ingestion.spark.source;
