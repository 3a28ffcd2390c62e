package dev.hindcast.training.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class EventFileTest {
  private static final String METRICS =
      """
      {"critic_loss":0.125,"update":500,"value":-3.5}
      {"critic_loss":0.0625,"update":1000,"value":0.001}
      """;

  /**
   * The same events as the tensorboard 2.21.0 package (PyPI) writes them: {@code
   * tensorboard.summary.writer.record_writer.RecordWriter}, given the serialized {@code
   * event_pb2.Event(file_version="brain.Event:2")} and one event a line with {@code step} and a
   * summary of {@code simple_value}s.
   */
  private static final String WRITTEN_BY_TENSORBOARD =
      "0f000000000000006d532b091a0d627261696e2e4576656e743a32fc985129"
          + "2700000000000000bbe1b14610f4032a220a120a0b6372697469635f6c6f7373150000003e"
          + "0a0c0a0576616c756515000060c022ab6489"
          + "2700000000000000bbe1b14610e8072a220a120a0b6372697469635f6c6f7373150000803d"
          + "0a0c0a0576616c7565156f12833a206fd9e3";

  @Test
  void equalsTheFileThatTensorBoardWrites() {
    assertThat(HexFormat.of().formatHex(EventFile.of(METRICS))).isEqualTo(WRITTEN_BY_TENSORBOARD);
  }

  @Test
  void longFilesReadBackWithEveryChecksumRight() throws IOException {
    StringBuilder metrics = new StringBuilder();
    for (int i = 1; i <= 300; i++) {
      metrics.append("{\"q_mean\":%s,\"update\":%d}%n".formatted(i * 1e30, i * 1_000_000_000L));
    }
    List<String> events = new ArrayList<>();
    ByteBuffer file =
        ByteBuffer.wrap(EventFile.of(metrics.toString())).order(ByteOrder.LITTLE_ENDIAN);
    while (file.hasRemaining()) {
      byte[] length = checked(file, Long.BYTES);
      byte[] message =
          checked(file, (int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong());
      events.add(inWords(message));
    }
    assertThat(events).hasSize(301);
    assertThat(events.get(0)).isEqualTo("3=brain.Event:2");
    assertThat(events.get(300)).isEqualTo("2=300000000000 q_mean=" + (float) 300e30);
  }

  @Test
  void aLongerRunBeginsWithTheBytesOfTheShorterOne() {
    byte[] whole = EventFile.of(METRICS);
    assertThat(whole).startsWith(EventFile.of(METRICS.lines().findFirst().orElseThrow()));
  }

  private static byte[] checked(ByteBuffer file, int length) {
    byte[] bytes = new byte[length];
    file.get(bytes);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    int rotated = file.getInt() - 0xa282ead8;
    assertThat((rotated << 15) | (rotated >>> 17)).isEqualTo((int) checksum.getValue());
    return bytes;
  }

  /** The fields of an event that holds a version, or a step and one scalar. */
  private static String inWords(byte[] message) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    int tag = in.readTag();
    int field = WireFormat.getTagFieldNumber(tag);
    if (field == 3) {
      return "3=" + in.readString();
    }
    String step = field + "=" + in.readInt64();
    assertThat(WireFormat.getTagFieldNumber(in.readTag())).isEqualTo(5);
    CodedInputStream summary = CodedInputStream.newInstance(in.readByteArray());
    assertThat(WireFormat.getTagFieldNumber(summary.readTag())).isEqualTo(1);
    CodedInputStream value = CodedInputStream.newInstance(summary.readByteArray());
    assertThat(value.readTag()).isEqualTo((1 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED);
    String name = value.readString();
    assertThat(value.readTag()).isEqualTo((2 << 3) | WireFormat.WIRETYPE_FIXED32);
    return step + " " + name + "=" + value.readFloat();
  }
}
