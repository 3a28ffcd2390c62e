package dev.hindcast.gbrl.tree;

import dev.hindcast.core.config.Require;
import dev.hindcast.training.learner.Gathering;
import dev.hindcast.training.learner.Meeting;
import java.util.HashMap;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Communicator;
import ml.dmlc.xgboost4j.java.RabitTracker;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * Members between whom XGBoost adds up its histograms, so that all of them grow the same trees.
 * While a thread is a member, every matrix it makes and every round it grows waits for the others
 * to do the same.
 */
public final class Collective implements Gathering {
  /** Floats count exactly up to 2^24: so many members can add pieces of so many bits. */
  private static final int MOST_MEMBERS = 1 << 10;

  private static final int PIECE = 14;
  private static final int PIECES = (Long.SIZE + PIECE - 1) / PIECE;

  private final int members;
  private final int member;

  private Collective(int members, int member) {
    this.members = members;
    this.member = member;
  }

  /** How members find each other: at a tracker, which tells each its neighbors. */
  public static Meeting meeting() {
    return new Tracked();
  }

  private static final class Tracked implements Meeting {
    private static final int ANY_PORT = 0;
    private static final int PATIENCE_SECONDS = 300;

    @Override
    public Place open(int members, String host) {
      Require.closed("members", members, 1, MOST_MEMBERS);
      try {
        RabitTracker tracker = new RabitTracker(members, host, ANY_PORT, PATIENCE_SECONDS);
        tracker.start();
        Map<String, Object> arguments = tracker.getWorkerArgs();
        String address =
            arguments.get("dmlc_tracker_uri") + " " + arguments.get("dmlc_tracker_port");
        return new Tracker(tracker, address);
      } catch (XGBoostError e) {
        throw new IllegalStateException("XGBoost could not open a tracker on " + host + ".", e);
      }
    }

    @Override
    public Gathering join(String address, int members, int member) {
      int space = address.indexOf(' ');
      Map<String, Object> arguments = new HashMap<>();
      arguments.put("dmlc_tracker_uri", address.substring(0, space));
      arguments.put("dmlc_tracker_port", Integer.parseInt(address.substring(space + 1)));
      arguments.put("dmlc_task_id", Integer.toString(member));
      try {
        Communicator.init(arguments);
      } catch (XGBoostError e) {
        throw new IllegalStateException(
            "XGBoost could not join the tracker at " + address + ".", e);
      }
      return new Collective(members, member);
    }
  }

  private record Tracker(RabitTracker tracker, String address) implements Meeting.Place {
    @Override
    public void close() {
      try {
        tracker.stop();
      } catch (XGBoostError e) {
        // some member never came, which its own error tells better
      }
    }
  }

  @Override
  public int members() {
    return members;
  }

  @Override
  public int member() {
    return member;
  }

  @Override
  public long[] sum(long[] mine) {
    float[] pieces = new float[mine.length * PIECES];
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = (mine[i / PIECES] >>> (i % PIECES * PIECE)) & ((1 << PIECE) - 1);
    }
    float[] sums = Communicator.allReduce(pieces, Communicator.OpType.SUM);
    checkNobodyIsLost();
    long[] total = new long[mine.length];
    for (int i = 0; i < sums.length; i++) {
      total[i / PIECES] += (long) sums[i] << (i % PIECES * PIECE);
    }
    return total;
  }

  /** The library's call does not tell when it fails; what was broken stays so. */
  private void checkNobodyIsLost() {
    float[] present = Communicator.allReduce(new float[] {1}, Communicator.OpType.SUM);
    if (present[0] != members) {
      throw new IllegalStateException(
          "XGBoost could not add up numbers of "
              + members
              + " members: one of them is lost, or has stopped.");
    }
  }

  @Override
  public void close() {
    try {
      Communicator.shutdown();
    } catch (XGBoostError e) {
      throw new IllegalStateException("XGBoost could not leave its collective.", e);
    }
  }
}
