package dev.hindcast.training.spark;

import dev.hindcast.core.config.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.BarrierTaskContext;

/**
 * What the tasks of a barrier stage tell each other when each has done its part: what came of it,
 * that it met a mistake of the user, which all of them then report, or that it broke, after which
 * all of them fail and Spark starts them again.
 */
final class Accord {
  private static final String DONE = "DONE";
  private static final String BROKEN = "BROKEN";

  private Accord() {}

  /**
   * What came of every task's part, in the order of tasks.
   *
   * @throws UserError of the first task that met one
   */
  static List<String> reach(BarrierTaskContext context, Supplier<String> part) {
    Optional<RuntimeException> broken = Optional.empty();
    String told;
    try {
      told = DONE + "\n" + part.get();
    } catch (UserError e) {
      told = e.kind() + "\n" + e.getMessage();
    } catch (RuntimeException e) {
      broken = Optional.of(e);
      told = BROKEN + "\n" + e.getMessage();
    }
    List<String> all = Arrays.asList(context.allGather(told));
    for (String one : all) {
      if (!kind(one).equals(DONE) && !kind(one).equals(BROKEN)) {
        throw new UserError(UserError.Kind.valueOf(kind(one)), text(one));
      }
    }
    if (broken.isPresent()) {
      throw broken.get();
    }
    for (String one : all) {
      if (kind(one).equals(BROKEN)) {
        throw new IllegalStateException("A task beside this one failed: " + text(one));
      }
    }
    return all.stream().map(Accord::text).toList();
  }

  private static String kind(String told) {
    return told.substring(0, told.indexOf('\n'));
  }

  private static String text(String told) {
    return told.substring(told.indexOf('\n') + 1);
  }
}
