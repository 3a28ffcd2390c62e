package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Which offer, if any, to make a customer of a telephone company at each of six contacts, before
 * the customer leaves: twelve numbers of very different scales, two of them empty where there is
 * nothing to count from and two more where nobody asked, and eight categories of 3 to 40 values.
 * Actions: 0 nothing, 1 a discount, 2 a new device, 3 a data pack, 4 a personal call.
 *
 * <p><b>Who the customer is</b> is drawn once, every column by itself. Four needs follow from what
 * is seen:
 *
 * <ul>
 *   <li>a lower price: no contract or at most two months of it left, a monthly bill above 35, and
 *       aria, cobalt or ember the strongest rival; or the basic plan and two late payments or more
 *   <li>a device: one of 18 old models (number n of 40 where {@code 7 (n - 1) mod 40 < 18}), a year
 *       and a half with the company or more, and not the basic plan
 *   <li>data: more than nine tenths of the allowance used, and younger than 35 or signed up by app
 *   <li>to be heard: a complaint in the last 45 days, or a region with outages (2, 7, 8) and paying
 *       by invoice
 * </ul>
 *
 * <p><b>Whether the customer leaves</b> after a contact: with probability 0.03, and 0.12
 * exp(-months with the company / 24), and 0.08 without a contract or at most two months of it left,
 * and for every need that the offer does not meet 0.30 (price), 0.22 (device), 0.18 (data), 0.32
 * (to be heard), and 0.05 for each point by which goodwill is below 2 (less above), and 0.06 for a
 * call to somebody who has no need to be heard; all added, and cut to [0.01, 0.95].
 *
 * <p><b>Goodwill</b>, from 0 to 4, starts at 2. An offer that meets a need adds a point with
 * probability 0.7; the same offer as last time takes one away with probability 0.8 instead. With
 * nothing offered to somebody in need it falls with probability 0.25.
 *
 * <p><b>What is earned</b>: a third of the monthly bill when the customer stays, less the cost of
 * the offer: a tenth of the bill for a discount, 5 for a device, 1.5 for data, 2 for a call. After
 * the sixth contact the episode ends.
 *
 * <p>Thresholds and interactions decide the needs, as in rules that people write; the rest is
 * smooth. The columns {@code logins_last_week}, {@code distance_to_shop_m}, {@code survey_score}
 * and {@code campaign} have no influence. Given the customer only goodwill, the last offer and the
 * contact's number change, so the best policy and the value of any policy for one customer come by
 * exact backward induction; values of a population are means of these over drawn customers.
 */
public final class RetentionOffers implements DiscreteWorld<RetentionOffers.Contact> {
  private static final int CONTACTS = 6;
  private static final int ACTIONS = 5;
  private static final int NOTHING = 0;
  private static final int CALL = 4;
  private static final int MAX_GOODWILL = 4;
  private static final int START_GOODWILL = 2;
  private static final int PLACES = 1 + (CONTACTS - 1) * (MAX_GOODWILL + 1) * ACTIONS;
  private static final int ASKED_TOGETHER = 200; // customers
  private static final double[] LEFT_FOR_NEED = {0, 0.30, 0.22, 0.18, 0.32};

  private static final int AGE = 0;
  private static final int TENURE = 1;
  private static final int BILL = 2;
  private static final int DATA_USED = 3;
  private static final int SINCE_COMPLAINT = 4;
  private static final int CONTRACT_LEFT = 5;
  private static final int LATE_PAYMENTS = 6;
  private static final int LOGINS = 7;
  private static final int DISTANCE = 8;
  private static final int SURVEY = 9;
  private static final int CONTACT = 10;
  private static final int GOODWILL = 11;
  private static final List<String> NUMERIC =
      List.of(
          "age_years",
          "tenure_months",
          "monthly_bill",
          "data_used_share",
          "days_since_complaint",
          "contract_months_left",
          "late_payments",
          "logins_last_week",
          "distance_to_shop_m",
          "survey_score",
          "contact",
          "goodwill");

  private static final int PLAN = 0;
  private static final int PAYMENT = 1;
  private static final int CHANNEL = 2;
  private static final int REGION = 3;
  private static final int DEVICE = 4;
  private static final int RIVAL = 5;
  private static final int LAST_OFFER = 7;
  private static final List<CategoricalField> CATEGORICAL =
      List.of(
          new CategoricalField("plan", List.of("basic", "plus", "premium")),
          new CategoricalField("payment", List.of("card", "debit", "invoice", "wallet")),
          new CategoricalField("channel", List.of("app", "partner", "phone", "shop", "web")),
          new CategoricalField("region", numbered("region", 12)),
          new CategoricalField("device", numbered("model", 40)),
          new CategoricalField(
              "rival", List.of("aria", "borealis", "cobalt", "delta", "ember", "none")),
          new CategoricalField("campaign", numbered("campaign", 15)),
          new CategoricalField(
              "last_offer",
              List.of("nothing", "discount", "device", "data", "call", "first contact")));
  private static final int FIRST_CONTACT = 5; // among the last offers

  /**
   * A customer, and what the company has done so far.
   *
   * @param customer who it is
   * @param number of the contact, from 0 to 5
   * @param goodwill from 0 to 4
   * @param lastOffer an action, or 5 at the first contact
   */
  public record Contact(Customer customer, int number, int goodwill, int lastOffer) {
    /** The next contact, unless this is the last. */
    private Contact after(int action, int change) {
      int points = Math.min(MAX_GOODWILL, Math.max(0, goodwill + change));
      return new Contact(customer, Math.min(CONTACTS - 1, number + 1), points, action);
    }
  }

  /** Who a customer is: all that is seen of it and does not change, and what follows from that. */
  public static final class Customer {
    private final float[] numbers;
    private final int[] codes;
    private final boolean[] needs; // by the action that meets it
    private final boolean needy;
    private final double[] leaves; // by action, with neither good nor ill will
    private final double bill;

    private Customer(float[] numbers, int[] codes) {
      this.numbers = numbers;
      this.codes = codes;
      bill = numbers[BILL];
      boolean free = Float.isNaN(numbers[CONTRACT_LEFT]) || numbers[CONTRACT_LEFT] <= 2;
      boolean tempted = is(RIVAL, "aria") || is(RIVAL, "cobalt") || is(RIVAL, "ember");
      boolean outages = is(REGION, "region 2") || is(REGION, "region 7") || is(REGION, "region 8");
      boolean basic = is(PLAN, "basic");
      boolean old = (codes[DEVICE] - 1) * 7 % 40 < 18; // strewn over the list
      needs =
          new boolean[] {
            false,
            (free && tempted && bill > 35) || (basic && numbers[LATE_PAYMENTS] >= 2),
            old && !basic && numbers[TENURE] >= 18,
            numbers[DATA_USED] > 0.9f && (numbers[AGE] < 35 || is(CHANNEL, "app")),
            numbers[SINCE_COMPLAINT] <= 45 || (outages && is(PAYMENT, "invoice")), // false for NaN
          };
      needy = needs[1] || needs[2] || needs[3] || needs[4];
      leaves = new double[ACTIONS];
      Arrays.fill(leaves, 0.03 + 0.12 * Math.exp(-numbers[TENURE] / 24.0) + (free ? 0.08 : 0));
      for (int action = 0; action < ACTIONS; action++) {
        for (int need = 1; need < ACTIONS; need++) {
          leaves[action] += needs[need] && need != action ? LEFT_FOR_NEED[need] : 0;
        }
      }
      leaves[CALL] += needs[CALL] ? 0 : 0.06;
    }

    private boolean is(int field, String value) {
      return CATEGORICAL.get(field).values().get(codes[field] - 1).equals(value);
    }

    /** The probability of leaving after a contact with this action. */
    private double leaves(int goodwill, int action) {
      double sum = leaves[action] + 0.05 * (START_GOODWILL - goodwill);
      return Math.min(0.95, Math.max(0.01, sum));
    }

    /** The probabilities that goodwill falls by a point and rises by one, at this action. */
    private double falls(int lastOffer, int action) {
      return action == NOTHING ? (needy ? 0.25 : 0) : action == lastOffer ? 0.8 : 0;
    }

    private double rises(int lastOffer, int action) {
      return action != lastOffer && needs[action] ? 0.7 : 0;
    }

    private double earned() {
      return bill / 3;
    }

    private double cost(int action) {
      return switch (action) {
        case 1 -> bill / 10;
        case 2 -> 5;
        case 3 -> 1.5;
        case CALL -> 2;
        default -> 0;
      };
    }
  }

  @Override
  public ObservationSpace observationSpace() {
    return new ObservationSpace(NUMERIC, CATEGORICAL);
  }

  @Override
  public ActionSpace.Discrete actionSpace() {
    return new ActionSpace.Discrete(ACTIONS);
  }

  @Override
  public int maxSteps() {
    return CONTACTS;
  }

  @Override
  public Contact start(RandomGenerator random) {
    return new Contact(customer(random), 0, START_GOODWILL, FIRST_CONTACT);
  }

  private static Customer customer(RandomGenerator random) {
    float[] numbers = new float[NUMERIC.size()];
    numbers[AGE] = 18 + random.nextInt(63);
    numbers[TENURE] = (float) Math.min(240, Math.rint(-30 * Math.log(1 - random.nextDouble())));
    numbers[BILL] =
        (float) (Math.rint(100 * Math.exp(Math.log(42) + 0.45 * random.nextGaussian())) / 100);
    numbers[DATA_USED] =
        (float) (Math.rint(1000 * Math.pow(random.nextDouble(), 1.5) * 1.6) / 1000);
    numbers[SINCE_COMPLAINT] =
        random.nextDouble() < 0.6 ? Float.NaN : 1 + (float) Math.floor(120 * random.nextDouble());
    numbers[CONTRACT_LEFT] = random.nextDouble() < 0.3 ? Float.NaN : random.nextInt(13);
    numbers[LATE_PAYMENTS] =
        (float) Math.min(9, Math.floor(-1.1 * Math.log(1 - random.nextDouble())));
    numbers[LOGINS] = random.nextInt(30);
    double distance = Math.rint(Math.exp(Math.log(3000) + 1.2 * random.nextGaussian()));
    numbers[DISTANCE] = random.nextDouble() < 0.1 ? Float.NaN : (float) distance;
    double score = 1 + random.nextInt(10);
    numbers[SURVEY] = random.nextDouble() < 0.7 ? Float.NaN : (float) score;
    int[] codes = new int[CATEGORICAL.size()];
    for (int field = 0; field < LAST_OFFER; field++) {
      codes[field] = 1 + random.nextInt(CATEGORICAL.get(field).values().size());
    }
    return new Customer(numbers, codes);
  }

  @Override
  public Seen observation(Contact contact) {
    float[] numbers = contact.customer().numbers.clone();
    numbers[CONTACT] = contact.number();
    numbers[GOODWILL] = contact.goodwill();
    int[] codes = contact.customer().codes.clone();
    codes[LAST_OFFER] = contact.lastOffer() + 1;
    return new Seen(numbers, codes);
  }

  private static Contact contact(float[] numbers, int[] codes) {
    return new Contact(
        new Customer(numbers, codes),
        Math.round(numbers[CONTACT]),
        Math.round(numbers[GOODWILL]),
        codes[LAST_OFFER] - 1);
  }

  @Override
  public Outcome<Contact> step(Contact contact, int action, RandomGenerator random) {
    Customer customer = contact.customer();
    double luck = random.nextDouble(); // both drawn every time: the same luck for every policy
    double mood = random.nextDouble();
    boolean left = luck < customer.leaves(contact.goodwill(), action);
    double falls = customer.falls(contact.lastOffer(), action);
    double rises = customer.rises(contact.lastOffer(), action);
    Contact next = contact.after(action, mood < falls ? -1 : mood > 1 - rises ? 1 : 0);
    double reward = (left ? 0 : customer.earned()) - customer.cost(action);
    return new Outcome<>(next, reward, left || contact.number() + 1 == CONTACTS);
  }

  /** The best policy, by backward induction for every customer that it meets. */
  public Policy optimal() {
    return new RulePolicy(
        ACTIONS,
        0,
        (numbers, codes) -> {
          Contact contact = contact(numbers, codes);
          double[] later = values(contact.customer(), contact.number() + 1, BEST);
          double[] values = actionValues(contact, later);
          int best = 0;
          for (int action = 1; action < ACTIONS; action++) {
            best = values[action] > values[best] ? action : best;
          }
          return best;
        });
  }

  /**
   * (customers) For each of so many drawn customers, what the best policy earns of it: its expected
   * undiscounted return, exact. The same seed draws the same customers as for {@link
   * #values(Policy, Acting, int, long)}.
   */
  public double[] optimalValues(int customers, long seed) {
    return drawn(customers, seed).stream().mapToDouble(c -> atFirst(c, BEST)).toArray();
  }

  /**
   * (customers) For each of so many drawn customers, what a policy that looks at nothing but the
   * observation earns of it: its expected undiscounted return, exact.
   */
  public double[] values(Policy policy, Acting acting, int customers, long seed) {
    List<Customer> drawn = drawn(customers, seed);
    double[] values = new double[customers];
    for (int from = 0; from < customers; from += ASKED_TOGETHER) {
      List<Customer> some = drawn.subList(from, Math.min(customers, from + ASKED_TOGETHER));
      List<Contact> contacts = some.stream().flatMap(c -> contacts(c).stream()).toList();
      ActionDistribution.Categorical choices =
          policy.categorical(
              Life.decisions(
                  contacts.stream().map(this::observation).toList(),
                  contacts.stream().mapToInt(Contact::number).toArray()));
      int each = contacts.size() / some.size();
      for (int i = 0; i < some.size(); i++) {
        int first = i * each;
        values[from + i] =
            atFirst(
                some.get(i),
                (contact, of) -> {
                  int row = first + place(contact);
                  if (acting == Acting.MODE) {
                    return of[choices.mode(row)];
                  }
                  double mean = 0;
                  for (int action = 0; action < ACTIONS; action++) {
                    mean += choices.probability(row, action) * of[action];
                  }
                  return mean;
                });
      }
    }
    return values;
  }

  private static List<Customer> drawn(int customers, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, customers).mapToObj(i -> customer(random)).toList();
  }

  /** What a contact is worth, given what each action is worth there. */
  @FunctionalInterface
  private interface Choice {
    double worth(Contact contact, double[] actionValues);
  }

  private static final Choice BEST = (contact, of) -> Arrays.stream(of).max().orElseThrow();

  private static double atFirst(Customer customer, Choice choice) {
    return values(customer, 0, choice)[0];
  }

  /** By {@link #place}, what contacts are worth, from a number on; those after the last 0. */
  private static double[] values(Customer customer, int from, Choice choice) {
    double[] values = new double[PLACES];
    List<Contact> contacts = contacts(customer);
    for (int i = contacts.size() - 1; i >= 0 && contacts.get(i).number() >= from; i--) {
      values[i] = choice.worth(contacts.get(i), actionValues(contacts.get(i), values));
    }
    return values;
  }

  /** (actions) What each action is worth at a contact, given what the next contacts are worth. */
  private static double[] actionValues(Contact contact, double[] next) {
    Customer customer = contact.customer();
    double[] values = new double[ACTIONS];
    for (int action = 0; action < ACTIONS; action++) {
      double falls = customer.falls(contact.lastOffer(), action);
      double rises = customer.rises(contact.lastOffer(), action);
      double later = 0;
      if (contact.number() + 1 < CONTACTS) {
        later =
            falls * next[place(contact.after(action, -1))]
                + rises * next[place(contact.after(action, 1))]
                + (1 - falls - rises) * next[place(contact.after(action, 0))];
      }
      double stays = 1 - customer.leaves(contact.goodwill(), action);
      values[action] = stays * (customer.earned() + later) - customer.cost(action);
    }
    return values;
  }

  /** All contacts that a customer can come to, by {@link #place}. */
  private static List<Contact> contacts(Customer customer) {
    List<Contact> contacts = new ArrayList<>(PLACES);
    contacts.add(new Contact(customer, 0, START_GOODWILL, FIRST_CONTACT));
    for (int number = 1; number < CONTACTS; number++) {
      for (int goodwill = 0; goodwill <= MAX_GOODWILL; goodwill++) {
        for (int last = 0; last < ACTIONS; last++) {
          contacts.add(new Contact(customer, number, goodwill, last));
        }
      }
    }
    return contacts;
  }

  /** The place of a contact among all that its customer can come to. */
  private static int place(Contact contact) {
    return contact.number() == 0
        ? 0
        : 1
            + ((contact.number() - 1) * (MAX_GOODWILL + 1) + contact.goodwill()) * ACTIONS
            + contact.lastOffer();
  }

  /**
   * Three departments with rules of their own, more or less strictly kept, and somebody who offers
   * anything to anybody.
   */
  @Override
  public List<Policy> behaviors() {
    return List.of(
        new RulePolicy(
            ACTIONS,
            0.3,
            (seen, codes) -> seen[SINCE_COMPLAINT] <= 60 ? CALL : seen[CONTRACT_LEFT] <= 3 ? 1 : 0),
        new RulePolicy(
            ACTIONS,
            0.3,
            (seen, codes) ->
                seen[TENURE] >= 24 && codes[PLAN] == 3 ? 2 : seen[DATA_USED] > 0.7f ? 3 : 0),
        new RulePolicy(ACTIONS, 0.4, (seen, codes) -> seen[BILL] > 60 ? 1 : 0),
        new RulePolicy(ACTIONS, 1, (seen, codes) -> 0));
  }

  private static List<String> numbered(String what, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> what + " " + i).toList();
  }
}
