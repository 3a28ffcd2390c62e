package dev.hindcast.offlinerl.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @Test
  void whatIsWrittenIsReadAgain() {
    Map<String, Safetensors.Tensor> read = Safetensors.read(file());
    assertThat(read.keySet()).containsExactly("z", "a", "none");
    assertThat(read.get("z").shape()).containsExactly(2, 2);
    assertThat(read.get("z").values()).containsExactly(1, -2, 3.5f, Float.MIN_VALUE);
    assertThat(read.get("none").values()).isEmpty();
  }

  @Test
  void headerIsTheLayoutOthersRead() {
    byte[] file = file();
    long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat(length % 8).isZero();
    assertThat(new String(file, 8, (int) length, StandardCharsets.UTF_8).trim())
        .isEqualTo(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[16,20]},\"none\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[20,20]},\"z\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'[]' | its header is not a JSON object",
        "'{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}' | is of type F64, not F32",
        "'{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}' | has no shape",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}' | has no place",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}' | has no place",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}' | does not fit its shape",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}' | a dimension that is no size",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,6]}}' | a dimension that is no size",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,8]}}' | is too large",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}' | does not fit its shape",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}' | overlaps another or leaves a gap",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}' | overlaps another",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}' | ends beyond the end of the file",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}' | bytes that belong to no tensor",
        "'{\"a\":5}' | is of type",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} x' | Unrecognized token 'x'",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}{}' | Trailing token",
        "'{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}' | Duplicate field 'a'"
      })
  void headersThatLieAreRefused(String header, String words) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    byte[] file =
        ByteBuffer.allocate(8 + json.length + 8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .array();
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }

  @Test
  void headerLengthsThatLieAreRefused() {
    for (long length : new long[] {-1, 0, 1, 1000, 1L << 21, Long.MAX_VALUE}) {
      byte[] file = file();
      ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      assertThatThrownBy(() -> Safetensors.read(file))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("its header claims " + length + " bytes");
    }
    assertThatThrownBy(() -> Safetensors.read(new byte[5]))
        .hasMessageContaining("shorter than its header's length");
  }

  @Test
  void valuesThatAreNotNumbersAreRefused() {
    byte[] file = file();
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putFloat(file.length - 4, Float.NaN);
    assertThatThrownBy(() -> Safetensors.read(file))
        .hasMessageContaining("tensor a holds a value that is not finite");
  }

  @Test
  void anyCutOrFlippedHeaderByteIsReadOrRefusedButNeverAFault() {
    byte[] good = file();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2000; i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
      if (bad.length > 0) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        Safetensors.read(bad);
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  private static byte[] file() {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    tensors.put(
        "z", new Safetensors.Tensor(List.of(2, 2), new float[] {1, -2, 3.5f, Float.MIN_VALUE}));
    tensors.put("a", new Safetensors.Tensor(List.of(1), new float[] {7}));
    tensors.put("none", new Safetensors.Tensor(List.of(0), new float[0]));
    return Safetensors.write(tensors);
  }
}
