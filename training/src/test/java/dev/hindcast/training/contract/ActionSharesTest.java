package dev.hindcast.training.contract;

import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.training.algorithm.ActionShares;
import dev.hindcast.training.algorithm.Catalogue;
import dev.hindcast.training.algorithm.TrainSettings;
import java.util.List;
import java.util.Map;

/** The contract holds for what is no network. */
class ActionSharesTest extends LearnerContract {
  @Override
  protected Catalogue catalogue() {
    return new Catalogue(List.of(new ActionShares()), List.of());
  }

  /** The log's own policy stands at about a tenth of the way. */
  @Override
  protected Map<String, Exam> exams() {
    return Map.of("action-shares discrete", new Exam(new ActionShares.Config(1), 1, 0.05));
  }

  @Override
  protected TrainSettings settings() {
    return TrainSettings.DEFAULT;
  }

  @Override
  protected BundleLoader loader() {
    return new BundleLoader(List.of(new ActionShares.Format()));
  }
}
