package dev.hindcast.streaming.source;

import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.EventRow;
import java.time.Clock;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * How far time has come in one piece of a source (a file, a partition): as far as its latest event,
 * less the allowed lateness. Events from clocks that run ahead do not count, or one of them would
 * make all others late.
 */
public final class Watermarks implements WatermarkGenerator<Arrival> {
  private final long lateness;
  private final long clockAhead;
  private final Clock clock;
  private long latest;

  private Watermarks(StreamPlan plan, Clock clock) {
    lateness = plan.lateness();
    clockAhead = plan.clockAhead();
    this.clock = clock;
    latest = Long.MIN_VALUE + lateness + 1;
  }

  /** For the sources of a stream; sources without events are not waited for. */
  static WatermarkStrategy<Arrival> of(StreamPlan plan) {
    WatermarkStrategy<Arrival> strategy =
        new WatermarkStrategy<>() {
          @Override
          public WatermarkGenerator<Arrival> createWatermarkGenerator(
              WatermarkGeneratorSupplier.Context context) {
            return new Watermarks(plan, Clock.systemUTC());
          }

          @Override
          public TimestampAssigner<Arrival> createTimestampAssigner(
              TimestampAssignerSupplier.Context context) {
            return (arrival, before) ->
                arrival instanceof EventRow row ? row.time() : Long.MIN_VALUE;
          }
        };
    return plan.idleAfter() > 0
        ? strategy.withIdleness(Duration.ofMillis(plan.idleAfter()))
        : strategy;
  }

  @Override
  public void onEvent(Arrival arrival, long time, WatermarkOutput output) {
    if (arrival instanceof EventRow row && row.time() <= clock.millis() + clockAhead) {
      latest = Math.max(latest, row.time());
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    output.emitWatermark(new Watermark(latest - lateness - 1));
  }
}
