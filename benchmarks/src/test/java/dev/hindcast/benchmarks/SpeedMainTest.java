package dev.hindcast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.djl.DjlNetworks;
import dev.hindcast.training.learner.Device;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SpeedMainTest {
  private static final int ROWS = 1000;

  @Test
  void everyAlgorithmOfTheCatalogueIsTimed() throws IOException {
    List<String> offered = List.of(answers("").get(0).split(" "));

    assertThat(offered.stream().map(name -> name.replaceAll("-discrete$", "")))
        .containsAll(Algorithms.all().stream().map(Algorithms.Entry::name).toList());
    String requests = offered.stream().map(name -> name + " 2\n").collect(Collectors.joining());
    List<String> answers = answers(requests);
    assertThat(answers).hasSize(1 + offered.size());
    assertThat(answers.stream().skip(1).mapToDouble(Double::parseDouble))
        .allSatisfy(seconds -> assertThat(seconds).isPositive());
  }

  @Test
  void moreUpdatesTakeLonger() throws IOException {
    List<String> answers =
        answers(
            "behavior-cloning-discrete 5\nbehavior-cloning-discrete 5\nbehavior-cloning-discrete 200\n");

    assertThat(Double.parseDouble(answers.get(3)))
        .isGreaterThan(3 * Double.parseDouble(answers.get(2)));
  }

  @Test
  void unknownBackendIsNamed() {
    assertThatThrownBy(() -> SpeedMain.main(new String[] {"abacus"}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no backend \"abacus\"");
  }

  private static List<String> answers(String requests) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Networks networks = DjlNetworks.on(Device.CPU)) {
      SpeedMain.answer(
          new BufferedReader(new StringReader(requests)),
          new PrintStream(out, true, StandardCharsets.UTF_8),
          networks,
          ROWS);
    }
    return Arrays.asList(out.toString(StandardCharsets.UTF_8).strip().split("\n"));
  }
}
