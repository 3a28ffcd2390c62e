package dev.hindcast.offlinerl.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Bundles of earlier builds keep loading. Those of 0.1.0 were written by the build of commit
 * 5f75fc4 (format hindcast-mlp-1, two hidden layers, parameters drawn with seed 1); the numbers
 * here are what that build computed with them.
 */
class OlderBundlesTest {
  private static final double[] PROBABILITIES = {
    0.3975143322463605, 0.43626571817311965, 0.16621994958051978,
    0.731392362450399, 0.0, 0.2686076375496011,
    0.0, 0.7329070251348873, 0.26709297486511274,
    0.5315666883599838, 0.4684333116400163, 0.0,
    0.0, 0.0, 1.0,
    0.3987191209772776, 0.4339024359611714, 0.16737844306155117
  };
  private static final double[] VALUES = {
    0.2379368394613266, 0.3309573531150818, -0.633982241153717,
    0.11575767397880554, 0.19371286034584045, -0.885940670967102,
    0.21691200137138367, 0.20812836289405823, -0.801293671131134,
    0.23527979850769043, 0.10884488373994827, -0.9486789703369141,
    0.1652785837650299, 0.18250226974487305, -0.8836011290550232,
    0.21783547103405, 0.3023979663848877, -0.6501643657684326
  };

  @Test
  void policyOfTheFirstFormatActsAsItDid() {
    Bundle bundle = load("policy");
    assertThat(bundle.manifest().format()).isEqualTo("hindcast-mlp-1");
    assertThat(bundle.policy().orElseThrow().categorical(sample()).probabilities())
        .containsExactly(PROBABILITIES, within(1e-15));
  }

  @Test
  void qFunctionOfTheFirstFormatPredictsAsItDid() {
    assertThat(load("q-function").qFunction().orElseThrow().values(sample()))
        .containsExactly(VALUES);
  }

  private static Bundle load(String name) {
    try {
      return new BundleLoader(NeuralBundleFormat.all())
          .load(Path.of(OlderBundlesTest.class.getResource("/artefacts/0.1.0/" + name).toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Decisions sample() {
    float[] numeric = {20, 50, 35.5f, 61, 50, 70, 64, 82.25f, 71, 90, 49, 55};
    boolean[] mask = {
      true, true, true, true, false, true, false, true, true, true, true, false, false, false, true,
      true, true, true
    };
    return new Decisions(6, numeric, new int[] {0, 1, 2, 3, 1, 2}, mask, new String[6], new int[6]);
  }
}
