package io.taskfleet.standalone.demo;

import io.taskfleet.standalone.ReadyFile;

/**
 * The fleet to try and the servers where its results show.
 *
 * @param url the gateway
 * @param apiKey a key that may write and read tasks
 * @param kafka {@code host:port}
 * @param jdbcUrl the database, credentials included
 * @param redis a {@code redis://} URL
 * @param mailUrl where sent mail can be read (Mailpit's API)
 * @param webhookSecret what notifications are signed with
 * @param receiverHost this machine's name as the workers know it
 */
record Target(
    String url,
    String apiKey,
    String kafka,
    String jdbcUrl,
    String redis,
    String mailUrl,
    String webhookSecret,
    String receiverHost) {

  static final String LOOPBACK = "127.0.0.1";

  static Target of(ReadyFile ready) {
    return new Target(
        ready.url(),
        ready.apiKey(),
        ready.kafka(),
        ready.jdbcUrl(),
        ready.redis(),
        ready.mailUrl(),
        ready.webhookSecret(),
        LOOPBACK);
  }
}
