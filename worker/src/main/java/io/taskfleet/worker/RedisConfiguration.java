package io.taskfleet.worker;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.SharedBreakers;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is told through Redis, and how it is reached. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RedisProperties.class)
class RedisConfiguration {

  @Bean(destroyMethod = "shutdown")
  ClientResources redisResources(RedisProperties properties) {
    return ClientResources.builder()
        .nettyCustomizer(new MuteChannels(properties.commandTimeout()))
        .build();
  }

  @Bean(destroyMethod = "shutdown")
  RedisClient redis(RedisProperties properties, ClientResources redisResources) {
    RedisURI uri = RedisURI.create(properties.url());
    uri.setTimeout(properties.commandTimeout());
    RedisClient client = RedisClient.create(redisResources, uri);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(properties.queue())
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(properties.connectTimeout())
                    .keepAlive(true)
                    .build())
            .timeoutOptions(TimeoutOptions.enabled(properties.commandTimeout()))
            .build());
    return client;
  }

  @Bean(destroyMethod = "close")
  StatusCache statusCache(RedisClient redis, EngineProperties properties) {
    return new StatusCache(redis, properties.statusTimeToLive());
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  SharedBreakers sharedBreakers(RedisClient redis, Dependencies dependencies, WorkerId worker) {
    return new SharedBreakers(redis, dependencies, worker.name());
  }
}
