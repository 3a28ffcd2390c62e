package dev.hindcast.training.spark;

import org.apache.spark.util.AccumulatorV2;

/** The last progress line of a task, carried to the driver by the executor's heartbeats. */
final class LatestLine extends AccumulatorV2<String, String> {
  private static final long serialVersionUID = 1L;

  private volatile String line = "";

  @Override
  public boolean isZero() {
    return line.isEmpty();
  }

  @Override
  public AccumulatorV2<String, String> copy() {
    LatestLine copy = new LatestLine();
    copy.line = line;
    return copy;
  }

  @Override
  public void reset() {
    line = "";
  }

  @Override
  public void add(String next) {
    line = next;
  }

  @Override
  public void merge(AccumulatorV2<String, String> other) {
    if (!other.isZero()) {
      line = other.value();
    }
  }

  @Override
  public String value() {
    return line;
  }
}
