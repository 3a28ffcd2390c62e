package dev.hindcast.streaming;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** What this room may use of the others: nothing that needs Spark. */
class ArchitectureTest {
  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.hindcast.streaming");

  @Test
  void streamsKnowNoSpark() {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage("dev.hindcast.streaming..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "dev.hindcast..spark..", "scala..");
    rule.check(HOUSE);
  }

  @Test
  void streamsUseTheDoorsOfOtherRooms() {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage("dev.hindcast.streaming..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.hindcast.cli..", "dev.hindcast.benchmarks..");
    rule.check(HOUSE);
  }

  @Test
  void packagesFormNoCycles() {
    ArchRule rule = slices().matching("dev.hindcast.streaming.(**)").should().beFreeOfCycles();
    rule.check(HOUSE);
  }
}
