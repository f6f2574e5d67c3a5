"""What all furnished rooms share: form, openings, layout and light."""
