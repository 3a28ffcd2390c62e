/**
 * Parquet files to and from flat arrays: transitions, and plain tables. Which files make a dataset
 * is not here.
 */
package dev.hindcast.dataset.columns;
