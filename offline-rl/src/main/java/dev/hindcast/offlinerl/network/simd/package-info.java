/**
 * Networks computed on the CPU without recording a graph: products by OpenBLAS, everything between
 * them in plain Java loops that the virtual machine vectorizes. Which backend a training gets is
 * not decided here.
 */
package dev.hindcast.offlinerl.network.simd;
