"""Render, verify and export: python docs/examples/render_and_verify.py renders/office"""

import sys

import sweepset_render as sr

if __name__ == "__main__":  # verify starts processes for large datasets
    out = sys.argv[1]
    dataset = sr.render(
        "office", out, frames=5, size=(96, 72), samples=2, with_=("normals", "objects"),
        progress=lambda done, total: print(f"{done} of {total} frames"),
    )  # fmt: skip
    for finding in sr.verify(dataset):
        print(f"{finding.severity}: {finding.message}; {finding.advice}")
    print({entry["object"]: entry["visibility"] for entry in dataset[0].objects.values()})
    print(sr.export(out, to="coco", out=f"{out}-coco", split=(50, 50, 0), overwrite=True))
