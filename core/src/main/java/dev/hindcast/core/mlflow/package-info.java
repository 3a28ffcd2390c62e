/**
 * How to ask an MLflow server for something. What is asked, and what happens when it cannot be
 * reached, belongs to those who ask.
 */
package dev.hindcast.core.mlflow;
