package dev.hindcast.core.data;

import dev.hindcast.core.config.Require;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Whole episodes in flat arrays: the form in which learners and estimators read a dataset.
 *
 * <p>Rows are the steps, episode after episode. Observations have rows of their own beyond the
 * steps: row i of the observation arrays is what was seen at step row i, and after the last step
 * row come the final observations of the episodes that have one. {@link #next(int)} gives the
 * observation row that followed a step.
 */
public final class TransitionColumns implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What {@link #next(int)} gives when the log does not say what followed. */
  public static final int UNKNOWN = -1;

  private final ObservationSpace observationSpace;
  private final ActionSpace actionSpace;
  private final int rows;
  private final int observationRows;
  private final float[] numeric;
  private final int[] categories;
  private final boolean[] mask;
  private final int[] actions;
  private final float[] actionVectors;
  private final double[] rewards;
  private final double[] propensities;
  private final List<String> rewardComponents;
  private final double[] rewardParts;
  private final double[] durations;
  private final boolean[] demonstrations;
  private final boolean[] terminated;
  private final boolean[] truncated;
  private final int[] next;
  private final int[] episodeStarts;
  private final String[] episodeIds;
  private final List<String> labelNames;
  private final String[] labels;
  private final int[] episodeOfObservation;
  private final int[] stepOfObservation;

  private TransitionColumns(Builder b) {
    observationSpace = b.observationSpace;
    actionSpace = b.actionSpace;
    rows = b.rows;
    int finals = b.finals;
    observationRows = rows + finals;
    int d = observationSpace.numeric().size();
    int c = observationSpace.categorical().size();
    int a = b.masked ? ((ActionSpace.Discrete) actionSpace).size() : 0;
    numeric = Arrays.copyOf(b.numeric, observationRows * d);
    System.arraycopy(b.finalNumeric, 0, numeric, rows * d, finals * d);
    categories = Arrays.copyOf(b.categories, observationRows * c);
    System.arraycopy(b.finalCategories, 0, categories, rows * c, finals * c);
    mask = Arrays.copyOf(b.mask, observationRows * a);
    System.arraycopy(b.finalMask, 0, mask, rows * a, finals * a);
    actions = Arrays.copyOf(b.actions, actionSpace instanceof ActionSpace.Discrete ? rows : 0);
    actionVectors =
        actionSpace instanceof ActionSpace.Box box
            ? Arrays.copyOf(b.actionVectors, rows * box.dimensions())
            : new float[0];
    rewards = Arrays.copyOf(b.rewards, rows);
    propensities = b.withPropensities ? Arrays.copyOf(b.propensities, rows) : new double[0];
    rewardComponents = b.rewardComponents;
    rewardParts = Arrays.copyOf(b.rewardParts, rows * rewardComponents.size());
    durations = b.durations.length == 0 ? b.durations : Arrays.copyOf(b.durations, rows);
    demonstrations = b.demonstrated ? Arrays.copyOf(b.demonstrations, rows) : new boolean[0];
    terminated = Arrays.copyOf(b.terminated, rows);
    truncated = Arrays.copyOf(b.truncated, rows);
    next = Arrays.copyOf(b.next, rows);
    for (int i = 0; i < rows; i++) {
      if (next[i] <= Builder.FINAL) {
        next[i] = rows + (Builder.FINAL - next[i]);
      }
    }
    episodeStarts = Arrays.copyOf(b.episodeStarts, b.episodes + 1);
    episodeStarts[b.episodes] = rows;
    episodeIds = Arrays.copyOf(b.episodeIds, b.episodes);
    labelNames = b.labelNames;
    labels = Arrays.copyOf(b.labels, b.episodes * labelNames.size());
    episodeOfObservation = new int[observationRows];
    stepOfObservation = new int[observationRows];
    for (int e = 0; e < b.episodes; e++) {
      for (int i = episodeStarts[e]; i < episodeStarts[e + 1]; i++) {
        episodeOfObservation[i] = e;
        stepOfObservation[i] = i - episodeStarts[e];
        if (next[i] >= rows) {
          episodeOfObservation[next[i]] = e;
          stepOfObservation[next[i]] = i + 1 - episodeStarts[e];
        }
      }
    }
  }

  /** What is seen at each step. */
  public ObservationSpace observationSpace() {
    return observationSpace;
  }

  /** What can be done at each step. */
  public ActionSpace actionSpace() {
    return actionSpace;
  }

  /** The number of choices; fails for a box, which has none to count. */
  public int actionCount() {
    return ((ActionSpace.Discrete) actionSpace).size();
  }

  /** The number of steps, over all episodes. */
  public int rows() {
    return rows;
  }

  /**
   * The number of observation rows: one for each step, and one for each known final observation.
   */
  public int observationRows() {
    return observationRows;
  }

  /** The number of episodes. */
  public int episodes() {
    return episodeIds.length;
  }

  /** The id of an episode. */
  public String episodeId(int episode) {
    return episodeIds[episode];
  }

  /** What episodes are labelled with, by name; policies do not see it. Otherwise empty. */
  public List<String> labelNames() {
    return labelNames;
  }

  /**
   * A label of an episode; empty where the log has none.
   *
   * @param label its place in {@link #labelNames()}
   */
  public String label(int episode, int label) {
    return labels[episode * labelNames.size() + label];
  }

  /** The first row of an episode. */
  public int start(int episode) {
    return episodeStarts[episode];
  }

  /** The row after an episode's last. */
  public int end(int episode) {
    return episodeStarts[episode + 1];
  }

  /** (observation rows, numeric fields); shared, read only. */
  public float[] numeric() {
    return numeric;
  }

  /** (observation rows, categorical fields); shared, read only. */
  public int[] categories() {
    return categories;
  }

  /** (observation rows, actions), or empty when there are no masks; shared, read only. */
  public boolean[] mask() {
    return mask;
  }

  /** Whether the rows say which actions are admissible. */
  public boolean hasMask() {
    return mask.length > 0;
  }

  /** Whether the action taken in a row was an admissible one; always true without masks. */
  public boolean isLoggedActionAdmissible(int row) {
    return mask.length == 0 || mask[row * actionCount() + actions[row]];
  }

  /** The discrete action taken in a row. */
  public int action(int row) {
    return actions[row];
  }

  /** (rows, dimensions) of box actions, empty for discrete ones; shared, read only. */
  public float[] actionVectors() {
    return actionVectors;
  }

  /** The reward of a row; of several components their sum under the weights in use. */
  public double reward(int row) {
    return rewards[row];
  }

  /** What rewards are made of, by name, where the log says so; otherwise empty. */
  public List<String> rewardComponents() {
    return rewardComponents;
  }

  /**
   * One component of a row's reward, before any weight.
   *
   * @param component its place in {@link #rewardComponents()}
   */
  public double rewardComponent(int row, int component) {
    return rewardParts[row * rewardComponents.size() + component];
  }

  /** Whether propensities were logged. */
  public boolean hasPropensities() {
    return propensities.length > 0 || rows == 0;
  }

  /** The behavior policy's probability (or density) of the action taken in a row. */
  public double propensity(int row) {
    return propensities[row];
  }

  /** Whether the log says how long its steps took; otherwise every duration is 1. */
  public boolean hasDurations() {
    return durations.length > 0;
  }

  /**
   * How long a row's step took, from its action to what followed, in the log's own unit; at least
   * 0, and 1 for every row of a log that does not say.
   */
  public double duration(int row) {
    return durations.length == 0 ? 1 : durations[row];
  }

  /**
   * What a value that follows a row's step is multiplied by: {@code discount^duration}.
   *
   * @param discount γ of one unit of time, in [0, 1]
   */
  public double discount(int row, double discount) {
    return durations.length == 0 ? discount : Math.pow(discount, durations[row]);
  }

  /** Whether any row is a demonstration. */
  public boolean hasDemonstrations() {
    return demonstrations.length > 0;
  }

  /** Whether a row shows how to act: somebody trusted, such as an expert, chose its action. */
  public boolean isDemonstration(int row) {
    return demonstrations.length > 0 && demonstrations[row];
  }

  /** Whether the world ended the episode with this row: what follows is worth nothing. */
  public boolean terminated(int row) {
    return terminated[row];
  }

  /**
   * Whether the log or the clock ended the episode with this row: what follows is worth something
   * unknown.
   */
  public boolean truncated(int row) {
    return truncated[row];
  }

  /**
   * The observation row that followed a step, or {@link #UNKNOWN}: after termination, or when the
   * log ends without it.
   */
  public int next(int row) {
    return next[row];
  }

  /**
   * The row of the step that the log took after this one in the same episode, or {@link #UNKNOWN}
   * after an episode's last step, whether or not its final observation is known.
   */
  public int nextActionRow(int row) {
    return next[row] < rows ? next[row] : UNKNOWN;
  }

  /** The decisions at all steps and final observations, in the order of the observation rows. */
  public Decisions decisions() {
    return decisions(0, observationRows);
  }

  /** The decisions at a range of observation rows. */
  public Decisions decisions(int from, int to) {
    int d = observationSpace.numeric().size();
    int c = observationSpace.categorical().size();
    int a = mask.length == 0 ? 0 : actionCount();
    String[] ids = new String[to - from];
    for (int i = from; i < to; i++) {
      ids[i - from] = episodeIds[episodeOfObservation[i]];
    }
    return new Decisions(
        to - from,
        Arrays.copyOfRange(numeric, from * d, to * d),
        Arrays.copyOfRange(categories, from * c, to * c),
        Arrays.copyOfRange(mask, from * a, to * a),
        ids,
        Arrays.copyOfRange(stepOfObservation, from, to));
  }

  /** The decisions at these observation rows, which need not lie side by side. */
  public Decisions decisionsAt(int[] wanted) {
    int d = observationSpace.numeric().size();
    int c = observationSpace.categorical().size();
    int a = mask.length == 0 ? 0 : actionCount();
    float[] numbers = new float[wanted.length * d];
    int[] codes = new int[wanted.length * c];
    boolean[] masks = new boolean[wanted.length * a];
    String[] ids = new String[wanted.length];
    int[] steps = new int[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      System.arraycopy(numeric, wanted[i] * d, numbers, i * d, d);
      System.arraycopy(categories, wanted[i] * c, codes, i * c, c);
      System.arraycopy(mask, wanted[i] * a, masks, i * a, a);
      ids[i] = episodeIds[episodeOfObservation[wanted[i]]];
      steps[i] = stepOfObservation[wanted[i]];
    }
    return new Decisions(wanted.length, numbers, codes, masks, ids, steps);
  }

  private float[] numbers(int observation) {
    int d = observationSpace.numeric().size();
    return Arrays.copyOfRange(numeric, observation * d, (observation + 1) * d);
  }

  private int[] codes(int observation) {
    int c = observationSpace.categorical().size();
    return Arrays.copyOfRange(categories, observation * c, (observation + 1) * c);
  }

  private boolean[] admissible(int observation) {
    int a = mask.length == 0 ? 0 : actionCount();
    return Arrays.copyOfRange(mask, observation * a, (observation + 1) * a);
  }

  /**
   * Collects episodes step by step. For each episode: {@link #beginEpisode}, then for each step
   * {@link #addStep} or {@link #addBoxStep} and what else is known of it ({@link #lasting}, {@link
   * #asDemonstration}, {@link #paying}), then {@link #endEpisode} or {@link
   * #endEpisodeWithFinalObservation}.
   */
  public static final class Builder {
    private static final int FINAL = -2;

    private final ObservationSpace observationSpace;
    private final ActionSpace actionSpace;
    private final boolean masked;
    private final boolean withPropensities;
    private final int d;
    private final int c;
    private final int a;
    private final int box;
    private int rows;
    private int finals;
    private int episodes;
    private float[] numeric;
    private int[] categories;
    private boolean[] mask;
    private float[] finalNumeric = new float[0];
    private int[] finalCategories = new int[0];
    private boolean[] finalMask = new boolean[0];
    private int[] actions;
    private float[] actionVectors;
    private double[] rewards;
    private double[] propensities;
    private List<String> rewardComponents = List.of();
    private double[] rewardParts = new double[0];
    private double[] durations = new double[0];
    private boolean[] demonstrations;
    private boolean demonstrated;
    private boolean[] terminated;
    private boolean[] truncated;
    private int[] next;
    private int[] episodeStarts = new int[64];
    private String[] episodeIds = new String[64];
    private List<String> labelNames = List.of();
    private String[] labels = new String[0];

    /**
     * Starts with nothing.
     *
     * @param masked whether steps come with masks (discrete actions only)
     * @param withPropensities whether steps come with propensities
     */
    @SuppressWarnings("BooleanParameter")
    public Builder(
        ObservationSpace observationSpace,
        ActionSpace actionSpace,
        boolean masked,
        boolean withPropensities) {
      this.observationSpace = observationSpace;
      this.actionSpace = actionSpace;
      this.masked = masked;
      this.withPropensities = withPropensities;
      d = observationSpace.numeric().size();
      c = observationSpace.categorical().size();
      a = masked ? ((ActionSpace.Discrete) actionSpace).size() : 0;
      box = actionSpace instanceof ActionSpace.Box b ? b.dimensions() : 0;
      int capacity = 256;
      numeric = new float[capacity * d];
      categories = new int[capacity * c];
      mask = new boolean[capacity * a];
      actions = new int[capacity];
      actionVectors = new float[capacity * box];
      rewards = new double[capacity];
      propensities = new double[capacity];
      demonstrations = new boolean[capacity];
      terminated = new boolean[capacity];
      truncated = new boolean[capacity];
      next = new int[capacity];
    }

    /** Says of what rewards are made; every step is then followed by {@link #paying}. */
    public Builder withRewardComponents(List<String> names) {
      Require.that(rows == 0, "Reward components must be named before the first step.");
      rewardComponents = List.copyOf(names);
      rewardParts = new double[rewards.length * names.size()];
      return this;
    }

    /** Says what episodes are labelled with; one of which nothing is said has empty labels. */
    public Builder withLabels(List<String> names) {
      Require.that(episodes == 0, "Labels must be named before the first episode.");
      labelNames = List.copyOf(names);
      labels = new String[episodeIds.length * names.size()];
      return this;
    }

    /** Opens an episode. */
    public Builder beginEpisode(String id) {
      if (episodes + 1 >= episodeStarts.length) {
        episodeStarts = Arrays.copyOf(episodeStarts, episodeStarts.length * 2);
        episodeIds = Arrays.copyOf(episodeIds, episodeIds.length * 2);
        labels = Arrays.copyOf(labels, episodeIds.length * labelNames.size());
      }
      episodeStarts[episodes] = rows;
      episodeIds[episodes] = id;
      Arrays.fill(labels, episodes * labelNames.size(), (episodes + 1) * labelNames.size(), "");
      episodes++;
      return this;
    }

    /** Labels the episode begun last, in the order of the names. */
    public Builder labelled(String... values) {
      System.arraycopy(values, 0, labels, (episodes - 1) * labelNames.size(), labelNames.size());
      return this;
    }

    /** How many episodes have been begun. */
    public int episodes() {
      return episodes;
    }

    /** The id of the episode begun last. */
    public String currentEpisodeId() {
      return episodeIds[episodes - 1];
    }

    /**
     * Adds one step with a discrete action to the open episode. Arrays are copied; {@code mask} is
     * ignored without masks and {@code propensity} without propensities.
     */
    public Builder addStep(
        float[] numbers,
        int[] codes,
        boolean[] admissible,
        int action,
        double reward,
        double propensity) {
      room();
      observe(numbers, codes, admissible);
      actions[rows] = action;
      return closeStep(reward, propensity);
    }

    /** Adds one step with a box action to the open episode. */
    public Builder addBoxStep(
        float[] numbers, int[] codes, float[] action, double reward, double propensity) {
      room();
      observe(numbers, codes, new boolean[0]);
      System.arraycopy(action, 0, actionVectors, rows * box, box);
      return closeStep(reward, propensity);
    }

    /**
     * Says how long the step added last took; once said of any step, steps of which it is not said
     * took 1.
     *
     * @param duration from the action to what followed it, finite and at least 0
     */
    public Builder lasting(double duration) {
      Require.nonNegative("duration", duration);
      if (durations.length == 0) {
        durations = new double[rewards.length];
        Arrays.fill(durations, 1);
      }
      durations[rows - 1] = duration;
      return this;
    }

    /** Says what the reward of the step added last is made of, in the order of the names. */
    public Builder paying(double... parts) {
      System.arraycopy(
          parts, 0, rewardParts, (rows - 1) * rewardComponents.size(), rewardComponents.size());
      return this;
    }

    /** Says that the step added last is a demonstration. */
    public Builder asDemonstration() {
      demonstrations[rows - 1] = true;
      demonstrated = true;
      return this;
    }

    /**
     * Closes the open episode; what was seen after its last step is not known, or does not matter
     * as the world ended.
     */
    public Builder endEpisode(boolean isTerminated) {
      int last = rows - 1;
      terminated[last] = isTerminated;
      truncated[last] = !isTerminated;
      next[last] = UNKNOWN;
      return this;
    }

    /** Closes the open episode with what was seen after its last step. */
    public Builder endEpisodeWithFinalObservation(
        boolean isTerminated, float[] numbers, int[] codes, boolean[] admissible) {
      endEpisode(isTerminated);
      finalNumeric = grown(finalNumeric, (finals + 1) * d);
      finalCategories = grown(finalCategories, (finals + 1) * c);
      finalMask = grown(finalMask, (finals + 1) * a);
      System.arraycopy(numbers, 0, finalNumeric, finals * d, d);
      System.arraycopy(codes, 0, finalCategories, finals * c, c);
      if (masked) {
        System.arraycopy(admissible, 0, finalMask, finals * a, a);
      }
      next[rows - 1] = FINAL - finals;
      finals++;
      return this;
    }

    /**
     * Adds an episode of other transitions of the same spaces as it is, with all that is known of
     * its steps.
     *
     * @param from which have masks, propensities, components of rewards and labels if these ones
     *     have
     * @param episode its number there
     */
    public Builder addEpisode(TransitionColumns from, int episode) {
      Require.that(
          from.observationSpace.equals(observationSpace)
              && from.actionSpace.equals(actionSpace)
              && (!masked || from.hasMask())
              && (!withPropensities || from.hasPropensities())
              && from.rewardComponents.equals(rewardComponents)
              && (labelNames.isEmpty() || from.labelNames.equals(labelNames)),
          "Episode "
              + from.episodeId(episode)
              + " does not say all that these transitions hold, or is of other spaces.");
      beginEpisode(from.episodeId(episode));
      for (int k = 0; k < labelNames.size(); k++) {
        labels[(episodes - 1) * labelNames.size() + k] = from.label(episode, k);
      }
      for (int row = from.start(episode); row < from.end(episode); row++) {
        add(from, row);
      }
      int last = from.end(episode) - 1;
      int seen = from.next[last];
      if (seen == UNKNOWN) {
        return endEpisode(from.terminated[last]);
      }
      return endEpisodeWithFinalObservation(
          from.terminated[last], from.numbers(seen), from.codes(seen), from.admissible(seen));
    }

    private void add(TransitionColumns from, int row) {
      double propensity = withPropensities ? from.propensity(row) : 1;
      if (box > 0) {
        float[] action = Arrays.copyOfRange(from.actionVectors, row * box, (row + 1) * box);
        addBoxStep(from.numbers(row), from.codes(row), action, from.reward(row), propensity);
      } else {
        addStep(
            from.numbers(row),
            from.codes(row),
            from.admissible(row),
            from.action(row),
            from.reward(row),
            propensity);
      }
      if (from.hasDurations()) {
        lasting(from.duration(row));
      }
      if (from.isDemonstration(row)) {
        asDemonstration();
      }
      if (!rewardComponents.isEmpty()) {
        int parts = rewardComponents.size();
        paying(Arrays.copyOfRange(from.rewardParts, row * parts, (row + 1) * parts));
      }
    }

    /** All that was added. */
    public TransitionColumns build() {
      return new TransitionColumns(this);
    }

    private void observe(float[] numbers, int[] codes, boolean[] admissible) {
      System.arraycopy(numbers, 0, numeric, rows * d, d);
      System.arraycopy(codes, 0, categories, rows * c, c);
      if (masked) {
        System.arraycopy(admissible, 0, mask, rows * a, a);
      }
    }

    private Builder closeStep(double reward, double propensity) {
      rewards[rows] = reward;
      propensities[rows] = propensity;
      terminated[rows] = false;
      truncated[rows] = false;
      next[rows] = rows + 1;
      rows++;
      return this;
    }

    private void room() {
      if (rows < rewards.length) {
        return;
      }
      int capacity = Math.max(rows + 1, rows * 2);
      numeric = Arrays.copyOf(numeric, Math.multiplyExact(capacity, d));
      categories = Arrays.copyOf(categories, Math.multiplyExact(capacity, c));
      mask = Arrays.copyOf(mask, Math.multiplyExact(capacity, a));
      actions = Arrays.copyOf(actions, capacity);
      actionVectors = Arrays.copyOf(actionVectors, Math.multiplyExact(capacity, box));
      rewards = Arrays.copyOf(rewards, capacity);
      propensities = Arrays.copyOf(propensities, capacity);
      rewardParts =
          Arrays.copyOf(rewardParts, Math.multiplyExact(capacity, rewardComponents.size()));
      demonstrations = Arrays.copyOf(demonstrations, capacity);
      if (durations.length > 0) {
        durations = Arrays.copyOf(durations, capacity);
        Arrays.fill(durations, rows, capacity, 1);
      }
      terminated = Arrays.copyOf(terminated, capacity);
      truncated = Arrays.copyOf(truncated, capacity);
      next = Arrays.copyOf(next, capacity);
    }

    private static float[] grown(float[] array, int needed) {
      return needed <= array.length
          ? array
          : Arrays.copyOf(array, Math.max(needed, array.length * 2));
    }

    private static int[] grown(int[] array, int needed) {
      return needed <= array.length
          ? array
          : Arrays.copyOf(array, Math.max(needed, array.length * 2));
    }

    private static boolean[] grown(boolean[] array, int needed) {
      return needed <= array.length
          ? array
          : Arrays.copyOf(array, Math.max(needed, array.length * 2));
    }
  }
}
