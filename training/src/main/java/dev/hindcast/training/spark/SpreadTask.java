package dev.hindcast.training.spark;

import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.Dataset;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import scala.Function1;
import scala.collection.Iterator;
import scala.collection.JavaConverters;

/**
 * One task of a stage that trains a trial: a member that learns from its stretch of the training
 * side.
 *
 * @param trial what is trained
 * @param dataset where the data is
 * @param stretches the files of each member
 * @param output the folder of all bundles
 * @param existing what to do with another bundle in the trial's place
 * @param progress carries lines to the driver
 * @param figures carries the latest line of the metrics file there
 */
record SpreadTask(
    Trial trial,
    Dataset dataset,
    List<List<String>> stretches,
    String output,
    ArtefactWriter.Existing existing,
    LatestLine progress,
    LatestLine figures)
    implements Function1<Iterator<Integer>, Iterator<Outcome>>, Serializable {
  @Override
  public Iterator<Outcome> apply(Iterator<Integer> unused) {
    return JavaConverters.asScalaIterator(List.of(outcome(BarrierTaskContext.get())).iterator());
  }

  private Outcome outcome(BarrierTaskContext context) {
    if (trial.isAt(output)) {
      return new Outcome.Published(trial.name()); // by an attempt before this one
    }
    try (SpreadMember member = new SpreadMember(this, context.partitionId())) {
      String address = Accord.reach(context, () -> member.prepare(hostOfFirst(context))).get(0);
      Accord.reach(context, () -> member.learn(address));
      member.publish();
      return new Outcome.Published(trial.name());
    } catch (UserError e) {
      return new Outcome.Refused(trial.name(), e);
    }
  }

  private static String hostOfFirst(BarrierTaskContext context) {
    return context.getTaskInfos()[0].address().replaceFirst(":\\d+$", "");
  }
}
