# `make help` lists the targets; README.md has the same as plain commands.
# Each set-up step runs once, and again when setup.cfg changes.

export JOB VARIATIONS SCENE FRAMES OUT SIZE SAMPLES SWEEP SEED BLENDER NYU DATA PHOTOS EXPERIMENT ARGS MODELS

sweepset = .venv/bin/sweepset
train = .venv/bin/sweepset-train
# Two at a time, because most wait for a Blender. Each process runs its half, then helps the other.
pytest = .venv/bin/python -m pytest -n 2 --dist worksteal --durations 15 --durations-min 1
install = .venv/bin/python -m pip install --quiet --disable-pip-version-check
# BLENDER=PATH replaces the project's own Blender.
blender = $(if $(BLENDER),,.blender/ready)

# DATA is a folder, or several with spaces between them: --data for each, as the shell's own arguments.
each_render = set --; if [ -d "$$DATA" ]; then set -- --data "$$DATA"; \
  else for one in $$DATA; do set -- "$$@" --data "$$one"; done; fi
# On Linux, pip installs PyTorch with CUDA. uv knows where the build for the CPU is, and installs it where there is no GPU.
torch = .venv/bin/python -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec("torch"))' || { \
  cuda=1; if [ "$$(uname)" = Linux ] && ! command -v nvidia-smi >/dev/null; then \
    echo 'No GPU here: fetching PyTorch for the CPU (about 0.5 GB to download, 2 GB on disk, some minutes)'; \
    $(install) 'uv>=0.8,<1' && .venv/bin/python -m uv pip install --quiet --python .venv/bin/python --torch-backend cpu \
      'torch>=2.4,<3' 'torchvision>=0.19,<1' 2>/dev/null && cuda= || echo 'The build for the CPU cannot be reached.'; fi; \
  if [ "$$cuda" ]; then echo 'Fetching PyTorch: on Linux with CUDA, about 3 GB to download, 6.3 GB on disk'; fi; }

.NOTPARALLEL:  # two installations into .venv at once would break each other
.PHONY: help setup demo masking render check addon train-baseline train-mixed classify nyu gallery hero farm test test-rest test-all test-rooms test-chaos lint bench bench-long bench-addon bench-train blenders clean data scene solids detect train-vehicles
.DEFAULT_GOAL = help

help: ## list the targets
	@echo 'make TARGET [NAME=VALUE ...]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' Makefile
	@echo 'To render: SCENE is a shipped scene (.venv/bin/sweepset scenes), a .blend or a .py file. Optional: FRAMES, OUT,'
	@echo 'SIZE=WxH, SAMPLES, SWEEP, SEED, VARIATIONS, BLENDER=PATH.'
	@echo 'To train: NYU=FILE, DATA="RENDERS ...", EXPERIMENT=NAME or a YAML file, PHOTOS=FOLDER, OUT.'
	@echo 'ARGS="..." passes further options to the command.'

setup: .venv/render $(blender) ## install Sweepset into .venv, and a Blender for it into .blender

render: .venv/render $(blender) ## render a scene or your own 3D models: make render SCENE=kitchen FRAMES=8, MODELS=parts
	@$(if $(SCENE)$(MODELS),:,$(error Name a scene or your own 3D models: SCENE=kitchen, SCENE=path/to/file.blend, MODELS=parts))
	@$(sweepset) render $${SCENE:+"$$SCENE"} $${MODELS:+--models "$$MODELS"} $${FRAMES:+--frames "$$FRAMES"} \
	  $${OUT:+--out "$$OUT"} $${SIZE:+--size "$$SIZE"} \
	  $${SAMPLES:+--samples "$$SAMPLES"} $${SWEEP:+--sweep "$$SWEEP"} $${SEED:+--seed "$$SEED"} \
	  $${VARIATIONS:+--variations "$$VARIATIONS"} $${BLENDER:+--blender "$$BLENDER"} $(ARGS)

farm: .venv/render $(blender) ## render a large job: make farm JOB=job.json OUT=renders/rooms ARGS="--workers 2"
	@$(if $(JOB),:,$(error Name a job file: JOB=job.json; docs/farm.md describes it))
	@$(sweepset) farm "$$JOB" $${OUT:+--out "$$OUT"} $${BLENDER:+--blender "$$BLENDER"} $(ARGS)

check: scene .venv/render $(blender) ## check a scene's labels and settings: make check SCENE=room.blend
	@$(sweepset) check "$$SCENE" $${BLENDER:+--blender "$$BLENDER"} $(ARGS)

hero: .venv/render $(blender) ## render the README's animation anew: docs/hero.webp
	@.venv/bin/python docs/hero.py $(ARGS)

gallery: .venv/render $(blender) ## render eight rooms of each kind and eight vehicles on one page: renders/gallery/index.html
	@$(sweepset) render scenes/gallery.json --out renders/gallery $${BLENDER:+--blender "$$BLENDER"} $(ARGS)

addon: ## pack the add-on for Blender's window: dist/sweepset-VERSION.zip
	@python3 addon/package.py

demo: .venv/render .venv/train $(blender) ## render, train for a minute, predict, and open a page with the result
	@$(sweepset) render kitchen --variations 4 --frames 2 --size 160x120 --samples 16 --out renders/demo \
	  $${BLENDER:+--blender "$$BLENDER"}
	@$(train) fit demo --data renders/demo --out runs/demo
	@$(train) predict runs/demo renders/demo/images --out runs/demo/predictions
	@echo 'The result: $(CURDIR)/runs/demo/report.html'
	@if [ "$$(uname)" = Darwin ]; then open runs/demo/report.html; \
	  elif [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then xdg-open runs/demo/report.html; fi >/dev/null 2>&1 || true

masking: .venv/render .venv/train $(blender) ## render cars, learn for minutes to cut them out, and open a page with the result
	@$(sweepset) render "$${SCENE:-studio}" --variations 16 --frames 4 --size 192x128 --samples 6 --out renders/masking \
	  $${BLENDER:+--blender "$$BLENDER"}
	@$(train) fit masking-demo --data renders/masking --out runs/masking
	@$(train) cutout runs/masking renders/masking/images --out runs/masking/cutouts --background white
	@echo 'The result: $(CURDIR)/runs/masking/report.html and cutouts/index.html beside it'
	@if [ "$$(uname)" = Darwin ]; then open runs/masking/report.html; \
	  elif [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then xdg-open runs/masking/report.html; fi >/dev/null 2>&1 || true

# FULL=1 is the tutorial's set: 2,400 images of 512x512, of which 400 are held out.
solids = $(if $(FULL),solids-full,solids)
half = $(if $(FULL),256,64)
whole = $(if $(FULL),512,128)
solids: .venv/render .venv/train $(blender) ## render solids, train a U-Net at half size and full size, open a page; FULL=1, WEIGHTS=none
	@$(sweepset) render solids --variations $(if $(FULL),80,24) --frames $(if $(FULL),30,12) --size $(whole)x$(whole) \
	  --preset draft --fov 50 --lens-jitter 0.2 -p size=0.1,0.22 --out renders/$(solids) $${BLENDER:+--blender "$$BLENDER"}
	@$(train) fit solids --data renders/$(solids) --out runs/$(solids)-half --set "data.size=[$(half),$(half)]" \
	  --set model.weights=$(or $(WEIGHTS),imagenet) --set trainer.heads_first=50 $(if $(FULL),--set trainer.max_steps=2000) $(ARGS)
	@$(train) fit solids --data renders/$(solids) --out runs/$(solids) --set "data.size=[$(whole),$(whole)]" \
	  --set model.weights=runs/$(solids)-half/checkpoints/last.ckpt $(if $(FULL),--set trainer.max_steps=2000) $(ARGS)
	@echo 'The result: $(CURDIR)/runs/$(solids)/report.html'
	@if [ "$$(uname)" = Darwin ]; then open runs/$(solids)/report.html; \
	  elif [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then xdg-open runs/$(solids)/report.html; fi >/dev/null 2>&1 || true

detect: .venv/render .venv/train $(blender) ## render your own 3D models, train a detector, open its page: make detect MODELS=parts
	@$(if $(MODELS),:,$(error Name a folder of 3D models: MODELS=parts))
	@$(sweepset) render --models "$$MODELS" --variations "$${VARIATIONS:-40}" --frames "$${FRAMES:-5}" --size 320x240 \
	  --samples 16 --with objects --out renders/detect $${BLENDER:+--blender "$$BLENDER"} $(ARGS)
	@$(sweepset) export renders/detect --to coco --out exports/detect-coco --overwrite
	@$(sweepset) export renders/detect --to yolo --out exports/detect --overwrite
	@$(train) fit detect --data renders/detect --out runs/detect $(if $(WEIGHTS),--set model.weights=$(WEIGHTS)) \
	  $(if $(filter none,$(WEIGHTS)),--set model.encoder=mobilenet_v2-gn)
	@echo 'The result: $(CURDIR)/runs/detect/report.html; the images for other programs: exports/detect-coco, exports/detect'
	@if [ "$$(uname)" = Darwin ]; then open runs/detect/report.html; \
	  elif [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then xdg-open runs/detect/report.html; fi >/dev/null 2>&1 || true

train-vehicles: .venv/render .venv/train $(blender) ## render vehicles, train a detector, try it: make train-vehicles PHOTOS=photos
	@$(sweepset) render "$${SCENE:-vehicles}" --variations "$${VARIATIONS:-30}" --frames "$${FRAMES:-4}" --size 256x256 --samples "$${SAMPLES:-16}" \
	  --seed "$${SEED:-0}" --out "renders/detect-$${SCENE:-vehicles}" $${BLENDER:+--blender "$$BLENDER"}
	@$(train) fit vehicles --data "renders/detect-$${SCENE:-vehicles}" --out "$${OUT:-runs/vehicles}" $(ARGS)
	@if [ -n "$$PHOTOS" ]; then \
	  $(train) predict "$${OUT:-runs/vehicles}" "$$PHOTOS" --out "$${OUT:-runs/vehicles}/predictions"; \
	  if [ -d "$$PHOTOS/none" ]; then $(train) evaluate "$${OUT:-runs/vehicles}" "$$PHOTOS"; fi; fi
	@echo "The result: $${OUT:-runs/vehicles}/report.html"
	@if [ "$$(uname)" = Darwin ]; then open "$${OUT:-runs/vehicles}/report.html"; \
	  elif [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then xdg-open "$${OUT:-runs/vehicles}/report.html"; fi >/dev/null 2>&1 || true

train-baseline: needs = NYU
train-baseline: data .venv/train ## train on real photos: make train-baseline NYU=nyu/nyu_depth_v2_labeled.mat
	@$(train) fit "$${EXPERIMENT:-baseline}" $${NYU:+--nyu "$$NYU"} $${OUT:+--out "$$OUT"} $(ARGS)

train-mixed: needs = NYU DATA
train-mixed: data .venv/train ## train on photos and renders: make train-mixed NYU=... DATA="renders/kitchen renders/flat"
	@$(each_render); $(train) fit "$${EXPERIMENT:-mixed}" $${NYU:+--nyu "$$NYU"} "$$@" $${OUT:+--out "$$OUT"} $(ARGS)

classify: .venv/train ## classify photos in folders by class, by a laptop: make classify PHOTOS=photos
	@$(if $(PHOTOS),:,$(error Name photos: PHOTOS=folder, with a folder for each class, or PHOTOS=labels.csv))
	@[ -e "$$PHOTOS" ] || { echo "No file or folder $$PHOTOS (PHOTOS=)" >&2; exit 2; }
	@$(train) fit "$${EXPERIMENT:-classify-linear}" --set "data.real='$$PHOTOS'" $${OUT:+--out "$$OUT"} $(ARGS)

nyu: .venv/train ## download NYU Depth V2, 2.8 GB, into nyu/
	@$(train) nyu $${OUT:+--out "$$OUT"}

test: .venv/dev $(blender) ## run the fast tests, in the default Blender: some minutes; ARGS is for pytest
	@$(pytest) $(ARGS)

test-rest: .venv/dev $(blender) ## run the tests that `make test` leaves out: other Blenders, windows, browsers, long jobs
	@$(pytest) -m full $(ARGS)

test-all: .venv/dev $(blender) ## run all tests
	@$(pytest) -m "full or not full" $(ARGS)

test-chaos: .venv/dev $(blender) ## kill processes of jobs at random, locally, with S3 and on a Ray cluster: some minutes
	@PYTHONPATH=addon:render:scenes .venv/bin/python tests/support/chaos.py $(ARGS)

test-rooms: .venv/dev $(blender) ## build a hundred rooms of each kind and check them for physical sense
	@SWEEPSET_ROOM_SEEDS=100 $(pytest) tests/scenes/test_rooms.py $(ARGS)

lint: .venv/dev ## check style and types
	@.venv/bin/ruff check --quiet --output-format concise
	@.venv/bin/ruff format --check --quiet
	@.venv/bin/mypy

bench: .venv/render $(blender) ## measure the speed of rendering on this machine
	@$(sweepset) bench $${SCENE:+"$$SCENE"} $${BLENDER:+--blender "$$BLENDER"} $(ARGS)

bench-long: .venv/render $(blender) ## watch Blender's memory over 1,000 small frames
	@$(sweepset) bench $${SCENE:+"$$SCENE"} --only-long --long 1000 $${BLENDER:+--blender "$$BLENDER"} $(ARGS)

bench-addon: .venv/dev $(blender) ## time the add-on's buttons and panels on 2,000 objects
	@.venv/bin/python tests/addon/ui/bench_addon.py

bench-train: .venv/train ## measure the speed of training on this machine
	@$(each_render); $(train) bench $${EXPERIMENT:+"$$EXPERIMENT"} $${NYU:+--nyu "$$NYU"} "$$@" $(ARGS)

blenders: .venv/render ## install every Blender that runs on a Python of this machine, and list them
	@$(sweepset) setup --all
	@$(sweepset) blenders

clean: ## remove everything installed here; renders stay
	rm -rf .venv .blender .mypy_cache .pytest_cache .ruff_cache build dist

# Before an installation of gigabytes: is there something to train on? `needs` is what the target's own experiment takes.
data:
	@for one in $(needs); do \
	  case "$${EXPERIMENT:-own} $$ARGS" in *data.real*|*data.synthetic*) continue;; \
	    "own "*) ;; "synthetic "*) [ $$one = DATA ] || continue;; *) continue;; esac; \
	  if [ $$one = NYU ] && [ -z "$$NYU" ]; then \
	    echo 'Name photos: NYU=nyu/nyu_depth_v2_labeled.mat, which `make nyu` downloads (2.8 GB);' \
	      'or train on renders alone: make train-mixed EXPERIMENT=synthetic DATA=renders/kitchen' >&2; exit 2; fi; \
	  if [ $$one = DATA ] && [ -z "$$DATA" ]; then \
	    echo 'Name renders: DATA=renders/kitchen, which `make render SCENE=kitchen` makes' >&2; exit 2; fi; \
	done
	@if [ -n "$$NYU" ] && [ ! -e "$$NYU" ]; then echo "No file or folder $$NYU (NYU=): \`make nyu\` downloads it" >&2; exit 2; fi
	@$(each_render); for one in "$$@"; do [ "$$one" = --data ] || [ -f "$$one/dataset.json" ] || { \
	  echo "No renders in $$one (DATA=): \`make render SCENE=kitchen\` makes some" >&2; exit 2; }; done

scene:
	@$(if $(SCENE),:,$(error Name a scene: SCENE=kitchen, or SCENE=path/to/file.blend))

.venv/dev: extras = render,farm,train,dev
.venv/render: extras = render
.venv/train: extras = train
.venv/dev .venv/render .venv/train: setup.cfg pyproject.toml
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || { \
	  for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    echo "Making a virtual environment in .venv with $$python"; \
	    "$$python" -m venv --clear .venv && exit; \
	  done; \
	  echo 'Sweepset needs Python 3.11 or later with venv; on Debian or Ubuntu: apt-get install python3-venv' >&2; \
	  exit 1; }
	@$(if $(findstring train,$(extras)),$(torch))
	@echo 'Installing Sweepset [$(extras)] into .venv (some minutes the first time)'
	@$(install) --editable '.[$(extras)]'
	@touch $(if $(filter .venv/dev,$@),.venv/render .venv/train) $@

.blender/ready: | .venv/render
	@$(sweepset) setup
	@mkdir -p .blender && touch $@
