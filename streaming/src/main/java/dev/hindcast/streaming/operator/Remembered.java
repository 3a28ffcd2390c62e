package dev.hindcast.streaming.operator;

import dev.hindcast.core.config.UserError;
import dev.hindcast.streaming.row.RowColumns;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.streaming.api.TimerService;

/**
 * What an operator that holds rows has to know again after a restart: how far time had come, which
 * Flink itself forgets, so that what was too late before is too late afterwards; and which columns
 * the rows have, so that they are not read by a config that keeps others.
 */
final class Remembered {
  private final ListState<Long> times;
  private final ListState<String> names;
  private final RowColumns columns;
  private long time = Long.MIN_VALUE;
  private TimerService timers;

  private Remembered(ListState<Long> times, ListState<String> names, RowColumns columns) {
    this.times = times;
    this.names = names;
    this.columns = columns;
  }

  /**
   * What an operator that starts knew before; nothing after a savepoint of version 0.1.0 as first
   * written, which did not hold it.
   *
   * @throws SuppressRestartsException when the rows in its state have other columns
   */
  static Remembered open(RowColumns columns, FunctionInitializationContext initialization)
      throws Exception {
    Remembered remembered =
        new Remembered(
            initialization
                .getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("time", Types.LONG)),
            initialization
                .getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("columns", Types.STRING)),
            columns);
    long earliest = Long.MAX_VALUE;
    for (long time : remembered.times.get()) {
      earliest = Math.min(earliest, time);
    }
    if (earliest != Long.MAX_VALUE) {
      remembered.time = earliest;
    }
    String known = columns.inWords();
    for (String before : remembered.names.get()) {
      if (!before.equals(known)) {
        throw new SuppressRestartsException(
            UserError.usage(
                "Cannot go on from the savepoint or checkpoint: its rows have the columns "
                    + before
                    + ", and this config keeps "
                    + known
                    + ". Go on with the config that wrote it, end that stream with flink stop --drain, and start the new one without a savepoint."));
      }
    }
    return remembered;
  }

  /** How far time has come. */
  long time(TimerService service) {
    timers = service;
    return Math.max(time, service.currentWatermark());
  }

  void save() throws Exception {
    long now = timers == null ? time : time(timers);
    times.update(List.of(now));
    names.update(new ArrayList<>(List.of(columns.inWords())));
  }
}
