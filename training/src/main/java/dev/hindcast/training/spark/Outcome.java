package dev.hindcast.training.spark;

import dev.hindcast.core.config.UserError;
import java.io.Serializable;

/** How a trial ended. */
sealed interface Outcome extends Serializable {
  /** Its bundle is there. */
  record Published(String trial) implements Outcome {}

  /** It met something that trying again would not cure, so the task does not fail but reports. */
  record Refused(String trial, UserError reason) implements Outcome {}
}
