package dev.hindcast.core.artefact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArtefactTest {
  record Sample(String behaviorPolicy, Optional<Double> knownValue, Map<String, Integer> counts) {}

  @Test
  void equalValuesGiveEqualBytes() {
    Map<String, Integer> forward = new LinkedHashMap<>();
    forward.put("a", 1);
    forward.put("b", 2);
    Map<String, Integer> backward = new LinkedHashMap<>();
    backward.put("b", 2);
    backward.put("a", 1);
    String text = CanonicalJson.text(new Sample("x", Optional.empty(), forward));
    assertThat(text).isEqualTo(CanonicalJson.text(new Sample("x", Optional.empty(), backward)));
    assertThat(text)
        .contains("\"behavior_policy\" : \"x\"")
        .doesNotContain("known_value")
        .endsWith("}\n");
    assertThat(
            CanonicalJson.read(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8), Sample.class))
        .isEqualTo(new Sample("x", Optional.empty(), forward));
  }

  @Test
  void fingerprintIsTheSha256OfTheContent() {
    // sha256sum of the three bytes "abc", FIPS 180-2 appendix B.1
    assertThat(Fingerprint.of("abc".getBytes(java.nio.charset.StandardCharsets.UTF_8)).value())
        .isEqualTo("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThatThrownBy(() -> new Fingerprint("sha256:12"))
        .hasMessageContaining("is not a fingerprint");
  }

  @Test
  void pathsNeverLeadOutOfAnArtefact() {
    Fingerprint any = Fingerprint.of(new byte[0]);
    for (String path : new String[] {"/etc/passwd", "../x", "a/../../x", "", "c:\\x", "file:x"}) {
      assertThatThrownBy(() -> new ArtefactFile(path, 0, any))
          .hasMessageContaining("not a path inside an artefact");
    }
  }

  @Test
  void rowsThatDoNotAddUpAreRefused() {
    assertThatThrownBy(() -> new RowAccount(10, 8, Map.of("gap-in-steps", 1L)))
        .hasMessageContaining("read 10, kept 8, quarantined 1");
  }

  @Test
  void stableHashNeverChanges() {
    // Frozen on 2026-11-22: splits and bootstrap draws of published reports rest on these numbers.
    assertThat(StableHash.of("episode-1")).isEqualTo(HASH_OF_EPISODE_1);
    assertThat(StableHash.uniform(1, 2)).isEqualTo(UNIFORM_1_2);
  }

  private static final long HASH_OF_EPISODE_1 = -7538915376822299202L;
  private static final double UNIFORM_1_2 = 0.579603876418558;

  @Test
  void stableHashSpreadsEvenly() {
    int below = 0;
    for (int i = 0; i < 100_000; i++) {
      below +=
          StableHash.uniform(StableHash.of("salt"), StableHash.of(Integer.toString(i))) < 0.3
              ? 1
              : 0;
    }
    assertThat(below).isBetween(29_400, 30_600); // four standard deviations
  }
}
