package dev.hindcast.serving.scorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.serving.Bundles;
import dev.hindcast.serving.Shop;
import dev.hindcast.serving.registry.Alias;
import dev.hindcast.serving.registry.Objection;
import dev.hindcast.serving.registry.Promotion;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Registry;
import dev.hindcast.serving.registry.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivePolicyTest {
  @TempDir private Path folder;
  private RegisteredPolicy shop;

  @BeforeEach
  void open() {
    shop = registered();
  }

  private RegisteredPolicy registered() {
    return Registry.at(folder.resolve("registry").toString()).policy("shop");
  }

  private Version promoted(String name, double p) {
    Version version =
        shop.register(
            Bundles.write(folder.resolve(name), p, Optional.empty()).toString(),
            Optional.empty(),
            "ann");
    shop.promote(
        new Promotion(
            version.number(),
            Optional.empty(),
            Optional.empty(),
            Set.of(Objection.NO_REPORT),
            "a test",
            "ann",
            Optional.empty()));
    return version;
  }

  private LivePolicy live() {
    return LivePolicy.of(
        registered(),
        Alias.CHAMPION,
        Bundles.loader(),
        (bundle, version) ->
            PolicyScorer.of(bundle, version, Shop.mapping(Shop.INGEST), false, Behavior.DEFAULT));
  }

  private static double second(LivePolicy live) {
    return live.current().decide(List.of(Shop.request()), List.of("a")).get(0).probabilities()[1];
  }

  @Test
  void followsTheChampionBackAndForth() {
    promoted("one", 0.1);
    LivePolicy live = live();
    assertThat(second(live)).isEqualTo(0.1);
    assertThat(live.look()).as("no news").isFalse();
    promoted("two", 0.2);
    assertThat(second(live)).as("before it looks").isEqualTo(0.1);
    assertThat(live.look()).isTrue();
    assertThat(second(live)).isEqualTo(0.2);
    assertThat(live.current().version().number()).contains(2);
    shop.rollback(Optional.empty(), Optional.empty(), "", "bob");
    assertThat(live.look()).isTrue();
    assertThat(second(live)).isEqualTo(0.1);
    assertThat(live.current().version().generation()).contains(3);
    assertThat(live.swaps()).isEqualTo(2);
    assertThat(live.refusal()).isEmpty();
  }

  @Test
  void aBrokenVersionIsRefusedAndTheOldOneGoesOn() throws IOException {
    promoted("one", 0.1);
    LivePolicy live = live();
    promoted("two", 0.2);
    Files.writeString(folder.resolve("two/content.json"), "0.9\n");
    assertThat(live.look()).as("a new reason").isTrue();
    assertThat(second(live)).isEqualTo(0.1);
    assertThat(live.refusal().orElseThrow())
        .contains("content.json is not the file that was published");
    assertThat(live.look()).as("the same reason").isFalse();
    promoted("three", 0.3);
    assertThat(live.look()).isTrue();
    assertThat(second(live)).isEqualTo(0.3);
    assertThat(live.refusal()).isEmpty();
  }

  @Test
  void aVersionWhoseFilesComeBackIsTakenAfterAll() throws IOException {
    promoted("one", 0.1);
    LivePolicy live = live();
    promoted("two", 0.2);
    Path content = folder.resolve("two/content.json");
    byte[] before = Files.readAllBytes(content);
    Files.delete(content);
    live.look();
    Files.write(content, before);
    for (int i = 0; i < 30 && live.refusal().isPresent(); i++) {
      live.look();
    }
    assertThat(live.refusal()).isEmpty();
    assertThat(second(live)).isEqualTo(0.2);
  }

  @Test
  void anotherBundleAtTheSamePlaceIsRefused() throws IOException {
    promoted("one", 0.1);
    Path other = Bundles.write(folder.resolve("other"), 0.5, Optional.empty());
    LivePolicy live = live();
    promoted("two", 0.2);
    for (String file : List.of("manifest.json", "content.json")) {
      Files.copy(
          other.resolve(file),
          folder.resolve("two").resolve(file),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    live.look();
    assertThat(live.refusal().orElseThrow()).contains("another bundle (");
    assertThat(second(live)).isEqualTo(0.1);
  }

  @Test
  void withoutAChampionThereIsNothingToServe() {
    assertThatThrownBy(this::live)
        .hasMessage(
            "Cannot serve the champion of shop: it has none yet. Promote a version first (hindcast promote).");
  }

  /** Whoever asks gets an answer by one version: probability and name always belong together. */
  @Test
  void swapsAreNeverSeenHalfway() throws Exception {
    Version one = promoted("one", 0.1);
    Version two = promoted("two", 0.2);
    LivePolicy live = live();
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean torn = new AtomicBoolean();
    Thread asking =
        new Thread(
            () -> {
              while (!done.get()) {
                Decision decision =
                    live.current().decide(List.of(Shop.request()), List.of("a")).get(0);
                Fingerprint expected =
                    decision.probabilities()[1] == 0.1 ? one.fingerprint() : two.fingerprint();
                if (!decision.version().fingerprint().equals(expected)) {
                  torn.set(true);
                }
              }
            });
    asking.start();
    for (int i = 0; i < 20; i++) {
      shop.rollback(Optional.empty(), Optional.empty(), "", "bob");
      live.look();
      shop.promote(
          new Promotion(
              two.number(),
              Optional.empty(),
              Optional.empty(),
              Set.of(Objection.NO_REPORT),
              "again",
              "ann",
              Optional.empty()));
      live.look();
    }
    done.set(true);
    asking.join();
    assertThat(torn).isFalse();
    assertThat(live.swaps()).isEqualTo(40);
  }
}
