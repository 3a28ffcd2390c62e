package dev.hindcast.ingestion.mapping;

import dev.hindcast.core.data.DecisionRequests;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes requests for decisions from rows. A row that lacks something keeps its place and says what
 * is wrong. Safe for use from several threads.
 */
public final class DecisionMapper implements Serializable {
  private static final long serialVersionUID = 1L;

  private final DecisionMapping mapping;
  private final ObservationSpace space;
  private final EventMapper mapper;
  private final boolean ordered;
  private final boolean hasStep;
  private final List<String> numeric;
  private final int categorical;
  private final int maskWidth;
  private final boolean keepsMissing;

  /**
   * A mapper for one log, whose rows need every number.
   *
   * @param space the policy's observation space, whose dictionaries give the codes
   */
  public DecisionMapper(DecisionMapping mapping, ObservationSpace space) {
    this(mapping, space, false);
  }

  private DecisionMapper(DecisionMapping mapping, ObservationSpace space, boolean keepsMissing) {
    this.mapping = mapping;
    this.space = space;
    this.keepsMissing = keepsMissing;
    mapper = new EventMapper(mapping.columns(), space, mapping.widths());
    ordered = mapping.isOrdered();
    hasStep = mapping.columns().step() != ResolvedMapping.NONE;
    numeric = space.numeric();
    categorical = space.categorical().size();
    maskWidth = mapping.columns().hasMask() ? mapping.actions() : 0;
  }

  /** The same, but numbers may be missing: the policy is asked all the same. */
  public DecisionMapper keepingMissingNumbers() {
    return new DecisionMapper(mapping, space, true);
  }

  /**
   * One request for each row. Its id is the episode's, with a slash and what orders the row where
   * an episode has several. The step is 0 unless the log numbers steps.
   */
  public DecisionRequests map(List<? extends LogRow> rows) {
    List<String> ids = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<Moment> sound = new ArrayList<>();
    for (LogRow row : rows) {
      Moment moment = mapper.moment(row);
      String problem = problem(moment);
      ids.add(id(moment));
      problems.add(problem);
      if (problem.isEmpty()) {
        sound.add(moment);
      }
    }
    return new DecisionRequests(ids, problems, decisions(sound));
  }

  private String id(Moment moment) {
    return ordered && moment.order().isPresent()
        ? moment.episodeId() + "/" + moment.order().getAsLong()
        : moment.episodeId();
  }

  private String problem(Moment moment) {
    if (moment.seen().isEmpty()) {
      return moment.problem();
    }
    Event.Seen seen = moment.seen().get();
    for (int i = 0; i < seen.numbers().length; i++) {
      if (Float.isNaN(seen.numbers()[i])) {
        if (!keepsMissing) {
          return numeric.get(i) + " is empty";
        }
      } else if (Float.isInfinite(seen.numbers()[i])) {
        return numeric.get(i) + " is " + seen.numbers()[i];
      }
    }
    for (boolean admissible : seen.mask()) {
      if (admissible) {
        return "";
      }
    }
    return maskWidth == 0 ? "" : "no action is admissible";
  }

  private Decisions decisions(List<Moment> moments) {
    int n = moments.size();
    int d = numeric.size();
    float[] numbers = new float[n * d];
    int[] codes = new int[n * categorical];
    boolean[] masks = new boolean[n * maskWidth];
    String[] episodeIds = new String[n];
    int[] steps = new int[n];
    for (int i = 0; i < n; i++) {
      Event.Seen seen = moments.get(i).seen().orElseThrow();
      System.arraycopy(seen.numbers(), 0, numbers, i * d, d);
      System.arraycopy(seen.codes(), 0, codes, i * categorical, categorical);
      System.arraycopy(seen.mask(), 0, masks, i * maskWidth, maskWidth);
      episodeIds[i] = moments.get(i).episodeId();
      steps[i] = hasStep ? (int) moments.get(i).order().orElseThrow() : 0;
    }
    return new Decisions(n, numbers, codes, masks, episodeIds, steps);
  }
}
