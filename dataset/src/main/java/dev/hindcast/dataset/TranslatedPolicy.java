package dev.hindcast.dataset;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import java.util.ArrayList;
import java.util.List;

/**
 * A policy made with other dictionaries than the dataset's: the same value has another code there,
 * so codes are translated on the way in. Values it never saw become its code 0.
 *
 * @param policy the policy
 * @param codes for each categorical field, its code for each of the dataset's codes
 */
public record TranslatedPolicy(Policy policy, List<int[]> codes) implements Policy {
  /** Copies the list. */
  public TranslatedPolicy {
    codes = List.copyOf(codes);
  }

  /**
   * A policy made for observations of {@code to}, for decisions with the dictionaries of {@code
   * from}; both have the same fields in the same order.
   */
  public static TranslatedPolicy between(
      ObservationSpace from, ObservationSpace to, Policy policy) {
    List<int[]> codes = new ArrayList<>();
    for (int field = 0; field < from.categorical().size(); field++) {
      List<String> known = to.categorical().get(field).values();
      java.util.Map<String, Integer> codeOf = new java.util.HashMap<>();
      for (int i = 0; i < known.size(); i++) {
        codeOf.put(known.get(i), i + 1);
      }
      List<String> values = from.categorical().get(field).values();
      int[] translated = new int[values.size() + 1];
      for (int i = 0; i < values.size(); i++) {
        translated[i + 1] = codeOf.getOrDefault(values.get(i), 0);
      }
      codes.add(translated);
    }
    return new TranslatedPolicy(policy, codes);
  }

  @Override
  public ActionDistribution distribution(Decisions decisions) {
    int fields = codes.size();
    int[] translated = new int[decisions.categories().length];
    for (int i = 0; i < translated.length; i++) {
      translated[i] = codes.get(i % fields)[decisions.categories()[i]];
    }
    return policy.distribution(
        new Decisions(
            decisions.size(),
            decisions.numeric(),
            translated,
            decisions.mask(),
            decisions.episodeIds(),
            decisions.steps()));
  }
}
