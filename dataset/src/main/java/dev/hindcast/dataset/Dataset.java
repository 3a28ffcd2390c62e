package dev.hindcast.dataset;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import java.util.List;

/**
 * A finished dataset, opened. The object holds only the manifest and the place: it is cheap to send
 * to executors, and every file can be read on any machine that reaches the place.
 */
public final class Dataset implements java.io.Serializable {
  private static final long serialVersionUID = 1L;

  private Dataset() {}

  /**
   * Opens the dataset at a path or URI.
   *
   * @throws dev.hindcast.core.config.UserError when there is none, it was never finished, or it is
   *     of another spec version
   */
  public static Dataset open(String uri) {
    return Pending.now();
  }

  /** Where it lies. */
  public String uri() {
    return Pending.now();
  }

  /** What it says of itself. */
  public DatasetManifest manifest() {
    return Pending.now();
  }

  /** Its fingerprint. */
  public Fingerprint fingerprint() {
    return Pending.now();
  }

  /**
   * The data files of one side of the split, in the manifest's order. Every file holds whole
   * episodes.
   */
  public List<String> files(Split.Part part) {
    return Pending.now();
  }

  /** All episodes of one data file, after checking its hash. */
  public TransitionColumns read(String file) {
    return Pending.now();
  }

  /** All episodes of one side, in the manifest's order. */
  public TransitionColumns read(Split.Part part) {
    return Pending.now();
  }
}
