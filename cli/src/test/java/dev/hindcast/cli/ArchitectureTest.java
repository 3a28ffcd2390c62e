package dev.hindcast.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the rooms, and which libraries live in which room. */
@AnalyzeClasses(packages = "dev.hindcast", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule sparkLivesInSparkPackages =
      noClasses()
          .that()
          .resideOutsideOfPackage("..spark..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark..");

  @ArchTest
  static final ArchRule djlLivesInItsPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.hindcast.offlinerl.network.djl..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule onnxLivesInBundles =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.hindcast.offlinerl.bundle..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.onnx..", "ai.onnxruntime..", "com.google.protobuf..");

  @ArchTest
  static final ArchRule flinkAndXgboostHaveNoRoomYet =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "ml.dmlc..");

  @ArchTest
  static final ArchRule coreKnowsNoEngine =
      classes()
          .that()
          .resideInAPackage("dev.hindcast.core..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.hindcast.core..", "java..", "com.fasterxml.jackson..", "org.slf4j..");

  @ArchTest static final ArchRule datasetImportsCore = imports("dataset");

  @ArchTest static final ArchRule ingestionImportsCoreAndDataset = imports("ingestion", "dataset");

  @ArchTest static final ArchRule offlineRlImportsCoreAndDataset = imports("offlinerl", "dataset");

  @ArchTest
  static final ArchRule evaluationImportsCoreAndDataset = imports("evaluation", "dataset");

  @ArchTest
  static final ArchRule packagesFormNoCycles =
      slices().matching("dev.hindcast.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule namesSayWhatTheCodeIsAbout =
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

  /** A room may use itself, core, the rooms named, and anything outside the house. */
  private static ArchRule imports(String room, String... rooms) {
    String[] others =
        java.util.stream.Stream.of("dataset", "ingestion", "offlinerl", "evaluation", "cli")
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
