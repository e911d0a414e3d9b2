package io.taskfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** What is applied to a cluster, read as strictly as its API server reads it. */
class ManifestsTest {
  private static final Path BASE = Path.of("../kubernetes/base");

  // taskfleet.worker.drain-deadline, and what the gateway's requests may take.
  private static final Map<String, Duration> DRAIN =
      Map.of("worker", Duration.ofSeconds(25), "gateway", Duration.ofSeconds(10));

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "Deployment", Deployment.class,
          "Service", Service.class,
          "ServiceAccount", ServiceAccount.class,
          "PodDisruptionBudget", PodDisruptionBudget.class);

  // The models keep unknown fields; without their any-setters these are errors.
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated a) {
                  return false;
                }
              })
          .build();

  @Test
  void kustomizationNamesExactlyTheFilesThatAreThere() throws IOException {
    JsonNode kustomization = documents("kustomization.yaml").getFirst();
    List<String> named = new ArrayList<>(List.of("kustomization.yaml"));
    kustomization.path("resources").forEach(file -> named.add(file.asText()));
    kustomization
        .path("configMapGenerator")
        .forEach(map -> map.path("envs").forEach(file -> named.add(file.asText())));

    try (Stream<Path> files = Files.list(BASE)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(named);
    }
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void selectorsMatchThePods(Deployment deployment) throws IOException {
    Map<String, String> labels = deployment.getSpec().getTemplate().getMetadata().getLabels();
    String component = component(deployment);

    assertThat(deployment.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
    assertThat(all(PodDisruptionBudget.class))
        .filteredOn(budget -> budget.getMetadata().getName().equals("taskfleet-" + component))
        .singleElement()
        .satisfies(
            budget ->
                assertThat(budget.getSpec().getSelector().getMatchLabels()).isEqualTo(labels));
    assertThat(all(Service.class))
        .filteredOn(service -> service.getMetadata().getName().contains(component))
        .allSatisfy(service -> assertThat(service.getSpec().getSelector()).isEqualTo(labels));
    assertThat(all(ServiceAccount.class).stream().map(account -> account.getMetadata().getName()))
        .contains(pod(deployment).getServiceAccountName());
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void podsPassTheRestrictedStandard(Deployment deployment) {
    PodSpec pod = pod(deployment);
    Container container = pod.getContainers().getFirst();
    SecurityContext security = container.getSecurityContext();

    assertThat(pod.getContainers()).hasSize(1);
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getRunAsUser()).isGreaterThan(1000);
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(security.getAllowPrivilegeEscalation()).isFalse();
    assertThat(security.getReadOnlyRootFilesystem()).isTrue();
    assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(pod.getVolumes()).allSatisfy(volume -> assertThat(volume.getEmptyDir()).isNotNull());
    assertThat(container.getResources().getLimits()).containsKey("memory");
    assertThat(container.getResources().getRequests()).containsKeys("memory", "cpu");
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void gracePeriodLeavesTimeToDrain(Deployment deployment) {
    PodSpec pod = pod(deployment);
    List<String> preStop =
        pod.getContainers().getFirst().getLifecycle().getPreStop().getExec().getCommand();
    Duration drain = Objects.requireNonNull(DRAIN.get(component(deployment)));

    assertThat(preStop.getFirst()).isEqualTo("sleep");
    assertThat(Duration.ofSeconds(pod.getTerminationGracePeriodSeconds()))
        .isGreaterThan(drain.plusSeconds(Long.parseLong(preStop.getLast())));
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void probesAskAPortThatIsThere(Deployment deployment) {
    Container container = pod(deployment).getContainers().getFirst();

    assertThat(container.getPorts()).extracting("name").contains("management");
    assertThat(
            List.of(
                container.getStartupProbe(),
                container.getLivenessProbe(),
                container.getReadinessProbe()))
        .allSatisfy(
            probe -> assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("management"));
    assertThat(container.getReadinessProbe().getHttpGet().getPath())
        .isEqualTo("/actuator/health/readiness");
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void secretsAreOnlyReferredTo(Deployment deployment) throws IOException {
    List<EnvVar> variables = pod(deployment).getContainers().getFirst().getEnv();

    assertThat(variables)
        .allSatisfy(v -> assertThat(v.getValueFrom().getSecretKeyRef()).isNotNull());
    assertThat(Files.readString(BASE.resolve("taskfleet.env")))
        .doesNotContainIgnoringCase("password", "secret", "key=");
  }

  @Test
  void scalesTheWorkersOnTheLagOfEveryType() throws IOException {
    JsonNode scaler = documents("worker-scaler.yaml").getFirst();
    JsonNode spec = scaler.path("spec");
    List<String> groups = new ArrayList<>();
    spec.path("triggers")
        .forEach(
            trigger -> {
              assertThat(trigger.path("type").asText()).isEqualTo("kafka");
              assertThat(trigger.path("metadata").properties())
                  .extracting(Map.Entry::getKey)
                  .isSubsetOf(
                      "bootstrapServersFromEnv",
                      "consumerGroup",
                      "lagThreshold",
                      "offsetResetPolicy");
              assertThat(trigger.path("metadata"))
                  .allSatisfy(value -> assertThat(value.isTextual()).isTrue());
              groups.add(trigger.path("metadata").path("consumerGroup").asText());
            });

    assertThat(scaler.path("apiVersion").asText()).isEqualTo("keda.sh/v1alpha1");
    assertThat(scaler.path("kind").asText()).isEqualTo("ScaledObject");
    assertThat(spec.properties())
        .extracting(Map.Entry::getKey)
        .isSubsetOf(
            Set.of(
                "scaleTargetRef",
                "pollingInterval",
                "minReplicaCount",
                "maxReplicaCount",
                "advanced",
                "triggers"));
    assertThat(spec.path("scaleTargetRef").path("name").asText()).isEqualTo("taskfleet-worker");
    assertThat(groups)
        .containsExactlyInAnyOrderElementsOf(
            BuiltInTypes.all().stream().map(type -> Topics.group(type.name())).toList());
  }

  static List<Deployment> deployments() throws IOException {
    return all(Deployment.class);
  }

  private static PodSpec pod(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec();
  }

  private static String component(Deployment deployment) {
    return Objects.requireNonNull(
        deployment.getMetadata().getLabels().get("app.kubernetes.io/component"));
  }

  private static <T extends HasMetadata> List<T> all(Class<T> wanted) throws IOException {
    List<T> found = new ArrayList<>();
    for (String file : List.of("service-accounts.yaml", "gateway.yaml", "worker.yaml")) {
      for (JsonNode document : documents(file)) {
        Class<? extends HasMetadata> kind = KINDS.get(document.path("kind").asText());
        assertThat(kind).as("kind of a document in " + file).isNotNull();
        HasMetadata resource = STRICT.treeToValue(document, kind);
        if (wanted.isInstance(resource)) {
          found.add(wanted.cast(resource));
        }
      }
    }
    return found;
  }

  private static List<JsonNode> documents(String file) throws IOException {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    List<JsonNode> documents = new ArrayList<>();
    // Not with Jackson, which leaves aliases as they are.
    for (Object document : new Yaml(options).loadAll(Files.readString(BASE.resolve(file)))) {
      documents.add(STRICT.valueToTree(document));
    }
    return documents;
  }
}
