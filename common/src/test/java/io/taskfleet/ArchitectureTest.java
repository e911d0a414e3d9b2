package io.taskfleet;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(
              "io.taskfleet.task",
              "io.taskfleet.wire",
              "io.taskfleet.schedule",
              "io.taskfleet.rollup");

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.taskfleet.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void theContractDoesNoInputOrOutput() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..", "java.net.http..", "org.apache.kafka.clients.consumer.internals..")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("KafkaProducer")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("KafkaConsumer")
        .check(classes);
  }

  /** Its cron expressions are arithmetic. */
  @Test
  void ofSpringTheContractKnowsCronExpressionsOnly() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.springframework..").and(not(simpleName("CronExpression"))))
        .check(classes);
  }
}
