package dev.hindcast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ServeLatencyMainTest {
  @Test
  void percentilesAreThoseOfTheDefinition() {
    Latencies latencies =
        new Latencies(LongStream.rangeClosed(1, 1000).map(i -> 1001 - i).toArray());
    assertThat(latencies.percentile(0.5)).isEqualTo(500);
    assertThat(latencies.percentile(0.99)).isEqualTo(990);
    assertThat(latencies.percentile(1)).isEqualTo(1000);
  }

  /** A server that stops for 0.3 s once: all that were due meanwhile have to be charged with it. */
  @Test
  void aPauseIsChargedToEveryRequestThatWasDueInIt() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService one = Executors.newSingleThreadExecutor();
    server.setExecutor(one);
    AtomicInteger asked = new AtomicInteger();
    server.createContext(
        "/",
        exchange -> {
          if (asked.incrementAndGet() == 100) {
            long until = System.nanoTime() + 300_000_000;
            while (System.nanoTime() < until) {
              Thread.onSpinWait();
            }
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      Latencies latencies =
          ServeLatencyMain.http(
              List.of(JsonNodeFactory.instance.objectNode()),
              URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/decide"),
              200,
              200);
      // 60 of 200 were due in the pause; counted from their sending, few would show it
      assertThat(latencies.percentile(0.9)).isGreaterThan(100_000_000);
    } finally {
      server.stop(0);
      one.shutdown();
    }
  }
}
