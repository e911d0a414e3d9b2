package io.taskfleet.worker;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How topics are created that do not exist yet.
 *
 * @param retention longer than the longest retry
 */
@ConfigurationProperties("taskfleet.topics")
record TopicsProperties(
    @DefaultValue("12") int partitions,
    @DefaultValue("1") int replication,
    @DefaultValue("7d") Duration retention,
    @DefaultValue("30d") Duration deadLetterRetention) {}
