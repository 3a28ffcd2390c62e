package dev.hindcast.core.policy;

import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Opens bundles from a local folder without any engine: checks the manifest and every file's hash,
 * then hands over to the format named there. Built by hand from the formats that a program wants to
 * read.
 */
public final class BundleLoader {
  /** One way of storing the content of a bundle. */
  public interface Format {
    /** The name in the manifest's {@code format}. */
    String name();

    /** Reads the content; the manifest and the file hashes have been checked. */
    Bundle load(BundleManifest manifest, Path folder) throws IOException;
  }

  private final Map<String, Format> formats = new TreeMap<>();

  /** A loader for these formats. */
  public BundleLoader(List<Format> formats) {
    formats.forEach(format -> this.formats.put(format.name(), format));
  }

  /**
   * Loads the bundle in a folder.
   *
   * @throws UserError when there is no bundle, it is of a newer version or an unknown format, or a
   *     file is missing or altered
   */
  public Bundle load(Path folder) {
    BundleManifest manifest = manifest(folder);
    Format format = formats.get(manifest.format());
    if (format == null) {
      throw UserError.usage(
          "Cannot load bundle "
              + folder
              + ": its format is "
              + manifest.format()
              + ", and this build reads "
              + String.join(", ", formats.keySet())
              + ".");
    }
    for (ArtefactFile file : manifest.files()) {
      check(folder, file);
    }
    try {
      return format.load(manifest, folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot load bundle " + folder + ".", e);
    }
  }

  /** Reads only the manifest of the bundle in a folder. */
  public static BundleManifest manifest(Path folder) {
    Path path = folder.resolve("manifest.json");
    if (!Files.isRegularFile(path)) {
      throw UserError.missing(
          "Cannot load bundle "
              + folder
              + ": there is no manifest.json, so it is no bundle, or one that was never finished.");
    }
    try {
      byte[] json = Files.readAllBytes(path);
      int version = CanonicalJson.tree(json).path("spec_version").asInt(-1);
      if (version != BundleManifest.SPEC_VERSION) {
        throw UserError.data(
            "Cannot load bundle "
                + folder
                + ": its manifest says spec version "
                + version
                + ", and this build reads "
                + BundleManifest.SPEC_VERSION
                + ".");
      }
      return CanonicalJson.read(json, BundleManifest.class);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          UserError.Kind.DATA,
          "Cannot load bundle " + folder + ": its manifest is damaged (" + e.getMessage() + ").",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path + ".", e);
    }
  }

  private static void check(Path folder, ArtefactFile file) {
    Path path = folder.resolve(file.path());
    try {
      if (!Files.isRegularFile(path)) {
        throw UserError.data(
            "Cannot load bundle " + folder + ": its file " + file.path() + " is missing.");
      }
      try (InputStream stream = Files.newInputStream(path)) {
        if (!Fingerprint.of(stream).equals(file.sha256())) {
          throw UserError.data(
              "Cannot load bundle "
                  + folder
                  + ": "
                  + file.path()
                  + " is not the file that was published (its hash differs).");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path + ".", e);
    }
  }
}
