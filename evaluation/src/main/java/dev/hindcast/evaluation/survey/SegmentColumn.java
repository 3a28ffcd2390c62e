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
 * A column of observations by which episodes are put together, as it is at their first step.
 *
 * @param name the column
 * @param numeric whether it holds numbers
 * @param place its place among the numeric or the categorical columns
 * @param values the dictionary of a categorical column; empty for numbers
 */
public record SegmentColumn(String name, boolean numeric, int place, List<String> values)
    implements Serializable {
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
    return names.stream().map(name -> find(name, space, known, manifest.name())).toList();
  }

  private static SegmentColumn find(
      String name, ObservationSpace space, List<String> known, String dataset) {
    int number = space.numeric().indexOf(name);
    if (number >= 0) {
      return new SegmentColumn(name, true, number, List.of());
    }
    for (int c = 0; c < space.categorical().size(); c++) {
      CategoricalField field = space.categorical().get(c);
      if (field.name().equals(name)) {
        return new SegmentColumn(name, false, c, field.values());
      }
    }
    throw UserError.usage(
        "Cannot evaluate by segments of "
            + name
            + ": dataset "
            + dataset
            + " keeps no such column of observations."
            + DidYouMean.hint(name, known)
            + " Other columns of the log are kept if ingest.observation names them.");
  }
}
