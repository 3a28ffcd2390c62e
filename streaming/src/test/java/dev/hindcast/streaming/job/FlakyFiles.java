package dev.hindcast.streaming.job;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.RecoverableFsDataOutputStream.Committer;
import org.apache.flink.core.fs.RecoverableWriter;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.core.fs.local.LocalRecoverableWriter;

/**
 * Local files under {@code flaky:}, whose commits fail so often as a test says: some before they
 * have done anything, some after all is done.
 */
public final class FlakyFiles extends LocalFileSystem {
  /** How many commits are still to fail before they begin. */
  static final AtomicInteger BEFORE = new AtomicInteger();

  /** How many commits are still to fail after they are done. */
  static final AtomicInteger AFTER = new AtomicInteger();

  /** Found by Flink. */
  public static final class Factory implements FileSystemFactory {
    @Override
    public String getScheme() {
      return "flaky";
    }

    @Override
    public FileSystem create(URI uri) {
      return new FlakyFiles();
    }
  }

  @Override
  public URI getUri() {
    return URI.create("flaky:///");
  }

  @Override
  public LocalRecoverableWriter createRecoverableWriter() throws IOException {
    return new FlakyWriter(this);
  }

  private static boolean fails(AtomicInteger left) {
    return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    if (fails(BEFORE)) {
      throw new IOException("The disk is gone before the renaming.");
    }
    boolean isDone = super.rename(from, to);
    if (fails(AFTER)) {
      throw new IOException("The disk is gone after the renaming.");
    }
    return isDone;
  }

  private record FlakyCommit(Committer real) implements Committer {
    @Override
    public void commit() throws IOException {
      failing(real::commit);
    }

    @Override
    public void commitAfterRecovery() throws IOException {
      failing(real::commitAfterRecovery);
    }

    @Override
    public RecoverableWriter.CommitRecoverable getRecoverable() {
      return real.getRecoverable();
    }

    private interface Commit {
      void run() throws IOException;
    }

    private static void failing(Commit commit) throws IOException {
      if (fails(BEFORE)) {
        throw new IOException("The disk is gone before the commit.");
      }
      commit.run();
      if (fails(AFTER)) {
        throw new IOException("The disk is gone after the commit.");
      }
    }
  }

  private static final class FlakyWriter extends LocalRecoverableWriter {
    FlakyWriter(LocalFileSystem files) {
      super(files);
    }

    @Override
    public Committer recoverForCommit(CommitRecoverable resumable) throws IOException {
      return new FlakyCommit(super.recoverForCommit(resumable));
    }
  }
}
