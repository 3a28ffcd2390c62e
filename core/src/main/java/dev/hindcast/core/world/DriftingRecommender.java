package dev.hindcast.core.world;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Which item to recommend to a visitor whose taste is known, in a world where tastes drift: what is
 * best now is wrong some days later, and never was anything but good at some time.
 *
 * <p>A visitor's taste is a point on a circle, one of 360, seen as its two coordinates; the device
 * is seen too. Items lie on the same circle, evenly, and turn around it together, {@code
 * turns-per-day} times a day. An item is clicked with probability {@code level (0.05 + 0.75 exp(3
 * (cos(distance) - 1)))}, where the level is 1 on a desktop, 0.9 on a tablet and 0.8 on a phone. A
 * click earns 1. After a click the visitor stays with probability 0.8, otherwise with 0.4, and
 * leaves after the fifth recommendation in any case.
 *
 * <p>The taste does not change during a visit, and a click is also what keeps a visitor. So the
 * best policy recommends the item that lies nearest, its value is the same on every day, and the
 * value of any policy that looks at nothing but the visitor is known exactly.
 *
 * @param items how many there are, at least 2
 * @param turnsPerDay how fast tastes drift; 0 for a world that stands still
 */
public record DriftingRecommender(int items, double turnsPerDay) {
  /** Four items that have changed places after a quarter of a day. */
  public static final DriftingRecommender DEFAULT = new DriftingRecommender(4, 1);

  /** One visit begins so many milliseconds after the other. */
  public static final long PACE_MILLIS = 1_000;

  /** When the first visit begins, in milliseconds since 1970. */
  public static final long START_MILLIS = 1_700_000_000_000L;

  private static final long STEP_MILLIS = 200;
  private static final double MILLIS_PER_DAY = 86_400_000;
  private static final int TASTES = 360;
  private static final int LONGEST = 5;
  private static final double STAYS_AFTER_CLICK = 0.8;
  private static final double STAYS_OTHERWISE = 0.4;
  private static final List<String> DEVICES = List.of("desktop", "phone", "tablet");
  private static final double[] LEVELS = {1, 0.8, 0.9};

  /** Checks the ranges. */
  public DriftingRecommender {
    Require.that(items >= 2, "A recommender needs at least 2 items, not " + items + ".");
    Require.nonNegative("turns-per-day", turnsPerDay);
  }

  /**
   * Who comes.
   *
   * @param degrees the taste, from 0 to 359
   * @param device its number
   */
  public record Visitor(int degrees, int device) {
    private double angle() {
      return 2 * Math.PI * degrees / TASTES;
    }
  }

  /**
   * One recommendation and what became of it, as a live log tells it.
   *
   * @param visit whose
   * @param step of the visit, from 0
   * @param seen what the policy saw
   * @param device the name of the device
   * @param item recommended
   * @param propensity with what probability
   * @param reward 1 for a click, otherwise 0
   * @param isLast whether the visitor left
   * @param millis when, since 1970
   */
  public record Recommendation(
      String visit,
      int step,
      DiscreteWorld.Seen seen,
      String device,
      int item,
      double propensity,
      double reward,
      boolean isLast,
      long millis) {
    /** By what the reward names its decision. */
    public String id() {
      return visit + "-" + step;
    }

    /** The same with another reward. */
    public Recommendation paying(double other) {
      return new Recommendation(visit, step, seen, device, item, propensity, other, isLast, millis);
    }

    /**
     * The decision as an event: {@code id}, {@code visit}, {@code step}, {@code east}, {@code
     * north}, {@code device}, {@code item}, {@code p}, {@code left}, {@code at} (milliseconds).
     */
    public Map<String, Object> decision() {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("id", id());
      event.put("visit", visit);
      event.put("step", step);
      event.put("east", (double) seen.numbers()[0]);
      event.put("north", (double) seen.numbers()[1]);
      event.put("device", device);
      event.put("item", item);
      event.put("p", propensity);
      event.put("left", isLast);
      event.put("at", millis);
      return event;
    }

    /** The reward as an event: {@code id}, {@code clicked}, {@code at}. */
    public Map<String, Object> outcome() {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("id", id());
      event.put("clicked", reward);
      event.put("at", millis + STEP_MILLIS / 2);
      return event;
    }

    /** Decision and reward as one event. */
    public Map<String, Object> whole() {
      Map<String, Object> event = decision();
      event.put("clicked", reward);
      return event;
    }
  }

  /** What a policy sees of a visitor. */
  public ObservationSpace observationSpace() {
    return new ObservationSpace(
        List.of("east", "north"), List.of(new CategoricalField("device", DEVICES)));
  }

  /** What can be recommended. */
  public ActionSpace.Discrete actionSpace() {
    return new ActionSpace.Discrete(items);
  }

  /** The day at which a visit takes place, from 0. */
  public static double day(long visit) {
    return visit * PACE_MILLIS / MILLIS_PER_DAY;
  }

  /** The probability that a visitor clicks on an item on a day. */
  public double click(Visitor visitor, int item, double day) {
    double place = 2 * Math.PI * ((double) item / items + turnsPerDay * day);
    double near = Math.exp(3 * (Math.cos(visitor.angle() - place) - 1));
    return LEVELS[visitor.device()] * (0.05 + 0.75 * near);
  }

  private static DiscreteWorld.Seen seen(Visitor visitor) {
    return new DiscreteWorld.Seen(
        new float[] {(float) Math.cos(visitor.angle()), (float) Math.sin(visitor.angle())},
        new int[] {visitor.device() + 1});
  }

  private static Visitor visitor(RandomGenerator random) {
    return new Visitor(random.nextInt(TASTES), random.nextInt(DEVICES.size()));
  }

  /** The world as it is on one day, for logs that are collected before anything drifts. */
  public DiscreteWorld<Visitor> on(double day) {
    return new OneDay(day);
  }

  /** The best policy on a day. */
  public Policy best(double day) {
    return nearest(day, 0);
  }

  /** The best policy of a day, but any item with some probability. */
  public Policy nearest(double day, double exploration) {
    return new RulePolicy(
        items,
        exploration,
        (numbers, codes) -> {
          Visitor visitor = new Visitor(degrees(numbers), codes[0] - 1);
          int best = 0;
          for (int item = 1; item < items; item++) {
            best = click(visitor, item, day) > click(visitor, best, day) ? item : best;
          }
          return best;
        });
  }

  private static int degrees(float[] numbers) {
    double turn = Math.atan2(numbers[1], numbers[0]) / (2 * Math.PI);
    return (int) Math.floorMod(Math.round(turn * TASTES), (long) TASTES);
  }

  /** What the best policy earns of a visit, on any day, on average over all visitors. */
  public double bestValue() {
    return value(best(0), 0);
  }

  /**
   * What a policy that looks at nothing but the observation earns of a visit on a day, on average
   * over all visitors; exact.
   */
  public double value(Policy policy, double day) {
    List<Visitor> all = new ArrayList<>();
    for (int degrees = 0; degrees < TASTES; degrees++) {
      for (int device = 0; device < DEVICES.size(); device++) {
        all.add(new Visitor(degrees, device));
      }
    }
    ActionDistribution.Categorical choices =
        policy.categorical(
            Life.decisions(
                all.stream().map(DriftingRecommender::seen).toList(), new int[all.size()]));
    double sum = 0;
    for (int row = 0; row < all.size(); row++) {
      double clicks = 0;
      for (int item = 0; item < items; item++) {
        clicks += choices.probability(row, item) * click(all.get(row), item, day);
      }
      double value = 0;
      for (int step = 0; step < LONGEST; step++) {
        double stays = clicks * STAYS_AFTER_CLICK + (1 - clicks) * STAYS_OTHERWISE;
        value = clicks + stays * value;
      }
      sum += value;
    }
    return sum / all.size();
  }

  /**
   * Visits one after the other, with a policy that acts in all of them. Each has a source of chance
   * of its own, so that whoever acts meets the same visitors, and a visit is the same whether or
   * not others come before it.
   *
   * @param policy draws its actions
   * @param first the number of the first visit; it says when visits take place
   * @param count how many visits
   * @return their recommendations, visit by visit
   */
  public List<Recommendation> visits(Policy policy, long first, int count, long seed) {
    List<Logged> visits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SplittableRandom random = new SplittableRandom(StableHash.combine(seed, first + i));
      visits.add(new Logged(first + i, new Visit(random.split()), random.split()));
    }
    List<Logged> here = new ArrayList<>(visits);
    for (int step = 0; !here.isEmpty(); step++) {
      int[] steps = new int[here.size()];
      Arrays.fill(steps, step);
      ActionDistribution.Categorical choices =
          policy.categorical(
              Life.decisions(here.stream().map(logged -> logged.visit.seen()).toList(), steps));
      for (int row = 0; row < here.size(); row++) {
        here.get(row).recommend(choices, row);
      }
      here.removeIf(logged -> logged.visit.isOver());
    }
    return visits.stream().flatMap(logged -> logged.all.stream()).toList();
  }

  /** A visit that has just begun, for whoever recommends live. */
  public Visit visit(long number, long seed) {
    return new Visit(new SplittableRandom(StableHash.combine(seed, number)).split());
  }

  /** One visit while it lasts. Whoever recommends meets the same luck and patience. */
  public final class Visit {
    private final SplittableRandom chance;
    private final Visitor visitor;
    private int step;
    private boolean isOver;

    private Visit(SplittableRandom chance) {
      this.chance = chance;
      visitor = visitor(chance);
    }

    /** How many recommendations it has had. */
    public int step() {
      return step;
    }

    /** What the policy sees of the visitor. */
    public DiscreteWorld.Seen seen() {
      return DriftingRecommender.seen(visitor);
    }

    /** The name of the visitor's device. */
    public String device() {
      return DEVICES.get(visitor.device());
    }

    /** Whether the visitor has left. */
    public boolean isOver() {
      return isOver;
    }

    /** Whether the visitor clicks on an item that is recommended on a day; then they may leave. */
    public boolean recommend(int item, double day) {
      Require.that(!isOver, "The visitor has left.");
      double luck = chance.nextDouble();
      double patience = chance.nextDouble();
      boolean clicks = luck < click(visitor, item, day);
      isOver = leaves(step, clicks, patience);
      step++;
      return clicks;
    }
  }

  /** One visit and what a log tells of it. */
  private static final class Logged {
    private final long number;
    private final Visit visit;
    private final SplittableRandom will;
    private final List<Recommendation> all = new ArrayList<>();

    Logged(long number, Visit visit, SplittableRandom will) {
      this.number = number;
      this.visit = visit;
      this.will = will;
    }

    void recommend(ActionDistribution.Categorical choices, int row) {
      int item = choices.draw(row, will);
      int step = visit.step();
      boolean clicks = visit.recommend(item, day(number));
      all.add(
          new Recommendation(
              "visit-" + number,
              step,
              visit.seen(),
              visit.device(),
              item,
              choices.probability(row, item),
              clicks ? 1 : 0,
              visit.isOver(),
              START_MILLIS + number * PACE_MILLIS + step * STEP_MILLIS));
    }
  }

  private static boolean leaves(int step, boolean clicked, double patience) {
    return step + 1 == LONGEST || patience >= (clicked ? STAYS_AFTER_CLICK : STAYS_OTHERWISE);
  }

  /** The world as it is on one day. */
  private final class OneDay implements DiscreteWorld<Visitor> {
    private final double day;

    OneDay(double day) {
      this.day = day;
    }

    @Override
    public ObservationSpace observationSpace() {
      return DriftingRecommender.this.observationSpace();
    }

    @Override
    public ActionSpace.Discrete actionSpace() {
      return DriftingRecommender.this.actionSpace();
    }

    @Override
    public int maxSteps() {
      return LONGEST;
    }

    @Override
    public Visitor start(RandomGenerator random) {
      return visitor(random);
    }

    @Override
    public Seen observation(Visitor visitor) {
      return seen(visitor);
    }

    @Override
    public Outcome<Visitor> step(Visitor visitor, int action, RandomGenerator random) {
      boolean clicks = random.nextDouble() < click(visitor, action, day);
      boolean leaves = leaves(0, clicks, random.nextDouble()); // the last step is truncated
      return new Outcome<>(visitor, clicks ? 1 : 0, leaves);
    }

    /** Somebody who knows what is best but often tries others, and somebody who tries anything. */
    @Override
    public List<Policy> behaviors() {
      return List.of(nearest(day, 0.5), nearest(day, 1));
    }
  }
}
