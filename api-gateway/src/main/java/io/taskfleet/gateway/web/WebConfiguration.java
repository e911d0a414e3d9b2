package io.taskfleet.gateway.web;

import java.util.List;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {
  private static final String SOCKET_BUFFER = "2048";

  private final WebProperties properties;
  private final BodyRoom room;

  WebConfiguration(WebProperties properties) {
    this.properties = properties;
    this.room = new BodyRoom((int) properties.bodies().toBytes());
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(jsonBodies());
    resolvers.add(new TraceContextResolver());
    resolvers.add(new QueryParametersResolver());
  }

  /** Reads bodies, for the resolvers of other packages too. */
  @Bean
  JsonBodyResolver jsonBodies() {
    return new JsonBodyResolver(properties.bodyTimeout(), room);
  }

  @Bean
  FilterRegistrationBean<ExchangeFilter> exchangeFilter() {
    FilterRegistrationBean<ExchangeFilter> filter =
        new FilterRegistrationBean<>(new ExchangeFilter());
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return filter;
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsFromTomcat() {
    return factory ->
        factory.addContextCustomizers(
            context -> {
              if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ProblemValve.class.getName());
              }
            });
  }

  /** Streams of events keep these buffers, and little else; what is larger passes them by. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> smallSocketBuffers() {
    return factory ->
        factory.addConnectorCustomizers(
            connector -> {
              setProperty(connector, "socket.appReadBufSize");
              setProperty(connector, "socket.appWriteBufSize");
            });
  }

  private static void setProperty(Connector connector, String name) {
    if (!connector.setProperty(name, SOCKET_BUFFER)) {
      throw new IllegalStateException("Tomcat knows no " + name);
    }
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> noTricklingHeaders() {
    return factory -> {
      factory.setProtocol(PromptProtocol.class.getName());
      factory.addConnectorCustomizers(
          connector -> {
            if (connector.getProtocolHandler() instanceof PromptProtocol protocol) {
              protocol.setHeaderTimeout(properties.headerTimeout());
            }
          });
    };
  }
}
