package dev.hindcast.training.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.policy.TargetPolicy;
import dev.hindcast.dataset.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From plans to trials: names, seeds and provenance. */
final class Trials {
  private final TrainConfig config;
  private final Dataset dataset;

  Trials(TrainConfig config, Dataset dataset) {
    this.config = config;
    this.dataset = dataset;
  }

  /** One trial for each seed of a plan that yields policies. */
  List<Trial> ofPolicies(TrainConfig.Plan plan) {
    List<Trial> trials = new ArrayList<>();
    for (int seed = 0; seed < plan.settings().seeds(); seed++) {
      trials.add(trial(plan, plan.bundleName(seed), seed, Optional.empty()));
    }
    return trials;
  }

  /** One trial for each seed of a plan that evaluates a policy; none given: valid for any. */
  List<Trial> ofEvaluation(TrainConfig.Plan plan, Optional<TargetPolicy> target) {
    String name = plan.label() + target.map(policy -> "-of-" + policy.name()).orElse("");
    List<Trial> trials = new ArrayList<>();
    for (int seed = 0; seed < plan.settings().seeds(); seed++) {
      trials.add(trial(plan, name + "-seed" + seed, seed, target));
    }
    return trials;
  }

  private Trial trial(TrainConfig.Plan plan, String name, int seed, Optional<TargetPolicy> target) {
    List<Provenance.Input> inputs = new ArrayList<>();
    inputs.add(new Provenance.Input("dataset", dataset.manifest().name(), dataset.fingerprint()));
    target.ifPresent(
        policy -> inputs.add(new Provenance.Input("policy", policy.name(), policy.fingerprint())));
    Provenance provenance =
        new Provenance(inputs, effectiveConfig(plan), seed, CodeVersion.current());
    return new Trial(
        name,
        plan.algorithm(),
        plan.options(),
        plan.settings(),
        config.pipeline().discount(),
        seed,
        target
            .map(
                policy ->
                    new Trial.Target(
                        policy.name(), policy.fingerprint().value(), policy.policy().orElseThrow()))
            .stream()
            .toList(),
        CanonicalJson.text(provenance));
  }

  /** All settings in force for one run, defaults included, flat. */
  private JsonNode effectiveConfig(TrainConfig.Plan plan) {
    ObjectNode node = (ObjectNode) CanonicalJson.tree((Object) plan.settings());
    node.remove("seeds");
    if (plan.settings().distribution().isWhole() || plan.algorithm().meeting().isPresent()) {
      node.remove("distribution"); // it changes nothing
    }
    plan.algorithm().ignored().keySet().forEach(key -> node.remove(key.replace('-', '_')));
    ((ObjectNode) CanonicalJson.tree((Object) plan.options()))
        .fields()
        .forEachRemaining(field -> node.set(field.getKey(), field.getValue()));
    node.put("algorithm", plan.algorithm().name());
    node.put("discount", config.pipeline().discount());
    if (!dataset.rewardWeights().isEmpty()) {
      node.set("reward_weights", CanonicalJson.tree((Object) dataset.rewardWeights()));
    }
    return node;
  }
}
