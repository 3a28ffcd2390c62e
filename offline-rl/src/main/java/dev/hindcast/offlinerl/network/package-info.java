/**
 * Function approximators as learners see them: forward to outputs, backward from output gradients.
 * Which library computes them is not known here.
 */
package dev.hindcast.offlinerl.network;
