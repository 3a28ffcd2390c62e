package dev.hindcast.streaming.learning;

import dev.hindcast.core.artefact.Fingerprint;

/**
 * A version of the policy, with all that is needed to learn on from it.
 *
 * @param number how many versions came before it; 0 for the bundle that learning began from
 * @param generation how many of them it descends from: fewer where learning went back to an old one
 * @param bundle its bundle's fingerprint
 * @param state where its learner stood, as a checkpoint file
 */
@SuppressWarnings("ArrayRecordComponent") // on its way to or from state; never compared
record Version(long number, int generation, Fingerprint bundle, byte[] state) {}
