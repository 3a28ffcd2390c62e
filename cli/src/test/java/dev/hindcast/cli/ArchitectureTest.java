package dev.hindcast.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The arrows between the rooms, and which libraries live in which room. */
class ArchitectureTest {
  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.hindcast");

  @Test
  void sparkLivesInSparkPackages() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackage("..spark..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.spark..");
    rule.check(HOUSE);
  }

  @Test
  void djlLivesInItsPackage() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.hindcast.offlinerl.network.djl..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");
    rule.check(HOUSE);
  }

  @Test
  void openBlasLivesInItsPackage() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.hindcast.offlinerl.network.simd..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");
    rule.check(HOUSE);
  }

  @Test
  void onnxLivesInBundles() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackages(
                "dev.hindcast.offlinerl.bundle..",
                "dev.hindcast.gbrl.bundle..",
                "dev.hindcast.training.bundle..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.onnx..", "ai.onnxruntime..", "com.google.protobuf..");
    rule.check(HOUSE);
  }

  @Test
  void xgboostLivesInItsRoom() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.hindcast.gbrl..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ml.dmlc..");
    rule.check(HOUSE);
  }

  @Test
  void flinkLivesInNoRoomOfThisJar() {
    ArchRule rule =
        noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.flink..");
    rule.check(HOUSE);
  }

  @Test
  void coreKnowsNoEngine() {
    ArchRule rule =
        classes()
            .that()
            .resideInAPackage("dev.hindcast.core..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "dev.hindcast.core..", "java..", "com.fasterxml.jackson..", "org.slf4j..");
    rule.check(HOUSE);
  }

  @Test
  void datasetImportsCore() {
    ArchRule rule = imports("dataset");
    rule.check(HOUSE);
  }

  @Test
  void ingestionImportsCoreAndDataset() {
    ArchRule rule = imports("ingestion", "dataset");
    rule.check(HOUSE);
  }

  @Test
  void trainingImportsCoreAndDataset() {
    ArchRule rule = imports("training", "dataset");
    rule.check(HOUSE);
  }

  @Test
  void offlineRlImportsCoreDatasetAndTraining() {
    ArchRule rule = imports("offlinerl", "dataset", "training");
    rule.check(HOUSE);
  }

  @Test
  void gbrlImportsCoreDatasetAndTraining() {
    ArchRule rule = imports("gbrl", "dataset", "training");
    rule.check(HOUSE);
  }

  @Test
  void evaluationImportsCoreAndDataset() {
    ArchRule rule = imports("evaluation", "dataset");
    rule.check(HOUSE);
  }

  @Test
  void servingImportsCoreDatasetIngestionAndEvaluation() {
    ArchRule rule = imports("serving", "dataset", "ingestion", "evaluation");
    rule.check(HOUSE);
  }

  @Test
  void packagesFormNoCycles() {
    ArchRule rule = slices().matching("dev.hindcast.(**)").should().beFreeOfCycles();
    rule.check(HOUSE);
  }

  @Test
  void namesSayWhatTheCodeIsAbout() {
    ArchRule rule =
        noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl");
    rule.check(HOUSE);
  }

  /** A room may use itself, core, the rooms named, and anything outside the house. */
  private static ArchRule imports(String room, String... rooms) {
    String[] others =
        java.util.stream.Stream.of(
                "dataset",
                "ingestion",
                "training",
                "offlinerl",
                "gbrl",
                "evaluation",
                "serving",
                "streaming",
                "cli",
                "benchmarks")
            .filter(other -> !other.equals(room) && !java.util.List.of(rooms).contains(other))
            .map(other -> "dev.hindcast." + other + "..")
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage("dev.hindcast." + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others);
  }
}
