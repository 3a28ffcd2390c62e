package dev.hindcast.offlinerl.network.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import dev.hindcast.core.config.UserError;
import java.util.Optional;

/** Loads PyTorch once per process: from the class path, never from the network. */
final class Natives {
  private Natives() {}

  static Engine engine() {
    return Holder.engine();
  }

  /** The engine where it can be loaded. */
  static Optional<Engine> loaded() {
    return Optional.ofNullable(Holder.ENGINE);
  }

  private static final class Holder {
    private static final Engine ENGINE;
    private static final Throwable FAILURE;

    static {
      setUnlessSet("OPT_OUT_TRACKING", "true");
      setUnlessSet("ai.djl.offline", "true");
      setUnlessSet("ai.djl.pytorch.num_threads", "1");
      setUnlessSet("ai.djl.pytorch.num_interop_threads", "1");
      Engine engine = null;
      Throwable failure = null;
      try {
        engine = Engine.getEngine("PyTorch");
      } catch (EngineException | IllegalStateException | LinkageError e) {
        failure = e;
      }
      ENGINE = engine;
      FAILURE = failure;
    }

    static Engine engine() {
      if (ENGINE == null) {
        throw new UserError(
            UserError.Kind.RESOURCES,
            "Cannot load PyTorch: "
                + FAILURE.getMessage()
                + " The jars pytorch-native-cpu and pytorch-jni must be on the class path, and the folder named by DJL_CACHE_DIR (the home folder by default) writable.",
            FAILURE);
      }
      return ENGINE;
    }

    private static void setUnlessSet(String key, String value) {
      if (System.getProperty(key) == null) {
        System.setProperty(key, value);
      }
    }
  }
}
