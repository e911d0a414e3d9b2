package io.taskfleet.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String ROOT = "io.taskfleet.gateway";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void webKnowsNoneOfTheOthers() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".web..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + ".security..",
            ROOT + ".submit..",
            ROOT + ".status..",
            ROOT + ".user..",
            ROOT + ".schedule..",
            ROOT + ".template..",
            ROOT + ".health..")
        .check(CLASSES);
  }

  @Test
  void gatewayDoesNotKnowTheWorker() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.taskfleet.worker..")
        .check(CLASSES);
  }

  @Test
  void onlyTheKeysAndTheRowsKnowSql() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            ROOT + ".security..",
            ROOT + ".status..",
            ROOT + ".user..",
            ROOT + ".schedule..",
            ROOT + ".endpoint..",
            ROOT + ".template..",
            ROOT + ".batch..",
            ROOT + ".listing..",
            ROOT + ".timeline..",
            ROOT + ".cancel..",
            ROOT + ".type..",
            ROOT + ".socket..",
            ROOT + ".analytics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework.jdbc..", "org.springframework.data..")
        .check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(CLASSES.getPackage(ROOT).getSubpackagesInTree())
        .allSatisfy(
            each -> assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue());
    JavaPackage root = CLASSES.getPackage(ROOT);
    assertThat(root.isAnnotatedWith(NullMarked.class)).isTrue();
  }

  @Test
  void nothingIsInjectedIntoFields() {
    fields()
        .should()
        .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
        .check(CLASSES);
  }

  @Test
  void namesSayTheDuty() {
    classes()
        .should()
        .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Processor|Impl|Base)")
        .check(CLASSES);
  }
}
