package dev.hindcast.streaming.estimate;

import dev.hindcast.evaluation.running.EstimateLine;
import dev.hindcast.evaluation.running.EstimateLine.Figures;
import dev.hindcast.evaluation.running.RunningEstimates;
import dev.hindcast.evaluation.running.RunningPlan;
import dev.hindcast.evaluation.running.WindowSums;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.windowing.ProcessAllWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Puts the buckets of a window together, in their order, and says what they show. One task: it sees
 * sums, not episodes. Figures are metrics in the group {@code hindcast}, with the policy as a
 * label.
 */
final class RunningEvaluation
    extends ProcessAllWindowFunction<BucketSums, EstimateLine, TimeWindow> {
  private static final long serialVersionUID = 1L;
  private static final ValueStateDescriptor<RunningEstimates> STATE =
      new ValueStateDescriptor<>("estimates", EstimateTypes.RUNNING);

  private final RunningPlan plan;
  private transient Map<String, EstimateLine> latest;

  RunningEvaluation(RunningPlan plan) {
    this.plan = plan;
  }

  @Override
  public void open(OpenContext context) {
    latest = new HashMap<>();
    for (RunningPlan.Judged policy : plan.policies()) {
      show(policy.name());
    }
  }

  @Override
  public void process(Context context, Iterable<BucketSums> buckets, Collector<EstimateLine> out)
      throws Exception {
    List<BucketSums> sorted = new ArrayList<>();
    buckets.forEach(sorted::add);
    sorted.removeIf(bucket -> bucket.sums().plan() != plan.id());
    if (sorted.isEmpty()) {
      return;
    }
    sorted.sort(Comparator.comparingInt(BucketSums::bucket));
    WindowSums sums = new WindowSums(plan);
    sorted.forEach(bucket -> sums.merge(bucket.sums()));
    ValueState<RunningEstimates> state = context.globalState().getState(STATE);
    RunningEstimates before = state.value();
    RunningEstimates.Outcome outcome =
        (before == null ? new RunningEstimates() : before)
            .after(plan, context.window().getStart(), sums);
    state.update(outcome.estimates());
    for (EstimateLine line : outcome.lines()) {
      latest.put(line.policy(), line);
      out.collect(line);
    }
  }

  private void show(String policy) {
    MetricGroup group =
        getRuntimeContext().getMetricGroup().addGroup("hindcast").addGroup("policy", policy);
    group.gauge("estimate", () -> soFar(policy).flatMap(Figures::estimate).orElse(Double.NaN));
    group.gauge("estimate_lower", () -> soFar(policy).flatMap(Figures::lower).orElse(Double.NaN));
    group.gauge("estimate_upper", () -> soFar(policy).flatMap(Figures::upper).orElse(Double.NaN));
    group.gauge(
        "estimate_of_window",
        () ->
            Optional.ofNullable(latest.get(policy))
                .flatMap(line -> line.window().estimate())
                .orElse(Double.NaN));
    group.gauge(
        "effective_sample_size",
        () -> soFar(policy).flatMap(Figures::effectiveSampleSize).orElse(Double.NaN));
    group.gauge("episodes_judged", () -> soFar(policy).map(Figures::episodes).orElse(0L));
    group.gauge(
        "alarms_raised",
        () -> Optional.ofNullable(latest.get(policy)).map(line -> line.alarms().size()).orElse(0));
  }

  private Optional<Figures> soFar(String policy) {
    return Optional.ofNullable(latest.get(policy)).map(EstimateLine::soFar);
  }
}
