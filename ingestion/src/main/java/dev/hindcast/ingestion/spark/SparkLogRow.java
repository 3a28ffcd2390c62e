package dev.hindcast.ingestion.spark;

import dev.hindcast.ingestion.mapping.LogRow;
import org.apache.spark.sql.Row;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** A row of Spark's as the mapping wants it. */
record SparkLogRow(Row row) implements LogRow {
  @Override
  public Object value(int column) {
    Object value = row.get(column);
    return value instanceof Seq<?> list ? JavaConverters.seqAsJavaList(list) : value;
  }
}
