"""What the pipeline's parts cost, as ratios against a named peer in the same run."""
