package dev.hindcast.streaming.source;

import dev.hindcast.streaming.row.Arrival;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Says that time is at its end when a source is, or a stream is stopped with {@code --drain}: Flink
 * says so too, but nobody hears it from a source that was silent just then and is not waited for,
 * and what is open would stay open.
 */
final class EndOfTime extends AbstractStreamOperator<Arrival>
    implements OneInputStreamOperator<Arrival, Arrival>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  @Override
  public void processElement(StreamRecord<Arrival> arrival) {
    output.collect(arrival);
  }

  @Override
  public void endInput() {
    output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
    output.emitWatermark(Watermark.MAX_WATERMARK);
  }
}
