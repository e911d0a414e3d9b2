package io.taskfleet;

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
          .importPackages("io.taskfleet.task", "io.taskfleet.wire");

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
            "java.sql..",
            "java.net.http..",
            "org.springframework..",
            "org.apache.kafka.clients.consumer.internals..")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("KafkaProducer")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("KafkaConsumer")
        .check(classes);
  }
}
