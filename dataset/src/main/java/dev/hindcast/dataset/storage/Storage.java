package dev.hindcast.dataset.storage;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.OutputFile;

/**
 * Files and folders by local path or URI. Local files are written without checksum files beside
 * them. Settings for remote systems come from {@code core-site.xml} on the class path.
 */
public final class Storage {
  private static final Map<String, String> SETTINGS = new ConcurrentSkipListMap<>();

  /** Stores whose client asks whether a file is there and then overwrites it. */
  private static final Set<String> WITHOUT_EXCLUSION = Set.of("s3a", "s3", "s3n", "wasb", "wasbs");

  private static volatile Configuration current = configuration();

  private Storage() {}

  /**
   * A file below a folder.
   *
   * @param path relative to the folder, with forward slashes
   * @param bytes its size
   */
  public record Entry(String path, long bytes) {
    /** The last part of the path. */
    public String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /**
   * Settings of file systems beyond {@code core-site.xml}: endpoints, credentials. They apply to
   * this process; sent to another one, they apply there as soon as they arrive.
   *
   * @param values by Hadoop's names, such as {@code fs.s3a.endpoint}
   */
  public record Settings(Map<String, String> values) implements Serializable {
    /** Copies the map. */
    public Settings {
      values = new TreeMap<>(values);
    }

    /** Makes them hold in this process from now on. */
    public Settings apply() {
      if (!SETTINGS.entrySet().containsAll(values.entrySet())) {
        SETTINGS.putAll(values);
        current = configuration();
      }
      return this;
    }

    private Object readResolve() {
      return apply();
    }

    /** Credentials may be among them. */
    @Override
    public String toString() {
      return "Settings" + values.keySet();
    }
  }

  /** The settings that hold in this process. */
  public static Settings settings() {
    return new Settings(SETTINGS);
  }

  /** What file systems are opened with. */
  public static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.setClass("fs.file.impl", RawLocalFileSystem.class, FileSystem.class);
    configuration.setBoolean("fs.file.impl.disable.cache", true);
    SETTINGS.forEach(configuration::set);
    return configuration;
  }

  /** The place as an absolute path or URI, the same on every machine that reaches it. */
  public static String absolute(String uri) {
    return local(uri)
        .map(path -> path.toAbsolutePath().normalize().toString())
        .orElseGet(() -> uri.replaceFirst("/+$", ""));
  }

  /** The place as a local path, when it is one. */
  public static Optional<java.nio.file.Path> local(String uri) {
    if (uri.startsWith("file:")) {
      return Optional.of(java.nio.file.Path.of(new Path(uri).toUri().getPath()));
    }
    return uri.contains("://") ? Optional.empty() : Optional.of(java.nio.file.Path.of(uri));
  }

  /** A place below a folder. */
  public static String below(String folder, String relativePath) {
    return folder.endsWith("/") ? folder + relativePath : folder + "/" + relativePath;
  }

  /** The last part of a path or URI. */
  public static String name(String uri) {
    String trimmed = uri.replaceFirst("/+$", "");
    return trimmed.substring(trimmed.lastIndexOf('/') + 1);
  }

  /** Whether anything is there. */
  public static boolean exists(String uri) {
    return on(uri, FileSystem::exists);
  }

  /** Whether a folder is there. */
  public static boolean isFolder(String uri) {
    return on(
        uri, (system, path) -> system.exists(path) && system.getFileStatus(path).isDirectory());
  }

  /** Creates a folder and those above it. */
  public static void createFolder(String uri) {
    on(uri, FileSystem::mkdirs);
  }

  /** Opens a file for reading. */
  public static InputStream open(String uri) {
    return on(uri, FileSystem::open);
  }

  /** Reads a whole file. */
  public static byte[] read(String uri) {
    try (InputStream stream = open(uri)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + uri + ".", e);
    }
  }

  /** Opens a file for writing, replacing it; folders above it are created. */
  public static OutputStream create(String uri) {
    return on(uri, (system, path) -> system.create(path, true));
  }

  /** Writes a whole file. */
  public static void write(String uri, byte[] content) {
    try (OutputStream stream = create(uri)) {
      stream.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + uri + ".", e);
    }
  }

  /**
   * Writes a whole file unless something stands there already. Of any number of processes that try
   * at once one succeeds, and nobody ever sees a part of the file.
   *
   * @return whether it was written
   * @throws UserError (usage) on a store that cannot promise this: S3 under the client of this
   *     Hadoop, which looks first and writes then
   */
  public static boolean createNew(String uri, byte[] content) {
    Optional<java.nio.file.Path> local = local(uri);
    return local.isPresent() ? createNew(local.get(), content) : createNewRemotely(uri, content);
  }

  /** By a hard link, which fails when its name is taken. */
  private static boolean createNew(java.nio.file.Path file, byte[] content) {
    java.nio.file.Path scratch = file.resolveSibling("." + UUID.randomUUID());
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try {
        writeThrough(scratch, content);
        Files.createLink(file, scratch);
        return true;
      } finally {
        Files.deleteIfExists(scratch);
      }
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException e) {
      throw new UserError(
          UserError.Kind.USAGE,
          "Cannot write "
              + file
              + " so that only one of several processes succeeds: its file system has no hard links.",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ".", e);
    }
  }

  /** To the disk, not only to the system's memory. */
  private static void writeThrough(java.nio.file.Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /**
   * By a rename, which HDFS and its kind refuse onto an existing name. Google's store knows
   * conditional writes instead, and shows files when they are whole.
   */
  private static boolean createNewRemotely(String uri, byte[] content) {
    String scheme = uri.substring(0, uri.indexOf(':'));
    if (WITHOUT_EXCLUSION.contains(scheme)) {
      throw UserError.usage(
          "Cannot write "
              + uri
              + " so that only one of several processes succeeds: "
              + scheme
              + " under this version of Hadoop cannot do that. Keep this on a shared disk, on HDFS, Azure"
              + " (abfs) or Google Cloud Storage (gs).");
    }
    if (exists(uri)) {
      return false;
    }
    if (scheme.equals("gs")) {
      return on(uri, (system, path) -> writeNew(system, path, content));
    }
    String scratch =
        uri.substring(0, uri.lastIndexOf('/') + 1) + "." + UUID.randomUUID(); // one folder
    write(scratch, content);
    try {
      return on(scratch, (system, path) -> renamed(system, path, new Path(uri)));
    } finally {
      delete(scratch);
    }
  }

  private static boolean renamed(FileSystem system, Path from, Path to) throws IOException {
    try {
      return system.rename(from, to);
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    }
  }

  private static boolean writeNew(FileSystem system, Path path, byte[] content) throws IOException {
    try (OutputStream stream = system.create(path, false)) {
      stream.write(content);
      return true;
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Moves a file within one file system, replacing what stood there. */
  public static void rename(String from, String to) {
    on(
        from,
        (system, path) -> {
          Path target = new Path(to);
          if (!(system instanceof RawLocalFileSystem)) {
            system.delete(target, false); // most systems refuse to rename over a file
          }
          if (!system.rename(path, target)) {
            throw new IOException("The file system refused to rename it to " + to + ".");
          }
          return true;
        });
  }

  /** Deletes a file, or a folder with all in it; nothing happens when it is not there. */
  public static void delete(String uri) {
    on(uri, (system, path) -> system.delete(path, true));
  }

  /** Everything directly in a folder, hidden or not, sorted by name. */
  public static List<String> names(String folder) {
    return on(
        folder,
        (system, path) -> {
          List<String> names = new ArrayList<>();
          for (FileStatus status : system.listStatus(path)) {
            names.add(status.getPath().getName());
          }
          names.sort(Comparator.naturalOrder());
          return names;
        });
  }

  /** Every file below a folder, hidden or not, sorted by path. */
  public static List<Entry> filesBelow(String folder) {
    return on(
        folder,
        (system, path) -> {
          List<Entry> entries = new ArrayList<>();
          collect(system, path, "", entries);
          entries.sort(Comparator.comparing(Entry::path));
          return entries;
        });
  }

  /**
   * The places that a path or pattern ({@code *}, {@code ?}, {@code {a,b}}) stands for, sorted;
   * none when nothing is there.
   */
  public static List<String> matching(String pattern) {
    if (exists(pattern)) {
      return List.of(absolute(pattern));
    }
    return on(
        pattern,
        (system, path) -> {
          FileStatus[] found = system.globStatus(path);
          List<String> places = new ArrayList<>();
          for (FileStatus status : found == null ? new FileStatus[0] : found) {
            places.add(absolute(status.getPath().toString()));
          }
          places.sort(Comparator.naturalOrder());
          return places;
        });
  }

  /** The fingerprint of a file's content. */
  public static Fingerprint fingerprint(String uri) {
    try (InputStream stream = open(uri)) {
      return Fingerprint.of(stream);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + uri + ".", e);
    }
  }

  /** A file as Parquet's reader takes it. */
  public static InputFile parquetInput(String uri) throws IOException {
    return HadoopInputFile.fromPath(new Path(uri), current);
  }

  /** A file as Parquet's writer takes it. */
  public static OutputFile parquetOutput(String uri) throws IOException {
    return HadoopOutputFile.fromPath(new Path(uri), current);
  }

  private static void collect(FileSystem system, Path folder, String prefix, List<Entry> entries)
      throws IOException {
    for (FileStatus status : system.listStatus(folder)) {
      String path = prefix + status.getPath().getName();
      if (status.isDirectory()) {
        collect(system, status.getPath(), path + "/", entries);
      } else {
        entries.add(new Entry(path, status.getLen()));
      }
    }
  }

  private interface Action<T> {
    T apply(FileSystem system, Path path) throws IOException;
  }

  private static <T> T on(String uri, Action<T> action) {
    try {
      Path path = new Path(uri);
      return action.apply(path.getFileSystem(current), path);
    } catch (FileNotFoundException e) {
      throw new UserError(
          UserError.Kind.INPUT_MISSING,
          "Cannot read " + uri + ": there is no such file or folder.",
          e);
    } catch (UnsupportedFileSystemException e) {
      throw new UserError(
          UserError.Kind.USAGE,
          "Cannot reach " + uri + ": " + e.getMessage() + ", so its file system is not known here.",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot reach " + uri + ".", e);
    }
  }
}
