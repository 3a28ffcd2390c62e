package dev.hindcast.streaming.row;

import dev.hindcast.core.config.Require;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The columns that the rows of a stream keep.
 *
 * @param names in the order of {@link EventRow#values()}
 * @param kinds what each holds
 */
public record RowColumns(List<String> names, List<Kind> kinds) implements Serializable {
  /** Copies the lists. */
  public RowColumns {
    names = List.copyOf(names);
    kinds = List.copyOf(kinds);
    Require.that(names.size() == kinds.size(), "Every column has one kind.");
  }

  /** The columns and what they hold, in order. */
  public String inWords() {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      words.add(names.get(i) + ": " + kinds.get(i).name().toLowerCase(Locale.ROOT));
    }
    return String.join(", ", words);
  }

  /** How many there are. */
  public int size() {
    return names.size();
  }

  /** Where a column stands; -1 when it is not kept. */
  public int place(String name) {
    return names.indexOf(name);
  }

  /** These and one more, unless it is among them. */
  public RowColumns with(String name, Kind kind) {
    if (names.contains(name)) {
      return this;
    }
    List<String> longer = new ArrayList<>(names);
    longer.add(name);
    List<Kind> more = new ArrayList<>(kinds);
    more.add(kind);
    return new RowColumns(longer, more);
  }
}
