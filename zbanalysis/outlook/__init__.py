"""Will each target be reached: chances, hindsight, areas without a plan."""
