"""A small set of stages that run without a trained model, for the tests of runner and store. Versions come from the environment."""
