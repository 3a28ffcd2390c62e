package dev.hindcast.gbrl.tree;

import dev.hindcast.training.learner.Gathering;
import dev.hindcast.training.learner.Meeting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Members of a real collective that are threads of this process, for tests. */
public final class Together {
  private Together() {}

  /** What each of so many members finds. */
  public static <T> List<T> members(int n, Function<Gathering, T> part) throws Exception {
    Meeting meeting = Collective.meeting();
    ExecutorService threads = Executors.newFixedThreadPool(n);
    try (Meeting.Place place = meeting.open(n, "127.0.0.1")) {
      List<Future<T>> found = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        int member = i;
        Callable<T> task =
            () -> {
              try (Gathering gathering = meeting.join(place.address(), n, member)) {
                return part.apply(gathering);
              }
            };
        found.add(threads.submit(task));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : found) {
        results.add(one.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
