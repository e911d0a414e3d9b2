package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.paging.PageRequest;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How tasks are listed and exported.
 *
 * @param look how many tasks are looked at for one page, however few of them match; more than the
 *     largest page
 * @param exportsAtOnce how many exports run side by side; each holds a connection of the pool
 * @param exportRows how many rows of an export are in memory at once, with their payloads
 * @param longestExport how long an export may take
 * @param stalledExport how long an export may stand still, waiting for its reader or for Postgres
 */
@Validated
@ConfigurationProperties("taskfleet.listing")
record ListingProperties(
    @DefaultValue("50000") @Min(PageRequest.LARGEST + 1) int look,
    @DefaultValue("2") @Min(1) int exportsAtOnce,
    @DefaultValue("32") @Min(1) @Max(10_000) int exportRows,
    @DefaultValue("10m") Duration longestExport,
    @DefaultValue("30s") Duration stalledExport) {

  ListingProperties {
    if (!stalledExport.isPositive() || longestExport.compareTo(stalledExport) < 0) {
      throw new IllegalArgumentException(
          "taskfleet.listing.stalled-export must be above zero, and longest-export not below it");
    }
  }
}
