package dev.hindcast.benchmarks;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes the log of a simulated world, from its behavior policies: {@code WORLD FILE SEED
 * [EPISODES]}.
 */
public final class WorldLogMain {
  private WorldLogMain() {}

  /**
   * The world's name, the Parquet file, the seed, and perhaps how many episodes instead of the
   * usual.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 3 || arguments.length > 4) {
      throw UserError.usage(
          "Cannot write a log: name a world, a file, a seed, and perhaps episodes.");
    }
    SimulatedWorld world = SimulatedWorld.named(arguments[0]);
    int episodes = arguments.length == 4 ? Integer.parseInt(arguments[3]) : world.loggedEpisodes();
    RawLog.write(log(world, episodes, Long.parseLong(arguments[2])), Path.of(arguments[1]));
  }

  /** So many episodes of a world's log. */
  static TransitionColumns log(SimulatedWorld world, int episodes, long seed) {
    return world.world().log(world.world().behaviors(), episodes, seed);
  }
}
