package dev.hindcast.benchmarks;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.djl.DjlNetworks;
import dev.hindcast.offlinerl.network.simd.SimdNetworks;
import dev.hindcast.training.learner.Device;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Our side of {@code speed.py}: writes the names of what it can train on one line, then reads lines
 * {@code NAME UPDATES} and answers each with the seconds it took. An algorithm that learns from
 * both kinds of actions comes a second time, as {@code NAME-discrete}.
 */
public final class SpeedMain {
  private static final int ROWS = 100_000;

  private SpeedMain() {}

  /** One argument: the backend. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Networks networks = backend(arguments.length == 1 ? arguments[0] : "")) {
      answer(in, out, networks, ROWS);
    }
  }

  private static Networks backend(String name) {
    if (name.equals("pytorch")) {
      return DjlNetworks.on(Device.CPU);
    }
    if (name.equals("openblas")) {
      return new SimdNetworks();
    }
    throw UserError.usage(
        "Cannot measure: there is no backend \"" + name + "\". Name one of: openblas, pytorch.");
  }

  /** Answers until the input ends. */
  static void answer(BufferedReader in, PrintStream out, Networks networks, int rows)
      throws IOException {
    Map<String, Course> courses = courses(networks, rows);
    try {
      out.println(String.join(" ", courses.keySet()));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", 2);
        long nanos = courses.get(words[0]).train(Integer.parseInt(words[1])).toNanos();
        out.println(nanos / 1e9);
      }
    } finally {
      courses.values().forEach(Course::close);
    }
  }

  private static Map<String, Course> courses(Networks networks, int rows) {
    Map<String, Course> courses = new LinkedHashMap<>();
    TransitionColumns continuous = SyntheticLog.continuous(rows);
    TransitionColumns discrete = SyntheticLog.discrete(rows);
    for (Algorithms.Entry<?> algorithm : Algorithms.all()) {
      Optional<Course> first = Course.of(algorithm, continuous, networks);
      first.ifPresent(course -> courses.put(algorithm.name(), course));
      Course.of(algorithm, discrete, networks)
          .ifPresent(
              course ->
                  courses.put(algorithm.name() + (first.isPresent() ? "-discrete" : ""), course));
    }
    return courses;
  }
}
