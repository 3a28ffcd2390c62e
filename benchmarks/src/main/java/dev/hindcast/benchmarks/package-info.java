/**
 * How fast learners train. What other programs do, and what policies earn in simulators, stands in
 * the Python scripts beside this module.
 */
package dev.hindcast.benchmarks;
