package dev.hindcast.core.artefact;

import java.nio.charset.StandardCharsets;

/**
 * Hashes that will never change, on any machine: splits and bootstrap draws depend on them, and so
 * does every published figure.
 *
 * <p>Texts: FNV-1a of the UTF-8 bytes (Fowler, Noll, Vo), 64 bits. Numbers: the finaliser of
 * SplitMix64 (Steele, Lea, Flood 2014).
 */
public final class StableHash {
  private StableHash() {}

  /** The hash of a text. */
  public static long of(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /** One well-stirred number out of two. */
  public static long combine(long a, long b) {
    return mix(mix(a + 0x9e3779b97f4a7c15L) ^ (b * 0xd1342543de82ef95L + 0x632be59bd9b4e019L));
  }

  /** A number in [0, 1) out of two. */
  public static double uniform(long a, long b) {
    return (combine(a, b) >>> 11) * 0x1.0p-53;
  }

  private static long mix(long x) {
    long z = x;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
