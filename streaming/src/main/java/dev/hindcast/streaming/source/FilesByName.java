package dev.hindcast.streaming.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.assigners.FileSplitAssigner;

/**
 * Hands out files in the order of their paths: where names tell the time, events then come about in
 * the order in which they happened, and few of them late.
 */
final class FilesByName implements FileSplitAssigner {
  private final PriorityQueue<FileSourceSplit> waiting =
      new PriorityQueue<>(Comparator.comparing(split -> split.path().toString()));

  FilesByName(Collection<FileSourceSplit> splits) {
    waiting.addAll(splits);
  }

  @Override
  public Optional<FileSourceSplit> getNext(String hostname) {
    return Optional.ofNullable(waiting.poll());
  }

  @Override
  public void addSplits(Collection<FileSourceSplit> splits) {
    waiting.addAll(splits);
  }

  @Override
  public Collection<FileSourceSplit> remainingSplits() {
    List<FileSourceSplit> splits = new ArrayList<>(waiting);
    splits.sort(waiting.comparator());
    return splits;
  }
}
