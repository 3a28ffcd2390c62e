package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.training.algorithm.Algorithm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AlgorithmsTest {
  @Test
  void entriesTravelToExecutors() throws IOException, ClassNotFoundException {
    for (Algorithm entry :
        Stream.concat(Algorithms.all().stream(), Algorithms.streamed().stream()).toList()) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(entry);
      }
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        assertThat(in.readObject()).isSameAs(entry);
      }
    }
  }

  @Test
  void judgeOfPoliciesIsFittedQEvaluation() {
    assertThat(Algorithms.catalogue().judge())
        .contains(Algorithms.named("fitted-q-evaluation").orElseThrow());
  }
}
