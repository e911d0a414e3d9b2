package io.taskfleet.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.taskfleet.worker");

  private static final String[] TASK_TYPES = {
    "..worker.email..",
    "..worker.notification..",
    "..worker.analytics..",
    "..worker.http..",
    "..worker.batch.."
  };
  private static final String[] ENGINE = {
    "..worker.consume..",
    "..worker.attempt..",
    "..worker.outcome..",
    "..worker.effect..",
    "..worker.ledger..",
    "..worker.timer..",
    "..worker.fleet..",
    "..worker.telemetry..",
    "..worker.fairness..",
    "..worker.intake..",
    "..worker.cache..",
    "..worker.postgres..",
    "..worker.round..",
    "..worker.topic..",
    "..worker.quarantine..",
    "..worker.type..",
    "..worker.followup..",
    "..worker.failure.."
  };

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.taskfleet.worker.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void arrowsPointOneWay() {
    mayOnlyUse("failure");
    mayOnlyUse("telemetry", "failure");
    mayOnlyUse("followup", "failure");
    mayOnlyUse("attempt", "followup", "failure", "telemetry");
    mayOnlyUse("round");
    mayOnlyUse("cache", "round");
    mayOnlyUse("postgres", "failure");
    mayOnlyUse("topic");
    mayOnlyUse("quarantine", "postgres");
    mayOnlyUse("outcome", "attempt", "failure", "telemetry");
    mayOnlyUse("effect", "outcome", "attempt", "postgres");
    mayOnlyUse(
        "ledger",
        "outcome",
        "effect",
        "attempt",
        "failure",
        "telemetry",
        "postgres",
        "cache",
        "topic");
    mayOnlyUse("fairness");
    mayOnlyUse("intake", "outcome", "ledger", "topic");
    mayOnlyUse(
        "consume",
        "attempt",
        "outcome",
        "ledger",
        "failure",
        "fleet",
        "telemetry",
        "fairness",
        "intake",
        "quarantine",
        "topic");
    mayOnlyUse("type");
    mayOnlyUse("warmup", "attempt", "followup", "failure", "outcome", "ledger", "telemetry");
    mayOnlyUse("timer", "postgres", "round");
    mayOnlyUse("rollup", "postgres", "round");
    mayOnlyUse("retention", "postgres", "round");
    mayOnlyUse("fleet", "dependency");
    mayOnlyUse("dependency", "failure", "round");
    mayOnlyUse("outbound", "failure");
    mayOnlyUse("email", "attempt", "dependency", "outbound", "failure");
    mayOnlyUse("mailing", "email", "postgres", "failure");
    mayOnlyUse("notification", "attempt", "dependency", "outbound", "failure");
    mayOnlyUse("fallback", "http", "round");
    mayOnlyUse("recipient", "notification", "failure", "postgres");
    mayOnlyUse("analytics", "attempt");
    mayOnlyUse("http", "attempt", "dependency", "outbound", "failure");
    mayOnlyUse("batch", "attempt", "failure");
  }

  private static void mayOnlyUse(String user, String... used) {
    String[] others =
        CLASSES.getPackage("io.taskfleet.worker").getSubpackages().stream()
            .map(JavaPackage::getName)
            .filter(name -> !name.endsWith("." + user))
            .filter(name -> Arrays.stream(used).noneMatch(each -> name.endsWith("." + each)))
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("io.taskfleet.worker." + user)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(CLASSES);
  }

  @Test
  void theEngineIsPlainJava() {
    noClasses()
        .that()
        .resideInAnyPackage(ENGINE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework..")
        .check(CLASSES);
  }

  @Test
  void nobodyReachesIntoTheEngine() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.taskfleet.worker", "..worker.consume..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..worker.consume..")
        .check(CLASSES);
  }

  @Test
  void taskTypesKnowNeitherKafkaNorPostgresNorRedis() {
    noClasses()
        .that()
        .resideInAnyPackage(TASK_TYPES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "java.sql..",
            "javax.sql..",
            "io.lettuce..",
            "..worker.outcome..",
            "..worker.effect..",
            "..worker.ledger..",
            "..worker.timer..")
        .check(CLASSES);
  }

  @Test
  void onlyEngineAndPublishersKnowKafka() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..worker.attempt..",
            "..worker.failure..",
            "..worker.fleet..",
            "..worker.telemetry..",
            "..worker.fairness..",
            "..worker.cache..",
            "..worker.postgres..",
            "..worker.rollup..",
            "..worker.retention..",
            "..worker.dependency..",
            "..worker.outbound..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(CLASSES);
  }

  @Test
  void noFieldIsInjected() {
    noFields()
        .should()
        .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
        .orShould()
        .beAnnotatedWith("jakarta.annotation.Resource")
        .check(CLASSES);
  }

  @Test
  void namesSayWhatAThingIs() {
    classes()
        .should()
        .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Processor|Impl|Base|Service|Dto)$")
        .check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    for (JavaPackage each : CLASSES.getPackage("io.taskfleet.worker").getSubpackagesInTree()) {
      assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue();
    }
  }
}
