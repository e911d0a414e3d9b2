package io.taskfleet.wire;

/**
 * Header names on task and dead-letter records. CloudEvents attributes follow the Kafka binding 1.0
 * (binary mode); those below {@code ce_expirytime} are extension attributes of ours.
 */
public final class TaskHeaders {
  public static final String CONTENT_TYPE = "content-type";
  public static final String TRACEPARENT = "traceparent";

  public static final String SPEC_VERSION = "ce_specversion";
  public static final String ID = "ce_id";
  public static final String TYPE = "ce_type";
  public static final String SOURCE = "ce_source";
  public static final String TIME = "ce_time";
  public static final String EXPIRY_TIME = "ce_expirytime";

  public static final String TENANT = "ce_tenant";
  public static final String RUN_AT = "ce_runat";
  public static final String MAX_ATTEMPTS = "ce_maxattempts";
  public static final String TIMEOUT = "ce_timeout";
  public static final String TAGS = "ce_tags";
  public static final String CALLBACK_URL = "ce_callbackurl";
  public static final String BATCH_ID = "ce_batchid";
  public static final String DELIVERY = "ce_delivery";

  public static final String DLT_ORIGINAL_TOPIC = "kafka_dlt-original-topic";
  public static final String DLT_ORIGINAL_PARTITION = "kafka_dlt-original-partition";
  public static final String DLT_ORIGINAL_OFFSET = "kafka_dlt-original-offset";
  public static final String DLT_ORIGINAL_TIMESTAMP = "kafka_dlt-original-timestamp";
  public static final String DLT_TASK_ID = "taskfleet_dlt-task-id";
  public static final String DLT_REASON = "taskfleet_dlt-reason";
  public static final String DLT_DETAIL = "taskfleet_dlt-detail";
  public static final String DLT_ERROR_CLASS = "taskfleet_dlt-error-class";
  public static final String DLT_ATTEMPTS = "taskfleet_dlt-attempts";
  public static final String DLT_FIRST_FAILURE = "taskfleet_dlt-first-failure";
  public static final String DLT_LAST_FAILURE = "taskfleet_dlt-last-failure";

  private TaskHeaders() {}
}
