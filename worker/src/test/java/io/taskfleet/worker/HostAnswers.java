package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.taskfleet.worker.outbound.RawHttpServer.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What hosts answer that mean well, and hosts that do not. */
final class HostAnswers {
  /** Counted down when those that hang or drip may stop. */
  static final CountDownLatch END = new CountDownLatch(1);

  private HostAnswers() {}

  static Answer answer(int status, String... headers) {
    String body = "{\"eur\":1.25}";
    return out ->
        write(
            out,
            "HTTP/1.1 %d x\r\n%sConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, String.join("", headers), body.length(), body));
  }

  static Answer inTurn(Answer first, Answer others) {
    AtomicInteger calls = new AtomicInteger();
    return out -> (calls.getAndIncrement() == 0 ? first : others).write(out);
  }

  static String length(int bytes) {
    return "HTTP/1.1 200 x\r\nContent-Length: %d\r\n\r\n".formatted(bytes);
  }

  static Answer flooding(String beginning, String more) {
    return out -> {
      write(out, beginning);
      byte[] flood = more.repeat(100).getBytes(US_ASCII);
      while (true) {
        out.write(flood);
      }
    };
  }

  /** Slower than any read timeout could notice. */
  static Answer dripping(String beginning, String drop) {
    return out -> {
      write(out, beginning);
      try {
        while (!END.await(50, TimeUnit.MILLISECONDS)) {
          write(out, drop);
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    };
  }

  static void plainText(OutputStream out) throws IOException {
    answer(200).write(out);
    // Who closes first must not be the host, or the client might see no more than that.
    hang();
  }

  static void hang() throws IOException {
    try {
      END.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(US_ASCII));
    out.flush();
  }
}
