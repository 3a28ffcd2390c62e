package dev.hindcast.training.loop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.training.learner.Learner;
import dev.hindcast.training.learner.LearnerState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Where a run stands, apart from any backend: the updates made, all that is learned with the memory
 * of its optimizers, and the metrics. What travels between machines that train together.
 */
public final class RunState implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int MAGIC = 0x48435232; // HCR2
  private static final int HASH_LENGTH = 73; // a text of 71 letters and its length

  private final long updates;
  private final LearnerState learner;
  private final Metrics.State metrics;
  private final Alarms.State alarms;

  private RunState(long updates, LearnerState learner, Metrics.State metrics, Alarms.State alarms) {
    this.updates = updates;
    this.learner = learner;
    this.metrics = metrics;
    this.alarms = alarms;
  }

  static RunState of(long updates, Learner learner, Metrics metrics, Alarms alarms) {
    return new RunState(updates, learner.state(), metrics.state(), alarms.state());
  }

  /** Where a learner stands, as a run that has made no update yet. */
  public static RunState of(Learner learner) {
    return of(0, learner, new Metrics(), Alarms.off());
  }

  /** Whether a learner has the same things to learn. */
  boolean isOf(Learner other) {
    return learner.isLike(other.state());
  }

  /** Puts a learner of the same kind where this run stands. */
  public void into(Learner other) {
    other.restore(learner);
  }

  /** Puts metrics where this run stands. */
  public void into(Metrics of) {
    of.restore(metrics);
  }

  void into(Alarms of) {
    of.restore(alarms);
  }

  /** The updates made. */
  public long updates() {
    return updates;
  }

  /**
   * The {@linkplain LearnerState#mean weighted mean} of runs that stand at the same update. Figures
   * are averaged too; alarms stand as in the most alarmed run. The mean of one run is that run, bit
   * for bit.
   *
   * @param weights one for each run, above 0: how much data it speaks for
   */
  public static RunState mean(List<RunState> runs, List<Long> weights) {
    double all = (double) weights.stream().mapToLong(Long::longValue).sum();
    double[] shares = weights.stream().mapToDouble(weight -> weight / all).toArray();
    RunState first = runs.get(0);
    if (runs.stream().anyMatch(run -> run.updates != first.updates)) {
      throw new IllegalArgumentException("Runs at different updates have no mean.");
    }
    return new RunState(
        first.updates,
        LearnerState.mean(runs.stream().map(run -> run.learner).toList(), shares),
        figures(runs.stream().map(run -> run.metrics).toList(), shares),
        alarms(runs));
  }

  private static Metrics.State figures(List<Metrics.State> runs, double[] shares) {
    if (runs.size() == 1) {
      return runs.get(0);
    }
    List<String[]> lines =
        runs.stream()
            .map(run -> run.text().isEmpty() ? new String[0] : run.text().split("\n"))
            .toList();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.get(0).length; i++) {
      int line = i;
      List<String> same = lines.stream().map(run -> run[line]).toList();
      text.append(same.stream().distinct().count() == 1 ? same.get(0) : line(same, shares))
          .append('\n');
    }
    SortedMap<String, Long> counts = new TreeMap<>();
    runs.forEach(run -> run.counts().forEach((name, n) -> counts.merge(name, n, Math::max)));
    SortedMap<String, Double> sums =
        figures(
            runs,
            shares,
            Metrics.State::sums,
            (run, name) -> run.sums().get(name) / run.counts().get(name));
    sums.replaceAll((name, mean) -> mean * counts.get(name));
    return new Metrics.State(
        text.toString(),
        sums,
        counts,
        figures(runs, shares, Metrics.State::latest, (run, name) -> run.latest().get(name)));
  }

  /** One line of metrics from as many as there are runs. */
  private static String line(List<String> lines, double[] shares) {
    List<Map<String, Double>> runs = new ArrayList<>();
    long update = 0;
    for (String line : lines) {
      Map<String, Double> figures = new TreeMap<>();
      JsonNode json = CanonicalJson.tree(line.getBytes(StandardCharsets.UTF_8));
      json.fields()
          .forEachRemaining(field -> figures.put(field.getKey(), field.getValue().asDouble()));
      figures.remove("update");
      update = json.path("update").asLong();
      runs.add(figures);
    }
    Map<String, Object> mean =
        new TreeMap<>(figures(runs, shares, run -> run, (run, name) -> run.get(name)));
    mean.put("update", update);
    return CanonicalJson.line(mean);
  }

  /** A figure of a run. */
  @FunctionalInterface
  private interface Figure<T> {
    double of(T run, String name);
  }

  /** Each figure's mean over the runs that have it. */
  private static <T> SortedMap<String, Double> figures(
      List<T> runs, double[] shares, Function<T, Map<String, Double>> names, Figure<T> figure) {
    SortedMap<String, Double> sums = new TreeMap<>();
    SortedMap<String, Double> weights = new TreeMap<>();
    for (int run = 0; run < shares.length; run++) {
      for (String name : names.apply(runs.get(run)).keySet()) {
        sums.merge(name, shares[run] * figure.of(runs.get(run), name), Double::sum);
        weights.merge(name, shares[run], Double::sum);
      }
    }
    sums.replaceAll((name, sum) -> sum / weights.get(name));
    return sums;
  }

  private static Alarms.State alarms(List<RunState> runs) {
    SortedMap<String, Integer> most = new TreeMap<>();
    runs.forEach(run -> run.alarms.inARow().forEach((name, n) -> most.merge(name, n, Math::max)));
    return new Alarms.State(most);
  }

  /** What has been seen of a run so far. */
  private record Watched(Metrics.State metrics, Alarms.State alarms) {}

  /**
   * As a checkpoint file, which ends with the hash of what stands before.
   *
   * @param run which run it belongs to
   */
  public byte[] bytes(Fingerprint run) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeUTF(run.value());
      out.writeLong(updates);
      byte[] watched = CanonicalJson.bytes(new Watched(metrics, alarms));
      out.writeInt(watched.length);
      out.write(watched);
      learner.writeTo(out);
      out.writeUTF(Fingerprint.of(bytes.toByteArray()).value());
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory cannot fail.", e);
    }
    return bytes.toByteArray();
  }

  /** The state in a checkpoint file; empty when it is damaged or belongs to another run. */
  public static Optional<RunState> read(byte[] bytes, Fingerprint run) {
    int length = bytes.length - HASH_LENGTH;
    if (length < 0
        || !new String(bytes, length + 2, HASH_LENGTH - 2, StandardCharsets.US_ASCII)
            .equals(Fingerprint.of(Arrays.copyOf(bytes, length)).value())) {
      return Optional.empty();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC || !in.readUTF().equals(run.value())) {
        return Optional.empty();
      }
      long updates = in.readLong();
      Watched watched = CanonicalJson.read(in.readNBytes(in.readInt()), Watched.class);
      return Optional.of(
          new RunState(updates, LearnerState.read(in), watched.metrics(), watched.alarms()));
    } catch (IOException e) {
      throw new UncheckedIOException("A checkpoint whose hash is right cannot be read.", e);
    }
  }
}
