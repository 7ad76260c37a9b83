// SPDX-License-Identifier: Apache-2.0
package dev.pumice.junit5;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What the annotation {@link Pumice} does. Without the annotation: a server without further flags, for all classes. */
public final class PumiceExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(PumiceExtension.class);

  /** Starts the class's server, unless it runs already or a class around this one has named it. */
  @Override
  public void beforeAll(ExtensionContext context) {
    Optional<Pumice> named = AnnotationSupport.findAnnotation(context.getRequiredTestClass(), Pumice.class);
    Store store = context.getStore(NAMESPACE);
    if (named.isEmpty() && store.get(ServerOfClass.class) != null) {
      return;
    }
    String[] flags = named.map(Pumice::flags).orElse(new String[0]);
    boolean perClass = named.map(Pumice::perClass).orElse(false);
    Store owner = perClass ? store : context.getRoot().getStore(NAMESPACE);
    Object key = perClass ? context.getUniqueId() : List.copyOf(Arrays.asList(flags));
    TestServer server = owner.getOrComputeIfAbsent(key, unused -> new TestServer(flags), TestServer.class);
    store.put(ServerOfClass.class, new ServerOfClass(server));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(TestDatabase.class, server(context).take());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestDatabase database = context.getStore(NAMESPACE).remove(TestDatabase.class, TestDatabase.class);
    if (database != null) {
      server(context).giveBack(database);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return TestDatabase.PARAMETERS.contains(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    TestDatabase database = context.getStore(NAMESPACE).get(TestDatabase.class, TestDatabase.class);
    if (database == null) {
      throw new ParameterResolutionException("a " + type.getSimpleName()
          + " can be a parameter of tests, @BeforeEach and @AfterEach only: each test starts with no tables");
    }
    return database.parameter(type);
  }

  private static TestServer server(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(ServerOfClass.class, ServerOfClass.class).server;
  }

  /** In a class's store, which closes what is closeable: a server may be shared with other classes. */
  private static final class ServerOfClass {
    final TestServer server;

    ServerOfClass(TestServer server) {
      this.server = server;
    }
  }
}
