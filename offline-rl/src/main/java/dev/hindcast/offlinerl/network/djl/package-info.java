/**
 * Networks computed by PyTorch through DJL, on the CPU or a GPU. Losses and algorithms are not
 * here.
 */
package dev.hindcast.offlinerl.network.djl;
