package dev.hindcast.training.algorithm;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.training.bundle.ModelCard;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.learner.Learner;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Uses;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * An algorithm that is as unlike a network as can be, for tests of what trains all of them: it
 * counts how often the log takes each discrete action, in rounds over all steps, and keeps its
 * counts as bytes that have no mean.
 */
public record ActionShares() implements Algorithm {
  private static final String NAME = "action-shares";
  private static final String COUNTS = "counts";
  private static final String FILE = "counts.json";

  /**
   * Its settings.
   *
   * @param rounds how often it counts
   */
  public record Config(int rounds) implements Serializable {
    /** Checks the range. */
    public Config {
      Require.positive("rounds", rounds);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "Acts as often as the log did.";
  }

  @Override
  public Actions actions() {
    return Actions.DISCRETE;
  }

  @Override
  public Config defaults() {
    return new Config(4);
  }

  @Override
  public Yields yields() {
    return Yields.POLICY;
  }

  @Override
  public Uses uses() {
    return Uses.ALL_STEPS;
  }

  @Override
  public Draws draws() {
    return Draws.ALL;
  }

  @Override
  public boolean hasMean() {
    return false;
  }

  @Override
  public Map<String, String> ignored() {
    return Map.of("updates", "it counts in rounds, so set rounds", "hidden", "it has no layers");
  }

  @Override
  public Schedule schedule(TrainSettings settings, Record options) {
    return new Schedule(((Config) options).rounds(), 1, 1, 1);
  }

  @Override
  public Trainee open(Assignment assignment) {
    Counter counter = new Counter(assignment.data().actionCount());
    return new Trainee() {
      @Override
      public Learner learner() {
        return counter;
      }

      @Override
      public void takeUp(Path bundle) {
        throw new IllegalStateException("Shares begin anew.");
      }

      @Override
      public Policy policy() {
        return new Shares(counter.counts.clone());
      }

      @Override
      public QFunction qFunction() {
        throw new IllegalStateException("Shares are no values.");
      }

      @Override
      public BundleManifest publish(
          ArtefactWriter writer,
          TrainingRecord record,
          SortedMap<Long, byte[]> snapshots,
          Decisions sample) {
        writer.write(FILE, CanonicalJson.bytes(counter.counts));
        snapshots.forEach((updates, bytes) -> writer.write("snapshots/" + updates, bytes));
        record.write(writer, new ModelCard.Words("rounds", "List.of(SHARES)", "From Java:"));
        return record.publish(writer, NAME, Optional.empty());
      }

      @Override
      public void close() {}
    };
  }

  /** What reads its bundles. */
  public static final class Format implements BundleLoader.Format {
    @Override
    public String name() {
      return NAME;
    }

    @Override
    public Bundle load(BundleManifest manifest, Path folder) throws IOException {
      int[] counts = CanonicalJson.read(Files.readAllBytes(folder.resolve(FILE)), int[].class);
      return new Bundle(manifest, Optional.of(new Shares(counts)), Optional.empty());
    }
  }

  private static final class Counter implements Learner {
    private int[] counts;

    Counter(int actions) {
      counts = new int[actions];
    }

    @Override
    public Losses update(MiniBatch batch) {
      for (int action : batch.actions()) {
        counts[action]++;
      }
      return Losses.of(Map.of("counted", (double) Arrays.stream(counts).sum()));
    }

    @Override
    public LearnerState state() {
      return LearnerState.ofOpaque(Map.of(COUNTS, snapshot()));
    }

    @Override
    public void restore(LearnerState state) {
      ByteBuffer.wrap(state.opaque().get(COUNTS)).asIntBuffer().get(counts);
    }

    @Override
    public byte[] snapshot() {
      ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * counts.length);
      bytes.asIntBuffer().put(counts);
      return bytes.array();
    }

    @Override
    public void close() {
      counts = new int[0];
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Shares(int[] counts) implements Policy {
    @Override
    public ActionDistribution distribution(Decisions decisions) {
      double all = Arrays.stream(counts).sum();
      double[] probabilities = new double[decisions.size() * counts.length];
      for (int i = 0; i < probabilities.length; i++) {
        probabilities[i] = counts[i % counts.length] / all;
      }
      return new ActionDistribution.Categorical(decisions.size(), counts.length, probabilities);
    }
  }
}
