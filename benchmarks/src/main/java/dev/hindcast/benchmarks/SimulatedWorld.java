package dev.hindcast.benchmarks;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.Acrobot;
import dev.hindcast.core.world.CartPole;
import dev.hindcast.core.world.DiscreteWorld;
import dev.hindcast.core.world.DiscreteWorld.Acting;
import dev.hindcast.core.world.KeyDoor;
import dev.hindcast.core.world.RetentionOffers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A world in which the policies of a table are scored.
 *
 * @param name what it is called on the command line
 * @param world the world
 * @param loggedEpisodes how many episodes its log has, about 100,000 steps
 * @param scoring how policies are scored in it
 * @param optimum the best policy, where it is known
 */
record SimulatedWorld(
    String name,
    DiscreteWorld<?> world,
    int loggedEpisodes,
    Scoring scoring,
    Optional<Policy> optimum) {
  private static final int PLAYED = 100;
  private static final int CUSTOMERS = 2_000;
  private static final long SEED = 100;

  /** What a policy earns; the same number of entries for every policy, which belong together. */
  interface Scoring {
    double[] earned(Policy policy, Acting acting);

    /** What an entry is. */
    String inWords();
  }

  /** All worlds. */
  static List<SimulatedWorld> all() {
    CartPole cart = new CartPole();
    Acrobot acrobot = new Acrobot();
    KeyDoor rooms = new KeyDoor();
    RetentionOffers offers = new RetentionOffers();
    return List.of(
        new SimulatedWorld("cartpole", cart, 850, playing(cart), Optional.of(cart.balancing(0))),
        new SimulatedWorld("acrobot", acrobot, 400, playing(acrobot), Optional.empty()),
        new SimulatedWorld(
            "key-door",
            rooms,
            2_500,
            scoring(
                (policy, acting) -> rooms.values(policy, acting, 0.95),
                "exact values at discount 0.95 in all 243 layouts"),
            Optional.of(rooms.shortestWay(0))),
        new SimulatedWorld(
            "offers",
            offers,
            30_000,
            scoring(
                (policy, acting) -> offers.values(policy, acting, CUSTOMERS, SEED),
                "exact values for the same " + CUSTOMERS + " drawn customers"),
            Optional.of(offers.optimal())));
  }

  /**
   * Looks a world up.
   *
   * @throws UserError when there is none of this name
   */
  static SimulatedWorld named(String name) {
    return all().stream()
        .filter(world -> world.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                UserError.usage(
                    "There is no world \""
                        + name
                        + "\". Name one of: "
                        + all().stream().map(SimulatedWorld::name).collect(Collectors.joining(", "))
                        + "."));
  }

  private static Scoring playing(DiscreteWorld<?> world) {
    return scoring(
        (policy, acting) -> world.returns(policy, acting, PLAYED, 1, SEED),
        "undiscounted returns of " + PLAYED + " episodes, the same starts for every policy");
  }

  private interface Earning {
    double[] earned(Policy policy, Acting acting);
  }

  private static Scoring scoring(Earning earning, String words) {
    return new Scoring() {
      @Override
      public double[] earned(Policy policy, Acting acting) {
        return earning.earned(policy, acting);
      }

      @Override
      public String inWords() {
        return words;
      }
    };
  }

  /** The mean of what a policy that draws its actions earns. */
  double meanEarned(Policy policy) {
    return Arrays.stream(scoring.earned(policy, Acting.DRAWN)).average().orElseThrow();
  }
}
