package dev.hindcast.training.spark;

import dev.hindcast.training.loop.CheckpointStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Checkpoints of one trial in a folder of any file system that Spark reaches. Each is written under
 * another name and then renamed; only after that the older ones go.
 */
final class FolderCheckpoints implements CheckpointStore {
  private static final String ALL = ".checkpoints";
  private static final String PREFIX = "checkpoint-";
  // under a name of its own: an attempt that is taken for lost may still be writing
  private static final String UNFINISHED = "unfinished-";

  private final Path folder;
  private final FileSystem files;

  FolderCheckpoints(String uri) {
    folder = new Path(uri);
    try {
      files = folder.getFileSystem(new Configuration());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot reach " + uri + ".", e);
    }
  }

  @Override
  public Optional<byte[]> latest() {
    try {
      FileStatus[] found = finished();
      if (found.length == 0) {
        return Optional.empty();
      }
      try (FSDataInputStream in = files.open(found[found.length - 1].getPath())) {
        return Optional.of(in.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the checkpoint in " + folder + ".", e);
    }
  }

  @Override
  public void save(long updates, byte[] checkpoint) {
    try {
      FileStatus[] older = finished();
      Path unfinished = new Path(folder, UNFINISHED + UUID.randomUUID());
      try (FSDataOutputStream out = files.create(unfinished, true)) {
        out.write(checkpoint);
      }
      Path target = new Path(folder, String.format("%s%015d", PREFIX, updates));
      files.delete(target, false);
      if (!files.rename(unfinished, target)) {
        throw new IOException("renaming " + unfinished + " failed");
      }
      for (FileStatus old : older) {
        if (!old.getPath().getName().equals(target.getName())) {
          files.delete(old.getPath(), false);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a checkpoint to " + folder + ".", e);
    }
  }

  /** Removes them all. Only the trial's own folder: others are at work beside it. */
  void remove() {
    try {
      files.delete(folder, true);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove the checkpoints in " + folder + ".", e);
    }
  }

  /** Where the checkpoints of a trial are while bundles go to this output. */
  static FolderCheckpoints of(String output, String trial) {
    return new FolderCheckpoints(output + "/" + ALL + "/" + trial);
  }

  /** Removes the folder that held those of all trials, once no trial is at work. */
  static void removeAll(String output) {
    new FolderCheckpoints(output + "/" + ALL).remove();
  }

  private FileStatus[] finished() throws IOException {
    try {
      FileStatus[] found = files.listStatus(folder, path -> path.getName().startsWith(PREFIX));
      Arrays.sort(found, Comparator.comparing(status -> status.getPath().getName()));
      return found;
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }
}
