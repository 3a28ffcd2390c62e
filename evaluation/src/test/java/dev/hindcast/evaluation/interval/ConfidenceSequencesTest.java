package dev.hindcast.evaluation.interval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConfidenceSequencesTest {
  @Test
  void wealthIsThatOfTheSheet() { // section 15.12
    GammaExponential mixture = new GammaExponential(1);
    assertThat(mixture.logWealth(3, 4)).isCloseTo(0.134569112190800, within(1e-12));
    assertThat(mixture.logWealth(0, 4)).isCloseTo(-0.991160336066895, within(1e-12));
    assertThat(mixture.logWealth(10, 20)).isCloseTo(0.656351921657722, within(1e-12));
  }

  @Test
  void wealthIsTheMixtureOfBets() {
    // The definition, integrated by the trapezoidal rule: a gamma density cut off at λ < 1,
    // f(λ) ∝ exp(-ρ(1-λ)) (1-λ)^(ρ-1), over exp(λ S - (-ln(1-λ) - λ) V).
    double rho = 2.5;
    double sum = 4;
    double spread = 6;
    int cells = 2_000_000;
    double wealth = 0;
    double density = 0;
    for (int i = 1; i < cells; i++) {
      double left = i / (double) cells; // 1 - λ
      double f = Math.exp(-rho * left) * Math.pow(left, rho - 1);
      wealth += f * Math.exp((1 - left) * sum + (Math.log(left) + 1 - left) * spread);
      density += f;
    }
    assertThat(new GammaExponential(rho).logWealth(sum, spread))
        .isCloseTo(Math.log(wealth / density), within(1e-5));
  }

  @Test
  void boundaryIsWhereTheWealthIsOneOverTheError() {
    GammaExponential mixture = GammaExponential.sharpestAt(100, 0.05);
    for (double spread : new double[] {0, 1e-3, 1, 100, 1e6}) {
      double reached = mixture.boundary(spread, 0.05);
      assertThat(mixture.logWealth(reached, spread)).isCloseTo(Math.log(20), within(1e-7));
    }
  }

  @Test
  void mixtureIsSharpestNearTheSpreadItWasMadeFor() {
    double there = GammaExponential.sharpestAt(100, 0.05).boundary(100, 0.05);
    assertThat(there).isLessThan(GammaExponential.sharpestAt(3, 0.05).boundary(100, 0.05));
    assertThat(there).isLessThan(GammaExponential.sharpestAt(3000, 0.05).boundary(100, 0.05));
  }

  @Test
  void halfWidthsAreThoseOfTheSheet() { // section 15.11
    AsymptoticSequence sequence = new AsymptoticSequence(0.001);
    assertThat(sequence.twoSided(100, 1, 0.05)).isCloseTo(0.818257428906303, within(1e-14));
    assertThat(sequence.twoSided(10_000, 1, 0.05)).isCloseTo(0.0303781102142595, within(1e-15));
    assertThat(sequence.twoSided(1e6, 1, 0.05)).isCloseTo(0.00359348292687605, within(1e-16));
  }

  @Test
  void oneSidedBoundsAreCloserThanTwoSidedOnes() {
    AsymptoticSequence sequence = AsymptoticSequence.tightestAt(1000, 0.05);
    assertThat(sequence.oneSided(1000, 1, 0.05)).isLessThan(sequence.twoSided(1000, 1, 0.05));
    assertThat(sequence.oneSided(1000, 1, 0.05)).isGreaterThan(sequence.twoSided(1000, 1, 0.1));
  }

  @Test
  void partsOfABatchMayBeAddedUpAnywhere() {
    BernsteinSequence before = BernsteinSequence.NONE.after(10, 4, 3);
    BernsteinSequence whole = before.after(5, 2.25, 1.3125);
    // Three and two numbers: 0.5 0.5 0.5 and 0.25 0.5.
    BernsteinSequence parts = before.after(3 + 2, 1.5 + 0.75, 0.75 + 0.5625 - 0.25 + 0.25);
    assertThat(parts).isEqualTo(whole);
    // Predicted by 0.4, the mean of the first batch.
    assertThat(whole.spread() - before.spread())
        .isCloseTo(1.3125 - 0.8 * 2.25 + 0.16 * 5, within(1e-12));
  }

  @Test
  void predictionIsNeverAboveOne() {
    BernsteinSequence high = BernsteinSequence.NONE.after(2, 20, 200);
    assertThat(high.after(1, 1, 1).spread()).isEqualTo(high.spread());
  }

  @Test
  void heavyWeightNeverBreaksTheLowerBound() {
    // Numbers of mean 0.3: 60 with probability 0.005, otherwise 0.
    SplittableRandom random = new SplittableRandom(4);
    GammaExponential mixture = BernsteinSequence.mixture(2000, 0.05);
    int broken = 0;
    for (int run = 0; run < 400; run++) {
      BernsteinSequence sequence = BernsteinSequence.NONE;
      boolean isBroken = false;
      for (int batch = 0; batch < 50; batch++) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 40; i++) {
          double x = random.nextDouble() < 0.005 ? 60 : 0;
          sum += x;
          squares += x * x;
        }
        sequence = sequence.after(40, sum, squares);
        isBroken |= sequence.lower(mixture, 0.05) > 0.3;
      }
      broken += isBroken ? 1 : 0;
    }
    assertThat(broken).isLessThanOrEqualTo(20); // 5 % of 400
  }

  @Test
  void boundComesCloseToTheMean() {
    SplittableRandom random = new SplittableRandom(4);
    GammaExponential mixture = BernsteinSequence.mixture(10_000, 0.05);
    BernsteinSequence sequence = BernsteinSequence.NONE;
    for (int batch = 0; batch < 100; batch++) {
      double sum = 0;
      for (int i = 0; i < 100; i++) {
        sum += random.nextDouble() < 0.3 ? 1 : 0;
      }
      sequence = sequence.after(100, sum, sum);
    }
    assertThat(sequence.lower(mixture, 0.05)).isBetween(0.27, 0.3);
    assertThat(BernsteinSequence.NONE.lower(mixture, 0.05)).isZero();
  }

  @Test
  void impossibleMixturesAreRefused() {
    assertThatThrownBy(() -> new GammaExponential(0)).hasMessage("rho is 0, but must be above 0.");
    assertThatThrownBy(() -> new AsymptoticSequence(-1))
        .hasMessage("rhoSquared is -1, but must be above 0.");
  }
}
