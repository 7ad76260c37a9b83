// SPDX-License-Identifier: Apache-2.0
package dev.pumice.junit5;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class a DynamoDB server: parameters of tests, of {@code @BeforeEach} and of {@code @AfterEach}
 * may be a {@code DynamoDbClient}, {@code DynamoDbAsyncClient}, {@code DynamoDbStreamsClient} or {@code
 * PumiceConnection}. Each test starts with no tables, also when tests run at the same time.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(PumiceExtension.class)
public @interface Pumice {
  /**
   * Flags of the server. With {@code -sharedDb} or {@code --handlers} all clients see the same tables: tests must then
   * not run at the same time.
   */
  String[] flags() default {};

  /** A server of this class alone. Otherwise all classes of the run that name the same flags share one. */
  boolean perClass() default false;
}
