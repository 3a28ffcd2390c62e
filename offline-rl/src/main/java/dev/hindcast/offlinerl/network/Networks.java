package dev.hindcast.offlinerl.network;

/** A backend: makes networks and places the observations they read. */
public interface Networks extends AutoCloseable {
  /**
   * Places observation rows.
   *
   * @param numeric (rows, numeric fields), normalised
   * @param categories (rows, categorical fields), codes
   * @param categoricalFields how many categorical fields there are
   */
  Observations place(float[] numeric, int[] categories, int categoricalFields, int rows);

  /** A network with these parameters and a fresh optimizer. */
  Network create(Architecture architecture, float[] parameters, double learningRate);

  /** Where it computes, in words for progress messages: "CPU, one thread". */
  String inWords();

  @Override
  void close();
}
