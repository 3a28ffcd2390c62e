package dev.hindcast.offlinerl.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.training.head.Head;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrozenProductTest {
  @Test
  void numbersOfAProductPutTheirMomentIntoALaterOne() {
    FrozenProduct early = residual(1);
    FrozenProduct late = residual(1000);
    FrozenProduct found = late.with(early.numbers());
    assertThat(found.head()).isEqualTo(late.head());
    assertThat(found.networks().keySet()).containsExactly("base", "policy");
    for (String role : List.of("base", "policy")) {
      assertThat(found.networks().get(role).architecture())
          .isEqualTo(early.networks().get(role).architecture());
      assertThat(found.networks().get(role).parameters())
          .containsExactly(early.networks().get(role).parameters());
    }
    assertThat(found.vectors().get("spread")).containsExactly(early.vectors().get("spread"));
  }

  /** Two networks of different sizes and a vector, filled with a count. */
  private static FrozenProduct residual(int first) {
    int next = first;
    Architecture base = Architecture.of(ObservationSpace.ofNumbers(2), 8, List.of(3), 1);
    Architecture policy = Architecture.of(ObservationSpace.ofNumbers(2), 8, List.of(5), 2);
    float[] ofBase = new float[base.parameterCount()];
    float[] ofPolicy = new float[policy.parameterCount()];
    for (float[] numbers : List.of(ofBase, ofPolicy)) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = next++;
      }
    }
    return new FrozenProduct(
        new Head.Residual(0.5),
        Map.of(
            "base", new FrozenProduct.Weights(base, ofBase),
            "policy", new FrozenProduct.Weights(policy, ofPolicy)),
        Map.of("spread", new float[] {next, next + 1}));
  }
}
