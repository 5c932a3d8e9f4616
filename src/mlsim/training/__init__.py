"""How any network is fitted: a visible loop, checkpoints, seeding, batches, learning rates."""
