package io.taskfleet.worker;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections on which nothing comes back though something was sent. A peer that vanished
 * without a word leaves one that looks open for a quarter of an hour; the client opens another.
 */
final class MuteChannels implements NettyCustomizer {
  private static final Logger log = LoggerFactory.getLogger(MuteChannels.class);

  private final Duration patience;

  /**
   * A watch over all connections of a client.
   *
   * @param patience for an answer; the connection is closed after it, and before twice of it
   */
  MuteChannels(Duration patience) {
    this.patience = patience;
  }

  @Override
  public void afterChannelInitialized(Channel channel) {
    channel
        .pipeline()
        .addFirst(
            new IdleStateHandler(patience.toMillis(), 0, 0, TimeUnit.MILLISECONDS), new Watch());
  }

  private static final class Watch extends ChannelDuplexHandler {
    private boolean sent;
    private boolean overdue;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      sent = true;
      var _ = context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      sent = false;
      overdue = false;
      context.fireChannelRead(message);
    }

    // What was sent just before this has not had its time yet: it is looked at again next time.
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof IdleStateEvent && overdue) {
        log.warn("Redis does not answer on a connection: it is closed, and another opened");
        var _ = context.close();
      } else if (event instanceof IdleStateEvent) {
        overdue = sent;
      } else {
        context.fireUserEventTriggered(event);
      }
    }
  }
}
