package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.MiniBatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Episodes of the training side that a fit does not learn from, which say when it has begun to
 * learn the others by heart: whole episodes, as steps of one episode know each other. The fit is
 * kept as it was when they liked it best; a policy stopped there is calibrated, which trees grown
 * on are not.
 */
final class HeldOut implements Part {
  /** Fits are looked at this often: keeping one costs as much as writing it. */
  private static final int LOOKS = 50;

  private final boolean[] heldOut;
  private final Stopping stopping;
  private final int every;
  private final boolean isOn;
  private double best = Double.POSITIVE_INFINITY;
  private int bestRound;
  private int lastRound;
  private byte[] kept = new byte[0];

  /**
   * When to stop.
   *
   * @param share of the training side's episodes that a fit does not learn from, in [0, 1); 0
   *     learns from all of them and grows to the last round
   * @param patience after so many rounds without a gain nothing more grows
   */
  record Stopping(double share, int patience) {
    Stopping {
      Require.halfOpen("held-out", share, 0, 1);
      Require.positive("patience", patience);
    }
  }

  /**
   * For a fit of so many rounds.
   *
   * @param seed of the draw of episodes
   */
  HeldOut(Experience experience, Stopping stopping, int rounds, long seed) {
    TransitionColumns data = experience.data();
    this.stopping = stopping;
    every = Math.max(1, rounds / LOOKS);
    heldOut = new boolean[data.rows()];
    long here = 0;
    for (int episode = 0; episode < data.episodes(); episode++) {
      double draw = StableHash.uniform(seed, StableHash.of(data.episodeId(episode)));
      for (int row = data.start(episode); row < data.end(episode); row++) {
        heldOut[row] = draw < stopping.share();
        here += heldOut[row] ? 1 : 0;
      }
    }
    long out = experience.all().total(here);
    isOn = out > 0 && out < experience.all().count();
  }

  /** Whether there are such episodes; a log of very few may have none. */
  boolean isOn() {
    return isOn;
  }

  /** (B): the weights of what is learned from; 0 for what is not. */
  float[] learned(MiniBatch batch, float[] weights) {
    return isOn ? only(batch, weights, false) : weights;
  }

  /** (B): the weights of what is held out; 0 for all else. */
  float[] checked(MiniBatch batch, float[] weights) {
    return only(batch, weights, true);
  }

  private float[] only(MiniBatch batch, float[] weights, boolean side) {
    int[] rows = batch.rows();
    float[] some = new float[rows.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = heldOut[rows[i]] == side ? weights[i] : 0;
    }
    return some;
  }

  /** Whether growing on would be pointless. */
  boolean isOver() {
    return isOn && lastRound - bestRound >= stopping.patience() && kept.length > 0;
  }

  /** Whether to look at the fit after a round. */
  boolean isLook(int round, int rounds) {
    return isOn && (round % every == 0 || round == rounds);
  }

  /**
   * Looks at the fit.
   *
   * @param round how many it has grown
   * @param loss of the episodes held out
   * @param fit all of it, asked for when it is the best so far
   */
  void look(int round, double loss, Supplier<byte[]> fit) {
    lastRound = round;
    if (loss < best) {
      best = loss;
      bestRound = round;
      kept = fit.get();
    }
  }

  /** The fit at its best; empty where nothing is held out or nobody has looked yet. */
  Optional<byte[]> best() {
    return kept.length == 0 ? Optional.empty() : Optional.of(kept);
  }

  /** The round after which it was best. */
  int bestRound() {
    return bestRound;
  }

  @Override
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeDouble(best);
      out.writeInt(bestRound);
      out.writeInt(lastRound);
      out.write(kept);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory cannot fail.", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void restore(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      best = in.readDouble();
      bestRound = in.readInt();
      lastRound = in.readInt();
      kept = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from memory cannot fail.", e);
    }
  }
}
