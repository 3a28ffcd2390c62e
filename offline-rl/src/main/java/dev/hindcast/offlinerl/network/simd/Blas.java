package dev.hindcast.offlinerl.network.simd;

import java.util.Optional;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The three matrix products of a linear layer, by OpenBLAS with one thread. All matrices are
 * row-major.
 */
final class Blas {
  private Blas() {}

  /** Why OpenBLAS cannot be used here, in words; empty where it can. Loads it once per process. */
  static Optional<String> missing() {
    return Holder.MISSING;
  }

  /** {@code z (m, n) = x (m, k) w' (k, n)}, w of (n, k). */
  static void apply(Block x, Block w, int wAt, int wWidth, Block z, int m, int n, int k) {
    openblas_nolapack.cblas_sgemm(
        openblas_nolapack.CblasRowMajor,
        openblas_nolapack.CblasNoTrans,
        openblas_nolapack.CblasTrans,
        m,
        n,
        k,
        1,
        x.at(0),
        k,
        w.at(wAt),
        wWidth,
        0,
        z.at(0),
        n);
  }

  /**
   * {@code x (m, k) = z (m, n) w (n, k)}: how a gradient travels back through a layer.
   *
   * @param wAt where w, (n, k), begins
   * @param wWidth how far apart its rows begin
   */
  static void applyBack(Block z, Block w, int wAt, int wWidth, Block x, int m, int n, int k) {
    openblas_nolapack.cblas_sgemm(
        openblas_nolapack.CblasRowMajor,
        openblas_nolapack.CblasNoTrans,
        openblas_nolapack.CblasNoTrans,
        m,
        k,
        n,
        1,
        z.at(0),
        n,
        w.at(wAt),
        wWidth,
        0,
        x.at(0),
        k);
  }

  /**
   * {@code w (n, k) = keep w + z' (n, m) x (m, k)}: a layer's weight gradient.
   *
   * @param wAt where w begins
   * @param wWidth how far apart its rows begin
   */
  static void outer(
      Block z, Block x, float keep, Block w, int wAt, int wWidth, int m, int n, int k) {
    openblas_nolapack.cblas_sgemm(
        openblas_nolapack.CblasRowMajor,
        openblas_nolapack.CblasTrans,
        openblas_nolapack.CblasNoTrans,
        n,
        k,
        m,
        1,
        z.at(0),
        n,
        x.at(0),
        k,
        keep,
        w.at(wAt),
        wWidth);
  }

  private static final class Holder {
    private static final Optional<String> MISSING = load();

    private static Optional<String> load() {
      // JavaCPP refuses memory by its own reckoning of heap and process sizes, which says nothing
      // about a Spark executor; the container's limit is the one that holds.
      setUnlessSet("org.bytedeco.javacpp.maxbytes", "0");
      setUnlessSet("org.bytedeco.javacpp.maxphysicalbytes", "0");
      try {
        openblas_nolapack.blas_set_num_threads(1);
        return Optional.empty();
      } catch (LinkageError | RuntimeException e) {
        return Optional.of(String.valueOf(e.getMessage()));
      }
    }

    private static void setUnlessSet(String key, String value) {
      if (System.getProperty(key) == null) {
        System.setProperty(key, value);
      }
    }
  }
}
