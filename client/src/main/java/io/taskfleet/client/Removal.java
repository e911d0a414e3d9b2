package io.taskfleet.client;

/** A DELETE of something that is gone afterwards. */
final class Removal {
  private Removal() {}

  /**
   * Removes it.
   *
   * @throws NotFoundException if there is no such thing; but if the first answer was lost, and it
   *     is not there any more, then this is who has removed it
   */
  static void of(Transport transport, String path) {
    try {
      transport.send(Call.delete(path));
    } catch (NotFoundException e) {
      if (e.attempts() == 1) {
        throw e;
      }
    }
  }
}
