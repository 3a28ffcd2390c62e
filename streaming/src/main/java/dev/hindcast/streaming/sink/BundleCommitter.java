package dev.hindcast.streaming.sink;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.serving.registry.Alias;
import dev.hindcast.serving.registry.Generation;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Registry;
import dev.hindcast.serving.registry.Version;
import dev.hindcast.streaming.sink.BundleSink.Staged;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * What happens to bundles when their checkpoint is complete: their folders get their own names, and
 * where there is a registry they are registered there and the champion is moved. All of it may have
 * been done before by somebody who failed afterwards; then there is nothing left to do.
 *
 * <p>The champion is moved only from the version that learning was at: whoever else moved it
 * meanwhile, such as a person, keeps the last word, and the stream's version is registered but not
 * in force.
 *
 * @param folder in which each bundle has its own
 * @param registry where versions are registered; empty for nowhere
 * @param policy what the policy is called there
 */
record BundleCommitter(String folder, String registry, String policy) implements Committer<Staged> {
  private static final String MANIFEST = "manifest.json";
  private static final String BY = "stream";

  @Override
  public void commit(Collection<CommitRequest<Staged>> requests) throws IOException {
    List<CommitRequest<Staged>> inOrder =
        requests.stream()
            .sorted(Comparator.comparingLong(request -> request.getCommittable().order()))
            .toList();
    for (CommitRequest<Staged> request : inOrder) {
      Staged staged = request.getCommittable();
      if (staged.isNew()) {
        publish(staged.bundle());
      }
      if (!registry.isEmpty()) {
        try {
          register(staged);
        } catch (UserError refusal) {
          if (refusal.kind() == UserError.Kind.CONFLICT || refusal.kind() == UserError.Kind.GATE) {
            request.signalFailedWithKnownReason(refusal); // the bundle is there, not in force
          } else {
            throw refusal;
          }
        }
      }
    }
  }

  private void publish(Fingerprint bundle) throws IOException {
    Path from = BundleSink.staged(folder, bundle);
    Path to = BundleSink.place(folder, bundle);
    FileSystem system = to.getFileSystem();
    if (!system.exists(new Path(to, MANIFEST)) && !system.rename(from, to)) {
      throw new IOException("Cannot publish " + to + ": " + from + " could not be renamed.");
    }
    system.delete(from, true);
  }

  private void register(Staged staged) {
    RegisteredPolicy known = Registry.at(registry).policy(policy);
    Version version =
        staged.isNew()
            ? known.register(
                BundleSink.place(folder, staged.bundle()).toString(), Optional.empty(), BY)
            : known
                .version(staged.bundle())
                .orElseThrow(
                    () ->
                        UserError.conflict(
                            "Cannot go back to bundle "
                                + staged.bundle().brief()
                                + ": it is not registered as a version of "
                                + policy
                                + "."));
    if (!staged.isPromoted()) {
      return;
    }
    Generation newest =
        known
            .generation()
            .orElseThrow(
                () ->
                    UserError.conflict(
                        "Cannot put "
                            + version.inWords()
                            + " in force: "
                            + policy
                            + " has no champion to go on from. Promote the bundle that the stream learns from."));
    if (isDone(known, staged)) {
      return;
    }
    Version champion = known.version(Alias.CHAMPION).orElse(version);
    if (!champion.fingerprint().equals(staged.before())) {
      throw UserError.conflict(
          "Cannot put "
              + version.inWords()
              + " in force: the champion is "
              + champion.inWords()
              + ", and the stream learned from "
              + staged.before().brief()
              + ".");
    }
    if (staged.isNew()) {
      known.advance(version.number(), newest.number(), "learned from a sound interval", BY);
    } else {
      known.rollback(
          Optional.of(version.number()),
          Optional.of(newest.number()),
          "an interval under the version after it was not sound",
          BY);
    }
  }

  /** Whether the champion was moved from the one version to the other, whatever came after that. */
  private static boolean isDone(RegisteredPolicy known, Staged staged) {
    Optional<Fingerprint> champion = Optional.empty();
    for (Generation generation : known.history()) {
      if (generation.alias() == Alias.CHAMPION) {
        Fingerprint next = known.version(generation.version()).fingerprint();
        if (next.equals(staged.bundle()) && champion.equals(Optional.of(staged.before()))) {
          return true;
        }
        champion = Optional.of(next);
      }
    }
    return false;
  }

  @Override
  public void close() {}
}
