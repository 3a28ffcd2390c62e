package dev.hindcast.streaming.operator;

import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EventRow;
import java.nio.charset.StandardCharsets;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Where a stream cannot keep up with everything: keeps a share of the episodes, and notes in each
 * row how large the share was. A hash of the episode's id decides, so that episodes stay whole, a
 * smaller share is part of a larger one, and every run and every task keeps the same. What is left
 * out is counted.
 */
public final class Sampling extends ProcessFunction<EventRow, EventRow>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  private final StreamPlan plan;
  private transient Account account;

  /** For a stream. */
  public Sampling(StreamPlan plan) {
    this.plan = plan;
  }

  @Override
  public void processElement(EventRow row, Context context, Collector<EventRow> out) {
    if (!plan.isSampled()) {
      out.collect(row);
    } else if (place(plan.mapper().episodeId(row)) < plan.sampling()) {
      out.collect(row.sampled(plan.sampling()));
    } else {
      account.add(Account.SAMPLED_OUT, 1);
    }
  }

  /**
   * Where an id stands in [0, 1): FNV-1a (Fowler, Noll, Vo) of its UTF-8 bytes, stirred by the
   * finalizer of MurmurHash3 (Appleby), because ids that differ at their end alone are neighbors
   * otherwise.
   */
  static double place(String id) {
    long hash = 0xcbf29ce484222325L;
    for (byte part : id.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (part & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    hash ^= hash >>> 33;
    return (hash >>> 11) * 0x1.0p-53;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    account = Account.open(getRuntimeContext(), context);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    account.save();
  }
}
