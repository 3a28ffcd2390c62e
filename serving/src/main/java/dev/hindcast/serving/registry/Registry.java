package dev.hindcast.serving.registry;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.dataset.storage.Storage;
import java.time.InstantSource;
import java.util.List;

/**
 * A folder with policies, on any store that can create a file for one of several who try ({@link
 * Storage#createNew}). {@code docs/spec/registry.md} says how it lies there.
 */
public final class Registry {
  private final String folder;
  private final InstantSource clock;

  private Registry(String folder, InstantSource clock) {
    this.folder = Storage.absolute(folder);
    this.clock = clock;
  }

  /** The registry in a folder, which need not exist yet. */
  public static Registry at(String folder) {
    return new Registry(folder, InstantSource.system());
  }

  /** The same by another clock. */
  public static Registry at(String folder, InstantSource clock) {
    return new Registry(folder, clock);
  }

  /** The names of its policies, sorted. */
  public List<String> policies() {
    return Storage.isFolder(folder)
        ? Storage.names(folder).stream()
            .filter(name -> PolicySpec.NAME.matcher(name).matches())
            .filter(name -> Storage.isFolder(Storage.below(folder, name)))
            .toList()
        : List.of();
  }

  /** A policy by name, whether or not anything was registered under it yet. */
  public RegisteredPolicy policy(String name) {
    if (!PolicySpec.NAME.matcher(name).matches()) {
      throw UserError.usage(
          "Cannot look up policy '"
              + name
              + "': a name consists of letters, digits, '.', '_' and '-'.");
    }
    return new RegisteredPolicy(this, name, clock);
  }

  /** Where it is. */
  public String folder() {
    return folder;
  }
}
