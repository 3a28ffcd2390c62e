package dev.hindcast.offlinerl.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.offlinerl.algorithm.Learner;
import dev.hindcast.offlinerl.network.FreeParameters;
import dev.hindcast.offlinerl.network.Network;
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
  private static final int MAGIC = 0x48435231; // HCR1
  private static final int HASH_LENGTH = 73; // a text of 71 letters and its length

  private final long updates;
  private final SortedMap<String, Weights> networks;
  private final SortedMap<String, Weights> parameters;
  private final Metrics.State metrics;
  private final Alarms.State alarms;

  /** Numbers that are learned, and what Adam remembers of them. */
  @SuppressWarnings("ArrayRecordComponent") // states travel; they are never compared
  private record Weights(float[] values, long steps, float[] mean, float[] variance)
      implements Serializable {
    static Weights of(float[] values, Network.OptimizerState optimizer) {
      return new Weights(values, optimizer.steps(), optimizer.mean(), optimizer.variance());
    }

    Network.OptimizerState optimizer() {
      return new Network.OptimizerState(steps, mean, variance);
    }
  }

  private RunState(
      long updates,
      SortedMap<String, Weights> networks,
      SortedMap<String, Weights> parameters,
      Metrics.State metrics,
      Alarms.State alarms) {
    this.updates = updates;
    this.networks = networks;
    this.parameters = parameters;
    this.metrics = metrics;
    this.alarms = alarms;
  }

  static RunState of(long updates, Learner learner, Metrics metrics, Alarms alarms) {
    SortedMap<String, Weights> networks = new TreeMap<>();
    for (Map.Entry<String, Network> entry : learner.networks().entrySet()) {
      Network network = entry.getValue();
      networks.put(entry.getKey(), Weights.of(network.parameters(), network.optimizer()));
    }
    SortedMap<String, Weights> parameters = new TreeMap<>();
    for (Map.Entry<String, FreeParameters> entry : learner.parameters().entrySet()) {
      FreeParameters numbers = entry.getValue();
      parameters.put(entry.getKey(), Weights.of(numbers.values(), numbers.optimizer()));
    }
    return new RunState(updates, networks, parameters, metrics.state(), alarms.state());
  }

  /** Whether a learner has the same things to learn. */
  boolean isOf(Learner learner) {
    return networks.keySet().equals(learner.networks().keySet())
        && parameters.keySet().equals(learner.parameters().keySet());
  }

  /** Puts a learner of the same kind where this run stands. */
  public void into(Learner learner) {
    networks.forEach(
        (name, weights) -> {
          learner.networks().get(name).parameters(weights.values());
          learner.networks().get(name).optimizer(weights.optimizer());
        });
    parameters.forEach(
        (name, weights) -> {
          learner.parameters().get(name).values(weights.values());
          learner.parameters().get(name).optimizer(weights.optimizer());
        });
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
   * The weighted mean of runs that stand at the same update, summed in double precision in the
   * order of the list, so that it has the same bits wherever and whenever the runs were made.
   * Parameters, target networks and the optimizer's moments are averaged alike: McMahan and others
   * (2017), arXiv:1602.05629, for the parameters; Yu, Jin and Yang (2019), arXiv:1905.03817, for
   * the moments. Figures are averaged too; alarms stand as in the most alarmed run. The mean of one
   * run is that run, bit for bit.
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
        mean(runs.stream().map(run -> run.networks).toList(), shares),
        mean(runs.stream().map(run -> run.parameters).toList(), shares),
        figures(runs.stream().map(run -> run.metrics).toList(), shares),
        alarms(runs));
  }

  private static SortedMap<String, Weights> mean(
      List<SortedMap<String, Weights>> runs, double[] shares) {
    SortedMap<String, Weights> means = new TreeMap<>();
    for (String name : runs.get(0).keySet()) {
      List<Weights> all = runs.stream().map(run -> run.get(name)).toList();
      means.put(
          name,
          new Weights(
              mean(all.stream().map(Weights::values).toArray(float[][]::new), shares),
              all.stream().mapToLong(Weights::steps).max().orElse(0),
              mean(all.stream().map(Weights::mean).toArray(float[][]::new), shares),
              mean(all.stream().map(Weights::variance).toArray(float[][]::new), shares)));
    }
    return means;
  }

  private static float[] mean(float[][] vectors, double[] shares) {
    float[] mean = new float[vectors[0].length];
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (int run = 0; run < shares.length; run++) {
        sum += shares[run] * vectors[run][i];
      }
      mean[i] = (float) sum;
    }
    return mean;
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
      write(out, networks);
      write(out, parameters);
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
          new RunState(updates, weights(in), weights(in), watched.metrics(), watched.alarms()));
    } catch (IOException e) {
      throw new UncheckedIOException("A checkpoint whose hash is right cannot be read.", e);
    }
  }

  private static void write(DataOutputStream out, SortedMap<String, Weights> all)
      throws IOException {
    out.writeInt(all.size());
    for (Map.Entry<String, Weights> entry : all.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeLong(entry.getValue().steps());
      for (float[] numbers :
          List.of(
              entry.getValue().values(), entry.getValue().mean(), entry.getValue().variance())) {
        write(out, numbers);
      }
    }
  }

  static void write(DataOutputStream out, float[] numbers) throws IOException {
    out.writeInt(numbers.length);
    for (float number : numbers) {
      out.writeInt(Float.floatToRawIntBits(number));
    }
  }

  private static SortedMap<String, Weights> weights(DataInputStream in) throws IOException {
    SortedMap<String, Weights> all = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      long steps = in.readLong();
      all.put(name, new Weights(floats(in), steps, floats(in), floats(in)));
    }
    return all;
  }

  static float[] floats(DataInputStream in) throws IOException {
    float[] numbers = new float[in.readInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.intBitsToFloat(in.readInt());
    }
    return numbers;
  }
}
