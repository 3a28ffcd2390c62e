package dev.hindcast.serving.scorer;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.serving.registry.Alias;
import dev.hindcast.serving.registry.Generation;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Version;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The scorer of the version in force. When the registry moves on, {@link #look} loads the new
 * version beside the old one, checks it, and swaps them in one step; requests under way end with
 * the version they began with. A version that cannot be loaded, is not what was registered, or does
 * not fit is refused: the old one goes on, and the reason stands in {@link #refusal} until a
 * version is taken again. Safe for use from several threads.
 */
public final class LivePolicy {
  /** A version that was refused is tried again in so many looks: its files may come back. */
  private static final int PATIENCE = 30;

  private final Optional<RegisteredPolicy> registered;
  private final Alias alias;
  private final BundleLoader loader;
  private final BiFunction<Bundle, ServedVersion, PolicyScorer> opening;
  private volatile PolicyScorer current;
  private volatile Optional<String> refusal = Optional.empty();
  private int seen;
  private int tried;
  private int waited;
  private int swaps;

  private LivePolicy(
      Optional<RegisteredPolicy> registered,
      Alias alias,
      BundleLoader loader,
      BiFunction<Bundle, ServedVersion, PolicyScorer> opening) {
    this.registered = registered;
    this.alias = alias;
    this.loader = loader;
    this.opening = opening;
  }

  /**
   * One bundle for good.
   *
   * @param opening makes the scorer of a loaded bundle
   */
  public static LivePolicy of(
      String bundle, BundleLoader loader, BiFunction<Bundle, ServedVersion, PolicyScorer> opening) {
    LivePolicy policy = new LivePolicy(Optional.empty(), Alias.CHAMPION, loader, opening);
    Bundle loaded = loader.load(ArtefactFolder.local(bundle));
    policy.current =
        opening.apply(
            loaded,
            new ServedVersion(
                loaded.manifest().name(),
                loaded.manifest().fingerprint(),
                Storage.absolute(bundle),
                Optional.empty(),
                Optional.empty()));
    return policy;
  }

  /**
   * Whatever version an alias stands for.
   *
   * @throws UserError when it stands for none, or for one that cannot be served
   */
  public static LivePolicy of(
      RegisteredPolicy registered,
      Alias alias,
      BundleLoader loader,
      BiFunction<Bundle, ServedVersion, PolicyScorer> opening) {
    LivePolicy policy = new LivePolicy(Optional.of(registered), alias, loader, opening);
    Generation generation =
        registered
            .generation()
            .orElseThrow(
                () ->
                    UserError.missing(
                        "Cannot serve the "
                            + alias.key()
                            + " of "
                            + registered.name()
                            + ": it has none yet. Promote a version first (hindcast promote)."));
    policy.take(registered, generation);
    return policy;
  }

  /** The scorer of the version in force; ask it once for each request. */
  public PolicyScorer current() {
    return current;
  }

  /** Why the version that the registry names is not the one that decides; empty when it is. */
  public Optional<String> refusal() {
    return refusal;
  }

  /** How often another version was taken since the beginning. */
  public synchronized int swaps() {
    return swaps;
  }

  /**
   * Looks whether the registry has moved on, and follows. Without news it asks one question of the
   * store. It never throws: what keeps it from following is a {@link #refusal}.
   *
   * @return whether another version decides from now on, or a new reason keeps the old one
   */
  public synchronized boolean look() {
    if (registered.isEmpty()) {
      return false;
    }
    Optional<String> before = refusal;
    try {
      RegisteredPolicy policy = registered.get();
      boolean hasNews = policy.hasMovedSince(Math.max(seen, tried));
      if (!hasNews && (refusal.isEmpty() || ++waited % PATIENCE != 0)) {
        return false;
      }
      Fingerprint old = current.version().fingerprint();
      Generation newest = policy.generation().orElseThrow();
      tried = newest.number();
      take(policy, newest);
      boolean isAnother = !current.version().fingerprint().equals(old);
      swaps += isAnother ? 1 : 0;
      return isAnother || before.isPresent();
    } catch (RuntimeException e) {
      refusal = Optional.of(reason(e));
      return !refusal.equals(before);
    }
  }

  private void take(RegisteredPolicy policy, Generation generation) {
    Version version =
        generation
            .version(alias)
            .map(policy::version)
            .orElseThrow(
                () ->
                    UserError.missing(
                        "Cannot serve the "
                            + alias.key()
                            + " of "
                            + policy.name()
                            + ": generation "
                            + generation.number()
                            + " has none."));
    ServedVersion served =
        new ServedVersion(
            policy.name(),
            version.fingerprint(),
            version.bundle(),
            Optional.of(version.number()),
            Optional.of(generation.number()));
    if (current == null || !current.version().fingerprint().equals(version.fingerprint())) {
      Bundle bundle = loader.load(ArtefactFolder.local(version.bundle()));
      if (!bundle.manifest().fingerprint().equals(version.fingerprint())) {
        throw UserError.data(
            "Cannot serve "
                + version.inWords()
                + ": another bundle ("
                + bundle.manifest().fingerprint().brief()
                + ") stands at "
                + version.bundle()
                + " now.");
      }
      current = opening.apply(bundle, served);
    }
    seen = generation.number();
    refusal = Optional.empty();
  }

  private static String reason(RuntimeException e) {
    return e instanceof UserError
        ? e.getMessage()
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
