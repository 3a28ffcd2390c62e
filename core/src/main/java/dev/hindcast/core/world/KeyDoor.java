package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.core.policy.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Fetch the key, open the door, reach the goal: two rooms of three by three cells with a wall
 * between, after the DoorKey task of MiniGrid (Chevalier-Boisvert and others, 2023). The goal pays
 * 1 and ends the episode, nothing else pays; so with a discount the fewest steps are best. After
 * 100 steps the clock ends the episode.
 *
 * <p>Where key, door and goal are is drawn for every episode, 243 layouts in all, and so are the
 * start in the first room and the direction faced: no path can be learned by heart. All that is
 * seen are categories, and they tell the whole state. Actions: 0 turns left, 1 turns right, 2 goes
 * forward, 3 picks up the key ahead, 4 opens the door ahead with the key. What cannot be done
 * leaves all as it was; an open door stays open.
 *
 * <p>Each layout is a small {@link TabularMdp}, so the value of any policy is solved exactly.
 */
public final class KeyDoor implements DiscreteWorld<KeyDoor.Moment> {
  private static final int SIDE = 3;
  private static final int ROOM = SIDE * SIDE;
  private static final int DOOR = ROOM;
  private static final int CELLS = 2 * ROOM + 1;
  private static final int WALL = -1;
  private static final int ACTIONS = 5;
  private static final int LAYOUTS = ROOM * SIDE * ROOM;
  private static final int TASKS = 3;
  private static final int FETCH = 0;
  private static final int OPEN = 1;
  private static final int REACH = 2;
  private static final int[] EAST = {0, 1, 0, -1}; // by direction: north, east, south, west
  private static final int[] SOUTH = {-1, 0, 1, 0};

  private static final List<String> FACING = List.of("north", "east", "south", "west");
  private static final List<String> HOLDING = List.of("nothing", "key");
  private static final List<String> DOORS = List.of("locked", "open");
  private static final List<String> AHEAD =
      List.of("floor", "wall", "key", "locked door", "open door", "goal", "unseen");

  private static final ObservationSpace SPACE =
      new ObservationSpace(
          List.of(),
          List.of(
              new CategoricalField("column", numbered("column", 2 * SIDE + 1)),
              new CategoricalField("row", numbered("row", SIDE)),
              new CategoricalField("facing", FACING),
              new CategoricalField("holding", HOLDING),
              new CategoricalField("door", DOORS),
              new CategoricalField("ahead_1", AHEAD),
              new CategoricalField("ahead_2", AHEAD),
              new CategoricalField("ahead_3", AHEAD),
              new CategoricalField("key_cell", numbered("cell", ROOM)),
              new CategoricalField("door_row", numbered("row", SIDE)),
              new CategoricalField("goal_cell", numbered("cell", ROOM))));

  /**
   * Where things stand.
   *
   * @param layout which of the 243: {@code (key cell * 3 + door row) * 9 + goal cell}
   * @param task 0 without the key, 1 with the key before the locked door, 2 once it is open
   * @param cell 0 to 8 of the first room, row by row, 9 in the door, 10 to 18 of the second room
   * @param facing 0 north, 1 east, 2 south, 3 west
   */
  public record Moment(int layout, int task, int cell, int facing) {
    private int keyCell() {
      return layout / (SIDE * ROOM);
    }

    private int doorRow() {
      return layout / ROOM % SIDE;
    }

    private int goalCell() {
      return ROOM + 1 + layout % ROOM;
    }

    private boolean is(int wanted) {
      return task == wanted;
    }

    private Moment at(int place) {
      return new Moment(layout, task, place, facing);
    }

    private Moment turned(int quarters) {
      return new Moment(layout, task, cell, (facing + quarters) % FACING.size());
    }

    private Moment then(int next) {
      return new Moment(layout, next, cell, facing);
    }

    private int column() {
      return cell == DOOR ? SIDE : cell < DOOR ? cell % SIDE : SIDE + 1 + (cell - DOOR - 1) % SIDE;
    }

    private int row() {
      return cell == DOOR ? doorRow() : (cell < DOOR ? cell : cell - DOOR - 1) / SIDE;
    }

    /** The cell so many steps ahead, or {@link #WALL}. */
    private int ahead(int steps) {
      int x = column() + steps * EAST[facing];
      int y = row() + steps * SOUTH[facing];
      if (x < 0 || x > 2 * SIDE || y < 0 || y >= SIDE) {
        return WALL;
      }
      if (x == SIDE) {
        return y == doorRow() ? DOOR : WALL;
      }
      return x < SIDE ? y * SIDE + x : DOOR + 1 + y * SIDE + x - SIDE - 1;
    }

    private String thing(int place) {
      if (place == WALL) {
        return "wall";
      } else if (place == DOOR) {
        return is(REACH) ? "open door" : "locked door";
      } else if (place == keyCell() && is(FETCH)) {
        return "key";
      }
      return place == goalCell() ? "goal" : "floor";
    }

    /** A number of its own among those of the layout. */
    private int index() {
      return (task * CELLS + cell) * FACING.size() + facing;
    }
  }

  private static final int STATES = TASKS * CELLS * FACING.size();

  @Override
  public ObservationSpace observationSpace() {
    return SPACE;
  }

  @Override
  public ActionSpace.Discrete actionSpace() {
    return new ActionSpace.Discrete(ACTIONS);
  }

  @Override
  public int maxSteps() {
    return 100;
  }

  @Override
  public Moment start(RandomGenerator random) {
    Moment moment =
        new Moment(random.nextInt(LAYOUTS), 0, random.nextInt(ROOM - 1), random.nextInt(4));
    return moment.cell() < moment.keyCell() ? moment : moment.at(moment.cell() + 1);
  }

  @Override
  public Seen observation(Moment moment) {
    int[] codes = new int[SPACE.categorical().size()];
    codes[0] = moment.column() + 1;
    codes[1] = moment.row() + 1;
    codes[2] = moment.facing() + 1;
    codes[3] = moment.is(FETCH) ? 1 : 2;
    codes[4] = moment.is(REACH) ? 2 : 1;
    boolean hidden = false;
    for (int steps = 1; steps <= 3; steps++) {
      String thing = hidden ? "unseen" : moment.thing(moment.ahead(steps));
      codes[4 + steps] = AHEAD.indexOf(thing) + 1;
      hidden = hidden || thing.equals("wall") || thing.equals("locked door");
    }
    codes[8] = moment.keyCell() + 1;
    codes[9] = moment.doorRow() + 1;
    codes[10] = moment.layout() % ROOM + 1;
    return new Seen(new float[0], codes);
  }

  @Override
  public Outcome<Moment> step(Moment moment, int action, RandomGenerator random) {
    Moment next = after(moment, action);
    boolean there = next.cell() == next.goalCell();
    return new Outcome<>(next, there ? 1 : 0, there);
  }

  private static Moment after(Moment moment, int action) {
    int ahead = moment.ahead(1);
    String thing = moment.thing(ahead);
    return switch (action) {
      case 0 -> moment.turned(3);
      case 1 -> moment.turned(1);
      case 2 ->
          switch (thing) {
            case "wall", "key", "locked door" -> moment;
            default -> moment.at(ahead);
          };
      case 3 -> thing.equals("key") ? moment.then(OPEN) : moment;
      default -> thing.equals("locked door") && moment.is(OPEN) ? moment.then(REACH) : moment;
    };
  }

  /**
   * A shortest way to the goal from wherever it stands, but with some probability any action.
   *
   * @param exploration that probability, in [0, 1]; with 0 no policy is better at any discount
   */
  public RulePolicy shortestWay(double exploration) {
    int[][] choices = new int[LAYOUTS][];
    for (int layout = 0; layout < LAYOUTS; layout++) {
      choices[layout] = shortestWays(layout);
    }
    return new RulePolicy(
        ACTIONS,
        exploration,
        (numbers, codes) -> {
          Moment moment = moment(codes);
          return choices[moment.layout()][moment.index()];
        });
  }

  /** (states of a layout) The action that starts a shortest way. */
  private int[] shortestWays(int layout) {
    int[] distance = new int[STATES];
    int[] choice = new int[STATES];
    Arrays.fill(distance, STATES);
    List<Moment> moments = moments(layout);
    boolean settled = false;
    while (!settled) {
      settled = true;
      for (Moment moment : moments) {
        for (int action = 0; action < ACTIONS; action++) {
          Moment next = after(moment, action);
          int steps = 1 + (next.cell() == next.goalCell() ? 0 : distance[next.index()]);
          if (steps < distance[moment.index()]) {
            distance[moment.index()] = steps;
            choice[moment.index()] = action;
            settled = false;
          }
        }
      }
    }
    return choice;
  }

  /** One layout as a world of its own; its states in the order of the moments, then the end. */
  TabularMdp layout(int layout) {
    List<Moment> moments = moments(layout);
    int end = moments.size();
    int[] number = new int[STATES];
    for (int i = 0; i < end; i++) {
      number[moments.get(i).index()] = i;
    }
    TabularMdp.Builder builder = new TabularMdp.Builder(end + 1, ACTIONS).terminal(end);
    for (int i = 0; i < end; i++) {
      Moment moment = moments.get(i);
      if (moment.is(FETCH)) {
        builder.initial(i, 1.0 / (FACING.size() * (ROOM - 1)));
      }
      for (int action = 0; action < ACTIONS; action++) {
        Moment next = after(moment, action);
        boolean there = next.cell() == next.goalCell();
        builder.transition(i, action, there ? end : number[next.index()], 1, there ? 1 : 0);
      }
    }
    return builder.build();
  }

  /** The number of layouts, each as likely as any other. */
  int layouts() {
    return LAYOUTS;
  }

  /** The moments of a layout in which an action is to be chosen. */
  List<Moment> moments(int layout) {
    return IntStream.range(0, STATES)
        .mapToObj(i -> new Moment(layout, i / 4 / CELLS, i / 4 % CELLS, i % 4))
        .filter(moment -> moment.is(REACH) || moment.cell() < DOOR)
        .filter(moment -> !moment.is(FETCH) || moment.cell() != moment.keyCell())
        .filter(moment -> moment.cell() != moment.goalCell())
        .toList();
  }

  /**
   * The expected discounted return of a policy that looks at nothing but the observation: the mean
   * over {@link #values}.
   */
  public double value(Policy policy, double discount) {
    return Arrays.stream(values(policy, Acting.DRAWN, discount)).average().orElseThrow();
  }

  /**
   * (layouts) The expected discounted return in each layout of a policy that looks at nothing but
   * the observation, solved exactly. As if no clock ended episodes, which is worth less than {@code
   * discount^100}.
   *
   * @param discount γ, below 1
   */
  public double[] values(Policy policy, Acting acting, double discount) {
    return IntStream.range(0, LAYOUTS)
        .mapToDouble(
            layout -> {
              TabularPolicy drawn = tabular(policy, layout);
              TabularMdp mdp = layout(layout);
              int[] modes = IntStream.range(0, mdp.states()).map(drawn::mode).toArray();
              return mdp.value(
                  acting == Acting.DRAWN ? drawn : TabularPolicy.deterministic(modes, ACTIONS),
                  discount);
            })
        .toArray();
  }

  /** What a policy does in each state of a layout. */
  TabularPolicy tabular(Policy policy, int layout) {
    List<Moment> moments = moments(layout);
    int n = moments.size();
    Decisions decisions =
        Life.decisions(moments.stream().map(this::observation).toList(), new int[n]);
    double[] table =
        Arrays.copyOf(policy.categorical(decisions).probabilities(), (n + 1) * ACTIONS);
    Arrays.fill(table, n * ACTIONS, table.length, 1.0 / ACTIONS); // the end
    return TabularPolicy.of(table, ACTIONS);
  }

  /** The moment that looks like this. */
  static Moment moment(int[] codes) {
    int column = codes[0] - 1;
    int row = codes[1] - 1;
    int cell =
        column == SIDE
            ? DOOR
            : column < SIDE ? row * SIDE + column : DOOR + 1 + row * SIDE + column - SIDE - 1;
    int task = codes[3] == 1 ? FETCH : codes[4] == 1 ? OPEN : REACH;
    int layout = ((codes[8] - 1) * SIDE + codes[9] - 1) * ROOM + codes[10] - 1;
    return new Moment(layout, task, cell, codes[2] - 1);
  }

  /** Three that know the way but often forget it, and one that does not. */
  @Override
  public List<Policy> behaviors() {
    return List.of(shortestWay(0.4), shortestWay(0.6), shortestWay(0.8), shortestWay(1));
  }

  private static List<String> numbered(String what, int count) {
    return IntStream.range(0, count).mapToObj(i -> what + " " + i).toList();
  }
}
