package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.product.TreeProduct;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** The trees and numbers of a product as bytes that its own learner reads. */
final class Snapshot {
  private Snapshot() {}

  /** Of a product; its head is not written. */
  static byte[] of(TreeProduct product) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (TreeProduct.Trees trees : product.ensembles().values()) {
        out.writeInt(trees.bytes().length);
        out.write(trees.bytes());
      }
      for (float[] vector : product.vectors().values()) {
        for (float number : vector) {
          out.writeFloat(number);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory cannot fail.", e);
    }
    return bytes.toByteArray();
  }

  /** An earlier moment of a product. */
  static TreeProduct read(byte[] bytes, TreeProduct later) {
    Map<String, TreeProduct.Trees> ensembles = new TreeMap<>();
    Map<String, float[]> vectors = new TreeMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      for (Map.Entry<String, TreeProduct.Trees> entry : later.ensembles().entrySet()) {
        TreeProduct.Trees trees = entry.getValue();
        ensembles.put(
            entry.getKey(),
            new TreeProduct.Trees(trees.input(), trees.outputs(), in.readNBytes(in.readInt())));
      }
      for (Map.Entry<String, float[]> entry : later.vectors().entrySet()) {
        float[] vector = new float[entry.getValue().length];
        for (int i = 0; i < vector.length; i++) {
          vector[i] = in.readFloat();
        }
        vectors.put(entry.getKey(), vector);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from memory cannot fail.", e);
    }
    return new TreeProduct(later.head(), ensembles, vectors);
  }
}
