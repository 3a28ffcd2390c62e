/**
 * Where a stream leaves what it made: rows of whole episodes in Parquet, and dead letters in JSON
 * lines, each file final at a checkpoint and never before.
 */
package dev.hindcast.streaming.sink;
