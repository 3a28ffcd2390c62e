package dev.hindcast.core.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.DiscreteWorld.Acting;
import dev.hindcast.core.world.RetentionOffers.Contact;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetentionOffersTest {
  private static final RetentionOffers WORLD = new RetentionOffers();
  private static final int TENURE = 1;
  private static final int BILL = 2;
  private static final int DATA_USED = 3;
  private static final int SINCE_COMPLAINT = 4;
  private static final int CONTRACT_LEFT = 5;
  private static final int LATE_PAYMENTS = 6;
  private static final int PLAN = 0;
  private static final int PAYMENT = 1;
  private static final int DEVICE = 4;

  @Test
  void aContentCustomerLeavesBySmoothReasonsAlone() {
    Contact contact = first(seen -> isContent(seen) && Float.isNaN(number(seen, SINCE_COMPLAINT)));
    double base = 0.03 + 0.12 * Math.exp(-number(WORLD.observation(contact), TENURE) / 24);
    assertLeaves(contact, 0, base);
    assertLeaves(contact, 1, base);
    assertLeaves(contact, 4, base + 0.06); // a call to somebody who has no need to be heard
  }

  @Test
  void oneNeedIsMetByOneOffer() {
    Contact upset = first(seen -> isContent(seen) && number(seen, SINCE_COMPLAINT) <= 45);
    double base = 0.03 + 0.12 * Math.exp(-number(WORLD.observation(upset), TENURE) / 24);
    assertLeaves(upset, 0, base + 0.32);
    assertLeaves(upset, 3, base + 0.32);
    assertLeaves(upset, 4, base);
    double bill = number(WORLD.observation(upset), BILL);
    Contact last = new Contact(upset.customer(), 5, 2, 0);
    for (int i = 0; i < 50; i++) {
      DiscreteWorld.Outcome<Contact> outcome = WORLD.step(last, 4, new SplittableRandom(i));
      assertThat(outcome.terminated()).isTrue();
      assertThat(outcome.reward()).isIn(-2.0, bill / 3 - 2);
    }
  }

  @Test
  void goodwillRisesWithWhatIsNeededAndFallsWithRepetition() {
    Contact upset = first(seen -> isContent(seen) && number(seen, SINCE_COMPLAINT) <= 45);
    assertGoodwill(upset, 0, 0.25, 0);
    assertGoodwill(upset, 4, 0, 0.7);
    assertGoodwill(upset, 2, 0, 0);
    assertGoodwill(new Contact(upset.customer(), 1, 2, 4), 4, 0.8, 0);
    assertGoodwill(new Contact(upset.customer(), 1, 0, 4), 4, 0, 0); // there is no less than none
    double base = 0.03 + 0.12 * Math.exp(-number(WORLD.observation(upset), TENURE) / 24);
    assertLeaves(new Contact(upset.customer(), 1, 1, 0), 4, base + 0.05);
  }

  private static void assertGoodwill(Contact contact, int action, double falls, double rises) {
    SplittableRandom random = new SplittableRandom(10);
    int n = 20_000;
    int[] changes = new int[3];
    for (int i = 0; i < n; i++) {
      Contact next = WORLD.step(contact, action, random).next();
      changes[1 + next.goodwill() - contact.goodwill()]++;
      assertThat(next.lastOffer()).isEqualTo(action);
      assertThat(next.number()).isEqualTo(contact.number() + 1);
    }
    assertThat((double) changes[0] / n).isCloseTo(falls, within(0.015));
    assertThat((double) changes[2] / n).isCloseTo(rises, within(0.015));
  }

  private static boolean isContent(DiscreteWorld.Seen seen) {
    return seen.codes()[PLAN] == 2
        && seen.codes()[PAYMENT] == 1
        && seen.codes()[DEVICE] == 5 // 7 * 4 mod 40 is 28
        && number(seen, DATA_USED) < 0.9
        && number(seen, CONTRACT_LEFT) > 2
        && number(seen, LATE_PAYMENTS) == 0;
  }

  private static Contact first(Predicate<DiscreteWorld.Seen> wanted) {
    SplittableRandom random = new SplittableRandom(4);
    return IntStream.range(0, 200_000)
        .mapToObj(i -> WORLD.start(random))
        .filter(contact -> wanted.test(WORLD.observation(contact)))
        .findFirst()
        .orElseThrow();
  }

  private static void assertLeaves(Contact contact, int action, double probability) {
    SplittableRandom random = new SplittableRandom(9);
    int n = 20_000;
    int left = 0;
    for (int i = 0; i < n; i++) {
      left += WORLD.step(contact, action, random).terminated() ? 1 : 0;
    }
    double error = Math.sqrt(probability * (1 - probability) / n);
    assertThat((double) left / n).isCloseTo(probability, within(4 * error));
  }

  @Test
  void noChangedDecisionIsBetterThanTheBestPolicy() {
    Policy best = WORLD.optimal();
    double[] optimum = WORLD.optimalValues(40, 3);
    assertThat(WORLD.values(best, Acting.MODE, 40, 3)).containsExactly(optimum, within(1e-9));
    for (int contact = 0; contact < 6; contact++) {
      for (int action = 0; action < 5; action++) {
        int at = contact;
        int other = action;
        RulePolicy rule = (RulePolicy) best;
        Policy changed =
            new RulePolicy(
                5, 0, (seen, codes) -> seen[10] == at ? other : rule.rule().action(seen, codes));
        double[] values = WORLD.values(changed, Acting.MODE, 40, 3);
        for (int i = 0; i < values.length; i++) {
          assertThat(values[i]).isLessThan(optimum[i] + 1e-9);
        }
      }
    }
  }

  @Test
  void exactValuesAreWhatIsEarned() {
    for (Policy policy : List.of(WORLD.behaviors().get(0), WORLD.optimal())) {
      double[] lived = WORLD.returns(policy, Acting.DRAWN, 8_000, 1, 5);
      double[] exact = WORLD.values(policy, Acting.DRAWN, 800, 6);
      double error = Math.hypot(error(lived), error(exact));
      assertThat(error).isLessThan(2.5);
      assertThat(mean(lived)).isCloseTo(mean(exact), within(4 * error));
    }
  }

  @Test
  void thereIsMuchToGainOverWhatIsDone() {
    double optimum = mean(WORLD.optimalValues(4_000, 8));
    for (Policy behavior : WORLD.behaviors()) {
      assertThat(mean(WORLD.values(behavior, Acting.DRAWN, 4_000, 8))).isLessThan(0.8 * optimum);
    }
    Policy nothing = new RulePolicy(5, 0, (seen, codes) -> 0);
    assertThat(mean(WORLD.values(nothing, Acting.MODE, 4_000, 8))).isLessThan(0.85 * optimum);
  }

  @Test
  void someNumbersAreOftenMissing() {
    SplittableRandom random = new SplittableRandom(2);
    int[] missing = new int[12];
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      float[] numbers = WORLD.observation(WORLD.start(random)).numbers();
      for (int j = 0; j < numbers.length; j++) {
        missing[j] += Float.isNaN(numbers[j]) ? 1 : 0;
      }
    }
    double[] shares = {0, 0, 0, 0, 0.6, 0.3, 0, 0, 0.1, 0.7, 0, 0};
    for (int j = 0; j < shares.length; j++) {
      assertThat((double) missing[j] / n).isCloseTo(shares[j], within(0.015));
    }
  }

  private static float number(DiscreteWorld.Seen seen, int field) {
    return seen.numbers()[field];
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double error(double[] values) {
    double mean = mean(values);
    double square = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(square) / values.length;
  }
}
