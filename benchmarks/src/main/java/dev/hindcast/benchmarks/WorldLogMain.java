package dev.hindcast.benchmarks;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import java.io.IOException;
import java.nio.file.Path;

/** Writes the log of a simulated world, from its behavior policies: {@code WORLD FILE}. */
public final class WorldLogMain {
  private static final long SEED = 1;

  private WorldLogMain() {}

  /** Two arguments: the world's name, the Parquet file. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      throw UserError.usage("Cannot write a log: name a world and a file.");
    }
    SimulatedWorld world = SimulatedWorld.named(arguments[0]);
    RawLog.write(log(world, world.loggedEpisodes()), Path.of(arguments[1]));
  }

  /** So many episodes of a world's log. */
  static TransitionColumns log(SimulatedWorld world, int episodes) {
    return world.world().log(world.world().behaviors(), episodes, SEED);
  }
}
