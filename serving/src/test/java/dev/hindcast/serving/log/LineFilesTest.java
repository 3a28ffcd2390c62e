package dev.hindcast.serving.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFilesTest {
  private static final int MANY = 1_000_000;

  @TempDir private Path folder;
  private Instant now = Instant.parse("2026-11-23T08:00:00Z");

  private LineFiles files(int rollLines) {
    return new LineFiles(folder, "decisions", Duration.ofSeconds(10), rollLines, () -> now);
  }

  private List<Path> visible() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.filter(path -> !path.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  private List<Path> all() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.sorted().toList();
    }
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path path : visible()) {
      lines.addAll(Files.readAllLines(path));
    }
    return lines;
  }

  @Test
  void filesAreSeenWhenTheyAreWhole() throws IOException {
    LineFiles files = files(MANY);
    files.append(List.of("{\"a\":1}"));
    files.rollIfDue();
    assertThat(visible()).isEmpty();
    now = now.plusSeconds(10);
    files.rollIfDue();
    assertThat(lines()).containsExactly("{\"a\":1}");
    assertThat(visible().get(0).getFileName().toString())
        .startsWith("decisions-20261123T080000.000Z-");
    files.append(List.of("{\"a\":2}", "{\"a\":3}"));
    files.close();
    assertThat(lines()).containsExactly("{\"a\":1}", "{\"a\":2}", "{\"a\":3}");
    assertThat(all()).hasSize(2);
  }

  @Test
  void manyLinesMakeAFile() throws IOException {
    try (LineFiles files = files(2)) {
      files.append(List.of("1"));
      assertThat(visible()).isEmpty();
      files.append(List.of("2"));
      assertThat(lines()).containsExactly("1", "2");
    }
    assertThat(all()).as("nothing begun for nothing").hasSize(1);
  }

  @Test
  void whatADeadProcessLeftIsCompletedWithoutTheLineThatWasCutOff() throws IOException {
    Files.writeString(folder.resolve(".decisions-20261123T075900.000Z-1-000000.jsonl"), "1\n2\n3");
    Files.writeString(folder.resolve(".decisions-20261123T075930.000Z-1-000001.jsonl"), "4");
    Files.writeString(folder.resolve(".other-20261123T075930.000Z-1-000001.jsonl"), "5\n");
    files(MANY).close();
    assertThat(lines()).containsExactly("1", "2");
    assertThat(all()).hasSize(2);
  }

  @Test
  void whatALivingOneWritesIsLeftAlone() throws IOException {
    LineFiles one = files(MANY);
    one.append(List.of("1"));
    LineFiles other = files(MANY);
    assertThat(visible()).isEmpty();
    other.close();
    one.close();
    assertThat(lines()).containsExactly("1");
  }

  @Test
  void linesOfManyThreadsAreAllThereAndWhole() throws Exception {
    LineFiles files = files(97);
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads =
        IntStream.range(0, 8)
            .mapToObj(
                t ->
                    new Thread(
                        () -> {
                          try {
                            start.await();
                            for (int i = 0; i < 500; i++) {
                              files.append(List.of(t + "-" + i));
                            }
                          } catch (IOException | InterruptedException e) {
                            throw new IllegalStateException(e);
                          }
                        }))
            .toList();
    threads.forEach(Thread::start);
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    files.close();
    assertThat(lines()).hasSize(4000).doesNotHaveDuplicates();
    assertThat(visible()).hasSize((4000 + 96) / 97);
  }

  /** A disk that fills up in the middle of a line, and is emptied later. */
  @Test
  void aFailedAppendLeavesNothingAndTheNextOneWorks() throws IOException {
    boolean[] full = {false};
    LineFiles files =
        new LineFiles(
            folder,
            "decisions",
            Duration.ofSeconds(10),
            MANY,
            () -> now,
            file ->
                new FillingChannel(
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    full));
    files.append(List.of("first"));
    full[0] = true;
    assertThatThrownBy(() -> files.append(List.of("second, and longer than the third")))
        .isInstanceOf(IOException.class)
        .hasMessage("No space left on device");
    full[0] = false;
    files.append(List.of("third"));
    files.close();
    assertThat(lines()).containsExactly("first", "third");
    assertThatThrownBy(() -> files.append(List.of("late"))).hasMessageContaining("are closed");
  }

  /** Writes twenty bytes of what it is given when full, then fails. */
  private static final class FillingChannel extends FileChannel {
    private final FileChannel inner;
    private final boolean[] full;

    FillingChannel(FileChannel inner, boolean[] full) {
      this.inner = inner;
      this.full = full;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      if (!full[0]) {
        return inner.write(source);
      }
      inner.write(source.slice(source.position(), 20));
      throw new IOException("No space left on device");
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      inner.truncate(size);
      return this;
    }

    @Override
    public FileChannel position(long place) throws IOException {
      inner.position(place);
      return this;
    }

    @Override
    public long position() throws IOException {
      return inner.position();
    }

    @Override
    public void force(boolean metaData) throws IOException {
      inner.force(metaData);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      inner.close();
    }

    @Override
    public long size() throws IOException {
      return inner.size();
    }

    @Override
    public int read(ByteBuffer target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long at, long count, java.nio.channels.WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(java.nio.channels.ReadableByteChannel source, long at, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer target, long at) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source, long at) {
      throw new UnsupportedOperationException();
    }

    @Override
    public java.nio.MappedByteBuffer map(MapMode mode, long at, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long at, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long at, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }
}
