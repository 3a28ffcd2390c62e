package dev.hindcast.gbrl.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An ensemble in the making that is to give about the same outputs as another with fewer trees:
 * fitted to that one's outputs by squared error (Fuhrer and others, 2025, arXiv:2407.08250, on
 * compression). It starts from the mean outputs.
 */
public final class Distillation implements AutoCloseable {
  private final Ensemble teacher;
  private final FeatureMatrix rows;
  private final float[] wanted;
  private final int threads;
  private final Ensemble student;

  /**
   * Without trees yet.
   *
   * @param teacher the other one, which must not change meanwhile
   * @param rows on which they should agree, without margins of their own
   * @param by how the fitted trees grow, with Hessians of 1
   */
  public Distillation(Ensemble teacher, FeatureMatrix rows, Growth by, int threads) {
    this.teacher = teacher;
    this.rows = rows;
    this.threads = threads;
    wanted = teacher.margins(rows);
    student = Ensemble.empty(teacher.features(), started(), by, teacher.seed(), threads);
    teacher.gpu().ifPresent(student::growOn);
  }

  private List<Output> started() {
    int width = teacher.outputs().size();
    List<Output> started = new ArrayList<>();
    for (int k = 0; k < width; k++) {
      double sum = 0;
      for (int i = k; i < wanted.length; i += width) {
        sum += wanted[i];
      }
      started.add(teacher.outputs().get(k).startingAt((float) (sum / rows.rows())));
    }
    return started;
  }

  /** So many rounds more. */
  public void grow(int rounds) {
    float[] ones = new float[wanted.length];
    Arrays.fill(ones, 1);
    for (int round = 0; round < rounds; round++) {
      float[] gradient = student.margins(rows);
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] -= wanted[i];
      }
      student.growPlainly(rows, gradient, ones);
    }
  }

  /** How many rounds it has. */
  public int rounds() {
    return student.rounds();
  }

  /** (rows, outputs): what it gives on other rows. */
  public float[] margins(FeatureMatrix others) {
    return student.margins(others);
  }

  /** What it is so far; grows on as the other one would have, with the same relative rates. */
  public Ensemble ensemble() {
    return Ensemble.read(
        student.bytes(),
        teacher.features(),
        student.outputs(),
        teacher.growth(),
        teacher.seed(),
        threads);
  }

  @Override
  public void close() {
    student.close();
  }
}
