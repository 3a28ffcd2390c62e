package dev.hindcast.streaming.operator;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.ingestion.mapping.MappedRow;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EpisodeRows;
import java.util.List;

/** Makes transitions of finished episodes, as batch makes them of the same rows. */
public final class Transitions {
  private Transitions() {}

  /** The transitions of episodes, in the order given. */
  public static TransitionColumns of(StreamPlan plan, List<EpisodeRows> episodes) {
    TransitionColumns.Builder builder = plan.layout().builder();
    for (EpisodeRows episode : episodes) {
      List<MappedRow> rows =
          episode.rows().stream()
              .map(row -> plan.mapper().map(row).inEpisode(episode.episodeId()))
              .toList();
      plan.sessionizer().append(plan.screening().screen(rows).kept(), builder);
    }
    return builder.build();
  }
}
