package dev.hindcast.dataset;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import java.util.List;
import java.util.SplittableRandom;

/** Made-up episodes that use every kind of column. */
public final class Episodes {
  public static final ObservationSpace SPACE =
      new ObservationSpace(
          List.of("age", "weight"),
          List.of(
              new ObservationSpace.CategoricalField("ward", List.of("a", "b", "c")),
              new ObservationSpace.CategoricalField("hour", List.of("1", "2"))));

  private Episodes() {}

  /** Discrete actions with masks and propensities; the third of every four has what came last. */
  public static TransitionColumns discrete(int episodes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(SPACE, new ActionSpace.Discrete(5), true, true);
    for (int e = 0; e < episodes; e++) {
      builder.beginEpisode("episode-" + (episodes - e));
      for (int steps = 1 + random.nextInt(4); steps > 0; steps--) {
        builder.addStep(
            numbers(random),
            codes(random),
            mask(random),
            random.nextInt(5),
            random.nextDouble(),
            1 - random.nextDouble());
      }
      if (e % 4 == 2) {
        builder.endEpisodeWithFinalObservation(false, numbers(random), codes(random), mask(random));
      } else {
        builder.endEpisode(e % 2 == 0);
      }
    }
    return builder.build();
  }

  /** As {@link #discrete}, with durations, demonstrations, two reward components and two labels. */
  public static TransitionColumns withEverything(int episodes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(SPACE, new ActionSpace.Discrete(5), false, true)
            .withRewardComponents(List.of("watch", "click"))
            .withLabels(List.of("day", "market"));
    for (int e = 0; e < episodes; e++) {
      builder.beginEpisode("episode-" + (episodes - e));
      if (e % 5 > 0) {
        builder.labelled("2026-11-0" + (1 + e % 7), e % 2 == 0 ? "Österreich" : "");
      }
      for (int steps = 1 + random.nextInt(4); steps > 0; steps--) {
        double watch = random.nextDouble();
        double click = random.nextInt(2);
        builder
            .addStep(
                numbers(random),
                codes(random),
                new boolean[0],
                random.nextInt(5),
                watch + click,
                1 - random.nextDouble())
            .lasting(random.nextDouble(0, 3))
            .paying(watch, click);
        if (e % 3 == 0) {
          builder.asDemonstration();
        }
      }
      if (e % 2 == 0) {
        builder.endEpisodeWithFinalObservation(
            false, numbers(random), codes(random), new boolean[0]);
      } else {
        builder.endEpisode(true);
      }
    }
    return builder.build();
  }

  /** Box actions, numbers only, no propensities. */
  public static TransitionColumns box(int episodes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(2),
            new ActionSpace.Box(List.of(-1f, -1f, -1f), List.of(1f, 1f, 1f)),
            false,
            false);
    for (int e = 0; e < episodes; e++) {
      builder.beginEpisode("e" + e);
      float[] action = {(float) random.nextDouble(), 0.5f, (float) -random.nextDouble()};
      builder.addBoxStep(numbers(random), new int[0], action, random.nextDouble(), 0);
      builder.endEpisode(true);
    }
    return builder.build();
  }

  private static float[] numbers(SplittableRandom random) {
    return new float[] {(float) random.nextDouble(), (float) random.nextDouble(-5, 5)};
  }

  private static int[] codes(SplittableRandom random) {
    return new int[] {random.nextInt(4), random.nextInt(3)};
  }

  private static boolean[] mask(SplittableRandom random) {
    boolean[] mask = new boolean[5];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = random.nextBoolean();
    }
    mask[0] = true;
    return mask;
  }
}
