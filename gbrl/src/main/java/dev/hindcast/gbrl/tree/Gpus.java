package dev.hindcast.gbrl.tree;

import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ml.dmlc.xgboost4j.java.XGBoostJNI;

/** The GPUs that trees can grow on in this process. */
public final class Gpus {
  /** No machine has that many. */
  private static final String BEYOND_ALL = "cuda:9999";

  private static final Pattern VISIBLE = Pattern.compile("Only (\\d+) GPUs are visible");

  private Gpus() {}

  /**
   * How many there are, numbered from 0; none where the library was built for CPUs only, or where
   * there is no driver.
   *
   * @throws LinkageError when the library cannot be loaded
   */
  public static int visible() {
    return Found.COUNT;
  }

  private static final class Found {
    static final int COUNT = count(quietly(Gpus::refusal));
  }

  /**
   * What the library says to a GPU that cannot be there. It has no call that counts them; its own
   * for choosing one ends the process where it was built for CPUs only. Asked to be strict, it says
   * how many it sees; where it sees none, or was built without, it takes the CPU with a warning in
   * its log.
   */
  private static String refusal() {
    long[] made = new long[1];
    Native.check("make an ensemble", XGBoostJNI.XGBoosterCreate(new long[0], made));
    try (Native.Handle handle = new Native.Handle("ensemble", made[0], XGBoostJNI::XGBoosterFree)) {
      set(handle, "num_feature", "1");
      set(handle, "base_score", "0");
      set(handle, "fail_on_invalid_gpu_id", "true");
      set(handle, "device", BEYOND_ALL);
      // counting rounds makes the library look at what it was told
      return XGBoostJNI.XGBoosterGetNumBoostedRound(handle.address(), new int[1]) == 0
          ? ""
          : XGBoostJNI.XGBGetLastError();
    }
  }

  /** Without a line in the library's log, which would tell every training of a missing GPU. */
  private static String quietly(Supplier<String> question) {
    String[] before = new String[1];
    Native.check("read its settings", XGBoostJNI.XGBGetGlobalConfig(before));
    Native.check("be quiet", XGBoostJNI.XGBSetGlobalConfig("{\"verbosity\": 0}"));
    try {
      return question.get();
    } finally {
      Native.check("put its settings back", XGBoostJNI.XGBSetGlobalConfig(before[0]));
    }
  }

  private static void set(Native.Handle handle, String name, String value) {
    Native.check(
        "set " + name + " to " + value,
        XGBoostJNI.XGBoosterSetParam(handle.address(), name, value));
  }

  /** How many GPUs a refusal speaks of. */
  static int count(String refusal) {
    Matcher matcher = VISIBLE.matcher(refusal);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
