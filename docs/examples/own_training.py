"""Train with a loop of your own: python docs/examples/own_training.py renders/office"""

import sys

import torch

import sweepset_train as st

dataset = st.RenderDataset(sys.argv[1], taxonomy="nyu13", size=(64, 48))
loader = torch.utils.data.DataLoader(dataset, batch_size=2, shuffle=True)
network = torch.nn.Sequential(
    torch.nn.Conv2d(3, 16, 5, padding=2), torch.nn.ReLU(), torch.nn.Conv2d(16, len(dataset.taxonomy), 1)
)
optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
for epoch in range(3):
    for images, labels in loader:  # (B, 3, H, W) float32 from 0 to 1; (B, H, W) int64, 255 is void
        loss = torch.nn.functional.cross_entropy(network(images), labels, ignore_index=st.IGNORE)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: loss {loss:.3f}")
