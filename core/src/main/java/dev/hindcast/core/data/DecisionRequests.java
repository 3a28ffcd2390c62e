package dev.hindcast.core.data;

import java.util.List;

/**
 * Rows of a log that ask for an action.
 *
 * @param ids (rows) what tells each decision from all others
 * @param problems (rows) why a row cannot be decided on; empty where it can
 * @param decisions the rows without a problem, in order
 */
public record DecisionRequests(List<String> ids, List<String> problems, Decisions decisions) {
  /** Copies the lists and checks that they fit. */
  public DecisionRequests {
    ids = List.copyOf(ids);
    problems = List.copyOf(problems);
    long sound = problems.stream().filter(String::isEmpty).count();
    if (ids.size() != problems.size() || sound != decisions.size()) {
      throw new IllegalArgumentException(
          ids.size()
              + " ids and "
              + problems.size()
              + " problems do not fit "
              + decisions.size()
              + " decisions.");
    }
  }
}
