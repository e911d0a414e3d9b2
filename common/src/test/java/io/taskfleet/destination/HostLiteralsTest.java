package io.taskfleet.destination;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostLiteralsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2130706433",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0X7F.1",
        "0x7f000001",
        "017700000001",
        "127.0.0.1.",
        "127.0.0.01",
        "127.0.0.256",
        "1.2.3.4.5",
        "127.0.0.0x1",
        "example.1",
        "0x",
        "fe80::1%eth0",
        "::1%25lo",
        "1.1.1.1.."
      })
  void seesNumbersInDisguise(String host) {
    assertThat(HostLiterals.isDisguised(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.org",
        "localhost",
        "1.1.1.1",
        "127.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "::1",
        "2001:4860:4860::8888",
        "1e100.net",
        "3com.com",
        "0x7f.example.org",
        "example.org.",
        "xn--mnchen-3ya.de",
        "a.b1"
      })
  void letsNamesAndCanonicalLiteralsThrough(String host) {
    assertThat(HostLiterals.isDisguised(host)).isFalse();
  }
}
