package io.taskfleet.gateway.web;

import java.util.List;
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
  private final WebProperties properties;

  WebConfiguration(WebProperties properties) {
    this.properties = properties;
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(jsonBodies());
    resolvers.add(new TraceContextResolver());
  }

  /** Reads bodies, for the resolvers of other packages too. */
  @Bean
  JsonBodyResolver jsonBodies() {
    return new JsonBodyResolver(properties.bodyTimeout());
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
