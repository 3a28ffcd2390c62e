package dev.hindcast.serving.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.serving.Bundles;
import dev.hindcast.serving.registry.RegisteredPolicy.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-23T08:00:00Z"));

  @TempDir private Path folder;
  private RegisteredPolicy shop;

  @BeforeEach
  void open() {
    shop = again();
  }

  /** As another process would open it. */
  private RegisteredPolicy again() {
    return Registry.at(folder.resolve("registry").toString(), CLOCK).policy("shop");
  }

  private Version registered(String name, double content) {
    return shop.register(bundle(name, content), Optional.empty(), "ann");
  }

  private String bundle(String name, double content) {
    return Bundles.write(folder.resolve(name), content, Optional.empty()).toString();
  }

  private String report(Version version) {
    return Reports.publish(
            folder.resolve("report-" + version.number()),
            Reports.good(version.name(), version.fingerprint()))
        .toString();
  }

  private RegisteredPolicy.Result promote(Version version) {
    return shop.promote(Promotion.by("ann", version.number(), report(version)));
  }

  private static UserError.Kind kind(Throwable error) {
    return ((UserError) error).kind();
  }

  @Test
  void sameWeightsHaveOneNumber() {
    Version first = registered("one", 1);
    assertThat(first.number()).isEqualTo(1);
    assertThat(registered("two", 2).number()).isEqualTo(2);
    assertThat(again().register(first.bundle(), Optional.empty(), "bob")).isEqualTo(first);
    assertThat(again().versions()).hasSize(2);
    assertThat(Registry.at(folder.resolve("registry").toString()).policies())
        .containsExactly("shop");
  }

  @Test
  void registrationAtOnceLeavesOneNumberForEachBundle() throws Exception {
    List<String> bundles = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      bundles.add(bundle("b" + i, i));
    }
    List<Version> versions =
        atOnce(15, i -> again().register(bundles.get(i % 5), Optional.empty(), "w" + i));
    assertThat(again().versions()).extracting(Version::number).containsExactly(1, 2, 3, 4, 5);
    for (int i = 0; i < 15; i++) {
      assertThat(versions.get(i)).isEqualTo(versions.get(i % 5));
    }
  }

  @Test
  void promotionIsRecordedWithWhatJustifiedIt() {
    Version one = registered("one", 1);
    RegisteredPolicy.Result result = promote(one);
    assertThat(result.outcome()).isEqualTo(Outcome.MOVED);
    Generation generation = again().generation().orElseThrow();
    assertThat(generation.number()).isEqualTo(1);
    assertThat(generation.at()).isEqualTo("2026-11-23T08:00:00Z");
    assertThat(generation.by()).isEqualTo("ann");
    assertThat(generation.aliases()).isEqualTo(Map.of("champion", 1));
    Justification.Evaluation evaluation = generation.justification().report().orElseThrow();
    assertThat(evaluation.decision()).isEqualTo("promote");
    assertThat(evaluation.value()).contains(0.8);
    assertThat(again().version(Alias.CHAMPION)).contains(one);
  }

  @Test
  void promotingTheChampionAgainChangesNothing() {
    Version one = registered("one", 1);
    promote(one);
    assertThat(promote(one).outcome()).isEqualTo(Outcome.ALREADY_THERE);
    assertThat(again().history()).hasSize(1);
  }

  @Test
  void rollbackRestoresTheFormerChampion() {
    Version one = registered("one", 1);
    Version two = registered("two", 2);
    Version three = registered("three", 3);
    promote(one);
    promote(two);
    promote(three);
    assertThat(shop.rollback(Optional.empty(), Optional.empty(), "sales fell", "bob").version())
        .isEqualTo(two);
    assertThat(shop.rollback(Optional.empty(), Optional.empty(), "", "bob").version())
        .as("further back, not forth again")
        .isEqualTo(one);
    assertThatThrownBy(() -> shop.rollback(Optional.empty(), Optional.empty(), "", "bob"))
        .hasMessage("Cannot roll back shop: no champion came before version 1.")
        .extracting(RegistryTest::kind)
        .isEqualTo(UserError.Kind.GATE);
    assertThat(again().history())
        .extracting(generation -> generation.move().key() + " " + generation.version())
        .containsExactly("promote 1", "promote 2", "promote 3", "rollback 2", "rollback 1");
  }

  @Test
  void rollbackGoesToAnyEarlierChampionButNoOther() {
    Version one = registered("one", 1);
    promote(one);
    promote(registered("two", 2));
    promote(registered("three", 3));
    registered("four", 4);
    assertThatThrownBy(() -> shop.rollback(Optional.of(4), Optional.empty(), "", "bob"))
        .hasMessage("Cannot roll back shop to version 4: it was not champion before.");
    assertThat(shop.rollback(Optional.of(1), Optional.empty(), "", "bob").version()).isEqualTo(one);
  }

  @Test
  void aReportThatWasUsedDoesNotUndoARollback() {
    Version one = registered("one", 1);
    Version two = registered("two", 2);
    promote(one);
    promote(two);
    shop.rollback(Optional.empty(), Optional.empty(), "", "bob");
    assertThatThrownBy(() -> promote(two))
        .hasMessageContaining(
            "this very report made it champion in generation 2 already, and it was replaced since")
        .extracting(RegistryTest::kind)
        .isEqualTo(UserError.Kind.GATE);
  }

  @Test
  void olderDataIsRefusedAndSoIsDataOfUnknownAge() {
    Version newer =
        shop.register(
            bundle("newer", 1), Optional.of(DataWindow.parse("2026-11-08/2026-11-15")), "ann");
    Version older =
        shop.register(
            bundle("older", 2), Optional.of(DataWindow.parse("2026-11-01/2026-11-08")), "ann");
    Version unknown = registered("unknown", 3);
    promote(newer);
    assertThatThrownBy(() -> promote(older))
        .hasMessageContaining(
            "its data is from 2026-11-01 to 2026-11-08, older than the champion's, from 2026-11-08 to"
                + " 2026-11-15")
        .hasMessageEndingWith("--force older-window --reason WORDS.")
        .extracting(RegistryTest::kind)
        .isEqualTo(UserError.Kind.GATE);
    assertThatThrownBy(() -> promote(unknown))
        .hasMessageContaining("nothing says which time its data is from");
  }

  @Test
  void forcingNeedsTheNameOfTheObjectionAndAReasonAndIsRecorded() {
    Version one = registered("one", 1);
    Promotion unnamed =
        new Promotion(
            1,
            Optional.empty(),
            Optional.empty(),
            Set.of(Objection.VERDICT),
            "must go",
            "ann",
            Optional.empty());
    assertThatThrownBy(() -> shop.promote(unnamed)).hasMessageContaining("no report was named");
    Promotion silent =
        new Promotion(
            1,
            Optional.empty(),
            Optional.empty(),
            Set.of(Objection.NO_REPORT, Objection.OLDER_WINDOW),
            " ",
            "ann",
            Optional.empty());
    assertThatThrownBy(() -> shop.promote(silent))
        .hasMessage("Cannot overrule no-report without a reason. Say why (--reason).");
    Promotion named =
        new Promotion(
            1,
            Optional.empty(),
            Optional.empty(),
            Set.of(Objection.NO_REPORT, Objection.OLDER_WINDOW),
            "first day",
            "ann",
            Optional.empty());
    assertThat(shop.promote(named).version()).isEqualTo(one);
    Justification why = again().generation().orElseThrow().justification();
    assertThat(why.basis()).isEqualTo(Justification.Basis.CHOICE);
    assertThat(why.forced()).as("what stood in the way, nothing else").containsExactly("no-report");
    assertThat(why.reason()).isEqualTo("first day");
  }

  @Test
  void whatWasDecidedOnAnOlderGenerationIsAConflict() {
    Version one = registered("one", 1);
    Version two = registered("two", 2);
    promote(one);
    Promotion late =
        new Promotion(
            two.number(),
            Optional.of(report(two)),
            Optional.empty(),
            Set.of(),
            "",
            "bob",
            Optional.of(0));
    assertThatThrownBy(() -> shop.promote(late))
        .hasMessage(
            "Cannot move an alias of shop: ann made generation 1 meanwhile (champion is version 1). Look"
                + " at it, then decide again.")
        .extracting(RegistryTest::kind)
        .isEqualTo(UserError.Kind.CONFLICT);
  }

  @Test
  void anAlteredBundleIsRefused() throws IOException {
    Version one = registered("one", 1);
    Files.writeString(folder.resolve("one/content.json"), "3.0\n");
    assertThatThrownBy(() -> promote(one))
        .hasMessageContaining("content.json is missing or not the file that was published");
    Bundles.write(folder.resolve("three"), 3, Optional.empty());
    Files.copy(
        folder.resolve("three/manifest.json"),
        folder.resolve("one/manifest.json"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> promote(one)).hasMessageContaining("another bundle (");
  }

  @Test
  void anAlteredHistoryIsNotTrusted() throws IOException {
    promote(registered("one", 1));
    promote(registered("two", 2));
    Path first = folder.resolve("registry/shop/generations/000000001.json");
    Files.writeString(first, Files.readString(first).replace("\"ann\"", "\"eve\""));
    assertThatThrownBy(() -> again().history())
        .hasMessageContaining("generation 1 is not the one that generation 2 was made from");
  }

  @Test
  void aChallengerNeedsNoReportAndStopsBeingOneWhenPromoted() {
    Version one = registered("one", 1);
    Version two = registered("two", 2);
    promote(one);
    shop.challenge(two.number(), "try it", "ann");
    assertThat(again().version(Alias.CHALLENGER)).contains(two);
    assertThat(again().version(Alias.CHAMPION)).contains(one);
    promote(two);
    assertThat(again().generation().orElseThrow().aliases()).isEqualTo(Map.of("champion", 2));
  }

  @Test
  void guardrailsAdvanceToDescendantsOnly() {
    Version one = registered("one", 1);
    Version stranger = registered("stranger", 2);
    Version child =
        shop.register(
            Bundles.write(folder.resolve("child"), 3, Optional.of(one.fingerprint())).toString(),
            Optional.empty(),
            "stream");
    Version grandchild =
        shop.register(
            Bundles.write(folder.resolve("grandchild"), 4, Optional.of(child.fingerprint()))
                .toString(),
            Optional.empty(),
            "stream");
    assertThatThrownBy(() -> shop.advance(child.number(), 0, "", "stream"))
        .hasMessageContaining("it has no champion to go on from");
    promote(one);
    assertThatThrownBy(() -> shop.advance(stranger.number(), 1, "", "stream"))
        .hasMessageContaining("it does not descend from the champion, version 1 (one, ");
    assertThat(shop.advance(grandchild.number(), 1, "divergence 0.01", "stream").version())
        .isEqualTo(grandchild);
    assertThatThrownBy(() -> shop.advance(child.number(), 1, "", "stream"))
        .extracting(RegistryTest::kind)
        .isEqualTo(UserError.Kind.CONFLICT);
    assertThat(shop.hasMovedSince(1)).isTrue();
    assertThat(shop.hasMovedSince(2)).isFalse();
  }

  @Test
  void sixteenPromotionsAtOnceHaveOneWinnerInEachGeneration() throws Exception {
    List<Version> versions = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      versions.add(registered("v" + i, i));
      report(versions.get(i));
    }
    for (int round = 1; round <= 5; round++) {
      int newest = round - 1;
      List<Boolean> won =
          atOnce(
              16,
              i -> {
                Version version = versions.get(i);
                Promotion promotion =
                    new Promotion(
                        version.number(),
                        Optional.of(folder.resolve("report-" + version.number()).toString()),
                        Optional.empty(),
                        Set.of(Objection.OLDER_REPORT),
                        "round",
                        "w" + i,
                        Optional.of(newest));
                try {
                  return again().promote(promotion).outcome() == Outcome.MOVED;
                } catch (UserError e) {
                  assertThat(e.kind()).isEqualTo(UserError.Kind.CONFLICT);
                  return false;
                }
              });
      assertThat(won).filteredOn(mine -> mine).hasSize(1);
      assertThat(again().history()).hasSize(round);
      assertThat(again().generation().orElseThrow().by()).isEqualTo("w" + won.indexOf(true));
    }
  }

  @Test
  void nothingUnderANameThatIsAPath() {
    assertThatThrownBy(() -> Registry.at(folder.toString()).policy("../other"))
        .hasMessageContaining("Cannot look up policy '../other'");
  }

  private interface Attempt<T> {
    T of(int index) throws Exception;
  }

  /** All of them at the same moment, in threads. */
  private static <T> List<T> atOnce(int times, Attempt<T> attempt) throws Exception {
    CyclicBarrier start = new CyclicBarrier(times);
    ExecutorService threads = Executors.newFixedThreadPool(times);
    try {
      List<Callable<T>> calls = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        int index = i;
        calls.add(
            () -> {
              start.await();
              return attempt.of(index);
            });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(calls)) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdown();
    }
  }
}
