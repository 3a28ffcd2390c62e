package dev.hindcast.serving.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Values numbered from 1, one to a file, that are added and never altered. Two processes cannot add
 * the same number: that is the whole concurrency control of the registry. Entries once read are
 * kept in memory, so looking again costs what is new. Safe for use from several threads.
 *
 * @param <T> what an entry is
 */
final class EntryLog<T> {
  private static final Pattern NAME = Pattern.compile("\\d{9}\\.json");

  private final String folder;
  private final Class<T> type;
  private final int specVersion;
  private final List<Entry<T>> known = new ArrayList<>();

  /**
   * One entry.
   *
   * @param number from 1
   * @param value what was added
   * @param fingerprint of the file
   */
  record Entry<T>(int number, T value, Fingerprint fingerprint) {}

  EntryLog(String folder, Class<T> type, int specVersion) {
    this.folder = folder;
    this.type = type;
    this.specVersion = specVersion;
  }

  /** Whether anything was ever added. */
  boolean isEmpty() {
    return last().isEmpty();
  }

  /** All entries there are by now, the first one first. */
  synchronized List<Entry<T>> all() {
    if (known.isEmpty()) {
      int newest = newestNumber();
      while (known.size() < newest) {
        known.add(read(known.size() + 1));
      }
    }
    while (Storage.exists(path(known.size() + 1))) {
      known.add(read(known.size() + 1));
    }
    return List.copyOf(known);
  }

  /** The newest entry. */
  synchronized Optional<Entry<T>> last() {
    if (!known.isEmpty()) {
      List<Entry<T>> all = all();
      return Optional.of(all.get(all.size() - 1));
    }
    int newest = newestNumber();
    return newest == 0 ? Optional.empty() : Optional.of(read(newest));
  }

  /** Whether there is an entry of this number: one question, without listing any folder. */
  boolean has(int number) {
    return Storage.exists(path(number));
  }

  /**
   * Adds the entry of a number.
   *
   * @return whether it was added; not when the number is taken
   */
  boolean add(int number, T value) {
    return Storage.createNew(path(number), CanonicalJson.bytes(value));
  }

  private int newestNumber() {
    if (!Storage.isFolder(folder)) {
      return 0;
    }
    return Storage.names(folder).stream()
        .filter(name -> NAME.matcher(name).matches())
        .mapToInt(name -> Integer.parseInt(name.substring(0, 9)))
        .max()
        .orElse(0);
  }

  private Entry<T> read(int number) {
    String path = path(number);
    byte[] json = Storage.read(path);
    try {
      JsonNode tree = CanonicalJson.tree(json);
      int version = tree.path("spec_version").asInt(-1);
      if (version != specVersion) {
        throw UserError.data(
            "Cannot read "
                + path
                + ": it says spec version "
                + version
                + ", and this build reads "
                + specVersion
                + ".");
      }
      return new Entry<>(number, CanonicalJson.read(json, type), Fingerprint.of(json));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          UserError.Kind.DATA,
          "Cannot read " + path + ": it is damaged (" + e.getMessage() + ").",
          e);
    }
  }

  private String path(int number) {
    return Storage.below(folder, String.format(Locale.ROOT, "%09d.json", number));
  }
}
