"""Things cut out of their photos by a trained model: soft edges, another background, a shadow on the floor."""
