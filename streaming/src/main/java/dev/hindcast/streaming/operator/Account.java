package dev.hindcast.streaming.operator;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * What one operator has counted. The counts are part of its checkpoints, so that a restart neither
 * forgets nor repeats any; they show as metrics and add up over tasks as accumulators of the job.
 * Of tasks that have ended Flink keeps no state: where sources end one after the other, and the job
 * fails after the first has, what its tasks counted is missing at the end. Rows are not.
 */
public final class Account {
  /** Rows and dead letters that came in. */
  static final String READ = "read";

  /** Rows that came once more, with the same content. */
  static final String DUPLICATES = "duplicates";

  /** Rows that came after time had passed them; those that were still of use are among them. */
  static final String LATE = "late";

  /** Decisions for which no reward came. */
  static final String WITHOUT_REWARD = "without-reward";

  /** Rows of episodes outside the share that is kept. */
  static final String SAMPLED_OUT = "sampled-out";

  /** Episodes handed on. */
  static final String EPISODES = "episodes";

  /** Steps of those. */
  static final String STEPS = "steps";

  /** Before the reason of dead letters. */
  static final String DEAD_LETTERS = "dead-letters.";

  /** Before the rule that rows broke which were kept all the same. */
  static final String WARNINGS = "warnings.";

  private final Map<String, Count> counts = new HashMap<>();
  private final RuntimeContext context;
  private ListState<Tuple2<String, Long>> state;

  /** A count, and where Flink shows it. */
  private static final class Count {
    private final LongCounter shown = new LongCounter();
    private long count;
  }

  private Account(RuntimeContext context) {
    this.context = context;
  }

  /** The account of an operator that starts, with what it had counted before. */
  public static Account open(RuntimeContext context, FunctionInitializationContext initialization)
      throws Exception {
    Account account = new Account(context);
    account.state =
        initialization
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>("account", Types.TUPLE(Types.STRING, Types.LONG)));
    for (Tuple2<String, Long> count : account.state.get()) {
      account.add(count.f0, count.f1);
    }
    return account;
  }

  /** Counts something so many times more. */
  public void add(String name, long count) {
    Count counted = counts.computeIfAbsent(name, this::begun);
    counted.count += count;
    counted.shown.add(count);
  }

  private Count begun(String name) {
    Count count = new Count();
    context.addAccumulator(name, count.shown);
    context.getMetricGroup().addGroup("hindcast").gauge(name, () -> count.count);
    return count;
  }

  /** Puts the counts into a checkpoint. */
  public void save() throws Exception {
    state.clear();
    for (Map.Entry<String, Count> count : new TreeMap<>(counts).entrySet()) {
      state.add(Tuple2.of(count.getKey(), count.getValue().count));
    }
  }

  /** How often something was counted. */
  public long of(String name) {
    Count counted = counts.get(name);
    return counted == null ? 0 : counted.count;
  }
}
