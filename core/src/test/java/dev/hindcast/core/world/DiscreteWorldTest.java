package dev.hindcast.core.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.UniformPolicy;
import dev.hindcast.core.world.DiscreteWorld.Acting;
import dev.hindcast.core.world.DiscreteWorld.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiscreteWorldTest {
  private static final CartPole CART = new CartPole();
  private static final Acrobot ACROBOT = new Acrobot();

  /** Episodes lived in Gymnasium itself; how they were made stands beside the file. */
  static Stream<JsonNode> gymnasiumEpisodes() throws IOException {
    try (InputStream in =
        DiscreteWorldTest.class.getResourceAsStream("/golden/gymnasium/episodes.jsonl")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .map(line -> CanonicalJson.tree(line.getBytes(StandardCharsets.UTF_8)))
              .toList()
              .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("gymnasiumEpisodes")
  void wholeEpisodesAreGymnasiums(JsonNode episode) {
    DiscreteWorld<double[]> world =
        episode.path("world").asText().equals("CartPole-v1") ? CART : ACROBOT;
    String actions = episode.path("actions").asText();
    double[] state = numbers(episode.path("start"));
    double sum = 0;
    boolean terminated = false;
    for (int step = 0; step < actions.length(); step++) {
      assertThat(terminated).isFalse();
      Outcome<double[]> outcome =
          world.step(state, actions.charAt(step) - '0', new SplittableRandom(0));
      state = outcome.next();
      sum += outcome.reward();
      terminated = outcome.terminated();
      JsonNode known = episode.path("states").path(Integer.toString(step + 1));
      for (int i = 0; i < known.size(); i++) {
        assertThat(state[i])
            .as("number %s after %s steps", i, step + 1)
            .isCloseTo(known.path(i).asDouble(), within(1e-12));
      }
      // the last bit of a sine, which may differ between processors, would grow without end
      state = known.isMissingNode() ? state : numbers(known);
    }
    assertThat(sum).isEqualTo(episode.path("return").asDouble());
    assertThat(terminated).isEqualTo(episode.path("terminated").asBoolean());
    assertThat(actions.length() == world.maxSteps()).isEqualTo(!terminated);
    float[] seen = world.observation(state).numbers();
    for (int i = 0; i < seen.length; i++) {
      double known = episode.path("last").path(i).asDouble();
      assertThat((double) seen[i]).isCloseTo(known, within(1.2e-7 * Math.max(1, Math.abs(known))));
    }
  }

  @Test
  void ableRulesEarnWhatTheWorldsAreKnownToGive() {
    double[] balanced = CART.returns(CART.balancing(0), Acting.MODE, 200, 1, 1);
    assertThat(balanced).containsOnly(500); // the most there is
    double[] discounted = CART.returns(CART.balancing(0), Acting.MODE, 2, 0.9, 1);
    assertThat(discounted[0]).isCloseTo((1 - Math.pow(0.9, 500)) / 0.1, within(1e-9));
    double[] swung = ACROBOT.returns(ACROBOT.swinging(0), Acting.MODE, 200, 1, 1);
    assertThat(mean(swung)).isBetween(-110.0, -80.0);
  }

  @Test
  void logsOfMixedPoliciesLeaveRoomAboveThem() {
    TransitionColumns log = CART.log(CART.behaviors(), 400, 7);
    assertThat((double) log.rows() / log.episodes()).isBetween(100.0, 200.0);
    int truncated = 0;
    for (int e = 0; e < log.episodes(); e++) {
      int last = log.end(e) - 1;
      boolean full = log.end(e) - log.start(e) == 500;
      assertThat(log.truncated(last)).isEqualTo(full);
      assertThat(log.terminated(last)).isEqualTo(!full);
      assertThat(log.next(last) == TransitionColumns.UNKNOWN).isEqualTo(!full);
      truncated += full ? 1 : 0;
    }
    assertThat(truncated).isBetween(1, 40);
    assertThat(log.numeric()).isEqualTo(CART.log(CART.behaviors(), 400, 7).numeric());
  }

  /** The mean ratio of the uniform policy to the one that acted is 1 whatever was seen. */
  @ParameterizedTest
  @MethodSource("worlds")
  void propensitiesAreThoseTheActionsWereDrawnWith(DiscreteWorld<?> world) {
    TransitionColumns log = world.log(world.behaviors(), 200, 11);
    double uniform = 1.0 / log.actionCount();
    double[] counts = new double[log.actionCount()];
    double sum = 0;
    double square = 0;
    for (int row = 0; row < log.rows(); row++) {
      double off = uniform / log.propensity(row) - 1;
      sum += off;
      square += off * off;
      counts[log.action(row)] += 1 / log.propensity(row);
    }
    assertThat(sum).isCloseTo(0, within(4 * Math.sqrt(square)));
    for (double count : counts) { // each action is drawn in its share of all rows
      assertThat(count / log.rows()).isCloseTo(1, within(0.2));
    }
  }

  static Stream<DiscreteWorld<?>> worlds() {
    return Stream.of(CART, ACROBOT, new KeyDoor(), new RetentionOffers());
  }

  @Test
  void everyPolicyMeetsTheSameStarts() {
    TransitionColumns one = CART.log(List.of(CART.balancing(1)), 5, 3);
    TransitionColumns other = CART.log(List.of(CART.balancing(0)), 5, 3);
    for (int e = 0; e < 5; e++) {
      for (int i = 0; i < 4; i++) {
        assertThat(one.numeric()[4 * one.start(e) + i])
            .isEqualTo(other.numeric()[4 * other.start(e) + i]);
      }
    }
  }

  @Test
  void rolloutsGoOnWhereTheyStopped() {
    int copies = 3;
    Policy random = new UniformPolicy(2);
    Rollouts<double[]> pieces = new Rollouts<>(CART, copies, 5);
    int episodes = 0;
    double rewards = 0;
    double finished = 0;
    List<float[]> open = List.of();
    for (int round = 0; round < 40; round++) {
      Rollouts.Rollout rollout = pieces.next(random, 8);
      TransitionColumns steps = rollout.steps();
      assertThat(steps.rows()).isEqualTo(8 * copies);
      rewards += steps.rows();
      finished += Arrays.stream(rollout.returns()).sum();
      episodes += rollout.returns().length;
      List<float[]> firsts =
          IntStream.range(0, steps.episodes()).mapToObj(e -> seen(steps, steps.start(e))).toList();
      assertThat(firsts).usingElementComparator(Arrays::compare).containsAll(open);
      open =
          IntStream.range(0, steps.episodes())
              .map(e -> steps.next(steps.end(e) - 1))
              .filter(row -> row != TransitionColumns.UNKNOWN)
              .mapToObj(row -> seen(steps, row))
              .toList();
      assertThat(open.size()).isLessThanOrEqualTo(copies);
    }
    assertThat(episodes).isGreaterThan(20);
    assertThat(finished).isBetween(rewards - copies * 500, rewards);
    // what was lived is the policy's, whole episodes or pieces
    double[] whole = CART.returns(random, Acting.DRAWN, 2000, 1, 1);
    assertThat(finished / episodes).isCloseTo(mean(whole), within(6.0));
  }

  private static float[] seen(TransitionColumns log, int row) {
    return Arrays.copyOfRange(log.numeric(), 4 * row, 4 * row + 4);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double[] numbers(JsonNode list) {
    return IntStream.range(0, list.size()).mapToDouble(i -> list.path(i).asDouble()).toArray();
  }
}
