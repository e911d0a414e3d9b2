package io.taskfleet.localstack;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The newest mails, bounded in number and in bytes; older ones make room. Thread-safe. */
final class Mailbag {
  private final int maxMails;
  private final long maxBytes;

  // All guarded by this; the newest mail comes first.
  private final Deque<ReceivedMail> mails = new ArrayDeque<>();
  private long bytes;
  private long received;

  Mailbag(int maxMails, long maxBytes) {
    this.maxMails = maxMails;
    this.maxBytes = maxBytes;
  }

  synchronized void add(ReceivedMail mail) {
    received++;
    mails.addFirst(mail);
    bytes += mail.size();
    while (mails.size() > maxMails || (bytes > maxBytes && mails.size() > 1)) {
      bytes -= mails.removeLast().size();
    }
  }

  synchronized List<ReceivedMail> newestFirst() {
    return List.copyOf(mails);
  }

  synchronized List<ReceivedMail> page(int start, int limit) {
    return mails.stream().skip(start).limit(limit).toList();
  }

  synchronized Optional<ReceivedMail> find(String id) {
    return mails.stream().filter(mail -> mail.id().equals(id)).findFirst();
  }

  synchronized int size() {
    return mails.size();
  }

  synchronized long received() {
    return received;
  }

  synchronized void clear() {
    mails.clear();
    bytes = 0;
  }
}
