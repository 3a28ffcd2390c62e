package dev.hindcast.streaming.sink;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.streaming.learning.Publication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Publishes bundles, each in a folder that bears its fingerprint. Their files are written under a
 * hidden name first, and the folder gets its own name when the checkpoint that they belong to is
 * complete. Whatever fails, a bundle is there whole or not at all, and once: published again it
 * would have the same name and the same content.
 */
public final class BundleSink implements Sink<Publication>, SupportsCommitter<BundleSink.Staged> {
  private static final long serialVersionUID = 1L;
  private static final String STAGED = ".staged";

  private final String folder;
  private final String registry;
  private final String policy;

  /**
   * Into a folder.
   *
   * @param folder in which each bundle has its own
   * @param registry where versions are registered and the champion is moved; empty for nowhere
   * @param policy what the policy is called there
   */
  public BundleSink(String folder, String registry, String policy) {
    this.folder = folder;
    this.registry = registry;
    this.policy = policy;
  }

  /**
   * A publication whose files, if it has any, are written.
   *
   * @param order of publications
   * @param bundle its fingerprint
   * @param before that of the version until now
   * @param isPromoted whether it is to be used from now on
   * @param isNew whether it has files
   */
  public record Staged(
      long order, Fingerprint bundle, Fingerprint before, boolean isPromoted, boolean isNew) {}

  @Override
  public CommittingSinkWriter<Publication, Staged> createWriter(WriterInitContext context) {
    return new Writer(folder);
  }

  @Override
  public Committer<Staged> createCommitter(CommitterInitContext context) {
    return new BundleCommitter(folder, registry, policy);
  }

  @Override
  public SimpleVersionedSerializer<Staged> getCommittableSerializer() {
    return new StagedSerializer();
  }

  static Path staged(String folder, Fingerprint bundle) {
    return new Path(new Path(folder, STAGED), Publication.folder(bundle));
  }

  static Path place(String folder, Fingerprint bundle) {
    return new Path(folder, Publication.folder(bundle));
  }

  private static final class Writer implements CommittingSinkWriter<Publication, Staged> {
    private final String folder;
    private final List<Staged> written = new ArrayList<>();

    Writer(String folder) {
      this.folder = folder;
    }

    @Override
    public void write(Publication publication, Context context) throws IOException {
      Path place = staged(folder, publication.bundle());
      FileSystem system = place.getFileSystem();
      for (Map.Entry<String, byte[]> file : publication.files().entrySet()) {
        Path path = new Path(place, file.getKey());
        try (FSDataOutputStream out = system.create(path, FileSystem.WriteMode.OVERWRITE)) {
          out.write(file.getValue());
        }
      }
      written.add(
          new Staged(
              publication.order(),
              publication.bundle(),
              publication.before(),
              publication.isPromoted(),
              !publication.files().isEmpty()));
    }

    @Override
    public Collection<Staged> prepareCommit() {
      List<Staged> ready = List.copyOf(written);
      written.clear();
      return ready;
    }

    @Override
    @SuppressWarnings("BooleanParameter") // Flink's
    public void flush(boolean isEnd) {}

    @Override
    public void close() {}
  }

  private static final class StagedSerializer implements SimpleVersionedSerializer<Staged> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Staged staged) {
      return CanonicalJson.bytes(staged);
    }

    @Override
    public Staged deserialize(int version, byte[] bytes) {
      return CanonicalJson.read(bytes, Staged.class);
    }
  }
}
