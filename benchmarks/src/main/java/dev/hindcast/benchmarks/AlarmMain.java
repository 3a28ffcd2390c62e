package dev.hindcast.benchmarks;

import java.util.Locale;

/**
 * How often whole runs of the running evaluation raise false alarms, and how soon true ones: a
 * table for {@code docs/guide/streaming.md}. Arguments: runs where nothing is wrong (a tenth of it
 * where something is), windows, episodes in a window.
 */
final class AlarmMain {
  private AlarmMain() {}

  @SuppressWarnings("SystemOut") // the table is its output
  public static void main(String[] arguments) {
    int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2000;
    int windows = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 400;
    int episodes = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100;
    for (AlarmStudy.Log log : AlarmStudy.Log.values()) {
      for (String sequence : new String[] {"empirical-bernstein", "asymptotic"}) {
        for (double effect : new double[] {0, 0.05, 0.1, 0.2}) {
          int many = effect == 0 ? runs : Math.max(1, runs / 10);
          AlarmStudy.Result result =
              AlarmStudy.of(sequence, log, 0.5, effect).run(many, windows, episodes, 1);
          System.out.printf(
              Locale.ROOT, "%s, %s, effect %.2f, %s%n", log, sequence, effect, result.inWords());
        }
      }
    }
  }
}
