package dev.hindcast.streaming.learning;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.streaming.operator.Transitions;
import dev.hindcast.streaming.plan.LearnConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Learner;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.loop.Alarms;
import dev.hindcast.training.loop.Metrics;
import dev.hindcast.training.loop.RunState;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.loop.Snapshots;
import dev.hindcast.training.loop.TrainingLoop;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.HybridSampler;
import dev.hindcast.training.sampling.Sampler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Learns from one interval after the other. What an interval leaves follows from where learning
 * stood before and from the interval's episodes alone: there is no clock and no generator whose
 * state would have to be kept.
 *
 * <p>An interval is first looked at, {@link Evidence}: where its rewards are not what they should
 * be it is not learned from, learning freezes, and the policy goes back to the last version under
 * which an interval was sound. Otherwise a learner that stands where the latest version's did is
 * trained on, or a new one where the algorithm cannot go on. If the policy has then moved further
 * than it may, networks go back along the way they came, half of it at a time, and others stay with
 * the version they have. What remains becomes the next version.
 */
final class FineTuning {
  private static final int HALVINGS = 10;

  private final LearnConfig config;
  private final StreamPlan plan;
  private final Origin origin;
  private final Children children;
  private final Fingerprint run;

  /**
   * Reads the bundle and the dataset.
   *
   * @throws UserError when one of them is not there, or they do not fit each other or the stream
   */
  FineTuning(LearnConfig config, StreamPlan plan) {
    this.config = config;
    this.plan = plan;
    origin = Origin.of(config, plan);
    children = new Children(config, origin);
    run =
        Fingerprint.of(
            ("fine-tuning by " + config.algorithm().name()).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What comes of an interval.
   *
   * @param standing where learning stands after it
   * @param events lines of JSON
   * @param publications what others are to know, in order
   */
  record Outcome(Standing standing, List<String> events, List<Publication> publications) {}

  /** Where learning stands before the first interval: as the bundle, with values warmed up. */
  Standing begin() {
    TransitionColumns data = origin.rehearsal();
    try (Trainee trainee = open(experience(data, data.episodes(), 0))) {
      trainee.takeUp(origin.bundle());
      boolean warms = config.algorithm().goesOn() && !config.isOnPolicy();
      if (warms && config.diet().warmUp() > 0) {
        Experience experience = experience(data, data.episodes(), 0);
        loop(
                "the warm-up",
                trainee.learner(),
                sampler(experience, trainee.learner(), 0),
                experience,
                config.diet().warmUp())
            .advance(Optional.empty(), config.diet().warmUp(), () -> false);
        trainee.takeUp(origin.bundle());
      }
      return Standing.of(
          new Version(0, 0, origin.manifest().fingerprint(), state(trainee.learner())));
    }
  }

  /** Learns from an interval. */
  Outcome learn(Standing before, Interval interval) {
    long number = before.intervals() + 1;
    TransitionColumns data = Transitions.of(plan, interval.episodes());
    Diary diary = new Diary(number, interval, data.rows());
    Evidence.Rewards rewards = rewards(data);
    diary.note("reward_share", rewards.mean());
    Optional<String> objection = Evidence.against(number, rewards, before.rewards(), limits());
    if (objection.isPresent()) {
      return frozen(before, diary, objection.get(), 0);
    }
    if (before.isFrozen() && before.sound() + 1 < config.guard().thawAfter()) {
      return frozen(
          before, diary, "so far " + (before.sound() + 1) + " sound in a row", before.sound() + 1);
    }
    if (before.isFrozen()) {
      diary.write("thawed", (before.sound() + 1) + " sound intervals in a row", Map.of());
    }
    Standing kept = before.kept(window(before, interval), references(before, rewards.mean()));
    try {
      return attempt(before, kept, data, diary);
    } catch (RuntimeException e) {
      return frozen(before, diary, "the learner failed: " + e.getMessage(), 0);
    }
  }

  private Outcome frozen(Standing before, Diary diary, String reason, int sound) {
    Standing after = before.frozen(sound);
    List<Publication> publications = new ArrayList<>();
    diary.write(before.isFrozen() ? "still-frozen" : "frozen", reason, Map.of());
    if (after.latest().number() != before.latest().number()) {
      diary.write(
          "rolled-back",
          "version " + after.latest().number() + " is the latest under which an interval was sound",
          Map.of(
              "version", after.latest().number(),
              "bundle", after.latest().bundle().value(),
              "from_version", before.latest().number(),
              "from_bundle", before.latest().bundle().value()));
      publications.add(
          Publication.back(
              after.intervals(),
              after.latest().bundle(),
              before.latest().bundle(),
              !config.isShadow()));
    }
    return new Outcome(after, diary.lines(), publications);
  }

  private Outcome attempt(Standing unlearned, Standing kept, TransitionColumns data, Diary diary) {
    long number = kept.intervals();
    Lesson lesson = lesson(kept, data);
    Policy before = policy(lesson.experience(), kept.latest());
    try (Trainee trainee = open(lesson.experience())) {
      Learner learner = trainee.learner();
      if (config.algorithm().goesOn()) {
        stood(kept.latest()).into(learner);
      }
      LearnerState began = learner.state();
      TrainingLoop loop =
          loop(
              "interval " + number,
              learner,
              sampler(lesson.experience(), learner, number),
              lesson.experience(),
              lesson.updates());
      RunState learned = loop.advance(Optional.empty(), lesson.updates(), () -> false);
      Metrics metrics = new Metrics();
      learned.into(metrics);
      Step step = scaledBack(trainee, began, before, data, number);
      double effective = Evidence.effectiveShare(Divergence.ratios(step.policy(), data));
      diary.note("updates", lesson.updates());
      diary.note("divergence", finite(step.divergence()));
      diary.note("step_share", step.share());
      diary.note("effective_share", effective);
      if (effective < config.guard().effectiveShare()) {
        String reason =
            "the interval says too little of the new policy, as much as a share of "
                + effective
                + " of its steps would";
        return frozen(unlearned, diary, reason, 0);
      }
      if (!(step.divergence() <= config.mostDivergence())) {
        diary.write(
            "rejected",
            "the new policy is "
                + step.divergence()
                + " nats from the one before, and "
                + config.mostDivergence()
                + " are allowed",
            Map.of("version", kept.latest().number()));
        return new Outcome(kept, diary.lines(), List.of());
      }
      return published(kept, trainee, lesson, metrics, diary);
    }
  }

  private static Object finite(double figure) {
    return Double.isFinite(figure) ? figure : Double.toString(figure);
  }

  /** What an interval is learned from, and for how long. */
  private record Lesson(Experience experience, int updates) {}

  private Lesson lesson(Standing kept, TransitionColumns data) {
    int generation = kept.latest().generation();
    Algorithm algorithm = config.algorithm();
    Experience experience;
    if (config.isOnPolicy() && algorithm.draws() == Draws.ALL) {
      experience = experience(data, 0, generation);
    } else {
      TransitionColumns recent = Transitions.of(plan, kept.window());
      TransitionColumns all = origin.followedBy(recent, plan);
      int fresh =
          config.isOnPolicy()
              ? Math.max(origin.rehearsal().episodes(), all.episodes() - data.episodes())
              : all.episodes() - recent.episodes();
      experience = experience(all, fresh, generation);
    }
    boolean countsSteps = algorithm.goesOn() && !config.isOnPolicy();
    int updates =
        countsSteps
            ? (int) Math.max(1, Math.round(data.rows() * config.diet().updatesPerStep()))
            : algorithm.schedule(config.settings(), config.options()).updates();
    return new Lesson(experience, updates);
  }

  private Experience experience(TransitionColumns data, int firstFresh, int version) {
    return new Experience(
        data,
        config.discount(),
        config.settings().rewards(),
        Optional.of(new Experience.Fresh(firstFresh, version, Experience.Acted.AS_LOGGED)));
  }

  private Trainee open(Experience experience) {
    return config
        .algorithm()
        .open(
            new Assignment(
                experience,
                origin.normalizer(),
                config.settings(),
                config.options(),
                config.discount(),
                config.seed(),
                Optional.empty(),
                OptionalInt.empty()));
  }

  private TrainingLoop loop(
      String name, Learner learner, Sampler sampler, Experience experience, int updates) {
    return new TrainingLoop(
        name,
        learner,
        sampler,
        new Schedule(
            Math.max(1, updates),
            config.settings().batchSize(),
            0,
            Math.min(config.settings().metricsEvery(), Math.max(1, updates))),
        config.settings().alarms() ? Alarms.of(experience) : Alarms.off(),
        metrics -> {},
        Snapshots.last(0));
  }

  private Sampler sampler(Experience experience, Learner learner, long interval) {
    Algorithm algorithm = config.algorithm();
    long seed = StableHash.combine(config.seed(), interval);
    Sampler sampler =
        algorithm.draws() == Draws.UNIFORMLY
            ? HybridSampler.ofFresh(
                experience, algorithm.uses(), learner.steps(), config.diet().freshShare(), seed)
            : algorithm
                .draws()
                .sampler(
                    experience,
                    algorithm.uses(),
                    learner.steps(),
                    config.settings().demonstrationShare(),
                    seed);
    return algorithm.goesOn() ? new Endless(sampler) : sampler;
  }

  /** Where a learner stands, as bytes. */
  private byte[] state(Learner learner) {
    return RunState.of(learner).bytes(run);
  }

  private RunState stood(Version version) {
    return RunState.read(version.state(), run)
        .orElseThrow(
            () ->
                UserError.data(
                    "Cannot learn on: the state of version "
                        + version.number()
                        + " is damaged, or of another algorithm than "
                        + config.algorithm().name()
                        + "."));
  }

  private Policy policy(Experience experience, Version version) {
    try (Trainee trainee = open(experience)) {
      stood(version).into(trainee.learner());
      return trainee.policy();
    }
  }

  /**
   * A step that has been made.
   *
   * @param policy after it
   * @param divergence from the one before
   * @param share of what was learned that is left, in (0, 1]
   */
  private record Step(Policy policy, double divergence, double share) {}

  /** Takes back halves of a step until it is small enough, where learners have a mean. */
  private Step scaledBack(
      Trainee trainee, LearnerState began, Policy before, TransitionColumns data, long number) {
    Step step = step(trainee, before, data, 1, number);
    if (!config.algorithm().hasMean() || !config.algorithm().goesOn()) {
      return step;
    }
    LearnerState learned = trainee.learner().state();
    for (int i = 0; i < HALVINGS && step.divergence() > config.mostDivergence(); i++) {
      double share = step.share() / 2;
      trainee
          .learner()
          .restore(LearnerState.mean(List.of(began, learned), new double[] {1 - share, share}));
      step = step(trainee, before, data, share, number);
    }
    return step;
  }

  private Step step(
      Trainee trainee, Policy before, TransitionColumns data, double share, long number) {
    Policy after = trainee.policy();
    double divergence =
        Divergence.of(
            before,
            after,
            data.decisions(0, data.rows()),
            StableHash.combine(config.seed(), number));
    if (Double.isNaN(divergence)) {
      throw new IllegalStateException("what the new policy does is no number");
    }
    return new Step(after, divergence, share);
  }

  private Outcome published(
      Standing kept, Trainee trainee, Lesson lesson, Metrics metrics, Diary diary) {
    long number = kept.versions() + 1;
    long updates = kept.updates() + lesson.updates();
    Children.Child child =
        children.of(trainee, lesson.experience().data(), metrics, kept, number, updates);
    Version version =
        new Version(
            number, kept.latest().generation() + 1, child.bundle(), state(trainee.learner()));
    diary.write(
        config.isShadow() ? "shadowed" : "published",
        config.isShadow() ? "learned in the shadow, to be used by nobody" : "learned",
        Map.of(
            "version", number,
            "bundle", version.bundle().value(),
            "parent", kept.latest().bundle().value()));
    return new Outcome(
        kept.with(version, lesson.updates()),
        diary.lines(),
        List.of(
            new Publication(
                kept.intervals(),
                version.bundle(),
                kept.latest().bundle(),
                !config.isShadow(),
                child.files())));
  }

  private List<EpisodeRows> window(Standing before, Interval interval) {
    List<EpisodeRows> all = new ArrayList<>(before.window());
    all.addAll(interval.episodes());
    long steps = all.stream().mapToLong(episode -> episode.rows().size()).sum();
    int first = 0;
    while (steps - all.get(first).rows().size() >= config.diet().window()) {
      steps -= all.get(first).rows().size();
      first++;
    }
    return all.subList(first, all.size());
  }

  private List<Double> references(Standing before, double mean) {
    List<Double> all = new ArrayList<>(before.rewards());
    all.add(mean);
    return all.subList(Math.max(0, all.size() - config.guard().reference()), all.size());
  }

  private Evidence.Limits limits() {
    return new Evidence.Limits(
        config.guard().strangeShare(), config.guard().rewardTolerance(), config.guard().error());
  }

  private Evidence.Rewards rewards(TransitionColumns data) {
    double[] means = new double[data.episodes()];
    boolean[] strange = new boolean[data.episodes()];
    for (int episode = 0; episode < means.length; episode++) {
      for (int row = data.start(episode); row < data.end(episode); row++) {
        means[episode] +=
            origin.range().unit(data.reward(row)) / (data.end(episode) - data.start(episode));
        strange[episode] |= !origin.range().holds(data.reward(row));
      }
    }
    return new Evidence.Rewards(means, strange);
  }
}
