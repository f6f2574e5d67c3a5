"""Train, score and predict: python docs/examples/train_and_predict.py renders/office runs/office"""

import sys

import sweepset_render as sr
import sweepset_train as st

renders, out = sys.argv[1:]
changes = {"data.test": None, "data.size": (64, 48), "model.name": "cnn", "trainer.max_steps": 20}
run = st.fit("demo", out, data=[renders], changes=changes)
scores = st.evaluate(run, renders)  # one room: the images that it was trained on
print(f"mean IoU {scores['mean_iou']:.3f}, global accuracy {scores['global_accuracy']:.3f}")
print(st.predict(run, f"{renders}/images", f"{out}/predictions"), "masks")

model = st.load(run)
image, truth = st.RenderDataset(renders, taxonomy="nyu13")[0]
label = model.predict(sr.Dataset(renders)[0].image)  # train ids, as large as the image
print(f"{(label == truth.numpy()).mean():.0%} of the pixels of frame 0 are right")
