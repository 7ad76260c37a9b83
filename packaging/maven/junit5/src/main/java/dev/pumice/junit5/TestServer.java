// SPDX-License-Identifier: Apache-2.0
package dev.pumice.junit5;

import dev.pumice.PumiceServer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server and its databases, one for each test that runs at the same time: each has an access key of its own, and the
 * server keeps the data of access keys apart. JUnit closes it with the store that holds it: older versions because it
 * is a CloseableResource, newer ones because it is AutoCloseable.
 */
@SuppressWarnings("deprecation")
final class TestServer implements ExtensionContext.Store.CloseableResource, AutoCloseable {
  private final PumiceServer server;
  private final AtomicInteger databases = new AtomicInteger();
  private final Queue<TestDatabase> free = new ConcurrentLinkedQueue<>();

  TestServer(String[] flags) {
    server = PumiceServer.start(flags);
  }

  /** An empty database that no other test uses. */
  TestDatabase take() {
    TestDatabase database = free.poll();
    return database != null
        ? database
        : new TestDatabase(server.connection("test" + databases.incrementAndGet()));
  }

  /** Deletes the tables. If that fails the database is not used again. */
  void giveBack(TestDatabase database) {
    database.clear();
    free.add(database);
  }

  @Override
  public void close() {
    free.forEach(TestDatabase::close);
    server.close();
  }
}
