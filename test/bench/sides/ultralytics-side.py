"""One side of `npm run bench:infer`: Ultralytics' own prediction, in the trainer's environment, as a process of its own.

Reads one JSON request a line from standard input and answers each with one line. The model is loaded once; starting and
importing lie outside every measured round.
"""

import json
import os
import resource
import sys
import time

answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

import onnxruntime  # noqa: E402
import torch  # noqa: E402
import ultralytics  # noqa: E402

model = None
settings = {}


def load(request):
    global model, settings
    model = ultralytics.YOLO(request["model"], task="detect")
    settings = {
        "source": request["folder"],
        "imgsz": request["imageSize"],
        "conf": request["confidence"],
        "iou": request["iou"],
        "max_det": request["maxDetections"],
        "device": "cpu",
        "stream": True,
        "save": False,
        "verbose": False,
    }
    return {"versions": f"ultralytics {ultralytics.__version__}, torch {torch.__version__}, onnxruntime {onnxruntime.__version__}"}


def predict():
    """Class, score and corners of every box, by file name; float32 values, written so that they come back as they were."""
    boxes = {}
    for result in model.predict(**settings):
        rows = result.boxes.data.tolist()
        boxes[os.path.basename(result.path)] = [[int(row[5]), row[4], *row[:4]] for row in rows]
    return boxes


def round_(_):
    cpu, wall = time.process_time(), time.perf_counter()
    boxes = predict()
    return {
        "wallMs": (time.perf_counter() - wall) * 1000,
        "cpuMs": (time.process_time() - cpu) * 1000,
        "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024),
        "images": len(boxes),
        "boxes": sum(len(rows) for rows in boxes.values()),
    }


handlers = {"load": load, "round": round_, "boxes": lambda _: {"boxes": predict()}}
for line in sys.stdin:
    request = json.loads(line)
    answers.write(json.dumps(handlers[request["do"]](request)) + "\n")
