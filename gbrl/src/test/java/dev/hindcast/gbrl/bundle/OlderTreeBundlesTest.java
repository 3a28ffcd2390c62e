package dev.hindcast.gbrl.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.BundleLoader;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Bundles of earlier builds keep loading, and need neither Spark nor native code for it. That of
 * 0.1.0 was written by the build that brought the format; the numbers here are what that build
 * computed with it.
 */
class OlderTreeBundlesTest {
  private static final double[] PROBABILITIES = {
    0.008629518604481237, 0.4286770321680091, 0.010169621599915597, 0.552523827627594,
    0.0, 0.0017532550259928982, 0.0, 0.9982467449740071,
    0.5505964928470001, 0.002090025003256222, 0.44731348214974365, 0.0,
    0.032506818209481966, 0.04824442725024371, 0.4068258946214524, 0.5124228599188219
  };

  @Test
  void policyOfTheFirstFormatActsAsItDid() {
    assertThat(
            new BundleLoader(TreeBundleFormat.all())
                .load(golden())
                .policy()
                .orElseThrow()
                .categorical(sample())
                .probabilities())
        .containsExactly(PROBABILITIES, within(1e-15));
  }

  @Test
  void loadsAndActsWhereThereIsNeitherSparkNorXgboost() throws Exception {
    try (URLClassLoader bare =
        new URLClassLoader(withoutEngines(), ClassLoader.getPlatformClassLoader())) {
      assertThatThrownBy(() -> bare.loadClass("org.apache.spark.SparkContext"))
          .isInstanceOf(ClassNotFoundException.class);
      assertThatThrownBy(() -> bare.loadClass("ml.dmlc.xgboost4j.java.XGBoostJNI"))
          .isInstanceOf(ClassNotFoundException.class);
      Object found =
          bare.loadClass(Serving.class.getName())
              .getMethod("probabilities", String.class)
              .invoke(null, golden().toString());
      assertThat((double[]) found).containsExactly(PROBABILITIES, within(1e-15));
    }
  }

  /** What runs in the class loader of its own. */
  public static final class Serving {
    private Serving() {}

    /** What the policy in a folder does with the sample. */
    public static double[] probabilities(String folder) {
      return new BundleLoader(TreeBundleFormat.all())
          .load(Path.of(folder))
          .policy()
          .orElseThrow()
          .categorical(sample())
          .probabilities();
    }
  }

  private static URL[] withoutEngines() {
    List<String> engines = List.of("spark", "hadoop", "xgboost", "kryo", "scala");
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(
            path -> {
              String file = Path.of(path).getFileName().toString();
              return engines.stream().noneMatch(file::contains);
            })
        .map(OlderTreeBundlesTest::url)
        .toArray(URL[]::new);
  }

  private static URL url(String path) {
    try {
      return Path.of(path).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path golden() {
    try {
      return Path.of(
          OlderTreeBundlesTest.class.getResource("/artefacts/0.1.0/trees-policy").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Decisions sample() {
    float nan = Float.NaN;
    boolean[] mask = {
      true, true, true, true, false, true, false, true, true, true, true, false, true, true, true,
      true
    };
    return new Decisions(
        4,
        new float[] {-2, 0.5f, nan, 3, 1, nan, 4, -4},
        new int[] {0, 1, 4, 7},
        mask,
        new String[4],
        new int[4]);
  }
}
