package dev.hindcast.streaming.estimate;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.evaluation.running.Alarm;
import dev.hindcast.evaluation.running.EpisodeNumbers;
import dev.hindcast.evaluation.running.EstimateLine;
import dev.hindcast.evaluation.running.RunningEstimates;
import dev.hindcast.evaluation.running.WindowSums;
import dev.hindcast.streaming.row.OwnType;
import dev.hindcast.streaming.row.RowSerializer;
import dev.hindcast.streaming.row.VersionedSerializer;
import dev.hindcast.streaming.row.VersionedSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What travels between the operators of this package and lies in their state, with versions. */
public final class EstimateTypes {
  /** Scored episodes. */
  static final OwnType<EpisodeNumbers> EPISODE =
      new OwnType<>(EpisodeNumbers.class, new OfEpisodes());

  /** Sums of buckets. */
  static final OwnType<BucketSums> BUCKET = new OwnType<>(BucketSums.class, new OfBuckets());

  /** What windows have shown so far. */
  static final OwnType<RunningEstimates> RUNNING =
      new OwnType<>(RunningEstimates.class, new OfRunning());

  /** Lines of the output. */
  static final OwnType<EstimateLine> LINE = new OwnType<>(EstimateLine.class, new OfLines());

  /** Alarms that began or are over. */
  static final OwnType<Alarm> ALARM = new OwnType<>(Alarm.class, new OfAlarms());

  private EstimateTypes() {}

  /** Of scored episodes. */
  public static final class OfEpisodes extends VersionedSerializer<EpisodeNumbers> {
    private static final long serialVersionUID = 1L;

    /** For the current version. */
    public OfEpisodes() {
      this(1);
    }

    private OfEpisodes(int version) {
      super(version);
    }

    /** What a savepoint says of it. */
    public static final class Snapshot extends VersionedSnapshot<EpisodeNumbers> {
      /** Found by Flink. */
      public Snapshot() {
        super(new OfEpisodes());
      }
    }

    @Override
    protected int currentVersion() {
      return 1;
    }

    @Override
    protected void write(EpisodeNumbers episode, DataOutputView out) throws IOException {
      out.writeLong(episode.plan());
      RowSerializer.text(episode.episodeId(), out);
      out.writeBoolean(episode.isOutside());
      out.writeInt(episode.numbers().length);
      for (double number : episode.numbers()) {
        out.writeDouble(number);
      }
    }

    @Override
    protected EpisodeNumbers read(int ofVersion, DataInputView in) throws IOException {
      long plan = in.readLong();
      String id = RowSerializer.text(in);
      boolean isOutside = in.readBoolean();
      double[] numbers = new double[in.readInt()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = in.readDouble();
      }
      return new EpisodeNumbers(plan, id, isOutside, numbers);
    }

    @Override
    protected VersionedSerializer<EpisodeNumbers> ofVersion(int other) {
      return new OfEpisodes(other);
    }

    @Override
    public TypeSerializerSnapshot<EpisodeNumbers> snapshotConfiguration() {
      return new OfEpisodes.Snapshot();
    }
  }

  /** Of sums of buckets. */
  public static final class OfBuckets extends VersionedSerializer<BucketSums> {
    private static final long serialVersionUID = 1L;

    /** For the current version. */
    public OfBuckets() {
      this(1);
    }

    private OfBuckets(int version) {
      super(version);
    }

    /** What a savepoint says of it. */
    public static final class Snapshot extends VersionedSnapshot<BucketSums> {
      /** Found by Flink. */
      public Snapshot() {
        super(new OfBuckets());
      }
    }

    @Override
    protected int currentVersion() {
      return 1;
    }

    @Override
    protected void write(BucketSums sums, DataOutputView out) throws IOException {
      out.writeInt(sums.bucket());
      sums.sums().write(out);
    }

    @Override
    protected BucketSums read(int ofVersion, DataInputView in) throws IOException {
      return new BucketSums(in.readInt(), WindowSums.read(in));
    }

    @Override
    protected VersionedSerializer<BucketSums> ofVersion(int other) {
      return new OfBuckets(other);
    }

    @Override
    public TypeSerializerSnapshot<BucketSums> snapshotConfiguration() {
      return new OfBuckets.Snapshot();
    }
  }

  /** Of what windows have shown so far. */
  public static final class OfRunning extends VersionedSerializer<RunningEstimates> {
    private static final long serialVersionUID = 1L;

    /** For the current version. */
    public OfRunning() {
      this(1);
    }

    private OfRunning(int version) {
      super(version);
    }

    /** What a savepoint says of it. */
    public static final class Snapshot extends VersionedSnapshot<RunningEstimates> {
      /** Found by Flink. */
      public Snapshot() {
        super(new OfRunning());
      }
    }

    @Override
    protected int currentVersion() {
      return 1;
    }

    @Override
    protected void write(RunningEstimates estimates, DataOutputView out) throws IOException {
      estimates.write(out);
    }

    @Override
    protected RunningEstimates read(int ofVersion, DataInputView in) throws IOException {
      return RunningEstimates.read(in);
    }

    @Override
    protected VersionedSerializer<RunningEstimates> ofVersion(int other) {
      return new OfRunning(other);
    }

    @Override
    public TypeSerializerSnapshot<RunningEstimates> snapshotConfiguration() {
      return new OfRunning.Snapshot();
    }
  }

  /** Of lines, as the JSON that they become. */
  public static final class OfLines extends VersionedSerializer<EstimateLine> {
    private static final long serialVersionUID = 1L;

    /** For the current version. */
    public OfLines() {
      this(1);
    }

    private OfLines(int version) {
      super(version);
    }

    /** What a savepoint says of it. */
    public static final class Snapshot extends VersionedSnapshot<EstimateLine> {
      /** Found by Flink. */
      public Snapshot() {
        super(new OfLines());
      }
    }

    @Override
    protected int currentVersion() {
      return 1;
    }

    @Override
    protected void write(EstimateLine line, DataOutputView out) throws IOException {
      RowSerializer.text(CanonicalJson.line(line), out);
    }

    @Override
    protected EstimateLine read(int ofVersion, DataInputView in) throws IOException {
      return CanonicalJson.read(
          RowSerializer.text(in).getBytes(StandardCharsets.UTF_8), EstimateLine.class);
    }

    @Override
    protected VersionedSerializer<EstimateLine> ofVersion(int other) {
      return new OfLines(other);
    }

    @Override
    public TypeSerializerSnapshot<EstimateLine> snapshotConfiguration() {
      return new OfLines.Snapshot();
    }
  }

  /** Of alarms, as the JSON that they become. */
  public static final class OfAlarms extends VersionedSerializer<Alarm> {
    private static final long serialVersionUID = 1L;

    /** For the current version. */
    public OfAlarms() {
      this(1);
    }

    private OfAlarms(int version) {
      super(version);
    }

    /** What a savepoint says of it. */
    public static final class Snapshot extends VersionedSnapshot<Alarm> {
      /** Found by Flink. */
      public Snapshot() {
        super(new OfAlarms());
      }
    }

    @Override
    protected int currentVersion() {
      return 1;
    }

    @Override
    protected void write(Alarm alarm, DataOutputView out) throws IOException {
      RowSerializer.text(CanonicalJson.line(alarm), out);
    }

    @Override
    protected Alarm read(int ofVersion, DataInputView in) throws IOException {
      return CanonicalJson.read(
          RowSerializer.text(in).getBytes(StandardCharsets.UTF_8), Alarm.class);
    }

    @Override
    protected VersionedSerializer<Alarm> ofVersion(int other) {
      return new OfAlarms(other);
    }

    @Override
    public TypeSerializerSnapshot<Alarm> snapshotConfiguration() {
      return new OfAlarms.Snapshot();
    }
  }
}
