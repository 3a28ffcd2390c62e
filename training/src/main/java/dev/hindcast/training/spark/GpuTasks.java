package dev.hindcast.training.spark;

import dev.hindcast.training.learner.Device;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ExecutorResourceRequests;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * Tasks that compute on a GPU of their own: Spark hands each of them one, so that two trials on one
 * machine never meet on the same device.
 */
final class GpuTasks {
  private static final String GPU = "gpu";
  private static final String AMOUNT = "spark.executor.resource.gpu.amount";
  private static final String SCRIPT = "spark.executor.resource.gpu.discoveryScript";
  private static final String VENDOR = "spark.executor.resource.gpu.vendor";

  private GpuTasks() {}

  /** The number of the GPU that Spark gave to the running task; none outside a task or without. */
  static OptionalInt assigned() {
    TaskContext task = TaskContext.get();
    ResourceInformation gpu = task == null ? null : task.resourcesJMap().get(GPU);
    return gpu == null || gpu.addresses().length == 0
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(gpu.addresses()[0]));
  }

  /**
   * What a stage that trains on these devices needs beyond the session's defaults: a GPU for each
   * task, if one must have one and the cluster can give it for a single stage.
   *
   * @param progress told when GPUs are wanted that Spark does not hand out
   */
  static Optional<ResourceProfile> profile(
      JavaSparkContext context, List<Device> devices, Consumer<String> progress) {
    SparkConf conf = context.getConf();
    boolean isLocal = context.master().matches("local(\\[.*)?");
    if (isLocal
        || !devices.contains(Device.GPU)
        || conf.contains("spark.task.resource.gpu.amount")) {
      return Optional.empty(); // with the last every task has one anyway
    }
    if (!conf.contains(AMOUNT)) {
      progress.accept(
          "Spark hands out no GPUs ("
              + AMOUNT
              + " is not set), so every task takes the first one of its machine. docs/guide/gpu-executors.md has the settings.");
      return Optional.empty();
    }
    ResourceProfileBuilder profile = new ResourceProfileBuilder();
    profile.require(
        new TaskResourceRequests().cpus(conf.getInt("spark.task.cpus", 1)).resource(GPU, 1));
    if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
      // executors for this stage alone; without dynamic allocation it uses those there are
      profile.require(
          new ExecutorResourceRequests()
              .cores(conf.getInt("spark.executor.cores", 1))
              .resource(GPU, conf.getInt(AMOUNT, 1), conf.get(SCRIPT, ""), conf.get(VENDOR, "")));
    }
    return Optional.of(profile.build());
  }
}
