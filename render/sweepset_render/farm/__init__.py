"""Split jobs into shards, hand them to workers, and write their datasets."""
