package dev.hindcast.dataset.columns;

import dev.hindcast.core.data.TransitionColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Reads rows straight into a builder of flat arrays; no row objects are made. */
final class TransitionReadSupport extends ReadSupport<Boolean> {
  private final TransitionLayout layout;
  private final double[] rewardWeights;
  private final TransitionColumns.Builder builder;
  private final Row row;
  private boolean open;

  /**
   * For one file.
   *
   * @param rewardWeights by component; empty for the reward as it is stored
   */
  TransitionReadSupport(
      TransitionLayout layout, double[] rewardWeights, TransitionColumns.Builder builder) {
    this.layout = layout;
    this.rewardWeights = rewardWeights;
    this.builder = builder;
    row = new Row();
  }

  /** To be called after the last row: an episode that has not ended means a file cut off. */
  void finish() {
    if (open) {
      throw new ParquetDecodingException(
          "episode " + builder.currentEpisodeId() + " has no last step");
    }
  }

  @Override
  public ReadContext init(InitContext context) {
    MessageType schema = TransitionSchema.of(layout);
    context.getFileSchema().checkContains(schema);
    return new ReadContext(schema);
  }

  @Override
  public RecordMaterializer<Boolean> prepareForRead(
      Configuration configuration,
      Map<String, String> metadata,
      MessageType fileSchema,
      ReadContext context) {
    Root root = new Root(context.getRequestedSchema());
    return new RecordMaterializer<>() {
      @Override
      public Boolean getCurrentRecord() {
        return true;
      }

      @Override
      public GroupConverter getRootConverter() {
        return root;
      }
    };
  }

  /** The row being read. */
  private final class Row {
    Binary idBytes = Binary.EMPTY;
    String id = "";
    int step;
    final float[] numbers = new float[layout.observationSpace().numeric().size()];
    final int[] codes = new int[layout.observationSpace().categorical().size()];
    final boolean[] mask = new boolean[layout.masked() ? layout.actions() : 0];
    final float[] vector = new float[layout.dimensions()];
    final float[] finalNumbers = new float[numbers.length];
    final int[] finalCodes = new int[codes.length];
    final boolean[] finalMask = new boolean[mask.length];
    int action;
    double reward;
    final double[] rewardParts = new double[layout.rewardComponents().size()];
    double duration;
    boolean demonstration;
    double propensity;
    final String[] labels = new String[layout.labels().size()];
    boolean terminated;
    boolean truncated;
    boolean hasFinal;

    void add() {
      if (step == 0) {
        finish();
        builder.beginEpisode(id).labelled(labels);
      } else if (!open || !builder.currentEpisodeId().equals(id)) {
        throw new ParquetDecodingException("episode " + id + " does not begin with step 0");
      }
      if (rewardWeights.length > 0) {
        reward = 0;
        for (int i = 0; i < rewardParts.length; i++) {
          reward += rewardWeights[i] * rewardParts[i];
        }
      }
      if (layout.isDiscrete()) {
        builder.addStep(numbers, codes, mask, action, reward, propensity);
      } else {
        builder.addBoxStep(numbers, codes, vector, reward, propensity);
      }
      if (rewardParts.length > 0) {
        builder.paying(rewardParts);
      }
      if (layout.withDurations()) {
        builder.lasting(duration);
      }
      if (demonstration) {
        builder.asDemonstration();
      }
      open = !terminated && !truncated;
      if (!open && hasFinal) {
        builder.endEpisodeWithFinalObservation(terminated, finalNumbers, finalCodes, finalMask);
      } else if (!open) {
        builder.endEpisode(terminated);
      }
    }
  }

  private final class Root extends GroupConverter {
    private final List<Converter> fields = new ArrayList<>();

    Root(MessageType schema) {
      for (Type field : schema.getFields()) {
        fields.add(converter(field.getName()));
      }
    }

    private Converter converter(String name) {
      return switch (name) {
        case TransitionSchema.EPISODE_ID -> new EpisodeId();
        case TransitionSchema.STEP -> new Whole(value -> row.step = value);
        case TransitionSchema.OBSERVATION -> new Numbers(name, row.numbers, false);
        case TransitionSchema.OBSERVATION_CODES -> new Codes(name, row.codes, false);
        case TransitionSchema.ACTION -> new Whole(value -> row.action = value);
        case TransitionSchema.ACTION_VECTOR -> new Numbers(name, row.vector, false);
        case TransitionSchema.ACTION_MASK -> new Flags(name, row.mask, false);
        case TransitionSchema.REWARD -> new Real(value -> row.reward = value);
        case TransitionSchema.REWARD_COMPONENTS -> new Reals(name, row.rewardParts);
        case TransitionSchema.DURATION -> new Real(value -> row.duration = value);
        case TransitionSchema.DEMONSTRATION -> new Flag(value -> row.demonstration = value);
        case TransitionSchema.PROPENSITY -> new Real(value -> row.propensity = value);
        case TransitionSchema.LABELS -> new Texts(name, row.labels);
        case TransitionSchema.TERMINATED -> new Flag(value -> row.terminated = value);
        case TransitionSchema.TRUNCATED -> new Flag(value -> row.truncated = value);
        case TransitionSchema.FINAL_OBSERVATION -> new Numbers(name, row.finalNumbers, true);
        case TransitionSchema.FINAL_OBSERVATION_CODES -> new Codes(name, row.finalCodes, true);
        case TransitionSchema.FINAL_ACTION_MASK -> new Flags(name, row.finalMask, true);
        default -> throw new IllegalStateException("No transition has a column " + name + ".");
      };
    }

    @Override
    public Converter getConverter(int index) {
      return fields.get(index);
    }

    @Override
    public void start() {
      row.hasFinal = false;
    }

    @Override
    public void end() {
      row.add();
    }
  }

  private final class EpisodeId extends PrimitiveConverter {
    @Override
    public void addBinary(Binary value) {
      if (!value.equals(row.idBytes)) {
        row.idBytes = value.copy();
        row.id = value.toStringUsingUTF8();
      }
    }
  }

  private static final class Whole extends PrimitiveConverter {
    private final java.util.function.IntConsumer set;

    Whole(java.util.function.IntConsumer set) {
      this.set = set;
    }

    @Override
    public void addInt(int value) {
      set.accept(value);
    }
  }

  private static final class Real extends PrimitiveConverter {
    private final java.util.function.DoubleConsumer set;

    Real(java.util.function.DoubleConsumer set) {
      this.set = set;
    }

    @Override
    public void addDouble(double value) {
      set.accept(value);
    }
  }

  private interface FlagSetter {
    void set(boolean value);
  }

  private static final class Flag extends PrimitiveConverter {
    private final FlagSetter setter;

    Flag(FlagSetter setter) {
      this.setter = setter;
    }

    @Override
    public void addBoolean(boolean value) {
      setter.set(value);
    }
  }

  /** A list of fixed length: Parquet nests it as list, repeated group, element. */
  private abstract class Listed extends GroupConverter {
    private final String name;
    private final int size;
    private final boolean isFinal;
    private int count;
    private final GroupConverter repeated =
        new GroupConverter() {
          @Override
          public Converter getConverter(int index) {
            return element();
          }

          @Override
          public void start() {}

          @Override
          public void end() {}
        };

    Listed(String name, int size, boolean isFinal) {
      this.name = name;
      this.size = size;
      this.isFinal = isFinal;
    }

    abstract PrimitiveConverter element();

    int place() {
      if (count >= size) {
        throw new ParquetDecodingException(name + " has more than " + size + " elements");
      }
      return count++;
    }

    @Override
    public Converter getConverter(int index) {
      return repeated;
    }

    @Override
    public void start() {
      count = 0;
    }

    @Override
    public void end() {
      if (count != size) {
        throw new ParquetDecodingException(name + " has " + count + " elements instead of " + size);
      }
      row.hasFinal |= isFinal;
    }
  }

  private final class Numbers extends Listed {
    private final PrimitiveConverter element;

    Numbers(String name, float[] target, boolean isFinal) {
      super(name, target.length, isFinal);
      element =
          new PrimitiveConverter() {
            @Override
            public void addFloat(float value) {
              target[place()] = value;
            }
          };
    }

    @Override
    PrimitiveConverter element() {
      return element;
    }
  }

  private final class Reals extends Listed {
    private final PrimitiveConverter element;

    Reals(String name, double[] target) {
      super(name, target.length, false);
      element =
          new PrimitiveConverter() {
            @Override
            public void addDouble(double value) {
              target[place()] = value;
            }
          };
    }

    @Override
    PrimitiveConverter element() {
      return element;
    }
  }

  private final class Texts extends Listed {
    private final PrimitiveConverter element;

    Texts(String name, String[] target) {
      super(name, target.length, false);
      element =
          new PrimitiveConverter() {
            private String[] texts = new String[0]; // of the dictionary: each is made once

            @Override
            public boolean hasDictionarySupport() {
              return true;
            }

            @Override
            public void setDictionary(Dictionary dictionary) {
              texts = new String[dictionary.getMaxId() + 1];
              for (int i = 0; i < texts.length; i++) {
                texts[i] = dictionary.decodeToBinary(i).toStringUsingUTF8();
              }
            }

            @Override
            public void addValueFromDictionary(int id) {
              target[place()] = texts[id];
            }

            @Override
            public void addBinary(Binary value) {
              target[place()] = value.toStringUsingUTF8();
            }
          };
    }

    @Override
    PrimitiveConverter element() {
      return element;
    }
  }

  private final class Codes extends Listed {
    private final PrimitiveConverter element;

    Codes(String name, int[] target, boolean isFinal) {
      super(name, target.length, isFinal);
      element =
          new PrimitiveConverter() {
            @Override
            public void addInt(int value) {
              target[place()] = value;
            }
          };
    }

    @Override
    PrimitiveConverter element() {
      return element;
    }
  }

  private final class Flags extends Listed {
    private final PrimitiveConverter element;

    Flags(String name, boolean[] target, boolean isFinal) {
      super(name, target.length, isFinal);
      element =
          new PrimitiveConverter() {
            @Override
            public void addBoolean(boolean value) {
              target[place()] = value;
            }
          };
    }

    @Override
    PrimitiveConverter element() {
      return element;
    }
  }
}
