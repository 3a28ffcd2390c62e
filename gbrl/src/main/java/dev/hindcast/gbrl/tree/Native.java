package dev.hindcast.gbrl.tree;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import ml.dmlc.xgboost4j.java.XGBoostJNI;

/**
 * Calls of XGBoost's C interface. The library's own {@code Booster} and {@code DMatrix} are passed
 * over: their memory waits for finalizers, they box every prediction in an array of arrays, and the
 * class of the first cannot even be loaded without Kryo.
 */
final class Native {
  private static final AtomicInteger LIVE = new AtomicInteger();

  private Native() {}

  /** One thing in native memory. Not safe for closing while another thread uses it. */
  static final class Handle implements AutoCloseable {
    private final String what;
    private final ToIntFunction<Long> free;
    private long address;

    /** Takes over what a call has made. */
    Handle(String what, long address, ToIntFunction<Long> free) {
      this.what = what;
      this.address = address;
      this.free = free;
      LIVE.incrementAndGet();
    }

    /** For the next call; a freed address would bring the whole process down. */
    long address() {
      if (address == 0) {
        throw new IllegalStateException("The " + what + " has been closed.");
      }
      return address;
    }

    @Override
    public void close() {
      if (address != 0) {
        long freed = address;
        address = 0;
        LIVE.decrementAndGet();
        check("free the " + what, free.applyAsInt(freed));
      }
    }
  }

  /** How many handles are open in this process. */
  static int live() {
    return LIVE.get();
  }

  /**
   * Fails when a call did.
   *
   * @param intention what the call was for: "boost the ensemble"
   */
  static void check(String intention, int result) {
    if (result != 0) {
      throw new IllegalStateException(
          "XGBoost could not " + intention + ": " + reason(XGBoostJNI.XGBGetLastError()));
    }
  }

  /** The library's message without its time, its source line and the trace below it. */
  private static String reason(String error) {
    String first = error.split("\nStack trace:", 2)[0].strip();
    return first.replaceFirst("^\\[\\d\\d:\\d\\d:\\d\\d] \\S+: (Check failed: )?", "");
  }
}
