package dev.hindcast.evaluation.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.core.policy.UniformBoxPolicy;
import dev.hindcast.core.world.PointMass;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScoredBoxLogTest {
  private static final PointMass WORLD = new PointMass(1, 3);

  /** The action itself, so that means show what was drawn. */
  private static final class ActionItself implements QFunction {
    private static final long serialVersionUID = 1L;

    @Override
    public double[] values(Decisions decisions) {
      throw new UnsupportedOperationException("a box");
    }

    @Override
    public double[] values(Decisions decisions, float[] actions) {
      double[] values = new double[actions.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = actions[i];
      }
      return values;
    }
  }

  private static ScoredLog scored(int episodes) {
    TransitionColumns log = WORLD.log(WORLD.clumsy(), episodes, 1);
    Candidate uniform =
        Candidate.of(new UniformBoxPolicy(WORLD.actionSpace()), List.of(new ActionItself()));
    return ScoredLog.of(log, uniform, Optional.empty());
  }

  /** However a dataset is cut into files: the first episodes of a longer log are the same. */
  @Test
  void drawsHangOnEpisodeAndStepAlone() {
    ScoredLog few = scored(5);
    ScoredLog many = scored(300);
    for (int e = 0; e < 5; e++) {
      for (int t = 0; t < 3; t++) {
        assertThat(few.episode(e).v(t)).isEqualTo(many.episode(e).v(t));
      }
      assertThat(few.episode(e).tail()).isEqualTo(many.episode(e).tail());
    }
    assertThat(few.episode(0).v(0)).isNotEqualTo(few.episode(0).v(1));
    assertThat(few.episode(0).v(0)).isNotEqualTo(few.episode(1).v(0));
  }

  /** Uniform on [-1, 1] has density 1/2; what acted had 1 / 0.998. */
  @Test
  void ratiosAreThoseOfDensities() {
    double ratio = scored(1).episode(0).ratio(0);
    assertThat(ratio).isEqualTo(0.5 / WORLD.clumsy().density());
  }
}
