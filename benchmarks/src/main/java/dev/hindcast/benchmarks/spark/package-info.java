/**
 * Our side of measurements that run on Spark. What is measured lies in the rooms; here it is only
 * started and timed.
 */
package dev.hindcast.benchmarks.spark;
