// SPDX-License-Identifier: Apache-2.0
package dev.pumice;

/** The server did not come up; the message says what it printed. */
public final class PumiceStartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PumiceStartException(String message) {
    super(message);
  }

  PumiceStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
