package dev.hindcast.training.spark;

import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Split;
import dev.hindcast.dataset.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The files of the training side in consecutive stretches of about equal size. */
final class Stretches {
  private Stretches() {}

  /**
   * So many, none of them empty.
   *
   * @throws UserError when there are fewer files
   */
  static List<List<String>> of(Dataset dataset, int members) {
    List<String> files = dataset.files(Split.Part.TRAINING);
    if (files.size() < members) {
      throw Shard.tooFew(dataset, files.size(), members);
    }
    Map<String, Long> sizes =
        dataset.manifest().files().stream()
            .collect(Collectors.toMap(ArtefactFile::path, ArtefactFile::bytes));
    double total = files.stream().mapToLong(sizes::get).sum();
    List<List<String>> stretches = new ArrayList<>();
    double taken = 0;
    int from = 0;
    for (int member = 1; member <= members; member++) {
      int to = from;
      while (to < files.size() - (members - member)
          && (to == from || member == members || taken < total * member / members)) {
        taken += sizes.get(files.get(to++));
      }
      stretches.add(new ArrayList<>(files.subList(from, to)));
      from = to;
    }
    return stretches;
  }
}
