package dev.hindcast.streaming.row;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Rows: time, origin, offset, and the values, each behind a byte that says what it is. Version 2
 * adds the probability with which the row was kept; rows of version 1 were all kept.
 */
public final class RowSerializer extends VersionedSerializer<EventRow> {
  private static final long serialVersionUID = 1L;
  private static final int CURRENT = 2;

  private static final int NOTHING = 0;
  private static final int WHOLE = 1;
  private static final int NUMBER = 2;
  private static final int SINGLE = 3;
  private static final int FALSE = 4;
  private static final int TRUE = 5;
  private static final int TEXT = 6;
  private static final int LIST = 7;

  /** For the current version. */
  public RowSerializer() {
    this(CURRENT);
  }

  private RowSerializer(int version) {
    super(version);
  }

  /** What a savepoint says of it. */
  public static final class Snapshot extends VersionedSnapshot<EventRow> {
    /** Found by Flink. */
    public Snapshot() {
      super(new RowSerializer());
    }
  }

  /**
   * What tells the content of a row from that of any other, wherever it came from: 32 hexadecimal
   * digits of SHA-256.
   */
  public static String digest(EventRow row) {
    try {
      DataOutputSerializer out = new DataOutputSerializer(256);
      out.writeLong(row.time());
      values(row.values(), out);
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(Arrays.copyOf(out.getSharedBuffer(), out.length()));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot digest a row.", e);
    }
  }

  @Override
  protected int currentVersion() {
    return CURRENT;
  }

  @Override
  protected void write(EventRow row, DataOutputView out) throws IOException {
    out.writeLong(row.time());
    text(row.origin(), out);
    out.writeLong(row.offset());
    values(row.values(), out);
    out.writeDouble(row.samplingProbability());
  }

  @Override
  protected EventRow read(int ofVersion, DataInputView in) throws IOException {
    long time = in.readLong();
    String origin = text(in);
    long offset = in.readLong();
    Object[] values = new Object[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(in);
    }
    return new EventRow(time, origin, offset, values, ofVersion < 2 ? 1 : in.readDouble());
  }

  @Override
  protected VersionedSerializer<EventRow> ofVersion(int other) {
    return new RowSerializer(other);
  }

  @Override
  public TypeSerializerSnapshot<EventRow> snapshotConfiguration() {
    return new Snapshot();
  }

  private static void values(Object[] values, DataOutputView out) throws IOException {
    out.writeInt(values.length);
    for (Object value : values) {
      value(value, out);
    }
  }

  private static void value(Object value, DataOutputView out) throws IOException {
    if (value == null) {
      out.writeByte(NOTHING);
    } else if (value instanceof Long whole) {
      out.writeByte(WHOLE);
      out.writeLong(whole);
    } else if (value instanceof Double number) {
      out.writeByte(NUMBER);
      out.writeDouble(number);
    } else if (value instanceof Float number) {
      out.writeByte(SINGLE);
      out.writeFloat(number);
    } else if (value instanceof Boolean flag) {
      out.writeByte(flag ? TRUE : FALSE);
    } else if (value instanceof String text) {
      out.writeByte(TEXT);
      text(text, out);
    } else if (value instanceof List<?> list) {
      out.writeByte(LIST);
      out.writeInt(list.size());
      for (Object element : list) {
        value(element, out);
      }
    } else {
      throw new IOException("A row cannot hold a " + value.getClass().getName() + ".");
    }
  }

  private static Object value(DataInputView in) throws IOException {
    int tag = in.readByte();
    return switch (tag) {
      case NOTHING -> null;
      case WHOLE -> in.readLong();
      case NUMBER -> in.readDouble();
      case SINGLE -> in.readFloat();
      case FALSE -> false;
      case TRUE -> true;
      case TEXT -> text(in);
      case LIST -> {
        int size = in.readInt();
        List<Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
          list.add(value(in));
        }
        yield list;
      }
      default -> throw new IOException("A row of another version: unknown value " + tag + ".");
    };
  }

  /** Writes a text of any length; writeUTF ends at 64 kB. */
  public static void text(String text, DataOutputView out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** Reads what {@link #text(String, DataOutputView)} wrote. */
  public static String text(DataInputView in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
