package io.taskfleet.standalone.api;

/** Something that a page shows, and that can be done. */
sealed interface Step permits Exchange, Excerpt {
  /** Where it stands in the page. */
  int line();
}
