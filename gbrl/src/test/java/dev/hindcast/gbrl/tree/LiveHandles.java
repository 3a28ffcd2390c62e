package dev.hindcast.gbrl.tree;

/** How much native memory is held, for tests of other packages. */
public final class LiveHandles {
  private LiveHandles() {}

  /** The number of open handles in this process. */
  public static int count() {
    return Native.live();
  }
}
