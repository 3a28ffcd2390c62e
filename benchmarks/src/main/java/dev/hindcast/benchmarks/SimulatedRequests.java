package dev.hindcast.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.ingestion.mapping.FieldMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests that a bundle could be asked: numbers of any size, categories of its dictionaries. */
final class SimulatedRequests {
  private SimulatedRequests() {}

  /** So many, the same for a seed. */
  static List<ObjectNode> of(BundleManifest bundle, FieldMapping mapping, int many, long seed) {
    Random random = new Random(seed);
    List<ObjectNode> requests = new ArrayList<>(many);
    for (int i = 0; i < many; i++) {
      ObjectNode request = JsonNodeFactory.instance.objectNode();
      for (String name : bundle.observationSpace().numeric()) {
        request.put(name, Math.exp(3 * random.nextGaussian()));
      }
      for (CategoricalField field : bundle.observationSpace().categorical()) {
        request.put(field.name(), field.values().get(random.nextInt(field.values().size())));
      }
      String visit = "visit-" + i;
      mapping.episodeId().forEach(column -> request.put(column.name(), visit));
      mapping.step().ifPresent(column -> request.put(column.name(), 0));
      mapping.orderBy().ifPresent(column -> request.put(column.name(), 0));
      if (mapping.action().mask().isPresent()
          && bundle.actionSpace() instanceof ActionSpace.Discrete discrete) {
        var mask = request.putArray(mapping.action().mask().get().name());
        for (int action = 0; action < discrete.size(); action++) {
          mask.add(action);
        }
      }
      requests.add(request);
    }
    return requests;
  }
}
