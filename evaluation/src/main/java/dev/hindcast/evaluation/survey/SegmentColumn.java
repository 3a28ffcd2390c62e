package dev.hindcast.evaluation.survey;

import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A column of observations, as it is at the first step of episodes, or a label of theirs, by which
 * they are put together.
 *
 * @param name the column
 * @param holds what it holds
 * @param place its place among the columns that hold such
 * @param values the dictionary of a categorical column; empty for numbers
 */
public record SegmentColumn(String name, Holds holds, int place, List<String> values)
    implements Serializable {
  /** What a column holds. */
  public enum Holds {
    /** Numbers of observations. */
    NUMBERS,
    /** Categories of observations, with a dictionary. */
    CATEGORIES,
    /** Texts, one for each episode. */
    LABELS
  }

  /** Copies the dictionary. */
  public SegmentColumn {
    values = List.copyOf(values);
  }

  /**
   * Finds columns in a dataset.
   *
   * @throws UserError (usage) when the dataset does not keep one of them
   */
  public static List<SegmentColumn> find(List<String> names, DatasetManifest manifest) {
    ObservationSpace space = manifest.observationSpace();
    List<String> known = new ArrayList<>(space.numeric());
    space.categorical().forEach(field -> known.add(field.name()));
    known.addAll(manifest.labels());
    return names.stream().map(name -> find(name, manifest, known)).toList();
  }

  private static SegmentColumn find(String name, DatasetManifest manifest, List<String> known) {
    int label = manifest.labels().indexOf(name);
    if (label >= 0) {
      return new SegmentColumn(name, Holds.LABELS, label, List.of());
    }
    ObservationSpace space = manifest.observationSpace();
    int number = space.numeric().indexOf(name);
    if (number >= 0) {
      return new SegmentColumn(name, Holds.NUMBERS, number, List.of());
    }
    for (int c = 0; c < space.categorical().size(); c++) {
      CategoricalField field = space.categorical().get(c);
      if (field.name().equals(name)) {
        return new SegmentColumn(name, Holds.CATEGORIES, c, field.values());
      }
    }
    throw UserError.usage(
        "Cannot evaluate by segments of "
            + name
            + ": dataset "
            + manifest.name()
            + " keeps no such column."
            + DidYouMean.hint(name, known)
            + " Other columns of the log are kept if ingest.labels names them, or"
            + " ingest.observation for policies to see.");
  }
}
