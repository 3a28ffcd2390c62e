/**
 * How fast learners train, and what policies earn in the simulated worlds of core. What other
 * programs do, and what policies earn in simulators of others, stands in the Python scripts beside
 * this module.
 */
package dev.hindcast.benchmarks;
