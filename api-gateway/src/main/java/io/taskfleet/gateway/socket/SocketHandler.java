package io.taskfleet.gateway.socket;

import java.util.Optional;
import org.apache.tomcat.websocket.Constants;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/** What the container tells of sockets. It refuses binary and oversized messages by itself. */
final class SocketHandler extends TextWebSocketHandler {
  private static final String CONNECTION = Connection.class.getName();

  private final Sockets sockets;
  private final Admission admission;
  private final Conversation conversation;
  private final SocketProperties properties;

  SocketHandler(
      Sockets sockets,
      Admission admission,
      Conversation conversation,
      SocketProperties properties) {
    this.sockets = sockets;
    this.admission = admission;
    this.conversation = conversation;
    this.properties = properties;
  }

  @Override
  public void afterConnectionEstablished(WebSocketSession session) {
    limit((StandardWebSocketSession) session);
    SocketProperties.Limits limits = properties.limits();
    Connection connection =
        new Connection(new Outbox(session, limits.buffer().toBytes()), limits.framesPerMinute());
    session.getAttributes().put(CONNECTION, connection);
    sockets.opened(connection);
    Door.Offer.in(session.getAttributes())
        .ifPresent(offer -> admission.admit(connection, offer.caller(), null));
    sockets.forgetIfGone(connection);
  }

  private void limit(StandardWebSocketSession session) {
    session.setTextMessageSizeLimit((int) properties.limits().frame().toBytes());
    long millis = properties.times().sendWithin().toMillis();
    var settings = session.getNativeSession().getUserProperties();
    settings.put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, millis);
    settings.put(Constants.SESSION_CLOSE_TIMEOUT_PROPERTY, millis);
  }

  @Override
  protected void handleTextMessage(WebSocketSession session, TextMessage message) {
    of(session)
        .ifPresent(
            connection -> {
              conversation.hear(connection, message.getPayload());
              sockets.forgetIfGone(connection);
            });
  }

  @Override
  protected void handlePongMessage(WebSocketSession session, PongMessage message) {
    of(session).ifPresent(Connection::heard);
  }

  @Override
  public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
    of(session).ifPresent(sockets::closed);
  }

  private static Optional<Connection> of(WebSocketSession session) {
    return session.getAttributes().get(CONNECTION) instanceof Connection connection
        ? Optional.of(connection)
        : Optional.empty();
  }
}
