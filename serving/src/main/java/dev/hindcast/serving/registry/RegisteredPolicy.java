package dev.hindcast.serving.registry;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.serving.registry.EntryLog.Entry;
import dev.hindcast.serving.registry.Generation.Move;
import dev.hindcast.serving.registry.Justification.Basis;
import dev.hindcast.serving.registry.Objection.Raised;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One policy of a registry: its versions, and which of them is in force.
 *
 * <p>Both are logs that are only added to. A version is numbered when it is registered; the same
 * weights have one number, however often they come. A generation says which version each alias
 * stands for, and is made from the one before it: whoever was second to make it gets a conflict,
 * and has to look again. Safe for use from several threads and processes.
 */
public final class RegisteredPolicy {
  /** The role of the bundle that another was made from, among the inputs of its provenance. */
  public static final String PARENT = "parent";

  private static final int MOST_ATTEMPTS = 1000;

  private final Registry registry;
  private final String name;
  private final InstantSource clock;
  private final EntryLog<Version> versions;
  private final EntryLog<Generation> generations;

  RegisteredPolicy(Registry registry, String name, InstantSource clock) {
    this.registry = registry;
    this.name = name;
    this.clock = clock;
    String folder = Storage.below(registry.folder(), name);
    versions =
        new EntryLog<>(Storage.below(folder, "versions"), Version.class, Version.SPEC_VERSION);
    generations =
        new EntryLog<>(
            Storage.below(folder, "generations"), Generation.class, Generation.SPEC_VERSION);
  }

  /** What was done with a promotion or rollback. */
  public enum Outcome {
    /** There is a new generation. */
    MOVED,
    /** The version was in force already; nothing was written. */
    ALREADY_THERE;

    /** The JSON spelling. */
    @JsonValue
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A promotion or rollback that was not refused.
   *
   * @param outcome whether anything changed
   * @param generation the newest
   * @param version in force under the alias
   */
  public record Result(Outcome outcome, Generation generation, Version version) {}

  /** Its name. */
  public String name() {
    return name;
  }

  /** Where its registry is. */
  public String registry() {
    return registry.folder();
  }

  /** All versions, the first one first. */
  public List<Version> versions() {
    return versions.all().stream().map(Entry::value).toList();
  }

  /**
   * A version by number.
   *
   * @throws UserError (input missing) when there is none
   */
  public Version version(int number) {
    return find(version -> version.number() == number, "version " + number);
  }

  /** A version by its bundle's fingerprint, if it is registered. */
  public Optional<Version> version(Fingerprint fingerprint) {
    return versions().stream()
        .filter(version -> version.fingerprint().equals(fingerprint))
        .findFirst();
  }

  /** The newest generation; empty while no alias was ever set. */
  public Optional<Generation> generation() {
    return generations.last().map(Entry::value);
  }

  /** The version under an alias. */
  public Optional<Version> version(Alias alias) {
    return generation().flatMap(generation -> generation.version(alias)).map(this::version);
  }

  /** Whether there is a generation after this one: one cheap question, for those who watch. */
  public boolean hasMovedSince(int generation) {
    return generations.has(generation + 1);
  }

  /**
   * All generations, the first one first.
   *
   * @throws UserError (data) when one was altered since the next was made from it
   */
  public List<Generation> history() {
    List<Entry<Generation>> all = generations.all();
    for (int i = 1; i < all.size(); i++) {
      Optional<Fingerprint> before = Optional.of(all.get(i - 1).fingerprint());
      if (!all.get(i).value().previous().equals(before)) {
        throw UserError.data(
            "Cannot trust the history of "
                + name
                + " in "
                + registry.folder()
                + ": generation "
                + i
                + " is not the one that generation "
                + (i + 1)
                + " was made from. Somebody altered a file that is never altered.");
      }
    }
    return all.stream().map(Entry::value).toList();
  }

  /**
   * Gives a policy's bundle a number. The same weights have one number; what is said of them the
   * second time is not recorded.
   *
   * @param bundle where it lies
   * @param window the time that its data is from
   * @throws UserError when there is no policy's bundle, or its files are not those that it lists
   */
  public Version register(String bundle, Optional<DataWindow> window, String by) {
    String place = Storage.absolute(bundle);
    BundleManifest manifest = manifest(place);
    if (!manifest.kind().equals(BundleManifest.POLICY)) {
      throw UserError.usage(
          "Cannot register " + place + ": it is a " + manifest.kind() + ", not a policy.");
    }
    verifyFiles(place, manifest);
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Optional<Version> known = version(manifest.fingerprint());
      if (known.isPresent()) {
        return known.get();
      }
      int number = versions().size() + 1;
      Version version =
          new Version(
              Version.SPEC_VERSION,
              Version.KIND,
              name,
              number,
              place,
              manifest.name(),
              manifest.fingerprint(),
              input(manifest, PARENT),
              manifest.dataset(),
              window,
              now(),
              by);
      if (versions.add(number, version)) {
        return version;
      }
    }
    throw UserError.conflict(
        "Cannot register " + place + ": others kept taking the next number. Try again.");
  }

  /**
   * Makes a version champion, by a report that says that it should be.
   *
   * @throws UserError (gate, data or input missing) when something speaks against it; (conflict)
   *     when somebody else moved an alias meanwhile
   */
  public Result promote(Promotion promotion) {
    List<Generation> history = history();
    requireNewest(history, promotion.basedOn());
    Version candidate = version(promotion.version());
    requireUnaltered(candidate);
    Optional<Version> champion = under(history, Alias.CHAMPION);
    if (champion.filter(candidate::equals).isPresent()) {
      return new Result(Outcome.ALREADY_THERE, last(history).orElseThrow(), candidate);
    }
    PromotionGate gate = new PromotionGate(candidate, champion, history);
    gate.compareWindows();
    gate.read(promotion.report(), promotion.dataset());
    List<Raised> standing =
        gate.objections().stream()
            .filter(raised -> !promotion.forced().contains(raised.objection()))
            .toList();
    if (!standing.isEmpty()) {
      throw refusal(candidate, standing);
    }
    List<String> forced =
        gate.objections().stream().map(raised -> raised.objection().key()).distinct().toList();
    if (!forced.isEmpty() && promotion.reason().isBlank()) {
      throw UserError.usage(
          "Cannot overrule "
              + String.join(", ", forced)
              + " without a reason. Say why (--reason).");
    }
    Basis basis = forced.isEmpty() ? Basis.REPORT : Basis.CHOICE;
    return move(
        history,
        Move.PROMOTE,
        Alias.CHAMPION,
        candidate,
        new Justification(basis, gate.evaluation(), forced, promotion.reason()),
        promotion.by());
  }

  /**
   * Makes a child of the champion champion, by the guardrails of what learned it: for policies that
   * learn while they are in force. What is no descendant of the champion, or made from older data,
   * is refused.
   *
   * @param basedOn the generation that the learner followed last
   */
  public Result advance(int number, int basedOn, String reason, String by) {
    List<Generation> history = history();
    requireNewest(history, Optional.of(basedOn));
    Version child = version(number);
    requireUnaltered(child);
    Version champion =
        under(history, Alias.CHAMPION)
            .orElseThrow(
                () ->
                    UserError.conflict(
                        "Cannot advance "
                            + name
                            + " to "
                            + child.inWords()
                            + ": it has no champion to go on from. Promote one first."));
    if (champion.equals(child)) {
      return new Result(Outcome.ALREADY_THERE, last(history).orElseThrow(), child);
    }
    if (!descends(child, champion.fingerprint())) {
      throw UserError.conflict(
          "Cannot advance "
              + name
              + " to "
              + child.inWords()
              + ": it does not descend from the champion, "
              + champion.inWords()
              + ". Start learning again from there.");
    }
    PromotionGate gate = new PromotionGate(child, Optional.of(champion), history);
    gate.compareWindows();
    if (!gate.objections().isEmpty()) {
      throw refusal(child, gate.objections());
    }
    return move(
        history,
        Move.PROMOTE,
        Alias.CHAMPION,
        child,
        new Justification(Basis.GUARDRAILS, Optional.empty(), List.of(), reason),
        by);
  }

  /**
   * Makes a version challenger: it is tried beside the champion, so nothing has to speak for it.
   */
  public Result challenge(int number, String reason, String by) {
    List<Generation> history = history();
    Version challenger = version(number);
    requireUnaltered(challenger);
    if (under(history, Alias.CHALLENGER).filter(challenger::equals).isPresent()) {
      return new Result(Outcome.ALREADY_THERE, last(history).orElseThrow(), challenger);
    }
    return move(
        history,
        Move.PROMOTE,
        Alias.CHALLENGER,
        challenger,
        new Justification(Basis.CHOICE, Optional.empty(), List.of(), reason),
        by);
  }

  /**
   * Makes the former champion champion again.
   *
   * @param to the number of an earlier champion; the one before this one when absent
   * @param basedOn the generation that the decision was made on; absent for the newest one
   * @throws UserError (gate) when there is nothing to go back to
   */
  public Result rollback(
      Optional<Integer> to, Optional<Integer> basedOn, String reason, String by) {
    List<Generation> history = history();
    requireNewest(history, basedOn);
    Deque<Integer> champions = champions(history);
    if (champions.isEmpty()) {
      throw new UserError(
          UserError.Kind.GATE, "Cannot roll back " + name + ": it never had a champion.");
    }
    int current = champions.pop();
    if (to.isPresent() && to.get() == current) {
      return new Result(Outcome.ALREADY_THERE, last(history).orElseThrow(), version(current));
    }
    while (to.isPresent() && !champions.isEmpty() && !to.get().equals(champions.peek())) {
      champions.pop();
    }
    if (champions.isEmpty()) {
      throw new UserError(
          UserError.Kind.GATE,
          to.isPresent()
              ? "Cannot roll back "
                  + name
                  + " to version "
                  + to.get()
                  + ": it was not champion before."
              : "Cannot roll back " + name + ": no champion came before version " + current + ".");
    }
    Version former = version(champions.peek());
    requireUnaltered(former);
    return move(
        history,
        Move.ROLLBACK,
        Alias.CHAMPION,
        former,
        new Justification(Basis.ROLLBACK, Optional.empty(), List.of(), reason),
        by);
  }

  /** Champions that can be gone back to, the one in force on top: a rollback takes its own off. */
  private static Deque<Integer> champions(List<Generation> history) {
    Deque<Integer> champions = new ArrayDeque<>();
    for (Generation generation : history) {
      if (generation.alias() != Alias.CHAMPION) {
        continue;
      }
      if (generation.move() == Move.PROMOTE) {
        champions.push(generation.version());
      } else {
        while (!champions.isEmpty() && champions.peek() != generation.version()) {
          champions.pop();
        }
      }
    }
    return champions;
  }

  private Result move(
      List<Generation> history,
      Move move,
      Alias alias,
      Version version,
      Justification justification,
      String by) {
    int number = history.size() + 1;
    Map<String, Integer> aliases =
        new TreeMap<>(last(history).map(Generation::aliases).orElse(Map.of()));
    aliases.values().removeIf(other -> other == version.number()); // no alias twice
    aliases.put(alias.key(), version.number());
    Generation generation =
        new Generation(
            Generation.SPEC_VERSION,
            Generation.KIND,
            name,
            number,
            generations.all().stream()
                .filter(entry -> entry.number() == number - 1)
                .map(Entry::fingerprint)
                .findFirst(),
            now(),
            by,
            move,
            alias,
            version.number(),
            aliases,
            justification);
    if (!generations.add(number, generation)) {
      throw overtaken(number);
    }
    return new Result(Outcome.MOVED, generation, version);
  }

  private UserError overtaken(int number) {
    Generation winner = generations.all().get(number - 1).value();
    return UserError.conflict(
        "Cannot move an alias of "
            + name
            + ": "
            + winner.by()
            + " made generation "
            + number
            + " meanwhile ("
            + winner.alias().key()
            + " is version "
            + winner.version()
            + "). Look at it, then decide again.");
  }

  private void requireNewest(List<Generation> history, Optional<Integer> basedOn) {
    if (basedOn.isPresent() && basedOn.get() < history.size()) {
      throw overtaken(basedOn.get() + 1);
    }
    if (basedOn.isPresent() && basedOn.get() > history.size()) {
      throw UserError.usage(
          "Cannot move an alias of "
              + name
              + " on the ground of generation "
              + basedOn.get()
              + ": the newest is "
              + history.size()
              + ".");
    }
  }

  private UserError refusal(Version candidate, List<Raised> objections) {
    String words = objections.stream().map(Raised::words).collect(Collectors.joining("; "));
    String codes =
        objections.stream()
            .map(raised -> "--force " + raised.objection().key())
            .distinct()
            .collect(Collectors.joining(" "));
    // a gate that says no is a valid result; with anything broken beside it, it is none
    UserError.Kind kind =
        objections.stream()
            .map(raised -> raised.objection().kind())
            .filter(found -> found != UserError.Kind.GATE)
            .findFirst()
            .orElse(UserError.Kind.GATE);
    return new UserError(
        kind,
        "Cannot promote "
            + candidate.inWords()
            + " of "
            + name
            + ": "
            + words
            + ". To do it all the same, and have that recorded: "
            + codes
            + " --reason WORDS.");
  }

  private boolean descends(Version child, Fingerprint ancestor) {
    Map<Fingerprint, Version> byFingerprint =
        new TreeMap<>(java.util.Comparator.comparing(Fingerprint::value));
    versions().forEach(version -> byFingerprint.put(version.fingerprint(), version));
    Optional<Fingerprint> parent = child.parent();
    for (int depth = 0; parent.isPresent() && depth <= byFingerprint.size(); depth++) {
      if (parent.get().equals(ancestor)) {
        return true;
      }
      parent = Optional.ofNullable(byFingerprint.get(parent.get())).flatMap(Version::parent);
    }
    return false;
  }

  private Optional<Version> under(List<Generation> history, Alias alias) {
    return last(history).flatMap(generation -> generation.version(alias)).map(this::version);
  }

  private String now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static Optional<Generation> last(List<Generation> history) {
    return history.isEmpty() ? Optional.empty() : Optional.of(history.get(history.size() - 1));
  }

  private Version find(Predicate<Version> wanted, String words) {
    return versions().stream()
        .filter(wanted)
        .findFirst()
        .orElseThrow(
            () ->
                UserError.missing(
                    "Cannot find "
                        + words
                        + " of policy "
                        + name
                        + " in "
                        + registry.folder()
                        + ": it has "
                        + versions().size()
                        + " versions."));
  }

  /** The bundle must still be the one that was registered, file by file. */
  private static void requireUnaltered(Version version) {
    BundleManifest manifest = manifest(version.bundle());
    if (!manifest.fingerprint().equals(version.fingerprint())) {
      throw UserError.data(
          "Cannot use "
              + version.inWords()
              + ": another bundle ("
              + manifest.fingerprint().brief()
              + ") stands at "
              + version.bundle()
              + " now. Register it as a version of its own.");
    }
    verifyFiles(version.bundle(), manifest);
  }

  private static BundleManifest manifest(String place) {
    String path = Storage.below(place, "manifest.json");
    if (!Storage.exists(path)) {
      throw UserError.missing(
          "Cannot use the bundle "
              + place
              + ": there is no manifest.json, so it is no bundle, or one that was never finished.");
    }
    byte[] json = Storage.read(path);
    try {
      int version = CanonicalJson.tree(json).path("spec_version").asInt(-1);
      if (version != BundleManifest.SPEC_VERSION) {
        throw UserError.data(
            "Cannot use the bundle "
                + place
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
          "Cannot use the bundle " + place + ": its manifest is damaged (" + e.getMessage() + ").",
          e);
    }
  }

  private static void verifyFiles(String place, BundleManifest manifest) {
    for (ArtefactFile file : manifest.files()) {
      String path = Storage.below(place, file.path());
      if (!Storage.exists(path) || !Storage.fingerprint(path).equals(file.sha256())) {
        throw UserError.data(
            "Cannot use the bundle "
                + place
                + ": "
                + file.path()
                + " is missing or not the file that was published.");
      }
    }
  }

  private static Optional<Fingerprint> input(BundleManifest manifest, String role) {
    return manifest.provenance().inputs().stream()
        .filter(input -> input.role().equals(role))
        .map(Provenance.Input::fingerprint)
        .findFirst();
  }
}
