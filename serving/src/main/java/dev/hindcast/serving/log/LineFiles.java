package dev.hindcast.serving.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of files of lines. Lines go to a file under a hidden name (it begins with a dot), which
 * gets its own name when it is whole: after so many lines, after so long, or at the end. Names
 * begin with the time of the first line, so that readers by name read in order.
 *
 * <p>When {@link #append} returns, its lines are with the operating system: the death of this
 * process does not lose them. What a dead process left under a hidden name is completed by the next
 * one that opens the folder; a line that was cut off is cut away, since nobody was told of it. The
 * death of the machine can lose what its disks had not got. Several processes can write to one
 * folder. Safe for use from several threads.
 */
public final class LineFiles implements AutoCloseable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String ENDING = ".jsonl";

  private final Path folder;
  private final String prefix;
  private final Duration rollEvery;
  private final int rollLines;
  private final InstantSource clock;
  private final Opener opener;
  private Optional<OpenFile> open = Optional.empty();
  private long files;
  private boolean closed;

  /** How a file is opened for writing; another one in tests. */
  interface Opener {
    FileChannel open(Path file) throws IOException;
  }

  /** A file that is being written. */
  private static final class OpenFile {
    private final Path hidden;
    private final Path whole;
    private final FileChannel channel;
    private final Instant since;
    private int lines;
    private long sound;

    OpenFile(Path hidden, Path whole, FileChannel channel, Instant since) {
      this.hidden = hidden;
      this.whole = whole;
      this.channel = channel;
      this.since = since;
    }
  }

  /**
   * Opens a folder, and completes what dead processes left in it.
   *
   * @param prefix what the files' names begin with
   * @param rollEvery after how long a file is whole
   * @param rollLines after how many lines a file is whole
   */
  public LineFiles(
      Path folder, String prefix, Duration rollEvery, int rollLines, InstantSource clock) {
    this(folder, prefix, rollEvery, rollLines, clock, LineFiles::openLocked);
  }

  LineFiles(
      Path folder,
      String prefix,
      Duration rollEvery,
      int rollLines,
      InstantSource clock,
      Opener opener) {
    this.folder = folder;
    this.prefix = prefix;
    this.rollEvery = rollEvery;
    this.rollLines = rollLines;
    this.clock = clock;
    this.opener = opener;
    try {
      Files.createDirectories(folder);
      complete();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use the folder " + folder + ".", e);
    }
  }

  /**
   * Adds lines, all or none.
   *
   * @param lines without line feeds
   * @throws IOException when they could not be written; then nothing of them is in the folder
   */
  public synchronized void append(List<String> lines) throws IOException {
    if (closed) {
      throw new IOException("The files in " + folder + " are closed.");
    }
    OpenFile file = open.isPresent() ? open.get() : begin();
    try {
      ByteBuffer bytes =
          ByteBuffer.wrap((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        file.channel.write(bytes);
      }
    } catch (IOException e) {
      undo(file, e);
      throw e;
    }
    file.sound = file.channel.position();
    file.lines += lines.size();
    if (file.lines >= rollLines) {
      finish();
    }
  }

  /** Completes the file under way if it is due; to be called now and then. */
  public synchronized void rollIfDue() throws IOException {
    if (open.isPresent() && !clock.instant().isBefore(open.get().since.plus(rollEvery))) {
      finish();
    }
  }

  /** Tries whether the folder can be written to, after it could not. */
  public void probe() throws IOException {
    Path file = folder.resolve("." + prefix + "-probe");
    try {
      Files.write(file, new byte[4096]);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Completes the file under way; nothing can be added any more. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    finish();
  }

  private OpenFile begin() throws IOException {
    Instant now = clock.instant();
    String name =
        String.format(
            Locale.ROOT,
            "%s-%s-%d-%06d%s",
            prefix,
            TIME.format(now),
            ProcessHandle.current().pid(),
            files++,
            ENDING);
    Path hidden = folder.resolve("." + name);
    OpenFile file = new OpenFile(hidden, folder.resolve(name), opener.open(hidden), now);
    open = Optional.of(file);
    return file;
  }

  /** The lock says to other processes that the writer of this file is alive. */
  private static FileChannel openLocked(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    channel.lock();
    return channel;
  }

  /** A part of a line must not stay: what comes after it would be unreadable with it. */
  private void undo(OpenFile file, IOException cause) {
    try {
      file.channel.truncate(file.sound);
      file.channel.position(file.sound);
    } catch (IOException e) {
      cause.addSuppressed(e);
      open = Optional.empty(); // its sound part is completed when the folder is opened next
    }
  }

  private void finish() throws IOException {
    if (open.isEmpty()) {
      return;
    }
    OpenFile file = open.get();
    open = Optional.empty();
    try (FileChannel channel = file.channel) {
      if (file.lines == 0) {
        Files.delete(file.hidden);
        return;
      }
      channel.force(true);
      Files.move(file.hidden, file.whole, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Gives their names to files whose writers are dead, without a line that was cut off. */
  private void complete() throws IOException {
    List<Path> hidden;
    try (Stream<Path> paths = Files.list(folder)) {
      hidden =
          paths
              .filter(
                  path ->
                      path.getFileName().toString().startsWith("." + prefix + "-")
                          && path.getFileName().toString().endsWith(ENDING))
              .sorted()
              .toList();
    }
    for (Path path : hidden) {
      complete(path);
    }
  }

  private static void complete(Path path) throws IOException {
    try (FileChannel channel =
            FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return; // another process is writing it
      }
      long sound = endOfLastLine(channel);
      channel.truncate(sound);
      if (sound == 0) {
        Files.delete(path);
      } else {
        Files.move(
            path,
            path.resolveSibling(path.getFileName().toString().substring(1)),
            StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (OverlappingFileLockException isOurs) {
      // another writer in this process
    }
  }

  private static long endOfLastLine(FileChannel channel) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (long at = channel.size() - 1; at >= 0; at--) {
      one.clear();
      channel.read(one, at);
      if (one.get(0) == '\n') {
        return at + 1;
      }
    }
    return 0;
  }
}
