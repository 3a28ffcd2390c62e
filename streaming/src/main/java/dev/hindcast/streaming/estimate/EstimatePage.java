package dev.hindcast.streaming.estimate;

import dev.hindcast.evaluation.report.RunningPage;
import dev.hindcast.evaluation.running.EstimateLine;
import dev.hindcast.streaming.plan.StreamConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Writes the page of the estimates anew with every checkpoint. It may so show windows whose lines
 * are not final yet: should they be made again, they are made the same. It remembers the latest
 * windows.
 */
final class EstimatePage extends ProcessFunction<EstimateLine, Void>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** Lines that the page shows and that are remembered for it. */
  private static final int MOST_LINES = 1200;

  private final String name;
  private final String page;
  private final long refreshSeconds;
  private transient ListState<EstimateLine> state;
  private transient List<EstimateLine> lines;
  private transient boolean isShown;

  EstimatePage(StreamConfig config) {
    name = config.name();
    page = config.output().page();
    refreshSeconds = Math.max(5, config.running().checkpointEvery().toSeconds());
  }

  @Override
  public void processElement(EstimateLine line, Context context, Collector<Void> out) {
    lines.add(line);
    isShown = false;
    if (lines.size() > 2 * MOST_LINES) {
      lines.subList(0, lines.size() - MOST_LINES).clear();
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    state.update(shown());
    if (!isShown && !lines.isEmpty()) {
      write();
      isShown = true;
    }
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    state =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("lines", EstimateTypes.LINE));
    lines = new ArrayList<>();
    state.get().forEach(lines::add);
  }

  private void write() throws IOException {
    byte[] content =
        RunningPage.page(name, shown(), refreshSeconds).getBytes(StandardCharsets.UTF_8);
    Path target = new Path(page);
    Path beside = new Path(target.getParent(), "." + target.getName());
    FileSystem files = target.getFileSystem();
    try (FSDataOutputStream out = files.create(beside, FileSystem.WriteMode.OVERWRITE)) {
      out.write(content);
    }
    if (!files.rename(beside, target)) { // some stores do not replace
      files.delete(target, false);
      files.rename(beside, target);
    }
  }

  private List<EstimateLine> shown() {
    return List.copyOf(lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size()));
  }
}
