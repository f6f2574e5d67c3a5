"""Read a dataset: python docs/examples/read_dataset.py renders/kitchen"""

import sys

import numpy as np

import sweepset_render as sr

dataset = sr.Dataset(sys.argv[1])
names = {category.id: category.name for category in dataset.taxonomy} | {0: "unlabelled"}
print(f"{len(dataset)} frames in taxonomy {dataset.taxonomy.name}")
for frame in dataset:
    shares = {names[i]: f"{(frame.label == i).mean():.0%}" for i in np.unique(frame.label).tolist()}
    print(f"frame {frame.number} has {', '.join(frame.kinds)}: {shares}")
    if frame.has("depth"):
        row, column = (n // 2 for n in frame.depth.shape)
        ray = np.linalg.inv(frame.camera.K) @ [column + 0.5, row + 0.5, 1]
        point = frame.camera.camera_to_world @ [*(frame.depth[row, column] * ray), 1]
        print(f"  the middle pixel shows {names[int(frame.label[row, column])]} at {point[:3].round(2)} m")
