package io.taskfleet.worker.notification;

/** All who can be notified, and what is kept of notifications that belong together. */
public record Recipients(Addressees users, Endpoints endpoints, Claims claims, Digests digests) {}
